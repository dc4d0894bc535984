"""A forecast of demand: what every method returns, with its interval and how that was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from crmrisk.core.arguments import is_whole, level_problems, refuse
from crmrisk.core.errors import Problem
from crmrisk.segmentation.demand.periods import LONGEST
from crmrisk.segmentation.demand.series import series_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.segmentation.demand.series import DemandSeries

__all__ = ["ForecastResult", "check_ahead", "flat_forecast"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForecastResult:
    """Hold the forecast of each series for the periods to come.

    Parameters
    ----------
    series
        What was known.
    method
        The name of the method.
    forecast
        Expected demand in each coming period, in the unit of the demand, ``(n_series, horizon)``; NaN is unrated.
    low, high
        The prediction interval of each period's demand, ``(n_series, horizon)``; NaN where the method gives none.
    level
        Its nominal coverage.
    interval_method
        How the interval was found.
    parameters
        Smoothing parameters and last smoothed values by name, ``(n_series,)`` each.
    warnings
        What the reader should know.

    Examples
    --------
    >>> from crmrisk.segmentation.demand import croston
    >>> result = croston([0, 0, 6, 0, 6, 0], alpha=0.2, initial="first", horizon=2)
    >>> result.forecast.round(4)
    array([[2.1429, 2.1429]])
    >>> result.frame().round(2).to_dict("records")[0]
    {'series': 0, 'ahead': 1, 'forecast': 2.14, 'low': 0.0, 'high': 6.0, 'method': 'croston'}
    """

    series: DemandSeries
    method: str
    forecast: FloatArray
    low: FloatArray
    high: FloatArray
    level: float
    interval_method: str
    parameters: Mapping[str, FloatArray] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.forecast, self.low, self.high, *self.parameters.values()):
            array.flags.writeable = False
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __len__(self) -> int:
        return len(self.forecast)

    def __repr__(self) -> str:
        unrated = int((~self.rated).sum())
        return f"ForecastResult({self.method}, {len(self):,} series, {unrated} unrated, {self.horizon} periods ahead)"

    @property
    def horizon(self) -> int:
        """How many periods ahead."""
        return int(self.forecast.shape[1])

    @property
    def rated(self) -> BoolArray:
        """Whether each series has a forecast, ``(n_series,)``."""
        return np.asarray(~np.isnan(self.forecast).any(axis=1))

    @property
    def total(self) -> FloatArray:
        """Expected demand over all coming periods together, ``(n_series,)``."""
        return np.asarray(self.forecast.sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per series and coming period.

        Examples
        --------
        See `ForecastResult`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        n, horizon = self.forecast.shape
        keys = {name: np.repeat(column, horizon) for name, column in series_keys(self.series).items()}
        columns = {name: getattr(self, name).ravel() for name in ("forecast", "low", "high")}
        return pd.DataFrame({**keys, "ahead": np.tile(np.arange(1, horizon + 1), n), **columns, "method": self.method})


def flat_forecast(
    series: DemandSeries, method: str, rate: FloatArray, horizon: int, *, level: float = 0.95, **parts: Any
) -> ForecastResult:
    """Forecast the same for every coming period.

    Parameters
    ----------
    series
        What was known.
    method
        The name of the method.
    rate
        Expected demand per period, ``(n_series,)``.
    horizon
        How many periods ahead.
    level
        Nominal coverage.
    **parts
        Further fields of `ForecastResult`; ``low`` and ``high`` may be one per series, ``(n_series,)``.

    Examples
    --------
    >>> from crmrisk.segmentation.demand import DemandSeries
    >>> flat_forecast(DemandSeries([1, 1]), "mean", np.array([1.0]), 2).total
    array([2.])
    """
    unknown = np.full(len(rate), np.nan)
    ends: dict[str, Any] = {
        name: np.repeat(parts.pop(name, unknown)[:, None], horizon, axis=1) for name in ("low", "high")
    }
    parts = {"interval_method": "none", **parts}
    repeated = np.repeat(rate[:, None], horizon, axis=1)
    return ForecastResult(series=series, method=method, forecast=repeated, level=level, **ends, **parts)


def check_ahead(horizon: int, level: float) -> None:
    """Refuse a horizon or a coverage that is none.

    Parameters
    ----------
    horizon
        How many periods ahead.
    level
        Nominal coverage.

    Raises
    ------
    InvalidValueError
        If the horizon is no whole number from 1 to `LONGEST`, or the coverage not between 0 and 1.

    Examples
    --------
    >>> check_ahead(3, 0.9)
    """
    wrong = not is_whole(horizon) or not 1 <= horizon <= LONGEST
    refuse(
        [Problem(what="no horizon", where="horizon", allowed=f"a whole number, 1 to {LONGEST:,}", got=repr(horizon))]
        if wrong
        else [],
        level_problems(level),
    )
