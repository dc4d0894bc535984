"""Tables of answers to several questions: one row per respondent, one column per item.

Any dataframe, a mapping from item to answers or a plain matrix will do; everything off a scale is named with its item,
row and count before anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import number_answers, rating_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["ItemAnswers", "item_answers"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemAnswers:
    """Hold checked answers of respondents to items.

    Parameters
    ----------
    names
        The items, in order.
    values
        Answers, ``(n_respondents, n_items)``, NaN where missing.

    Examples
    --------
    >>> item_answers({"clean": [5, 4], "quiet": [3, 2]}).names
    ('clean', 'quiet')
    """

    names: tuple[str, ...]
    values: FloatArray

    @property
    def complete(self) -> BoolArray:
        """Which respondents answered every item, ``(n_respondents,)``."""
        return np.asarray(~np.isnan(self.values).any(axis=1), dtype=np.bool_)

    def columns(self, names: Sequence[str]) -> FloatArray:
        """Take some items.

        Parameters
        ----------
        names
            Items among those there are.

        Returns
        -------
        Their answers, ``(n_respondents, n_names)``.

        Examples
        --------
        >>> item_answers({"clean": [5, 4], "quiet": [3, 2]}).columns(["quiet"])
        array([[3.],
               [2.]])
        """
        return self.values[:, [self.names.index(name) for name in names]]


def item_answers(
    items: Any,
    *,
    lowest: int | None = None,
    highest: int | None = None,
    missing: Missing = "error",
    where: str = "items",
) -> ItemAnswers:
    """Read a table of answers.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``, whose items are then
        called item1, item2, ...
    lowest, highest
        Ends of a scale of whole numbers, inclusive; without them any finite number is an answer.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them as NaN.
    where
        What the table is called in an error.

    Returns
    -------
    The answers.

    Raises
    ------
    RecordError
        If there are no items, two of one name, columns of unequal length, or answers that are off the scale, no
        numbers, or missing and that is an error; all items are checked before.

    Examples
    --------
    >>> item_answers([[5, 3], [4, 2]]).values
    array([[5., 3.],
           [4., 2.]])
    >>> item_answers({"clean": [5, 7]}, lowest=1, highest=5)
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: items.clean: 1 answer off the scale, row 1; allowed: whole numbers 1 to 5; got: 7
    """
    names, columns = _columns(items, where)
    _check_names(names, where)
    read: list[FloatArray] = []
    problems: list[Problem] = []
    for name, column in zip(names, columns, strict=True):
        try:
            read.append(_answers(column, lowest, highest, missing, f"{where}.{name}"))
        except RecordError as error:
            problems += error.problems
    if problems:
        raise RecordError(*problems)
    if len({column.size for column in read}) > 1:
        got = ", ".join(f"{name} {column.size}" for name, column in zip(names, read, strict=True))[:200]
        raise RecordError(Problem(what="columns of unequal length", where=where, got=got))
    return ItemAnswers(names=names, values=np.column_stack(read))


def _answers(column: Any, lowest: int | None, highest: int | None, missing: Missing, where: str) -> FloatArray:
    if lowest is None or highest is None:
        return number_answers(column, missing=missing, where=where)
    return rating_answers(column, lowest=lowest, highest=highest, missing=missing, where=where)


def _columns(items: Any, where: str) -> tuple[tuple[str, ...], list[Any]]:
    if isinstance(items, Mapping):
        refuse_other_order(**{str(name): column for name, column in items.items()})
        return tuple(str(name) for name in items), list(items.values())
    names = getattr(items, "column_names", getattr(items, "columns", None))
    if names is not None:
        labels = [str(name) for name in names]
        if len(set(labels)) < len(labels):  # taking them by name would return tables
            return tuple(labels), []
        return tuple(labels), [items[name] for name in names]
    return _matrix(items, where)


def _matrix(items: Any, where: str) -> tuple[tuple[str, ...], list[Any]]:
    try:
        matrix = np.asarray(items)
        if matrix.dtype.kind in "US":
            matrix = np.asarray(items, dtype=object)  # text beside numbers would turn them into text
    except ValueError as error:
        raise RecordError(Problem(what="rows of unequal length", where=where, got=str(error))) from None
    if matrix.ndim != 2:
        got = f"shape {matrix.shape}"
        allowed = "a dataframe, a mapping from item to answers, or a matrix of one row per respondent"
        raise RecordError(Problem(what="no table", where=where, allowed=allowed, got=got))
    return tuple(f"item{number + 1}" for number in range(matrix.shape[1])), list(matrix.T)


def _check_names(names: tuple[str, ...], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        what = "two items of one name" if twice else "no items"
        raise RecordError(Problem(what=what, where=where, got=", ".join(twice)))
