"""Lifetime value: how often customers will buy, how much they spend, and what that is worth today.

`BetaGeoNBD`, `ModifiedBetaGeoNBD` and `ParetoNBD` say how often, `BetaGeoCNBD` too where timing is regular,
`GammaGamma` how much, `discounted_value` what it is worth. `BetaGeoBetaBinomial` is for purchases at discrete
opportunities, `ShiftedBetaGeometric` and `BetaDiscreteWeibull` for customers under contract. Models are frozen and
equal to their parameters; ``Model.fit`` hands back a `ModelFit`, which holds the model and what the data say about it.
`choose_model` says which to use, `hold_out`, `track` and the tables of `crmrisk.scoring.value.checking` whether to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmrisk.core.lazily import lazily
from crmrisk.scoring.value.beta_discrete_weibull import BetaDiscreteWeibull
from crmrisk.scoring.value.beta_geo import BetaGeoNBD
from crmrisk.scoring.value.beta_geo_beta_binomial import BetaGeoBetaBinomial
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD, ModifiedBetaGeoCNBD
from crmrisk.scoring.value.beta_geo_cnbd_fit import RegularFit
from crmrisk.scoring.value.bootstrapping import Bootstrap, BootstrapInterval, bootstrap, bootstrap_interval
from crmrisk.scoring.value.cohorts import CohortFits, fit_cohorts
from crmrisk.scoring.value.comparing import ComparedFit, Comparison, LikelihoodRatio, compare, likelihood_ratio
from crmrisk.scoring.value.contract import ContractModel, SimulatedContracts
from crmrisk.scoring.value.covariates import ProportionalModel
from crmrisk.scoring.value.gamma_gamma import GammaGamma
from crmrisk.scoring.value.intervals import PredictionInterval, delta_interval, drawn_models
from crmrisk.scoring.value.model_fit import ModelFit
from crmrisk.scoring.value.modified_beta_geo import ModifiedBetaGeoNBD
from crmrisk.scoring.value.nbd import NBD
from crmrisk.scoring.value.not_identified import NotIdentified, NotIdentifiedWarning
from crmrisk.scoring.value.opportunity_simulation import SimulatedOpportunities
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.pooling import PooledSegment, PooledSegments, pool_segments
from crmrisk.scoring.value.prior import LogNormal, Prior, weakly_informative
from crmrisk.scoring.value.profiling import ProfileInterval, profile_interval
from crmrisk.scoring.value.proportional_fit import Coefficient, ProportionalFit
from crmrisk.scoring.value.purchase_distribution import PurchaseDistribution, predict_purchases
from crmrisk.scoring.value.shifted_beta_geometric import ShiftedBetaGeometric
from crmrisk.scoring.value.simulation import SimulatedHistories
from crmrisk.scoring.value.value import MONTH, PurchaseModel, discounted_value
from crmrisk.scoring.value.value_distribution import ValueDistribution, predict_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.scoring.value.checking import (
        Candidate,
        Chart,
        ConditionalTable,
        FrequencyTable,
        Holdout,
        HoldoutErrors,
        ModelChoice,
        PurchaseHistories,
        RepeatPurchases,
        Tracking,
        choose_contract_model,
        choose_model,
        conditional_expectations,
        frequency_table,
        hold_out,
        holdout_errors,
        track,
    )

__all__ = [
    "MONTH",
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeoBetaBinomial",
    "BetaGeoCNBD",
    "BetaGeoNBD",
    "Bootstrap",
    "BootstrapInterval",
    "Candidate",
    "Chart",
    "Coefficient",
    "CohortFits",
    "ComparedFit",
    "Comparison",
    "ConditionalTable",
    "ContractModel",
    "FrequencyTable",
    "GammaGamma",
    "Holdout",
    "HoldoutErrors",
    "LikelihoodRatio",
    "LogNormal",
    "ModelChoice",
    "ModelFit",
    "ModifiedBetaGeoCNBD",
    "ModifiedBetaGeoNBD",
    "NotIdentified",
    "NotIdentifiedWarning",
    "ParetoNBD",
    "PooledSegment",
    "PooledSegments",
    "PredictionInterval",
    "Prior",
    "ProfileInterval",
    "ProportionalFit",
    "ProportionalModel",
    "PurchaseDistribution",
    "PurchaseHistories",
    "PurchaseModel",
    "RegularFit",
    "RepeatPurchases",
    "ShiftedBetaGeometric",
    "SimulatedContracts",
    "SimulatedHistories",
    "SimulatedOpportunities",
    "Tracking",
    "ValueDistribution",
    "bootstrap",
    "bootstrap_interval",
    "choose_contract_model",
    "choose_model",
    "compare",
    "conditional_expectations",
    "delta_interval",
    "discounted_value",
    "drawn_models",
    "fit_cohorts",
    "frequency_table",
    "hold_out",
    "holdout_errors",
    "likelihood_ratio",
    "pool_segments",
    "predict_purchases",
    "predict_value",
    "profile_interval",
    "track",
    "weakly_informative",
]

_CHECKS = (
    "Candidate",
    "Chart",
    "ConditionalTable",
    "FrequencyTable",
    "Holdout",
    "HoldoutErrors",
    "ModelChoice",
    "PurchaseHistories",
    "RepeatPurchases",
    "Tracking",
    "choose_contract_model",
    "choose_model",
    "conditional_expectations",
    "frequency_table",
    "hold_out",
    "holdout_errors",
    "track",
)
"""Imported when first used: they read evidence, which an application that only scores need not import."""

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazily(__name__, {"crmrisk.scoring.value.checking": _CHECKS})
