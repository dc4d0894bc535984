"""How far demand is forecast, and by which periods of the calendar it is counted."""

from __future__ import annotations

from typing import TypeAlias

from crmrisk.core.calendar_periods import CalendarPeriod

__all__ = ["LONGEST", "DemandPeriod"]

DemandPeriod: TypeAlias = CalendarPeriod
"""A calendar period; weeks begin on Monday."""

LONGEST = 10_000
"""How many periods ahead anything is forecast: 27 years of days."""
