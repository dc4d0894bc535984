"""Names of rows: pandas columns that share them in another order would be paired wrongly in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import Problem, RecordError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["named_rows", "paired_by_position", "refuse_other_order"]


def refuse_other_order(**columns: Any) -> None:
    """Refuse columns that share names of rows with the first, unless all are the same in the same order.

    Rows are paired by position. Columns without names of rows, numbered from 0 as pandas does by itself, or with names
    all of their own (a second wave cut out of one frame) pass.

    Parameters
    ----------
    **columns
        What each column is called in an error, and the column; pandas objects have names of rows, and so has a mapping
        of them, those of its first.

    Raises
    ------
    RecordError
        If some have the rows of the first column in another order, or some of its rows beside others.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.Series([9, 3], index=["Ada", "Bo"])
    >>> refuse_other_order(answers=answers, weights=[1, 2])
    >>> refuse_other_order(answers=answers, weights=pd.Series([1, 2], index=["Bo", "Ada"]))
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: weights: rows of answers in another order; remedy: align them by their index, ...
    """
    indices = {name: _index(column) for name, column in columns.items()}
    named = [(name, index) for name, index in indices.items() if index is not None]
    remedy = "align them by their index, or pass .to_numpy() to pair rows by position"
    complaints = [(name, _complaint(named[0][1], index)) for name, index in named[1:]]
    problems = [Problem(what=what.format(named[0][0]), where=name, remedy=remedy) for name, what in complaints if what]
    if problems:
        raise RecordError(*problems)


def paired_by_position(first: Any, second: Any) -> tuple[str, ...]:
    """Say that answers of the same people were paired by position, where their names would not do it.

    Parameters
    ----------
    first, second
        Columns that `refuse_other_order` lets pass.

    Returns
    -------
    A warning, or none where names of rows agree or are lacking.

    Examples
    --------
    >>> import pandas as pd
    >>> paired_by_position(pd.Series([9, 3], index=["Ada", "Bo"]), pd.Series([8, 2], index=["Cy", "Di"]))
    ('the two name their rows differently: paired by position',)
    """
    here, there = _index(first), _index(second)
    if here is None or there is None or here is there or here.equals(there):
        return ()
    return ("the two name their rows differently: paired by position",)


def named_rows(names: ArrayLike) -> Any:
    """Give names of rows to what has them in a column of its own, for `refuse_other_order`.

    Parameters
    ----------
    names
        One per row, such as the customers of a portfolio.

    Examples
    --------
    >>> import pandas as pd
    >>> refuse_other_order(portfolio=named_rows(["C1", "C2"]), wallet=pd.Series([5, 6], index=["C2", "C1"]))
    Traceback (most recent call last):
    crmrisk.core.errors.RecordError: wallet: rows of portfolio in another order; remedy: align them by their index, ...
    """
    import pandas as pd  # noqa: PLC0415 - a heavy import that only pandas columns need

    index = pd.Index(np.asarray(names, dtype=object))
    return pd.Series(index, index=index)


def _index(column: Any) -> Any:
    if isinstance(column, Mapping):
        return next((index for each in column.values() if (index := _index(each)) is not None), None)
    index = getattr(column, "index", None)
    return index if hasattr(index, "equals") else None


def _complaint(first: Any, other: Any) -> str:
    if first is other or len(first) != len(other) or first.equals(other):
        return ""
    shared = other.isin(first)
    if shared.all() and first.isin(other).all() and _as_often(first, other):
        return "rows of {} in another order"
    if shared.any() and not _numbered(first) and not _numbered(other):
        return "some rows of {} beside others"
    return ""


def _as_often(first: Any, other: Any) -> bool:
    if first.is_unique and other.is_unique:
        return True
    counts = other.value_counts()
    return bool((first.value_counts().reindex(counts.index) == counts).all())


def _numbered(index: Any) -> bool:
    """Whether pandas numbered the rows by itself, so that their names say nothing."""
    return getattr(index, "start", None) == 0 and getattr(index, "step", None) == 1
