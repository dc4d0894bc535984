"""Kano analysis: what customers take for granted, pay for, and are delighted by, with how sure each answer is.

``answers`` maps any wording to five answers, ``table`` maps pairs of answers to categories, ``rules`` maps counts to a
category, ``counts`` adds better, worse and strength, ``stability`` the bootstrap, and ``requirement`` puts it together.
"""

from __future__ import annotations

from crmrisk.satisfaction.kano.answers import AnswerScale, KanoAnswer
from crmrisk.satisfaction.kano.counts import KanoCounts, LeadingTest
from crmrisk.satisfaction.kano.requirement import Requirement, kano_requirements, requirement_from_pairs
from crmrisk.satisfaction.kano.rules import ClassificationRule, categories_of_counts
from crmrisk.satisfaction.kano.stability import CategoryProbabilities
from crmrisk.satisfaction.kano.table import EvaluationTable, KanoCategory, classify_pairs

__all__ = [
    "AnswerScale",
    "CategoryProbabilities",
    "ClassificationRule",
    "EvaluationTable",
    "KanoAnswer",
    "KanoCategory",
    "KanoCounts",
    "LeadingTest",
    "Requirement",
    "categories_of_counts",
    "classify_pairs",
    "kano_requirements",
    "requirement_from_pairs",
]
