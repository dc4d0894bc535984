"""The level of risk of every customer, as columns: likelihood, consequence, expected loss, intervals, grades."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from crmrisk.core.arrays import or_none
from crmrisk.core.assessment import Interval, LevelOfRisk
from crmrisk.core.levels import LEVELS

if TYPE_CHECKING:
    from crmrisk.assessment.controls import Remaining
    from crmrisk.assessment.criteria import Criteria
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.scores import Scores

__all__ = ["LevelColumns", "Span"]


class Span(NamedTuple):
    """Hold the ends of every customer's interval, each ``(n_customers,)``.

    Examples
    --------
    >>> import numpy as np
    >>> Span(np.array([0.1]), np.array([0.2])).high
    array([0.2])
    """

    low: FloatArray
    high: FloatArray

    def row(self, row: int) -> Interval | None:
        """Return one customer's interval; ``None`` where it is unrated."""
        low, high = float(self.low[row]), float(self.high[row])
        return None if low != low or high != high else Interval(low, high)  # noqa: PLR0124 - NaN differs from itself


@dataclass(frozen=True, eq=False)
class LevelColumns:
    """Hold the level of risk of every customer at one stage (current, residual or inherent).

    Parameters
    ----------
    likelihood
        Probabilities of the event within its horizon, ``(n_customers,)``; NaN is unrated.
    consequence
        Money at stake if it happens [currency], ``(n_customers,)``.
    criteria
        What grades them.
    likelihood_span, consequence_span
        Intervals, where the scorers give them.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk import RiskCriteria
    >>> columns = LevelColumns(np.array([0.5]), np.array([300.0]), RiskCriteria("EUR", moderate=50, high=200))
    >>> columns.expected_loss
    array([150.])
    """

    likelihood: FloatArray
    consequence: FloatArray
    criteria: Criteria
    likelihood_span: Span | None = None
    consequence_span: Span | None = None

    @classmethod
    def from_scores(cls, likelihood: Scores, consequence: Scores, criteria: Criteria) -> Self:
        """Combine the scores of likelihood and consequence."""
        return cls(likelihood.values, consequence.values, criteria, _span(likelihood), _span(consequence))

    @cached_property
    def expected_loss(self) -> FloatArray:
        """Likelihood times consequence [currency], ``(n_customers,)``; NaN where either is unrated."""
        return self.likelihood * self.consequence

    @cached_property
    def codes(self) -> np.ndarray[tuple[int, ...], np.dtype[np.integer]]:
        """Places on the scale of `RiskLevel`, ``(n_customers,)``; 0 is unrated."""
        return np.asarray(self.criteria.codes(self.likelihood, self.consequence))

    @cached_property
    def expected_loss_span(self) -> Span | None:
        """The interval of the expected loss, ``(n_customers,)`` each; only where both factors have one.

        Ends multiply, which is wide when the two are independent and right when they move together.
        """
        if self.likelihood_span is None or self.consequence_span is None:
            return None
        likelihood, consequence = self.likelihood_span, self.consequence_span
        return Span(likelihood.low * consequence.low, likelihood.high * consequence.high)

    def scaled(self, share: Remaining) -> LevelColumns:
        """Return the level after controls; a likelihood never exceeds 1."""
        return LevelColumns(
            np.minimum(self.likelihood * share.likelihood, 1.0),
            self.consequence * share.consequence,
            self.criteria,
            _scaled(self.likelihood_span, share.likelihood, most=1.0),
            _scaled(self.consequence_span, share.consequence, most=np.inf),
        )

    def row(self, row: int) -> LevelOfRisk:
        """Build one customer's level of risk."""
        likelihood, consequence = float(self.likelihood[row]), float(self.consequence[row])
        spans = (self.likelihood_span, self.consequence_span, self.expected_loss_span)
        of_likelihood, of_consequence, of_loss = (None if span is None else span.row(row) for span in spans)
        return LevelOfRisk(
            likelihood=or_none(likelihood),
            consequence=or_none(consequence),
            currency=self.criteria.currency,
            expected_loss=or_none(likelihood * consequence),
            level=LEVELS[self.codes[row]],
            likelihood_interval=of_likelihood,
            consequence_interval=of_consequence,
            expected_loss_interval=of_loss,
        )


def _span(scores: Scores) -> Span | None:
    return None if scores.low is None or scores.high is None else Span(scores.low, scores.high)


def _scaled(span: Span | None, share: float, *, most: float) -> Span | None:
    return None if span is None else Span(np.minimum(span.low * share, most), np.minimum(span.high * share, most))
