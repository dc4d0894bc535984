"""Times as time spans: a timedelta says its unit itself, so it can be taken in any and never mixed up.

Models know times as numbers in one unit. Times given as time spans (`datetime.timedelta`, numpy's ``timedelta64``, a
column of them) become numbers of days, or of the time unit where a function asks for one; the scales of a model fitted
to them are then in days. Spans beside bare numbers in one call are refused, since nobody knows the unit of the latter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import FloatArray, ObjectArray

__all__ = ["DAY", "TIMES", "in_units", "raw_array"]

DAY = timedelta(days=1)
TIMES = frozenset({"recency", "age", "horizon"})
"""The arguments that are times."""


def in_units(columns: Mapping[str, ArrayLike], unit: timedelta = DAY) -> dict[str, ArrayLike]:
    """Turn times that are time spans into numbers.

    Parameters
    ----------
    columns
        Name to values; only ``recency``, ``age`` and ``horizon`` are times.
    unit
        What a number of 1 is to mean.

    Returns
    -------
    The columns, those of time spans as floats, NaN where a span is missing.

    Raises
    ------
    InvalidValueError
        If some times are spans and others numbers other than 0.

    Examples
    --------
    >>> in_units({"age": timedelta(weeks=2), "recency": np.array([7, 14], dtype="timedelta64[D]"), "frequency": 2})
    {'age': array(14.), 'recency': array([ 7., 14.]), 'frequency': 2}
    >>> in_units({"age": timedelta(weeks=2), "horizon": 52})
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: age, horizon: time spans beside bare numbers; allowed: all times as ...
    """
    spans = {name: found for name in TIMES & columns.keys() if (found := _spans(name, columns[name], unit)) is not None}
    if not spans:
        return dict(columns)
    bare = [name for name in columns if name in TIMES - spans.keys() and np.any(np.asarray(columns[name]))]
    if bare:
        where = ", ".join(name for name in columns if name in spans or name in bare)
        allowed = "all times as time spans, or all as numbers in one unit"
        got = f"numbers in {', '.join(bare)}"
        raise InvalidValueError(Problem(what="time spans beside bare numbers", where=where, allowed=allowed, got=got))
    return {name: spans.get(name, values) for name, values in columns.items()}


def raw_array(name: str, values: ArrayLike) -> NDArray[Any]:
    """Give values as an array of whatever they are; what is masked is missing.

    Parameters
    ----------
    name
        The argument.
    values
        The values.

    Raises
    ------
    InvalidValueError
        If there are none at all, or rows of different lengths.

    Examples
    --------
    >>> raw_array("age", np.ma.masked_equal([3, 0], 0))
    array([ 3., nan])
    """
    if values is None:
        raise InvalidValueError(Problem(what="missing", where=name, allowed="numbers", got="None"))
    if isinstance(values, np.ma.MaskedArray):
        kind = values.dtype.kind
        empty: Any = np.timedelta64("NaT") if kind == "m" else np.nan if kind in "biuf" else None
        return np.where(np.ma.getmaskarray(values), empty, values.data)
    try:
        return np.asarray(values)
    except ValueError:
        raise InvalidValueError(
            Problem(what="rows of different lengths", where=name, allowed="one number per place")
        ) from None


def _spans(name: str, values: ArrayLike, unit: timedelta) -> FloatArray | None:
    """Give time spans as numbers, or nothing where the values are no time spans."""
    raw = raw_array(name, values)
    if raw.dtype.kind == "m":
        return _counted(raw, unit)
    if raw.dtype.kind == "O" and any(isinstance(value, timedelta | np.timedelta64) for value in raw.ravel()):
        return _one_by_one(raw, unit)
    return None


def _counted(raw: np.ndarray[tuple[int, ...], np.dtype[np.timedelta64]], unit: timedelta) -> FloatArray | None:
    try:
        numbers: FloatArray = raw / np.timedelta64(unit)
    except TypeError:  # months and years are no fixed time, and what has no unit is none
        return None
    return np.asarray(numbers, dtype=np.float64)


def _one_by_one(raw: ObjectArray, unit: timedelta) -> FloatArray | None:
    spans = [np.timedelta64("NaT") if value is None else value for value in raw.ravel()]
    if not all(isinstance(value, timedelta | np.timedelta64) for value in spans):
        return None
    step = np.timedelta64(unit)
    numbers = [value / unit if isinstance(value, timedelta) else value / step for value in spans]
    return np.array(numbers, dtype=np.float64).reshape(raw.shape)
