"""Key drivers: what the outcome goes along with, how sure that is, and what to do about it.

``columns`` and ``table`` read the answers, ``shares`` is the mathematics of importance, ``study`` puts intervals
around it, ``by_segment`` repeats that for every segment and ``published`` does without answers. ``ordinal`` explains an
outcome in ordered steps, ``penalty_reward`` finds what only disappoints or only delights, and
``importance_performance`` sets importance against performance.

What a real survey does to such studies, on 2,831 guests of an airport (SFO 2017: 14 items of 1 to 5, where 0 is blank
and 6 is never used, and overall satisfaction Q7ALL):

- *Codes read as answers.* With 0 and 6 left in, fourteen items explain 22 % of the variance, and the order changes;
  without them seven items explain 57 %. ``scale=(1, 5)`` refuses the codes by name.
- *"Never used" is missing.* The 494 guests who rated all fourteen items are those who also park and rent: parking
  leads. Of the seven items most guests meet, rated by 1,548, food leads. Two populations, two answers.
- *Halo and collinearity.* 57 % of the variance of the seven items lies in one direction, so shares run only from 13 to
  16 % and single R² add up to 2.26; the information desks inflate each other's variance fifteen-fold.
- *Signs.* Among fourteen items the coefficients of shops, train and one desk are negative while their correlations
  are .67 to .70: the sign reported is that of the correlation. Suppression beyond chance there is none.
- *Ranks.* The leader of the seven leads in 56 % of the resamples, and with survey weights another leads.
- *Ceiling.* 82 % give 4 or 5 overall and 1.4 % 1 or 2: penalties rest on few answers, and every asymmetry of the
  contrasts stays unclassified.
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
