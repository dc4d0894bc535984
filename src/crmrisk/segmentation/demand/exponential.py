"""Simple exponential smoothing through statsmodels, for series regular enough that it means something."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from crmrisk.core.arguments import is_whole, refuse
from crmrisk.core.errors import Problem
from crmrisk.segmentation.demand.classes import REGULAR_INTERVAL, demand_moments
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["exponential_smoothing"]

_INTERVAL = "analytic, additive normal errors (Hyndman and others 2008), cut at 0"


def exponential_smoothing(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    horizon: int = 1,
    level: float = 0.95,
    min_periods: int = 8,
) -> ForecastResult:
    r"""Forecast regular demand by simple exponential smoothing, one series after the other.

    Parameters and start are those of least squares (``statsmodels.tsa.holtwinters.SimpleExpSmoothing``); the interval
    is :math:`\hat y \pm z \hat\sigma \sqrt{1 + (h - 1) \alpha^2}`, cut at 0. A series takes some milliseconds.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    horizon
        How many periods ahead.
    level
        Nominal coverage of the prediction interval.
    min_periods
        The fewest known periods to smooth, at least 4.

    Returns
    -------
    The forecast; NaN for series that are too short, or have demand less often than every 1.32 periods: smoothing zeros
    with sizes forecasts too much just after a demand. `tsb` and `sba` are for those.

    Raises
    ------
    InvalidValueError
        If demand is none, or a setting outside its range.

    References
    ----------
    Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). *Forecasting with Exponential Smoothing*,
    table 6.1 (class 1).

    Examples
    --------
    >>> steady = exponential_smoothing([10, 12, 11, 9, 10, 11, 12, 10, 11, 10], horizon=2)
    >>> steady.forecast.round(1)
    array([[10.6, 10.6]])
    """
    series = as_demand(demand)
    check_ahead(horizon, level)
    few = not is_whole(min_periods) or min_periods < 4
    allowed = "a whole number >= 4"
    refuse([Problem(what="too few", where="min_periods", allowed=allowed, got=repr(min_periods))] if few else [])
    moments = demand_moments(series.demand)
    regular = (moments.interval < REGULAR_INTERVAL) & (moments.periods >= min_periods)
    fits = [
        _smoothed(row[~np.isnan(row)]) if usable else _NOTHING
        for row, usable in zip(series.demand, regular, strict=True)
    ]
    alpha, rate, deviation = (np.array(part) for part in zip(*fits, strict=True))
    ahead = np.arange(horizon)
    half = ndtri((1.0 + level) / 2.0) * deviation[:, None] * np.sqrt(1.0 + ahead * alpha[:, None] ** 2)
    rates = np.repeat(rate[:, None], horizon, axis=1)
    return ForecastResult(
        series=series,
        method="exponential smoothing",
        forecast=rates,
        low=np.maximum(rates - half, 0.0),
        high=rates + half,
        level=level,
        interval_method=_INTERVAL,
        parameters={"alpha": alpha, "standard_deviation": deviation},
        warnings=_said(int((~regular).sum())),
    )


class _Fit(NamedTuple):
    alpha: float
    rate: float
    deviation: float


_NOTHING = _Fit(np.nan, np.nan, np.nan)


def _smoothed(values: FloatArray) -> _Fit:
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing  # noqa: PLC0415 - takes a second to import

    scale = float(values.max())  # least squares of numbers near 1, whatever the currency
    if scale <= 0.0:
        return _NOTHING
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a search that stops early still gives a forecast, and the origin test judges it
        fit = SimpleExpSmoothing(values / scale, initialization_method="estimated").fit()
    freedom = max(len(values) - 2, 1)
    deviation = float(np.sqrt(fit.sse / freedom)) * scale
    return _Fit(float(fit.params["smoothing_level"]), max(float(fit.forecast(1)[0]) * scale, 0.0), deviation)


def _said(left_out: int) -> tuple[str, ...]:
    return (f"{left_out} series too short or too irregular to smooth are unrated",) if left_out else ()
