"""Demand: what each customer buys of each category over time, how regular it is, and what comes next.

`demand_series` reads transactions of any engine. `classify_demand` tells regular from lumpy, `classify_needs` what a
customer needs now, has stopped needing or could need. `croston`, `sba`, `tsb` and `exponential_smoothing` (with trend
and season where there are any) forecast;
`rolling_origin_error` measures how far off they would have been, and `choose_forecast` which one to use, if the data
can tell.
"""

from crmrisk.segmentation.demand.baselines import mean_forecast, naive_forecast, zero_forecast
from crmrisk.segmentation.demand.choice import ForecastChoice, choose_forecast
from crmrisk.segmentation.demand.classes import DEMAND_CLASSES, DemandClasses, classify_demand
from crmrisk.segmentation.demand.exponential import exponential_smoothing
from crmrisk.segmentation.demand.forecast import ForecastResult
from crmrisk.segmentation.demand.forecasting import forecast_demand
from crmrisk.segmentation.demand.history import demand_series
from crmrisk.segmentation.demand.intermittent import croston, sba, tsb
from crmrisk.segmentation.demand.need_forecast import need_forecast
from crmrisk.segmentation.demand.need_model import NeedModel
from crmrisk.segmentation.demand.needs import NEED_STATES, Needs, classify_needs
from crmrisk.segmentation.demand.rolling_origin import ForecastErrors, rolling_origin_error
from crmrisk.segmentation.demand.seasons import seasonal_naive_forecast
from crmrisk.segmentation.demand.series import DemandSeries

__all__ = [
    "DEMAND_CLASSES",
    "NEED_STATES",
    "DemandClasses",
    "DemandSeries",
    "ForecastChoice",
    "ForecastErrors",
    "ForecastResult",
    "NeedModel",
    "Needs",
    "choose_forecast",
    "classify_demand",
    "classify_needs",
    "croston",
    "demand_series",
    "exponential_smoothing",
    "forecast_demand",
    "mean_forecast",
    "naive_forecast",
    "need_forecast",
    "rolling_origin_error",
    "sba",
    "seasonal_naive_forecast",
    "tsb",
    "zero_forecast",
]
