"""How a column becomes comparable to others: its logarithm where asked for, less a middle, over a spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.arrays import FloatArray

__all__ = ["ColumnScale", "Scaling", "learn_scale", "learn_scales"]

Scaling: TypeAlias = Literal["standard", "robust", "none", "range"]
"""What middle and spread are: mean and standard deviation, median and quartile distance, 0 and 1, lowest and range."""

_LARGEST = 1e150
_ROUNDING = 1e-13


@dataclass(frozen=True, config=VALUE)
class ColumnScale(Value):
    """Bring a column to the scale it had when clusters were found.

    Parameters
    ----------
    name
        The column.
    middle, spread
        ``(x - middle) / spread`` is compared.
    log
        Whether x is ``sign(v) log(1 + |v|)`` of the value v instead of the value itself.
    mean, deviation
        Mean and standard deviation of x when clusters were found, which the words of profiles refer to.

    Examples
    --------
    >>> scale = ColumnScale("revenue", middle=100.0, spread=50.0)
    >>> scale.scaled(np.array([200.0])), scale.natural(2.0)
    (array([2.]), 200.0)
    """

    name: str
    middle: float
    spread: float
    log: bool = False
    mean: float = 0.0
    deviation: float = 1.0

    def transformed(self, values: FloatArray) -> FloatArray:
        """Return values, or their logarithms, ``(n_rows,)``."""
        return np.sign(values) * np.log1p(np.abs(values)) if self.log else values

    def scaled(self, values: FloatArray) -> FloatArray:
        """Return values as they are compared, ``(n_rows,)``."""
        return (self.transformed(values) - self.middle) / self.spread + 0.0  # -0.0 is 0.0

    def natural(self, scaled: float) -> float:
        """Return the value that is compared as this."""
        x = self.middle + self.spread * scaled
        return float(np.sign(x) * np.expm1(abs(x))) if self.log else float(x)


def learn_scales(
    columns: dict[str, FloatArray], scaling: Scaling, *, log: Iterable[str] = (), kept: Iterable[str] = ()
) -> tuple[ColumnScale, ...]:
    """Learn the scale of every column.

    Parameters
    ----------
    columns
        Name to complete numbers, each ``(n_rows,)``.
    scaling
        What middle and spread are.
    log
        Columns of which logarithms are compared.
    kept
        Columns of 0 and 1 that stay as they are.

    Raises
    ------
    FitError
        If a column is constant, too large, has no spread to divide by, or is not 0 and 1 where it should be; all are
        named.

    Examples
    --------
    >>> learn_scales({"age": np.array([20.0, 40.0])}, "range")[0].spread
    20.0
    """
    chosen, as_is = set(log), set(kept)
    found: list[ColumnScale] = []
    problems: list[Problem] = []
    for name, values in columns.items():
        try:
            found.append(learn_scale(name, values, "none" if name in as_is else scaling, log=name in chosen))
        except FitError as error:
            problems.extend(error.problems)
        if name in as_is and not set(np.unique(values).tolist()) <= {0.0, 1.0}:
            problems.append(Problem(what="no column of 0 and 1", where=name, allowed="0 and 1"))
    if problems:
        raise FitError(*problems)
    return tuple(found)


def learn_scale(name: str, values: FloatArray, scaling: Scaling, *, log: bool = False) -> ColumnScale:
    """Learn the scale of one column.

    Parameters
    ----------
    name
        The column.
    values
        Complete numbers, in canonical order, ``(n_rows,)``.
    scaling
        What middle and spread are.
    log
        Whether logarithms are compared.

    Raises
    ------
    FitError
        If the column is constant, too large, or has no spread to divide by.

    Examples
    --------
    >>> learn_scale("age", np.array([20.0, 40.0, 90.0]), "robust").middle
    40.0
    """
    if values.min() == values.max():
        remedy, got = "leave it out: it separates nobody", f"{values[0]:g} for all {len(values)}"
        raise FitError(Problem(what="one value for all customers", where=name, got=got, remedy=remedy))
    if max(abs(values.min()), abs(values.max())) > _LARGEST:
        raise FitError(Problem(what="numbers whose squares overflow", where=name, allowed=f"below {_LARGEST:g}"))
    whole = ColumnScale(name, 0.0, 1.0, log=log)
    x = np.sort(whole.transformed(values))
    mean, deviation = float(x.mean()), float(x.std())
    middle, spread = _middle_and_spread(x, scaling, mean, deviation)
    apart = deviation > _ROUNDING * float(np.abs(x).max())
    if not apart or not spread:
        remedy = 'scaling="standard"' if apart else "leave it out"
        what = "no spread between the quartiles" if apart else "values too near to each other to tell apart"
        raise FitError(Problem(what=what, where=name, remedy=remedy))
    return ColumnScale(name, middle, spread, log, mean, deviation)


def _middle_and_spread(x: FloatArray, scaling: Scaling, mean: float, deviation: float) -> tuple[float, float]:
    if scaling == "standard":
        return mean, deviation
    if scaling == "robust":
        low, middle, high = (float(each) for each in np.quantile(x, [0.25, 0.5, 0.75]))
        return middle, high - low
    return (0.0, 1.0) if scaling == "none" else (float(x[0]), float(x[-1] - x[0]))
