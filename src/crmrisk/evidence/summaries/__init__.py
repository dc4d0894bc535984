"""Summaries: from the records of one table to one row per customer, with the field's definitions.

A summary declares the table it reads and the inputs it yields; one name has one meaning in every summary. Writing one
takes a class with ``table``, ``inputs`` and ``summarise``; see `BaseSummary`.
"""

from __future__ import annotations

from crmrisk.evidence.summaries.base import BaseSummary, Summary
from crmrisk.evidence.summaries.complaints import Complaints
from crmrisk.evidence.summaries.costs import Costs
from crmrisk.evidence.summaries.incidents import Incidents
from crmrisk.evidence.summaries.net_promoter import NetPromoterAnswers
from crmrisk.evidence.summaries.payments import Payments
from crmrisk.evidence.summaries.purchase_count import PurchaseCount
from crmrisk.evidence.summaries.purchases import Purchases
from crmrisk.evidence.summaries.renewals import Renewals
from crmrisk.evidence.summaries.service import ServiceEvents
from crmrisk.evidence.summaries.survey_trend import SurveyTrend
from crmrisk.evidence.summaries.surveys import Surveys
from crmrisk.evidence.summaries.trend import PurchaseTrend

__all__ = [
    "DEFAULTS",
    "WHERE_RECORDED",
    "BaseSummary",
    "Complaints",
    "Costs",
    "Incidents",
    "NetPromoterAnswers",
    "Payments",
    "PurchaseCount",
    "PurchaseTrend",
    "Purchases",
    "Renewals",
    "ServiceEvents",
    "Summary",
    "SurveyTrend",
    "Surveys",
]

DEFAULTS: tuple[BaseSummary, ...] = (
    Purchases(),
    Complaints(),
    Surveys(),
    NetPromoterAnswers(),
    Payments(),
    ServiceEvents(),
    Incidents(),
    Renewals(),
)
"""What `Evidence.portfolio` computes unless told otherwise, as far as the tables are there."""

WHERE_RECORDED: tuple[Costs, ...] = (Costs(),)
"""What it computes besides, where the tables have the optional columns it reads."""
