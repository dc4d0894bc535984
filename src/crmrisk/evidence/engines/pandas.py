"""pandas frames: each column is read once as an arrow array, in which missing, dates and decimals mean one thing.

Numbers are copied, so that later changes of the frame cannot reach the evidence.
"""

from __future__ import annotations

from datetime import date, datetime
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from crmrisk.core.errors import Problem, SchemaError
from crmrisk.evidence.engines.arrow import ArrowEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

    import narwhals.stable.v2 as nw

__all__ = ["PandasEngine", "engine_of"]


class PandasEngine(ArrowEngine):
    """Speak pandas, through arrow.

    Examples
    --------
    >>> PandasEngine().columns(pd.DataFrame({"at": [1]}))
    ['at']
    """

    name = "pandas"

    def open(self, native: Any, names: Mapping[str, str], where: str) -> nw.LazyFrame[Any]:
        """Return the columns ``source -> name`` under their new names."""
        columns, problems = [], []
        for source, name in names.items():
            try:
                columns.append(_arrow(native[source]))
            except (pa.ArrowException, TypeError, ValueError, OverflowError, AttributeError) as error:
                problems.append(_unreadable(native[source], f"{where}.{name}", error))
        if problems:
            raise SchemaError(*problems)
        return super().open(pa.table(columns, names=list(names)), names, where)

    def columns(self, native: Any) -> list[str]:
        """Return the names of all columns that are text."""
        return [name for name in native.columns if isinstance(name, str)]

    def native(self, frame: nw.LazyFrame[Any]) -> Any:
        """Return a pandas frame."""
        return frame.to_native().to_pandas()


def _unreadable(series: Any, where: str, error: Exception) -> Problem:
    kind = getattr(series, "dtype", type(series).__name__)
    first = str(error).partition("\n")[0][:120]
    return Problem(what="values of mixed or unknown types", where=where, got=f"dtype {kind}: {first}")


def _arrow(series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    if series.dtype.kind in "biuf" and isinstance(series.dtype, np.dtype):
        return pa.array(series.to_numpy(copy=True), from_pandas=True)
    if series.dtype.kind == "M" and isinstance(series.dtype, np.dtype):
        return pa.array(series.to_numpy(copy=True))
    if not isinstance(series.dtype, np.dtype) or series.dtype.kind != "O":
        return pa.array(series, from_pandas=True)
    return _from_objects(series)


def _from_objects(series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind == "decimal":
        return pa.array(series.astype("float64").to_numpy(), from_pandas=True)
    if kind in {"date", "datetime", "mixed"}:
        _check_one_kind_of_time(series)
    if kind == "mixed-integer":
        return pa.array([_text(value) for value in series], type=pa.large_string())
    return pa.array(series, from_pandas=True)


def _check_one_kind_of_time(series: pd.Series[Any]) -> None:
    """Refuse what arrow would read by the first value: 15:00 of a day as its midnight, or a naive time as UTC."""
    known = series.dropna().tolist()
    kinds = {_kind_of_time(value) for value in known if isinstance(value, date)}
    numbers = [value for value in known if isinstance(value, Real)]
    if kinds and numbers:  # pyarrow would read the number as a moment of 1970
        message = f"times and numbers mixed, such as {numbers[0]!r}; convert them with pandas.to_datetime first"
        raise TypeError(message)
    if len(kinds) > 1:
        message = f"{' and '.join(sorted(kinds))} mixed; convert them with pandas.to_datetime first"
        raise TypeError(message)


def _kind_of_time(value: date) -> str:
    if not isinstance(value, datetime):
        return "dates"
    return "naive timestamps" if value.tzinfo is None else "aware timestamps"


def _text(value: object) -> str | None:
    """Write identifiers that are partly text and partly whole numbers as text."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN differs from itself
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating) and value == int(value):
        return str(int(value))
    if isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_):
        return str(value)
    message = f"{type(value).__name__} among text and whole numbers"
    raise TypeError(message)


def engine_of(_native: Any) -> PandasEngine:
    """Return the engine of a pandas frame.

    Parameters
    ----------
    _native
        The frame.

    Examples
    --------
    >>> engine_of(pd.DataFrame()).name
    'pandas'
    """
    return PandasEngine()
