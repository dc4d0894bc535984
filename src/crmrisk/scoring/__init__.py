"""Analyse: scorers of likelihood and of consequence.

Leaves: `ColumnScorer`, `PointsScorer`, `LogisticScorer`, `AttritionScorer`, `LifetimeValueScorer`, and for customers
under contract `ContractAttritionScorer` and `ContractValueScorer`. Composites, which are ordinary scorers made of
others: `CalibratedScorer`, `BlendedScorer`, `SegmentedScorer`, `StackedScorer`, `ProductScorer`. Each name is imported
when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmrisk.scoring.attrition import AttritionScorer
    from crmrisk.scoring.blended import BlendedScorer
    from crmrisk.scoring.calibrated import CalibratedScorer
    from crmrisk.scoring.column import ColumnScorer
    from crmrisk.scoring.contractual import ContractAttritionScorer, ContractValueScorer
    from crmrisk.scoring.contribution import ContributionScorer
    from crmrisk.scoring.lifetime_value import LifetimeValueScorer
    from crmrisk.scoring.logistic import LogisticScorer
    from crmrisk.scoring.points import Characteristic, PointsScorer
    from crmrisk.scoring.product import ProductScorer
    from crmrisk.scoring.segmented import SegmentedScorer
    from crmrisk.scoring.stacked import StackedScorer
    from crmrisk.scoring.value import BetaGeoNBD, GammaGamma, choose_model

__all__ = [
    "AttritionScorer",
    "BetaGeoNBD",
    "BlendedScorer",
    "CalibratedScorer",
    "Characteristic",
    "ColumnScorer",
    "ContractAttritionScorer",
    "ContractValueScorer",
    "ContributionScorer",
    "GammaGamma",
    "LifetimeValueScorer",
    "LogisticScorer",
    "PointsScorer",
    "ProductScorer",
    "SegmentedScorer",
    "StackedScorer",
    "choose_model",
]

_HOMES = {
    "AttritionScorer": "attrition",
    "BetaGeoNBD": "value",
    "BlendedScorer": "blended",
    "CalibratedScorer": "calibrated",
    "Characteristic": "points",
    "ColumnScorer": "column",
    "ContractAttritionScorer": "contractual",
    "ContractValueScorer": "contractual",
    "ContributionScorer": "contribution",
    "GammaGamma": "value",
    "LifetimeValueScorer": "lifetime_value",
    "LogisticScorer": "logistic",
    "PointsScorer": "points",
    "ProductScorer": "product",
    "SegmentedScorer": "segmented",
    "StackedScorer": "stacked",
    "choose_model": "value",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module 'crmrisk.scoring' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"crmrisk.scoring.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
