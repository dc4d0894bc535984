"""Analyse: what customers say: NPS, Kano and the scorers built on them."""

from crmrisk.satisfaction.kano import KanoCategory, KanoCounts, Requirement, kano_requirements
from crmrisk.satisfaction.kano_scorer import KanoNeed, KanoScorer
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.nps_scorer import NpsScorer
from crmrisk.satisfaction.proportions import proportion

__all__ = [
    "KanoCategory",
    "KanoCounts",
    "KanoNeed",
    "KanoScorer",
    "NpsScorer",
    "Requirement",
    "kano_requirements",
    "net_promoter_score",
    "proportion",
]
