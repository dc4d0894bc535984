"""Square tables: the same people answered twice, rows the first time, columns the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.row_names import refuse_other_order

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["cross_table", "square_table"]


def square_table(table: ArrayLike, *, where: str = "table") -> FloatArray:
    """Read a square table of counts.

    Parameters
    ----------
    table
        How often row category came first and column category second, ``(n_categories, n_categories)``.
    where
        What it is called in an error.

    Returns
    -------
    A new array of floats.

    Raises
    ------
    InvalidValueError
        If it is not square, of fewer than two categories, or its counts are not finite numbers of at least 0.

    Examples
    --------
    >>> square_table([[1, 2], [3, 4]])
    array([[1., 2.], [3., 4.]])
    """
    try:
        counts = np.array(table, dtype=np.float64)
    except (TypeError, ValueError):
        counts = np.array(np.nan)
    shape = counts.shape
    square = counts.ndim == 2 and shape[0] == shape[1] and shape[0] > 1  # rows and columns
    if not square or not ((counts >= 0.0) & (counts <= 2.0**53)).all():
        allowed = "as many rows as columns, two or more, of finite counts of at least 0"
        got = repr(table)[:200]
        raise InvalidValueError(Problem(what="no square table", where=where, allowed=allowed, got=got))
    return counts


def cross_table(first: ArrayLike, second: ArrayLike) -> tuple[FloatArray, tuple[Any, ...]]:
    """Count how often each answer was followed by each other.

    Parameters
    ----------
    first, second
        Answers of the same people in the same order, ``(n_people,)``, of any kind; a pair with a missing answer is left
        out.

    Returns
    -------
    The table, rows first and columns second; and its categories in order.

    Raises
    ------
    RecordError
        If the columns differ in length, or have fewer than two categories between them.

    Examples
    --------
    >>> cross_table(["good", "bad", "good"], ["good", "good", "bad"])
    (array([[0., 1.], [1., 1.]]), ('bad', 'good'))
    """
    refuse_other_order(first=first, second=second)
    here, there = (distinct_answers(column, where) for column, where in ((first, "first"), (second, "second")))
    if here[1].size != there[1].size:
        got = f"{here[1].size} and {there[1].size} answers"
        raise RecordError(Problem(what="not the same people twice", where="first, second", got=got))
    categories = _ordered({*here[2], *there[2]})
    if len(categories) < 2:
        allowed, got = "at least two", repr(categories)[:200]
        raise RecordError(Problem(what="too few categories", where="first, second", allowed=allowed, got=got))
    place = {category: number for number, category in enumerate(categories)}
    rows, columns = (np.array([*(place[each] for each in names), -1])[codes] for _, codes, names in (here, there))
    answered = (rows >= 0) & (columns >= 0)
    size = len(categories)
    cells = np.bincount(rows[answered] * size + columns[answered], minlength=size * size)
    return cells.reshape(size, size).astype(np.float64), tuple(categories)


def _ordered(categories: set[Any]) -> list[Any]:
    try:
        return sorted(categories)
    except TypeError:  # numbers beside text
        return sorted(categories, key=lambda each: (type(each).__name__, str(each)))
