"""Field types for components that hold other components."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from crmrisk.core.codec import ByKind
from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["AnyFittedScorer", "AnyScorer"]

AnyScorer: TypeAlias = Annotated[Scorer, ByKind(Scorer)]
"""A field that holds any scorer, crmrisk's or a plugin's."""

AnyFittedScorer: TypeAlias = Annotated[FittedScorer, ByKind(FittedScorer)]
"""A field that holds any fitted scorer."""
