"""Identify: tables of facts become one row per customer as of a date, and outcomes after it, on any engine."""

from __future__ import annotations

from crmrisk.evidence.evidence import Evidence
from crmrisk.evidence.quality import QualityReport, TableQuality
from crmrisk.evidence.rules import NoActivity, Occurs, Overdue, Recorded, Window
from crmrisk.evidence.summaries import (
    BaseSummary,
    Complaints,
    Incidents,
    NetPromoterAnswers,
    Payments,
    Purchases,
    PurchaseTrend,
    ServiceEvents,
    Summary,
    Surveys,
)

__all__ = [
    "BaseSummary",
    "Complaints",
    "Evidence",
    "Incidents",
    "NetPromoterAnswers",
    "NoActivity",
    "Occurs",
    "Overdue",
    "Payments",
    "PurchaseTrend",
    "Purchases",
    "QualityReport",
    "Recorded",
    "ServiceEvents",
    "Summary",
    "Surveys",
    "TableQuality",
    "Window",
]
