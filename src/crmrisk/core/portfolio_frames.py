"""From any dataframe to a portfolio: each column goes where its type says, and those with no place are all named."""

from __future__ import annotations

from numbers import Number
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw

from crmrisk.core.errors import PortfolioError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["FrameParts", "read_frame"]

_TEXT = (nw.String, nw.Categorical, nw.Enum)


class FrameParts(NamedTuple):
    """Hold the parts of a frame, ready for `Portfolio`.

    Examples
    --------
    See `read_frame`.
    """

    customer_id: list[Any]
    columns: dict[str, FloatArray | list[Any]]
    labels: dict[str, list[Any]]
    since: Any
    tags: list[Any] | None


def read_frame(frame: Any) -> FrameParts:
    """Sort the columns of a frame into ids, numbers, labels, ``since`` and tags.

    Parameters
    ----------
    frame
        Any eager frame narwhals knows: pandas, polars, pyarrow, ...

    Raises
    ------
    PortfolioError
        If it is no such frame, has no ``customer_id``, or has columns that are neither numbers nor text.

    Examples
    --------
    >>> import pandas as pd
    >>> read_frame(pd.DataFrame({"customer_id": [7, 8], "idle_days": [3, None], "segment": ["a", "b"]})).customer_id
    ['7', '8']
    """
    table = _table(frame)
    problems = [problem for name in table.columns for problem in _misfit(table[name])]
    if "customer_id" not in table.columns:
        problems.append(Problem(what="no such column", where="'customer_id'", got=", ".join(table.columns) or "none"))
    if problems:
        raise PortfolioError(*problems)
    features = [table[name] for name in table.columns if name not in {"customer_id", "since", "tags"}]
    return FrameParts(
        customer_id=_ids(table["customer_id"]),
        columns={each.name: _numbers(each) for each in features if _is_number(each)},
        labels={each.name: each.to_list() for each in features if not _is_number(each)},
        since=_moments(table["since"]) if "since" in table.columns else None,
        tags=table["tags"].to_list() if "tags" in table.columns else None,
    )


def _table(frame: Any) -> nw.DataFrame[Any]:
    try:
        table: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
        names = table.columns
    except Exception as error:  # noqa: BLE001 - each engine complains in its own way of frames it cannot read
        got = f"{type(frame).__name__}: {error}"[:200]
        remedy = "collect a lazy frame first; give columns unique names"
        raise PortfolioError(Problem(what="no frame to read", where="frame", got=got, remedy=remedy)) from None
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong or len(set(names)) < len(names):
        raise PortfolioError(Problem(what="columns without unique names", where="frame", got=str(names)[:200]))
    return table


def _misfit(column: nw.Series[Any]) -> list[Problem]:
    kind = column.dtype
    fits = {
        "customer_id": kind.is_integer() or isinstance(kind, (*_TEXT, nw.Object)),
        "since": isinstance(kind, (nw.Datetime, nw.Date, nw.Object)),
        "tags": isinstance(kind, (nw.List, nw.Array, nw.Object)),
    }
    allowed = {"customer_id": "text or integers", "since": "dates or datetimes", "tags": "lists of text"}
    if fits.get(column.name, _is_number(column) or _is_text(column)):
        return []
    remedy = "" if column.name in fits else "turn it into a number or text, or leave it out"
    wanted = allowed.get(column.name, "numbers, booleans or text")
    return [Problem(what="column of another type", where=column.name, allowed=wanted, got=str(kind), remedy=remedy)]


def _is_number(column: nw.Series[Any]) -> bool:
    return column.dtype.is_numeric() or isinstance(column.dtype, nw.Boolean) or _holds(column, Number)


def _is_text(column: nw.Series[Any]) -> bool:
    return isinstance(column.dtype, _TEXT) or _holds(column, str)


def _holds(column: nw.Series[Any], kind: type) -> bool:
    """Tell whether a column of Python objects (True, None; Decimal, ...) holds one kind only."""
    objects = column.drop_nulls().to_list() if isinstance(column.dtype, nw.Object) else []
    return bool(objects) and all(isinstance(value, kind) for value in objects)


def _ids(column: nw.Series[Any]) -> list[Any]:
    """Write whole numbers as text; what is neither is left for the portfolio to refuse."""
    return [str(value) if _is_whole(value) else value for value in column.to_list()]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _numbers(column: nw.Series[Any]) -> FloatArray | list[Any]:
    """Read numbers one way from every engine; a null, and only that, is NaN."""
    if isinstance(column.dtype, nw.Object):
        return column.to_list()
    whole = column.cast(nw.Int8) if isinstance(column.dtype, nw.Boolean) else column
    return whole.cast(nw.Float64).to_numpy()


def _moments(column: nw.Series[Any]) -> Any:
    naive = isinstance(column.dtype, nw.Datetime) and column.dtype.time_zone is None
    return column.to_numpy() if naive else column.to_list()
