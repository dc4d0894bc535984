"""Field types for components that hold other components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias, TypeVar

from pydantic import AfterValidator

from crmrisk.core.codec import ByKind
from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["AnyFittedScorer", "AnyScorer", "Several"]

Item = TypeVar("Item")

Several: TypeAlias = Annotated[Sequence[Item], AfterValidator(tuple)]
"""A field that takes any sequence and holds a tuple."""

AnyScorer: TypeAlias = Annotated[Scorer, ByKind(Scorer)]
"""A field that holds any scorer, crmrisk's or a plugin's."""

AnyFittedScorer: TypeAlias = Annotated[FittedScorer, ByKind(FittedScorer)]
"""A field that holds any fitted scorer."""
