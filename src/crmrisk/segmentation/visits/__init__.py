"""Visits: how often a team contacts whom, by value, risk and tier, within its capacity and what customers welcome."""

from crmrisk.segmentation.visits.entitlement import ContactEntitlement
from crmrisk.segmentation.visits.plan import ContactPlan
from crmrisk.segmentation.visits.planning import contact_plan

__all__ = ["ContactEntitlement", "ContactPlan", "contact_plan"]
