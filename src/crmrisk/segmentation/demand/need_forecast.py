"""Forecast each customer's demand by what all customers tell about needs that recur and end.

A customer's own history is short: one or two purchases in a year. The `NeedModel` of all series knows how many buy
again, and how often. On Online Retail (17,610 series of customer and product by month, 6 origins) it has the lowest
scaled squared error, not distinguishable from that of `tsb` and of the mean of each series, and the lowest absolute
error but for a forecast of zero: 15 % below the naive one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.expecting import expect
from crmrisk.segmentation.demand.forecast import ForecastResult, check_ahead
from crmrisk.segmentation.demand.intermittent import OCCURRENCE_INTERVAL
from crmrisk.segmentation.demand.intervals import occurrence_interval
from crmrisk.segmentation.demand.need_model import NeedModel, need_histories
from crmrisk.segmentation.demand.recursions import smooth_intervals
from crmrisk.segmentation.demand.series import DemandSeries, as_demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["need_forecast"]


def need_forecast(
    demand: DemandSeries | ArrayLike | Sequence[Sequence[float | None]],
    *,
    horizon: int = 1,
    model: NeedModel | None = None,
    level: float = 0.95,
) -> ForecastResult:
    """Forecast demand as the probability that a need recurs times the smoothed size of what was bought.

    Parameters
    ----------
    demand
        A `DemandSeries`, or numbers ``(n_periods,)`` or ``(n_series, n_periods)``.
    horizon
        How many periods ahead.
    model
        The model of needs; by default the one that fits these series best, so that a forecast then depends on them
        all. Pass one to forecast a customer alone as among others.
    level
        Nominal coverage of the prediction interval.

    Returns
    -------
    The forecast; 0 for a series without any demand yet.

    Raises
    ------
    InvalidValueError
        If demand is none, or a setting outside its range.

    Examples
    --------
    >>> need_forecast([[6, 0, 0, 0], [6, 0, 6, 6]], model=NeedModel(alpha=1, beta=3, ending=0.1)).forecast.round(2)
    array([[0.48],
           [2.31]])
    """
    series = as_demand(demand)
    check_ahead(horizon, level)
    expect(model, (NeedModel, type(None)), where="model", remedy="NeedModel(alpha=..., beta=..., ending=...)")
    bought = (series.demand > 0.0).any(axis=1)
    probability = np.where(np.isnan(series.demand[:, -1:]), np.nan, np.zeros((len(series), horizon)))
    if bought.any():
        probability[bought] = _probabilities(series.demand[bought], model, horizon)
    n = len(series)
    size = smooth_intervals(series.demand, np.full(n, 0.1), initial="first", debias=False).size
    ends = [occurrence_interval(series.demand, size, each, level) for each in probability.T]
    low, high = (np.stack(part, axis=1) for part in zip(*ends, strict=True))
    return ForecastResult(
        series=series,
        method="needs",
        forecast=probability * size[:, None],
        low=low,
        high=high,
        level=level,
        interval_method=OCCURRENCE_INTERVAL,
        parameters={"size": size, "probability": probability[:, 0].copy()},
    )


def _probabilities(demand: FloatArray, model: NeedModel | None, horizon: int) -> FloatArray:
    history = need_histories(demand)
    knows = NeedModel.fit(*history) if model is None else model
    alive = knows.probability_alive(**history._asdict())
    buys = (knows.alpha + history.frequency) / (knows.alpha + knows.beta + history.opportunities)
    lasting = (1.0 - knows.ending) ** np.arange(horizon)
    probabilities: FloatArray = (alive * buys)[:, None] * lasting
    return probabilities
