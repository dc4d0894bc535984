"""Key drivers: what the outcome goes along with, how sure that is, and what to do about it.

``table`` reads the answers, ``shares`` is the mathematics of importance, ``study`` puts intervals around it and
``published`` does without answers. ``ordinal`` explains an outcome in ordered steps, ``penalty_reward`` finds what only
disappoints or only delights, and ``importance_performance`` sets importance against performance.
"""

from __future__ import annotations

from crmrisk.satisfaction.drivers.by_segment import DriverSegments, drivers_by_segment
from crmrisk.satisfaction.drivers.impact_asymmetry import impact_asymmetry
from crmrisk.satisfaction.drivers.importance_performance import (
    ImportancePerformance,
    MappedDriver,
    importance_performance,
)
from crmrisk.satisfaction.drivers.methods import ImportanceMethod
from crmrisk.satisfaction.drivers.ordinal import OrdinalDriver, OrdinalDrivers, ordinal_drivers
from crmrisk.satisfaction.drivers.penalty_reward import PenaltyReward, PenaltyRewardAnalysis, penalty_reward
from crmrisk.satisfaction.drivers.published import driver_importance
from crmrisk.satisfaction.drivers.quadrants import Quadrant, quadrants
from crmrisk.satisfaction.drivers.records import DriverAnalysis, DriverImportance
from crmrisk.satisfaction.drivers.shares import (
    beta_squared_importance,
    first_importance,
    last_importance,
    lmg,
    relative_weights,
    shapley_importance,
)
from crmrisk.satisfaction.drivers.study import key_drivers

__all__ = [
    "DriverAnalysis",
    "DriverImportance",
    "DriverSegments",
    "ImportanceMethod",
    "ImportancePerformance",
    "MappedDriver",
    "OrdinalDriver",
    "OrdinalDrivers",
    "PenaltyReward",
    "PenaltyRewardAnalysis",
    "Quadrant",
    "beta_squared_importance",
    "driver_importance",
    "drivers_by_segment",
    "first_importance",
    "impact_asymmetry",
    "importance_performance",
    "key_drivers",
    "last_importance",
    "lmg",
    "ordinal_drivers",
    "penalty_reward",
    "quadrants",
    "relative_weights",
    "shapley_importance",
]
