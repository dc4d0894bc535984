"""Names of rows: pandas columns whose rows are the same but in another order would be paired wrongly in silence."""

from __future__ import annotations

from typing import Any

from crmrisk.core.errors import Problem, RecordError

__all__ = ["refuse_other_order"]


def refuse_other_order(**columns: Any) -> None:
    """Refuse columns whose row names are those of the first, but in another order.

    Rows are paired by position. Columns without row names, or with names of their own (a second wave cut out of one
    frame), pass.

    Parameters
    ----------
    **columns
        What each column is called in an error, and the column; pandas objects have names of rows.

    Raises
    ------
    RecordError
        If some have the rows of the first column in another order.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.Series([9, 3], index=["Ada", "Bo"])
    >>> refuse_other_order(answers=answers, weights=[1, 2])
    >>> refuse_other_order(answers=answers, weights=pd.Series([1, 2], index=["Bo", "Ada"]))
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: weights: rows of answers in another order; remedy: align them by their index, ...
    """
    indices = {name: getattr(column, "index", None) for name, column in columns.items()}
    named = [(name, index) for name, index in indices.items() if hasattr(index, "equals")]
    remedy = "align them by their index, or pass .to_numpy() to pair rows by position"
    problems = [
        Problem(what=f"rows of {named[0][0]} in another order", where=name, remedy=remedy)
        for name, index in named[1:]
        if _reordered(named[0][1], index)
    ]
    if problems:
        raise RecordError(*problems)


def _reordered(first: Any, other: Any) -> bool:
    if first is other or len(first) != len(other) or first.equals(other):
        return False
    return bool(first.is_unique and other.is_unique and other.isin(first).all())
