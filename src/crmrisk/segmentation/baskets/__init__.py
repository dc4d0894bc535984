"""Baskets: what is bought together, which rules follow from it, and how much of that is chance.

`Baskets` holds who bought what together, `frequent_itemsets` finds what is bought together often, `association_rules`
says what leads to what, with exact tests and false-discovery rates over everything that was tried, and
`AssociationRules.recommend` names the next items for a basket.
"""

from crmrisk.segmentation.baskets.association import association_rules
from crmrisk.segmentation.baskets.baskets import Baskets
from crmrisk.segmentation.baskets.itemsets import FrequentItemsets, frequent_itemsets
from crmrisk.segmentation.baskets.rule import AssociationRule, Recommendation
from crmrisk.segmentation.baskets.rules import AssociationRules

__all__ = [
    "AssociationRule",
    "AssociationRules",
    "Baskets",
    "FrequentItemsets",
    "Recommendation",
    "association_rules",
    "frequent_itemsets",
]
