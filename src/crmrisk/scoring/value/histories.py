"""The gate of the value models: purchase histories are checked here, once, before any formula sees them.

A history is ``frequency`` (repeat purchases, a whole number), ``recency`` (first to last purchase) and ``age`` (first
purchase to ``as_of``), the last two in one time unit. Fitting refuses what is missing; scoring leaves it unrated. A
recency of 0 beside repeat purchases is accepted: a coarse time unit rounds short gaps to 0 and the likelihood is
proper there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.scoring.value.time_spans import DAY, in_units, raw_array

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import timedelta

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

FEW = 8
"""Up to so many rows, Python's own arithmetic checks faster than numpy's."""
WHOLE = frozenset({"frequency", "n", "stream"})
"""Columns of whole numbers."""

__all__ = [
    "Histories",
    "checked_columns",
    "checked_histories",
    "checked_numbers",
    "checked_weights",
    "consistent",
    "fault",
    "model_problems",
]


class Histories(NamedTuple):
    """Hold checked histories, three arrays of one shape.

    Parameters
    ----------
    frequency
        Repeat purchases, whole numbers.
    recency
        First to last purchase [time unit].
    age
        First purchase to ``as_of`` [time unit].

    Examples
    --------
    >>> Histories(*np.ones((3, 2))).age
    array([1., 1.])
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray


def checked_histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, unit: timedelta = DAY) -> Histories:
    """Check histories to be scored; NaN is allowed and means unrated.

    Parameters
    ----------
    frequency, recency, age
        The histories, broadcast against each other.
    unit
        In what to count times that are given as time spans.

    Returns
    -------
    Contiguous floats of one shape.

    Raises
    ------
    InvalidValueError
        If a value is negative, infinite, fractional (frequency) or contradicts another, or shapes do not match.

    Examples
    --------
    >>> checked_histories(2, [1.0, np.nan], 3).age
    array([3., 3.])
    """
    columns = checked_numbers({"frequency": frequency, "recency": recency, "age": age}, missing=True, unit=unit)
    return consistent(Histories(**columns))


def consistent(histories: Histories) -> Histories:
    """Check that numbers, each valid by itself, do not contradict each other.

    Parameters
    ----------
    histories
        What `checked_numbers` let pass.

    Returns
    -------
    The same.

    Raises
    ------
    InvalidValueError
        If recency exceeds age, or is above 0 without a repeat purchase.

    Examples
    --------
    >>> consistent(Histories(*np.ones((3, 2)))).age
    array([1., 1.])
    """
    refuse(_contradictions(histories))
    return histories


def checked_columns(columns: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    """Check columns to be fitted: one row per customer, nothing missing, nothing negative.

    Parameters
    ----------
    columns
        Name to values, each ``(n_customers,)``; a ``frequency`` holds whole numbers, ``recency`` and ``age`` beside it
        agree with it, and ``mean_spend`` beside it may be missing where it is 0.

    Returns
    -------
    Contiguous floats by name.

    Raises
    ------
    FitError
        If there is no row at all.
    InvalidValueError
        If values are not what they should be, everything listed.

    Examples
    --------
    >>> checked_columns({"frequency": [0, 1.5], "recency": [0, 2], "age": [3, -1]})
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: 3 problems:
      - frequency: 1 fractional value(s), the first in row 1; allowed: whole numbers; got: 1.5
      - age: 1 negative value(s), the first in row 1; allowed: >= 0; got: -1.0
      - recency: 1 value(s) above age, the first in row 1; allowed: recency <= age; got: 2.0
    """
    floats = _floats(in_units(columns) if "age" in columns else columns)
    shapes = {name: column.shape for name, column in floats.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        got = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise InvalidValueError(Problem(what="columns differ in shape", allowed="one value per customer", got=got))
    if "mean_spend" in floats:  # nobody has a mean of no purchases, so whatever stands there is not looked at
        floats["mean_spend"] = np.where(floats["frequency"] == 0, 0.0, floats["mean_spend"])
    problems = [problem for name, column in floats.items() for problem in _faults(name, column, missing=False)]
    if "age" in floats:
        problems += _contradictions(Histories(floats["frequency"], floats["recency"], floats["age"]))
    refuse(problems)
    if not next(iter(floats.values())).size:
        raise FitError(Problem(what="no customers to fit", allowed="at least one row"))
    return floats


def checked_weights(weights: ArrayLike | None, n_rows: int) -> FloatArray | None:
    """Check how many customers each row stands for.

    Parameters
    ----------
    weights
        Counts or sampling weights, ``(n_rows,)``; ``None`` is one customer per row.
    n_rows
        The number of rows they belong to.

    Returns
    -------
    Contiguous floats, or ``None``.

    Raises
    ------
    FitError
        If they sum to nothing.
    InvalidValueError
        If one is negative, infinite or missing, or there are too few or too many.

    Examples
    --------
    >>> checked_weights([1, 2], 2)
    array([1., 2.])
    """
    if weights is None:
        return None
    column = _floats({"weights": weights})["weights"]
    if column.shape != (n_rows,):
        got = str(column.shape)
        raise InvalidValueError(Problem(what="wrong shape", where="weights", allowed=f"({n_rows},)", got=got))
    refuse(list(_faults("weights", column, missing=False)))
    if not column.sum() > 0:
        raise FitError(Problem(what="the weights sum to 0", where="weights", allowed="a positive sum"))
    return column


def checked_numbers(
    columns: Mapping[str, ArrayLike],
    *,
    missing: bool = False,
    required: Collection[str] = (),
    unit: timedelta | None = None,
) -> dict[str, FloatArray]:
    """Check numbers that may not be negative and broadcast them to one shape.

    Parameters
    ----------
    columns
        Name to values; ``frequency`` and ``n`` hold whole numbers, ``mean_spend`` may be negative.
    missing
        Whether NaN is allowed.
    required
        Names where it is not all the same.
    unit
        In what to count times that are given as time spans; ``None`` refuses them.

    Returns
    -------
    Contiguous floats of one shape, by name; to be read only, they may be the caller's own.

    Raises
    ------
    InvalidValueError
        If values are not what they should be, everything listed.

    Examples
    --------
    >>> checked_numbers({"horizon": [1, 2], "n": 3})["n"]
    array([3., 3.])
    """
    present = required if missing else columns
    ordinary = _ordinary(columns, present)
    if ordinary is not None:
        return ordinary
    floats = _floats(columns if unit is None else in_units(columns, unit))
    faults = (_faults(name, column, missing=name not in present) for name, column in floats.items())
    refuse([problem for found in faults for problem in found])
    if len({column.shape for column in floats.values()}) == 1:
        return floats
    try:
        shape = np.broadcast_shapes(*(column.shape for column in floats.values()))
    except ValueError:
        got = ", ".join(f"{name} {column.shape}" for name, column in floats.items())
        raise InvalidValueError(Problem(what="shapes do not broadcast", got=got)) from None
    # strided views may take another loop of numpy's with another last bit, so that a row would depend on its company
    return {
        name: column if column.shape == shape else np.ascontiguousarray(np.broadcast_to(column, shape)).reshape(shape)
        for name, column in floats.items()
    }


def _ordinary(columns: Mapping[str, ArrayLike], present: Collection[str]) -> dict[str, FloatArray] | None:
    """Pass a few rows that have nothing wrong; one customer at a time has to wait for nothing else."""
    passed: dict[str, FloatArray] = {}
    shapes = set()
    for name, column in columns.items():
        few, missing = _few(column), name not in present
        if few is None or not all(_fine(value, whole=name in WHOLE, missing=missing) for value in few):
            return None
        passed[name] = np.ascontiguousarray(column, dtype=np.float64).reshape(np.shape(column))
        shapes.add(passed[name].shape)
    shape = max(shapes, default=())
    if len(shapes - {()}) > 1:
        return None
    return {name: column if column.shape == shape else np.full(shape, column) for name, column in passed.items()}


def _few(column: ArrayLike) -> list[float] | None:
    if type(column) is float:
        return [column]
    if type(column) is np.ndarray and column.dtype == np.float64 and column.size <= FEW and column.ndim <= 1:
        return column.ravel().tolist()
    return None


def _fine(value: float, *, whole: bool, missing: bool) -> bool:
    if value != value:  # noqa: PLR0124 - a NaN, without a call
        return missing
    return 0 <= value < np.inf and not (whole and value % 1)


def model_problems(model: object, needed: str, *, where: str = "model") -> list[Problem]:
    """Name what is no model that can be asked for something.

    Parameters
    ----------
    model
        What was given.
    needed
        The method it is to have.
    where
        The argument.

    Examples
    --------
    >>> [str(problem) for problem in model_problems(1, "probability_alive")]
    ['model: not a model; allowed: a model with probability_alive; got: 1']
    """
    if hasattr(model, needed):
        return []
    got, remedy = repr(model)[:100], "pass the model in it, fit.model" if hasattr(model, "model") else ""
    return [Problem(what="not a model", where=where, allowed=f"a model with {needed}", got=got, remedy=remedy)]


def _floats(columns: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
    floats: dict[str, FloatArray] = {}
    problems = []
    for name, values in columns.items():
        raw = raw_array(name, values)
        text = raw.dtype.kind == "O" and any(isinstance(value, str | bytes) for value in raw.ravel())
        if raw.dtype.kind in "USMmcV" or text:
            got = "text" if text else f"dtype {raw.dtype}"
            problems.append(Problem(what="not numbers", where=name, allowed="numbers", got=got))
            continue
        try:
            floats[name] = np.ascontiguousarray(raw, dtype=np.float64).reshape(raw.shape)
        except (TypeError, ValueError) as error:
            problems.append(Problem(what="not numbers", where=name, allowed="numbers", got=str(error)))
    refuse(problems)
    return floats


def _faults(name: str, column: FloatArray, *, missing: bool) -> Iterator[Problem]:
    if missing and name not in WHOLE and _within(column):
        return
    if not missing:
        yield from fault(np.isnan(column), column, name, "missing value(s) (NaN)", "finite numbers")
    yield from fault(np.isinf(column), column, name, "infinite value(s)", "finite numbers")
    if name != "mean_spend":
        yield from fault(column < 0, column, name, "negative value(s)", ">= 0")
    if name in WHOLE:
        fractional = np.isfinite(column) & (column != np.floor(column))
        yield from fault(fractional, column, name, "fractional value(s)", "whole numbers")


def _within(column: FloatArray) -> bool:
    """Tell the usual case by its extremes alone, which is what one customer at a time has to wait for."""
    return not column.size or not (np.fmin.reduce(column, axis=None) < 0 or np.fmax.reduce(column, axis=None) == np.inf)


def _contradictions(histories: Histories) -> list[Problem]:
    frequency, recency, age = histories
    if age.size == 1 and (recency.item() <= age.item()) and (recency.item() == 0 or frequency.item() > 0):
        return []
    late = recency > age
    ghost = (frequency == 0) & (recency > 0)
    return [
        *fault(late, recency, "recency", "value(s) above age", "recency <= age"),
        *fault(ghost, recency, "recency", "value(s) above 0 without a repeat purchase", "0 where frequency is 0"),
    ]


def fault(wrong: BoolArray, column: FloatArray, where: str, what: str, allowed: str) -> Iterator[Problem]:
    """Name the rows of a column that are wrong, if any is, by their number and the first of them.

    Parameters
    ----------
    wrong
        Whether each row is, of the column's shape.
    column
        The values.
    where, what, allowed
        What to say.

    Examples
    --------
    >>> age = np.array([3.0, -1.0, -2.0])
    >>> print(*fault(age < 0, age, "age", "negative value(s)", ">= 0"))
    age: 2 negative value(s), the first in row 1; allowed: >= 0; got: -1.0
    """
    count = int(np.count_nonzero(wrong))
    if count:
        first = int(np.argmax(wrong))
        got = str(column.ravel()[first])
        yield Problem(what=f"{count} {what}, the first in row {first}", where=where, allowed=allowed, got=got)
