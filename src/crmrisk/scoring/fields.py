"""Field types that scorers share: a horizon, a confidence level, the parts of a composite."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.instants import PositiveSpan

__all__ = ["FittedParts", "Horizon", "Level", "Parts"]

Horizon: TypeAlias = PositiveSpan
"""The time span after ``as_of`` that a probability speaks of."""

Level: TypeAlias = Annotated[float, Field(gt=0, lt=1)]
"""The nominal coverage of an interval."""


Parts: TypeAlias = Annotated[tuple[AnyScorer, ...], Field(min_length=1)]
"""The scorers a composite is made of."""

FittedParts: TypeAlias = Annotated[tuple[AnyFittedScorer, ...], Field(min_length=1)]
"""The fitted scorers a fitted composite is made of."""
