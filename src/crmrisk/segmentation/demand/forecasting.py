"""Forecasting by name: every method of this package behind one call, and the one that fits the class of demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.segmentation.demand.baselines import mean_forecast, naive_forecast, zero_forecast
from crmrisk.segmentation.demand.exponential import exponential_smoothing
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.intermittent import croston, sba, tsb
from crmrisk.segmentation.demand.need_forecast import need_forecast
from crmrisk.segmentation.demand.seasons import season_length, seasonal_naive_forecast
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.segmentation.demand.seasons import Season
    from crmrisk.segmentation.demand.smoothing import Trend

__all__ = ["ForecastMethod", "check_forecast_method", "forecast_demand"]

ForecastMethod: TypeAlias = Literal[
    "croston",
    "sba",
    "tsb",
    "needs",
    "exponential smoothing",
    "holt",
    "damped holt",
    "seasonal smoothing",
    "holt-winters",
    "damped holt-winters",
    "naive",
    "seasonal naive",
    "zero",
    "mean",
]
"""How demand is forecast."""

_SMOOTHING: dict[str, tuple[Trend, bool]] = {
    "exponential smoothing": ("none", False),
    "holt": ("additive", False),
    "damped holt": ("damped", False),
    "seasonal smoothing": ("none", True),
    "holt-winters": ("additive", True),
    "damped holt-winters": ("damped", True),
}


def forecast_demand(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    method: ForecastMethod | Literal["by regularity"] = "by regularity",
    horizon: int = 1,
    season: Season = "calendar",
    level: float = 0.95,
) -> ForecastResult:
    """Forecast demand by one method, or regular series by exponential smoothing and the others by `tsb`.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    method
        The method with its usual settings, or ``"by regularity"``.
    horizon
        How many periods ahead.
    season
        Periods of a season, for methods that have one; ``"calendar"`` is what the names of the periods tell.
    level
        Nominal coverage of the prediction interval.

    Raises
    ------
    InvalidValueError
        If there is no such method, demand is none, or a setting outside its range.
    FitError
        If the demand is too short for a season.

    Examples
    --------
    >>> forecast_demand([[0, 0, 6, 0], [1, 0, 0, 2]], method="mean").forecast
    array([[1.5 ],
           [0.75]])
    """
    series = as_demand(demand)
    check_ahead(horizon, level)
    if not isinstance(season, str) or season != "calendar":
        season_length(series.periods, season)  # refused by every method alike
    if method != "by regularity":
        check_forecast_method(method)
        return _forecast(series, method, horizon, season, level)
    smooth = exponential_smoothing(series, horizon=horizon, level=level)
    fading = tsb(series, horizon=horizon, level=level)
    rows = smooth.rated[:, None]
    arrays = {
        name: np.where(rows, getattr(smooth, name), getattr(fading, name)) for name in ("forecast", "low", "high")
    }
    return ForecastResult(
        series=series,
        method=method,
        **arrays,
        level=level,
        interval_method=f"{smooth.interval_method}; of irregular series {fading.interval_method}",
        parameters={"smoothed": rows[:, 0].astype(np.float64)},
        warnings=(f"exponential smoothing of {int(rows.sum())} series, tsb of {int((~rows).sum())}",),
    )


def check_forecast_method(method: str) -> None:
    """Refuse a method that does not exist.

    Parameters
    ----------
    method
        The name asked for.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> check_forecast_method("sba")
    """
    check_choice(method, get_args(ForecastMethod), where="method", what="no such method")


def _forecast(
    series: DemandSeries, method: ForecastMethod, horizon: int, season: Season, level: float
) -> ForecastResult:
    plain = {"naive": naive_forecast, "zero": zero_forecast, "mean": mean_forecast}
    if method in plain:
        return plain[method](series, horizon=horizon)
    if method == "seasonal naive":
        return seasonal_naive_forecast(series, horizon=horizon, season=season)
    if method in _SMOOTHING:
        trend, seasonal = _SMOOTHING[method]
        comes = season if seasonal else None
        return exponential_smoothing(series, horizon=horizon, trend=trend, season=comes, level=level)
    others: dict[str, Callable[..., ForecastResult]] = {"croston": croston, "sba": sba, "tsb": tsb}
    others["needs"] = need_forecast
    return others[method](series, horizon=horizon, level=level)
