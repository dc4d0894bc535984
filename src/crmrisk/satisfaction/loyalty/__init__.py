"""Loyalty: who buys again, who stays, and what becomes of the revenue; every figure with its exposure and interval.

From transactions: `repeat_purchase_rate`, `time_to_second_purchase`, `cohort_table`, `return_curve`,
`inactivity_threshold`, `noncontractual_churn`, `revenue_movement`. From contracts or counts: `contractual_churn`,
`churn_of_counts`, `retention_rates`. From revenue of two periods: `revenue_retention` and its parts.
"""

from crmrisk.satisfaction.loyalty.cohorts import CohortTable, cohort_table
from crmrisk.satisfaction.loyalty.contracts import churn_of_counts, contractual_churn
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate
from crmrisk.satisfaction.loyalty.history import PurchaseHistory, purchase_history
from crmrisk.satisfaction.loyalty.inactivity import ReturnCurve, inactivity_threshold, return_curve
from crmrisk.satisfaction.loyalty.movement import RevenueMovement, revenue_movement
from crmrisk.satisfaction.loyalty.noncontractual import noncontractual_churn
from crmrisk.satisfaction.loyalty.repeat import RepeatPurchaseRate, repeat_purchase_rate, time_to_second_purchase
from crmrisk.satisfaction.loyalty.retention import Retention, retention_rates
from crmrisk.satisfaction.loyalty.revenue import (
    RevenueRetention,
    gross_revenue_retention,
    logo_retention,
    net_revenue_retention,
    revenue_retention,
)
from crmrisk.satisfaction.survival import kaplan_meier
from crmrisk.satisfaction.survival_curve import SurvivalCurve

__all__ = [
    "CohortTable",
    "Exposure",
    "LoyaltyEstimate",
    "PurchaseHistory",
    "RepeatPurchaseRate",
    "Retention",
    "ReturnCurve",
    "RevenueMovement",
    "RevenueRetention",
    "SurvivalCurve",
    "churn_of_counts",
    "cohort_table",
    "contractual_churn",
    "gross_revenue_retention",
    "inactivity_threshold",
    "kaplan_meier",
    "logo_retention",
    "net_revenue_retention",
    "noncontractual_churn",
    "purchase_history",
    "repeat_purchase_rate",
    "retention_rates",
    "return_curve",
    "revenue_movement",
    "revenue_retention",
    "time_to_second_purchase",
]
