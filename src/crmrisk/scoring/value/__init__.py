"""Lifetime value: how often customers will buy, how much they spend, and what that is worth today.

`BetaGeoNBD`, `ModifiedBetaGeoNBD` and `ParetoNBD` say how often, `BetaGeoCNBD` too where timing is regular,
`GammaGamma` how much, `discounted_value` what it is worth. `BetaGeoBetaBinomial` is for purchases at discrete
opportunities, `ShiftedBetaGeometric` and `BetaDiscreteWeibull` for customers under contract. Models are frozen and
equal to their parameters; ``Model.fit`` hands back a `ModelFit`, which holds the model and what the data say about it.
"""

from __future__ import annotations

from crmrisk.scoring.value.beta_discrete_weibull import BetaDiscreteWeibull
from crmrisk.scoring.value.beta_geo import BetaGeoNBD
from crmrisk.scoring.value.beta_geo_beta_binomial import BetaGeoBetaBinomial
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD, ModifiedBetaGeoCNBD
from crmrisk.scoring.value.beta_geo_cnbd_fit import RegularFit
from crmrisk.scoring.value.bootstrapping import Bootstrap, BootstrapInterval, bootstrap, bootstrap_interval
from crmrisk.scoring.value.comparing import ComparedFit, Comparison, LikelihoodRatio, compare, likelihood_ratio
from crmrisk.scoring.value.contract import ContractModel, SimulatedContracts
from crmrisk.scoring.value.gamma_gamma import GammaGamma
from crmrisk.scoring.value.intervals import PredictionInterval, delta_interval, drawn_models
from crmrisk.scoring.value.model_fit import ModelFit
from crmrisk.scoring.value.modified_beta_geo import ModifiedBetaGeoNBD
from crmrisk.scoring.value.nbd import NBD
from crmrisk.scoring.value.not_identified import NotIdentified, NotIdentifiedWarning
from crmrisk.scoring.value.opportunity_simulation import SimulatedOpportunities
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.prior import LogNormal, Prior, weakly_informative
from crmrisk.scoring.value.profiling import ProfileInterval, profile_interval
from crmrisk.scoring.value.purchase_distribution import PurchaseDistribution, predict_purchases
from crmrisk.scoring.value.shifted_beta_geometric import ShiftedBetaGeometric
from crmrisk.scoring.value.simulation import SimulatedHistories
from crmrisk.scoring.value.value import MONTH, PurchaseModel, discounted_value
from crmrisk.scoring.value.value_distribution import ValueDistribution, predict_value

__all__ = [
    "MONTH",
    "NBD",
    "BetaDiscreteWeibull",
    "BetaGeoBetaBinomial",
    "BetaGeoCNBD",
    "BetaGeoNBD",
    "Bootstrap",
    "BootstrapInterval",
    "ComparedFit",
    "Comparison",
    "ContractModel",
    "GammaGamma",
    "LikelihoodRatio",
    "LogNormal",
    "ModelFit",
    "ModifiedBetaGeoCNBD",
    "ModifiedBetaGeoNBD",
    "NotIdentified",
    "NotIdentifiedWarning",
    "ParetoNBD",
    "PredictionInterval",
    "Prior",
    "ProfileInterval",
    "PurchaseDistribution",
    "PurchaseModel",
    "RegularFit",
    "ShiftedBetaGeometric",
    "SimulatedContracts",
    "SimulatedHistories",
    "SimulatedOpportunities",
    "ValueDistribution",
    "bootstrap",
    "bootstrap_interval",
    "compare",
    "delta_interval",
    "discounted_value",
    "drawn_models",
    "likelihood_ratio",
    "predict_purchases",
    "predict_value",
    "profile_interval",
    "weakly_informative",
]
