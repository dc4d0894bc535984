"""Exponential smoothing through statsmodels, with trend and season, for series regular enough that it means something.

Holt's method adds a trend, damped or not; that of Holt and Winters adds a season. Neither is better for being richer.
On Online Retail, daily sales of the whole shop, 8 origins and 7 days ahead: a season of a week errs 0.44 times as much
(absolutely) as the naive forecast, and so does last week repeated. By week, the 20 best products, 6 origins and 4 weeks
ahead: Holt errs 0.84 times as much as the naive forecast, plain smoothing 0.86 and `tsb` 0.79, none of them
distinguishably. So let `choose_forecast` tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import ndtri

from crmrisk.core.arguments import choice_problems, is_whole, refuse
from crmrisk.core.errors import FitError, Problem
from crmrisk.segmentation.demand.classes import REGULAR_INTERVAL, demand_moments
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.seasons import Season, season_length
from crmrisk.segmentation.demand.series import DemandSeries, as_demand
from crmrisk.segmentation.demand.smoothing import Smoothed, Trend, n_parameters, smooth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["exponential_smoothing"]

_INTERVAL = "analytic, additive normal errors (Hyndman and others 2008), cut at 0"
_WEIGHTS = ("alpha", "beta", "gamma", "phi")


def exponential_smoothing(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    horizon: int = 1,
    trend: Trend = "none",
    season: Season | None = None,
    level: float = 0.95,
    min_periods: int = 8,
) -> ForecastResult:
    r"""Forecast regular demand by exponential smoothing, one series after the other.

    Parameters and start are those of least squares (``statsmodels.tsa.holtwinters.ExponentialSmoothing``); the interval
    is :math:`\hat y \pm z \hat\sigma \sqrt{1 + \sum_{j<h} c_j^2}` with the spread that errors so far left, both cut at
    0. It knows the error of what comes, not that of the parameters. A series takes some milliseconds, with a season of
    12 periods about a third of a second.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    horizon
        How many periods ahead.
    trend
        ``"none"``; ``"additive"``, the same growth for ever (Holt); or ``"damped"``, which fades.
    season
        Periods until a season comes again (Holt and Winters), ``"calendar"`` for a year of months, quarters or weeks or
        a week of days, as the names of the periods tell, or ``None`` for no season.
    level
        Nominal coverage of the prediction interval.
    min_periods
        The fewest known periods to smooth, at least 4; two seasons, and two periods more than the model has parameters,
        are needed anyway.

    Returns
    -------
    The forecast; NaN for series that are too short, or have demand less often than every 1.32 periods: smoothing zeros
    with sizes forecasts too much just after a demand. `tsb` and `sba` are for those.

    Raises
    ------
    InvalidValueError
        If demand is none, a setting is outside its range, or periods have no names to tell the season.
    FitError
        If there are fewer than two seasons, or as few periods as parameters.

    References
    ----------
    Holt, C. C. (1957, 2004). Forecasting seasonals and trends by exponentially weighted moving averages. *International
    Journal of Forecasting* 20, 5-10. Winters, P. R. (1960). Forecasting sales by exponentially weighted moving
    averages. *Management Science* 6, 324-342. Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008).
    *Forecasting with Exponential Smoothing*, table 6.1 (class 1).

    Examples
    --------
    >>> steady = exponential_smoothing([10, 12, 11, 9, 10, 11, 12, 10, 11, 10], horizon=2)
    >>> steady.forecast.round(1)
    array([[10.6, 10.6]])
    >>> growing = exponential_smoothing([10, 13, 14, 17, 18, 21, 22, 25], horizon=2, trend="additive")
    >>> growing.forecast.round(1)
    array([[26.7, 28.8]])
    """
    series = as_demand(demand)
    _check(horizon, level, trend, min_periods)
    length = season_length(series.periods, season)
    needed = _needed(series, trend, length, min_periods)
    moments = demand_moments(series.demand)
    regular = (moments.interval < REGULAR_INTERVAL) & (moments.periods >= needed)
    rows = zip(series.demand, regular, strict=True)
    nothing = Smoothed(*(np.full(n, np.nan) for n in (horizon, horizon, len(_WEIGHTS))))
    fits = [
        smooth(row[~np.isnan(row)], horizon=horizon, trend=trend, season=length) if usable else nothing
        for row, usable in rows
    ]
    centre, deviation, weights = (np.stack(part) for part in zip(*fits, strict=True))
    return _result(series, _name(trend, length), (centre, deviation, weights), regular, level)


def _result(
    series: DemandSeries, method: str, fits: tuple[FloatArray, ...], regular: BoolArray, level: float
) -> ForecastResult:
    centre, deviation, weights = fits
    half = ndtri((1.0 + level) / 2.0) * deviation
    rows = dict(zip(_WEIGHTS, weights.T.copy(), strict=True))
    parameters = {name: column for name, column in rows.items() if name == "alpha" or not np.isnan(column).all()}
    ends = {"forecast": centre, "low": centre - half, "high": centre + half}
    return ForecastResult(
        series=series,
        method=method,
        **{name: np.maximum(end, 0.0) for name, end in ends.items()},
        level=level,
        interval_method=_INTERVAL,
        parameters=parameters | {"standard_deviation": deviation[:, 0].copy()},
        warnings=_said(int((~regular).sum())),
    )


def _name(trend: Trend, season: int | None) -> str:
    if trend == "none":
        return "seasonal smoothing" if season else "exponential smoothing"
    named: dict[bool, Literal["holt-winters", "holt"]] = {True: "holt-winters", False: "holt"}
    return f"{'damped ' if trend == 'damped' else ''}{named[bool(season)]}"


def _needed(series: DemandSeries, trend: Trend, season: int | None, min_periods: int) -> int:
    """Count the periods a series must be known for, and refuse demand that is shorter for all."""
    least = n_parameters(trend, season) + 2
    needed = max(min_periods, least, 2 * season if season else 0)
    have = len(series.periods)
    if season and have < needed:
        what = f"too short for a season of {season} periods"
        remedy = "a longer history, or a method without season"
        allowed, got = f"at least {needed} periods", f"{have} periods"
        raise FitError(Problem(what=what, where="demand", allowed=allowed, got=got, remedy=remedy))
    return needed


def _check(horizon: int, level: float, trend: str, min_periods: int) -> None:
    check_ahead(horizon, level)
    few = not is_whole(min_periods) or min_periods < 4
    allowed = "a whole number >= 4"
    refuse(
        [Problem(what="too few", where="min_periods", allowed=allowed, got=repr(min_periods))] if few else [],
        choice_problems(trend, get_args(Trend), where="trend", what="no such trend"),
    )


def _said(left_out: int) -> tuple[str, ...]:
    return (f"{left_out} series too short or too irregular to smooth are unrated",) if left_out else ()
