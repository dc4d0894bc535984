"""One series smoothed by statsmodels: level, trend and season fitted by least squares, with the spread of what follows.

The models are those with additive errors, trend and season. Errors one period ahead are normal and alike; what they do
to later periods is known in closed form, so that prediction intervals need no simulation.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["Smoothed", "Trend", "n_parameters", "smooth"]

Trend: TypeAlias = Literal["none", "additive", "damped"]
"""Whether demand stays, grows by the same amount in each period, or by less and less."""

_WEIGHTS = ("smoothing_level", "smoothing_trend", "smoothing_seasonal", "damping_trend")


class Smoothed(NamedTuple):
    """Hold what the smoothing of one series ends with.

    Examples
    --------
    >>> smooth(np.array([4.0, 6, 5, 5, 4, 6, 5, 5]), horizon=1, trend="none", season=None).forecast.round(2)
    array([5.])
    """

    forecast: FloatArray
    """Expected demand in each coming period, below 0 where the trend leads there, ``(horizon,)``."""

    deviation: FloatArray
    """Standard deviation of what comes about it, ``(horizon,)``."""

    weights: FloatArray
    """Smoothing parameters of level, trend and season, and the damping; NaN of what the model lacks, ``(4,)``."""


def n_parameters(trend: Trend, season: int | None) -> int:
    """Count what is fitted: smoothing parameters, and the level, trend and season that a series starts from.

    Parameters
    ----------
    trend
        The trend.
    season
        Periods of a season, or ``None``.

    Examples
    --------
    >>> n_parameters("additive", 4)
    9
    """
    return 2 + {"none": 0, "additive": 2, "damped": 3}[trend] + (season + 1 if season else 0)


def smooth(values: FloatArray, *, horizon: int, trend: Trend, season: int | None) -> Smoothed:
    r"""Fit one series, and look ahead.

    The deviation h periods ahead is :math:`\sigma \sqrt{1 + \sum_{j<h} c_j^2}`, where an error moves what comes j
    periods later by :math:`c_j = \alpha + \alpha \beta^* \sum_{i \le j} \phi^i + \gamma [j \text{ is a season}]`.

    Parameters
    ----------
    values
        Demand, not all 0, ``(n_periods,)``.
    horizon
        How many periods ahead.
    trend
        The trend.
    season
        Periods of a season, or ``None``.

    References
    ----------
    Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). *Forecasting with Exponential Smoothing*,
    section 6.1 and table 6.1 (class 1).

    Examples
    --------
    >>> growing = smooth(np.arange(1.0, 13.0), horizon=2, trend="additive", season=None)
    >>> growing.forecast.round(2)
    array([13., 14.])
    """
    scale = float(values.max())  # least squares of numbers near 1, whatever the currency
    fit = _fitted(values / scale, trend, season)
    freedom = max(len(values) - n_parameters(trend, season), 1)
    weights = np.array([fit.params[name] for name in _WEIGHTS], dtype=np.float64)
    moved = np.concatenate([[0.0], np.cumsum(_responses(weights, horizon, season) ** 2)])
    deviation = np.sqrt(fit.sse / freedom * (1.0 + moved)) * scale
    return Smoothed(np.asarray(fit.forecast(horizon)) * scale, deviation, weights)


def _fitted(values: FloatArray, trend: Trend, season: int | None) -> Any:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # noqa: PLC0415 - takes a second to import

    parts: dict[str, Any] = {} if trend == "none" else {"trend": "add", "damped_trend": trend == "damped"}
    parts |= {"seasonal": "add", "seasonal_periods": season} if season else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a search that stops early still forecasts, and the origin test judges it
        return ExponentialSmoothing(values, initialization_method="estimated", **parts).fit()


def _responses(weights: FloatArray, horizon: int, season: int | None) -> FloatArray:
    alpha, beta, gamma = np.nan_to_num(weights[:3])
    damping = 1.0 if np.isnan(weights[3]) else weights[3]
    later = np.arange(1, horizon)
    moved: FloatArray = alpha + alpha * beta * np.cumsum(damping**later)
    return moved + gamma * (later % season == 0) if season else moved
