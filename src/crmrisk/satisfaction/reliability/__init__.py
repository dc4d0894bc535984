"""Reliability of scales: alpha and omega side by side, from answers or from covariances."""

from crmrisk.satisfaction.reliability.alpha import (
    alpha_if_dropped,
    cronbach_alpha,
    feldt_interval,
    standardised_alpha,
)
from crmrisk.satisfaction.reliability.covariance import ItemCovariance, item_covariance
from crmrisk.satisfaction.reliability.factor_model import FactorModel, confirmatory_factor_analysis
from crmrisk.satisfaction.reliability.omega import average_variance_extracted, factor_coefficient, mcdonald_omega
from crmrisk.satisfaction.reliability.scales import (
    FactorReliability,
    ItemReliability,
    Reliability,
    factor_reliability,
    scale_reliability,
)

__all__ = [
    "FactorModel",
    "FactorReliability",
    "ItemCovariance",
    "ItemReliability",
    "Reliability",
    "alpha_if_dropped",
    "average_variance_extracted",
    "confirmatory_factor_analysis",
    "cronbach_alpha",
    "factor_coefficient",
    "factor_reliability",
    "feldt_interval",
    "item_covariance",
    "mcdonald_omega",
    "scale_reliability",
    "standardised_alpha",
]
