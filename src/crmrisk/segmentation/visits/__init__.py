"""Visits: how often whom, by value, risk and tier, within the capacity of teams and what customers welcome."""

from crmrisk.segmentation.visits.entitlement import ContactEntitlement
from crmrisk.segmentation.visits.plan import ContactPlan
from crmrisk.segmentation.visits.planning import contact_plan
from crmrisk.segmentation.visits.teams import ChannelUse

__all__ = ["ChannelUse", "ContactEntitlement", "ContactPlan", "contact_plan"]
