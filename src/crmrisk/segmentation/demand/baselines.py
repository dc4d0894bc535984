"""What any forecast has to beat: the last value, nothing at all, and the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead, flat_forecast
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = ["mean_forecast", "naive_forecast", "zero_forecast"]


def naive_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]], *, horizon: int = 1
) -> ForecastResult:
    """Forecast that the last period repeats.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    horizon
        How many periods ahead.

    Raises
    ------
    InvalidValueError
        If demand or horizon is none.

    Examples
    --------
    >>> naive_forecast([0, 3, 1]).forecast
    array([[1.]])
    """
    series = as_demand(demand)
    check_ahead(horizon, 0.95)
    return flat_forecast(series, "naive", series.demand[:, -1].copy(), horizon)


def zero_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]], *, horizon: int = 1
) -> ForecastResult:
    """Forecast that nothing is bought: what the mean absolute error likes best where most periods are empty.

    Parameters
    ----------
    demand, horizon
        As for `naive_forecast`.

    Raises
    ------
    InvalidValueError
        If demand or horizon is none.

    Examples
    --------
    >>> zero_forecast([0, 3, 1], horizon=2).forecast
    array([[0., 0.]])
    """
    series = as_demand(demand)
    check_ahead(horizon, 0.95)
    return flat_forecast(series, "zero", np.where(series.known[:, -1], 0.0, np.nan), horizon)


def mean_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]], *, horizon: int = 1
) -> ForecastResult:
    """Forecast the mean of all known periods.

    Parameters
    ----------
    demand, horizon
        As for `naive_forecast`.

    Raises
    ------
    InvalidValueError
        If demand or horizon is none.

    Examples
    --------
    >>> mean_forecast([[None, 3, 1]]).forecast
    array([[2.]])
    """
    series = as_demand(demand)
    check_ahead(horizon, 0.95)
    total, count = np.zeros((2, len(series)))
    for now in series.demand.T:  # period by period, so that a series alone gives the same bits
        total += np.nan_to_num(now)
        count += ~np.isnan(now)
    mean = np.divide(total, count, out=np.full(len(series), np.nan), where=count > 0)
    return flat_forecast(series, "mean", mean, horizon)
