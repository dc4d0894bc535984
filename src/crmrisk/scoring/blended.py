"""A blend: the weighted mean of scorers that all yield one and the same measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.component import Component
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.core.scores import Ranged
from crmrisk.scoring.composition import absent_as_unrated, named, read_by_all, read_by_any, same_measure
from crmrisk.scoring.fields import FittedParts, Parts

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.measures import Input, Measure
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["BlendedScorer", "FittedBlendedScorer"]


class _Blend(Component):
    """What a blend declares, fitted or not."""

    weights: tuple[Annotated[float, Field(gt=0)], ...] | None = None
    missing: Literal["unrated", "renormalise"] = "unrated"

    if TYPE_CHECKING:

        @property
        def scorers(self) -> tuple[Scorer | FittedScorer, ...]: ...

    @model_validator(mode="after")
    def _composed(self) -> Self:
        if self.weights is not None and len(self.weights) != len(self.scorers):
            allowed, got = f"{len(self.scorers)} weights", str(len(self.weights))
            raise InvalidValueError(Problem(what="one weight per scorer", where="weights", allowed=allowed, got=got))
        _ = self.inputs, self.measure
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the parts read; with ``"renormalise"``, required only where every part requires it."""
        parts = named(self.scorers)
        return read_by_any(parts) if self.missing == "unrated" else read_by_all(parts)

    @property
    def measure(self) -> Measure:
        """The measure all parts share."""
        names = (name for name, _ in named(self.scorers))
        return same_measure("BlendedScorer", zip(names, self.scorers, strict=True))


class FittedBlendedScorer(_Blend, BaseFittedScorer):
    """Score by the weighted mean of fitted scorers.

    Parameters
    ----------
    scorers
        The fitted parts.
    weights, missing
        As in `BlendedScorer`.

    Examples
    --------
    See `BlendedScorer`.
    """

    scorers: FittedParts  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return the weighted mean, and that of the interval ends where every part gives them."""
        whole = absent_as_unrated(portfolio, self.inputs)
        scores = [scorer.score(whole) for scorer in self.scorers]
        values = self._mean([each.values for each in scores])
        lows = [each.low for each in scores if each.low is not None]
        highs = [each.high for each in scores if each.high is not None]
        if len(lows) < len(scores) or len(highs) < len(scores):
            return values
        return Ranged(values, self._mean(lows), self._mean(highs))

    def _mean(self, parts: list[FloatArray]) -> FloatArray:
        total, weight = np.zeros_like(parts[0]), np.zeros_like(parts[0])
        for share, part in zip(self.weights or (1.0,) * len(parts), parts, strict=True):
            counted = ~np.isnan(part) | (self.missing == "unrated")
            total = total + np.where(counted, share * part, 0.0)
            weight = weight + np.where(counted, share, 0.0)
        mean = total / np.where(weight > 0, weight, np.nan)
        # A mean lies between its parts; rounding may not carry it past the bounds of the measure.
        return np.fmin(np.fmax(mean, _fold(np.fmin, parts)), _fold(np.fmax, parts)) + 0.0 * mean


class BlendedScorer(_Blend, BaseScorer, kind="crmrisk.blended", fitted=FittedBlendedScorer):
    """Blend scorers of one and the same measure by their weighted mean.

    ``score = sum(w_i s_i) / sum(w_i)``. Where every part gives an interval, its ends are blended likewise, which is
    conservative: the parts are taken to err together.

    Parameters
    ----------
    scorers
        The parts, at least one, all of one measure.
    weights
        One positive weight per part; equal by default, and only their proportions matter.
    missing
        What happens to a customer whom a part leaves unrated: ``"unrated"``, so is the blend; ``"renormalise"``, the
        other parts decide by their weights, and only a customer whom no part rates is unrated.

    Raises
    ------
    CompositionError
        If measures differ, or the parts declare one input differently.
    InvalidValueError
        If weights are not positive, or not one per part.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import ColumnScorer, Measure, Portfolio
    >>> parts = [ColumnScorer(column=name, measure=Measure.share()) for name in ("silence", "anger")]
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"silence": [0.2, 0.4], "anger": [0.8, None]})
    >>> BlendedScorer(scorers=parts, weights=(3, 1)).fit(book).score(book).values
    array([0.35,  nan])
    >>> BlendedScorer(scorers=parts, weights=(3, 1), missing="renormalise").fit(book).score(book).values
    array([0.35, 0.4 ])
    """

    scorers: Parts  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too

    @property
    def learns_from_outcomes(self) -> bool:
        """Whether any part does."""
        return any(learns_from_outcomes(each) for each in self.scorers)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedBlendedScorer:
        """Fit every part on the same customers."""
        fitted = tuple(scorer.fit(portfolio, outcomes) for scorer in self.scorers)
        return FittedBlendedScorer(scorers=fitted, weights=self.weights, missing=self.missing)


def _fold(choose: np.ufunc, parts: list[FloatArray]) -> FloatArray:
    folded = parts[0]
    for part in parts[1:]:
        folded = choose(folded, part)
    return folded
