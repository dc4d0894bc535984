"""Identify: tables of facts become one row per customer as of a date, and outcomes after it, on any engine."""

from __future__ import annotations

from crmrisk.evidence.counting import PurchaseCounts, SpendCounts, counted_rows, purchase_counts, spend_counts
from crmrisk.evidence.evidence import Evidence
from crmrisk.evidence.quality import QualityReport, TableQuality
from crmrisk.evidence.rules import NoActivity, Occurs, Overdue, Recorded, Window
from crmrisk.evidence.summaries import (
    BaseSummary,
    Complaints,
    Costs,
    Incidents,
    NetPromoterAnswers,
    Payments,
    PurchaseCount,
    Purchases,
    PurchaseTrend,
    Renewals,
    ServiceEvents,
    Summary,
    Surveys,
    SurveyTrend,
)
from crmrisk.evidence.survey_rules import Declines, Detracts

__all__ = [
    "BaseSummary",
    "Complaints",
    "Costs",
    "Declines",
    "Detracts",
    "Evidence",
    "Incidents",
    "NetPromoterAnswers",
    "NoActivity",
    "Occurs",
    "Overdue",
    "Payments",
    "PurchaseCount",
    "PurchaseCounts",
    "PurchaseTrend",
    "Purchases",
    "QualityReport",
    "Recorded",
    "Renewals",
    "ServiceEvents",
    "SpendCounts",
    "Summary",
    "SurveyTrend",
    "Surveys",
    "TableQuality",
    "Window",
    "counted_rows",
    "purchase_counts",
    "spend_counts",
]
