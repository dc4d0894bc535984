"""Square tables: the same people answered twice, rows the first time, columns the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.row_names import paired_by_position, refuse_other_order
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.flagging import flag_missing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["CrossTable", "cross_table", "incomplete_pairs", "square_table"]

_MOST_CATEGORIES = 1000  # more are no categories, and their table would not fit


class CrossTable(NamedTuple):
    """Hold how often each answer was followed by each other.

    Parameters
    ----------
    counts
        Rows first and columns second, ``(n_categories, n_categories)``.
    categories
        What they are, in order.
    warnings
        What was left out, and how rows were paired.

    Examples
    --------
    >>> cross_table(["a", "b", None], ["a", "a", "b"], missing="exclude").warnings
    ('1 incomplete pair excluded',)
    """

    counts: FloatArray
    categories: tuple[Any, ...]
    warnings: tuple[str, ...] = ()


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
    except (TypeError, ValueError, OverflowError):
        counts = np.array(np.nan)
    shape = counts.shape
    square = counts.ndim == 2 and shape[0] == shape[1] and shape[0] > 1
    if not square or not ((counts >= 0.0) & (counts <= LARGEST_COUNT)).all():
        allowed = "as many rows as columns, two or more, of finite counts of at least 0"
        got = repr(table)[:200]
        raise InvalidValueError(Problem(what="no square table", where=where, allowed=allowed, got=got))
    return counts


def cross_table(first: ArrayLike, second: ArrayLike, *, missing: Missing = "error") -> CrossTable:
    """Count how often each answer was followed by each other.

    Parameters
    ----------
    first, second
        Answers of the same people in the same order, ``(n_people,)``, of any kind.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out the pairs that lack one, and says how many.

    Returns
    -------
    The table, its categories in order, and what to know about it.

    Raises
    ------
    RecordError
        If the columns differ in length or in the order of their rows, answers are missing and that is an error, or
        there are fewer than two categories or more than a thousand.

    Examples
    --------
    >>> cross_table(["good", "bad", "good"], ["good", "good", "bad"]).counts
    array([[0., 1.],
           [1., 1.]])
    """
    refuse_other_order(first=first, second=second)
    here, there = (distinct_answers(column, where) for column, where in ((first, "first"), (second, "second")))
    _check_pairs(here[1], there[1], missing)
    categories = _ordered({*here[2], *there[2]})
    size = len(categories)
    if not 1 < size <= _MOST_CATEGORIES:
        allowed, got = f"2 to {_MOST_CATEGORIES}", f"{size}: {repr(categories)[:200]}"
        what = "too many categories" if size > 1 else "too few categories"
        raise RecordError(Problem(what=what, where="first, second", allowed=allowed, got=got))
    place = {category: number for number, category in enumerate(categories)}
    rows, columns = (np.array([*(place[each] for each in names), -1])[codes] for _, codes, names in (here, there))
    answered = (rows >= 0) & (columns >= 0)
    cells = np.bincount(rows[answered] * size + columns[answered], minlength=size * size)
    notes = (*incomplete_pairs(int((~answered).sum())), *paired_by_position(first, second))
    return CrossTable(cells.reshape(size, size).astype(np.float64), tuple(categories), notes)


def incomplete_pairs(missing: int) -> tuple[str, ...]:
    """Say how many pairs were left out for lack of an answer.

    Parameters
    ----------
    missing
        Their number.

    Examples
    --------
    >>> incomplete_pairs(2)
    ('2 incomplete pairs excluded',)
    """
    return (f"{missing} incomplete pair{'' if missing == 1 else 's'} excluded",) if missing else ()


def _ordered(categories: set[Any]) -> list[Any]:
    try:
        return sorted(categories)
    except TypeError:  # numbers beside text
        return sorted(categories, key=lambda each: (type(each).__name__, str(each)))


def _check_pairs(first: IntArray, second: IntArray, missing: Missing) -> None:
    if first.size != second.size:
        got = f"{first.size} and {second.size} answers"
        raise RecordError(Problem(what="not the same people twice", where="first, second", got=got))
    problems = flag_missing(first < 0, missing=missing, where="first")
    problems += flag_missing(second < 0, missing=missing, where="second")
    if problems:
        raise RecordError(*problems)
