"""Demand: what each customer buys of each category over time, how regular it is, and what comes next."""

from crmrisk.segmentation.demand.forecast import ForecastResult
from crmrisk.segmentation.demand.history import demand_series
from crmrisk.segmentation.demand.intermittent import croston, sba, tsb
from crmrisk.segmentation.demand.series import DemandSeries

__all__ = ["DemandSeries", "ForecastResult", "croston", "demand_series", "sba", "tsb"]
