"""Seasons: after how many periods demand comes round again, and the forecast that it does so exactly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = ["Season", "season_length", "seasonal_naive_forecast"]

Season: TypeAlias = int | Literal["calendar"]
"""Periods until a season comes again, at least 2; or what the names of the periods tell."""

_NAMED = ((r"\d{4}-\d{2}", 12), (r"\d{4}Q[1-4]", 4))
_DAYS = {1: 7, 7: 52}


def season_length(periods: Sequence[str], season: Season | None) -> int | None:
    """Find how many periods a season has.

    Parameters
    ----------
    periods
        Names of the periods as `demand_series` gives them.
    season
        The number, ``"calendar"``, or ``None`` for no season.

    Returns
    -------
    12 months, 4 quarters or 52 weeks of a year, 7 days of a week; or the number given.

    Raises
    ------
    InvalidValueError
        If the number is none, or the names tell nothing.

    Examples
    --------
    >>> season_length(["2026-01", "2026-02"], "calendar"), season_length(["2026-01-05", "2026-01-12"], "calendar")
    (12, 52)
    """
    if season is None:
        return None
    length = _of_calendar(periods) if isinstance(season, str) and season == "calendar" else season
    if length is None:
        what, remedy = "names of the periods do not tell the season", "season=12, or periods=('2026-01', ...)"
        raise InvalidValueError(Problem(what=what, where="season", got=repr(periods[0]), remedy=remedy))
    if not is_whole(length) or length < 2:
        allowed = "a whole number >= 2, or 'calendar'"
        raise InvalidValueError(Problem(what="no season", where="season", allowed=allowed, got=repr(season)))
    return int(length)


def _of_calendar(periods: Sequence[str]) -> int | None:
    for pattern, length in _NAMED:
        if re.fullmatch(pattern, periods[0]):
            return length
    try:
        first, second = np.array(periods[:2], dtype="datetime64[D]")
    except ValueError:
        return None
    return _DAYS.get(int((second - first) / np.timedelta64(1, "D")))


def seasonal_naive_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    horizon: int = 1,
    season: Season = "calendar",
) -> ForecastResult:
    """Forecast that the last season repeats: what a forecast with a season has to beat.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    horizon
        How many periods ahead.
    season
        Periods of a season, or ``"calendar"``.

    Returns
    -------
    The forecast; NaN for series not known for a whole season.

    Raises
    ------
    InvalidValueError
        If demand, horizon or season is none.
    FitError
        If there is no whole season.

    Examples
    --------
    >>> seasonal_naive_forecast([1, 5, 2, 6], horizon=3, season=2).forecast
    array([[2., 6., 2.]])
    """
    series = as_demand(demand)
    check_ahead(horizon, 0.95)
    length = season_length(series.periods, season) or 1
    have = len(series.periods)
    if have < length:
        what, allowed = f"too short for a season of {length} periods", f"at least {length} periods"
        raise FitError(Problem(what=what, where="demand", allowed=allowed, got=f"{have} periods"))
    forecast = series.demand[:, have - length + np.arange(horizon) % length]
    whole = ~np.isnan(series.demand[:, have - length])[:, None]
    unknown = np.full(forecast.shape, np.nan)
    return ForecastResult(
        series=series,
        method="seasonal naive",
        forecast=np.where(whole, forecast, np.nan),
        low=unknown,
        high=unknown.copy(),
        level=0.95,
        interval_method="none",
    )
