"""Kano analysis: what customers take for granted, pay for, and are delighted by, with how sure each answer is.

``answers`` and ``wordings`` map any wording to five answers, ``table`` maps pairs of answers to categories, ``rules``
maps counts to a category, ``counts`` adds better, worse and strength, ``position`` how both vary together,
``continuous`` the points of DuMouchel, ``stability`` the bootstrap, and ``requirement`` puts it together.
``priorities``, ``map`` and ``swot`` say what follows.
"""

from __future__ import annotations

from crmrisk.satisfaction.kano.answers import AnswerScale, KanoAnswer
from crmrisk.satisfaction.kano.continuous import (
    DUMOUCHEL,
    UNIT_SCALE,
    ContinuousPosition,
    KanoPoints,
    continuous_position,
)
from crmrisk.satisfaction.kano.counts import KanoCounts
from crmrisk.satisfaction.kano.leading import LeadingTest
from crmrisk.satisfaction.kano.map import KanoMap, KanoPoint, KanoQuadrant, kano_map
from crmrisk.satisfaction.kano.plane import Ellipse, QuadrantProbabilities
from crmrisk.satisfaction.kano.position import KanoPosition
from crmrisk.satisfaction.kano.priorities import kano_priorities
from crmrisk.satisfaction.kano.priority_list import KanoPriorities, KanoPriority
from crmrisk.satisfaction.kano.record import Requirement, requirements_frame
from crmrisk.satisfaction.kano.requirement import kano_requirements, requirement_from_pairs
from crmrisk.satisfaction.kano.rules import ClassificationRule, categories_of_counts
from crmrisk.satisfaction.kano.stability import CategoryProbabilities
from crmrisk.satisfaction.kano.swot import kano_swot
from crmrisk.satisfaction.kano.table import EvaluationTable, KanoCategory, classify_pairs, evaluation_table
from crmrisk.satisfaction.kano.wordings import COMMON_SCALE

__all__ = [
    "COMMON_SCALE",
    "DUMOUCHEL",
    "UNIT_SCALE",
    "AnswerScale",
    "CategoryProbabilities",
    "ClassificationRule",
    "ContinuousPosition",
    "Ellipse",
    "EvaluationTable",
    "KanoAnswer",
    "KanoCategory",
    "KanoCounts",
    "KanoMap",
    "KanoPoint",
    "KanoPoints",
    "KanoPosition",
    "KanoPriorities",
    "KanoPriority",
    "KanoQuadrant",
    "LeadingTest",
    "QuadrantProbabilities",
    "Requirement",
    "categories_of_counts",
    "classify_pairs",
    "continuous_position",
    "evaluation_table",
    "kano_map",
    "kano_priorities",
    "kano_requirements",
    "kano_swot",
    "requirement_from_pairs",
    "requirements_frame",
]
