"""A customer's expected Net Promoter Score: own answers, shrunk to the segment, older answers weighing less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.special import ndtri

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import LABEL, Input, Measure, Name
from crmrisk.core.model import VALUE, Value
from crmrisk.core.scores import Ranged

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["AnswerShares", "FittedNpsScorer", "NpsScorer"]

_COUNTS = (
    Input("nps_promoters", "count", ge=0),
    Input("nps_passives", "count", ge=0),
    Input("nps_detractors", "count", ge=0),
)
_SEGMENT = Input("segment", LABEL, optional=True)

Share = Annotated[float, Field(ge=0, le=1)]
Pseudo = Annotated[float, Field(gt=0)]
WhenUnanswered = Literal["unrated", "segment"]


@dataclass(frozen=True, config=VALUE)
class AnswerShares(Value):
    """Hold the shares of promoters, passives and detractors among the answers of a segment.

    Parameters
    ----------
    promoters, passives, detractors
        Shares in 0..1 that sum to 1.

    Examples
    --------
    >>> AnswerShares(0.5, 0.3, 0.2).promoters
    0.5
    """

    promoters: Share
    passives: Share
    detractors: Share


class FittedNpsScorer(BaseFittedScorer):
    """Score the expected NPS of a customer in [-100, 100].

    Parameters
    ----------
    overall
        Shares among all answers.
    segments
        Shares by segment, shrunk to the overall ones.
    prior_answers
        How many answers the segment's shares count for.
    when_unanswered
        What a customer without any answer gets.
    level
        The coverage of the interval.

    Examples
    --------
    See `NpsScorer`.
    """

    overall: AnswerShares
    segments: dict[Name, AnswerShares]
    prior_answers: Pseudo
    when_unanswered: WhenUnanswered
    level: Annotated[float, Field(gt=0, lt=1)]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's answers by kind, and the segment."""
        return (*_COUNTS, _SEGMENT)

    @property
    def measure(self) -> Measure:
        """NPS in [-100, 100]."""
        return Measure.index(-100, 100)

    def compute(self, portfolio: Portfolio) -> Ranged:
        """Return 100 (P(promoter) - P(detractor)) under the Dirichlet posterior, with a normal interval.

        The posterior of the shares is Dirichlet(counts + prior_answers * segment shares); the variance of the
        difference of two of them is ``(p + d - (p - d)^2) / (total + 1)``.
        """
        promoters, passives, detractors = (portfolio[each.name] for each in _COUNTS)
        prior_promoters, prior_detractors = self._prior(portfolio.label("segment"))
        answers = promoters + passives + detractors
        total = answers + self.prior_answers
        p = (promoters + self.prior_answers * prior_promoters) / total
        d = (detractors + self.prior_answers * prior_detractors) / total
        half = float(ndtri(0.5 + self.level / 2)) * np.sqrt(np.maximum(p + d - (p - d) ** 2, 0.0) / (total + 1.0))
        unanswered = (answers == 0) & (self.when_unanswered == "unrated")
        value = np.where(unanswered, np.nan, p - d)
        return Ranged(100 * value, 100 * np.maximum(value - half, -1.0), 100 * np.minimum(value + half, 1.0))

    def _prior(self, segments: ObjectArray) -> tuple[FloatArray, FloatArray]:
        shares = [self.segments.get(segment, self.overall) for segment in segments.tolist()]
        promoters = np.fromiter((share.promoters for share in shares), dtype=np.float64, count=len(shares))
        detractors = np.fromiter((share.detractors for share in shares), dtype=np.float64, count=len(shares))
        return promoters, detractors


class NpsScorer(BaseScorer, kind="crmrisk.nps", fitted=FittedNpsScorer):
    """Score a customer's expected Net Promoter Score, shrunk to the segment by a Dirichlet prior.

    One customer answers rarely, so the own answers are combined with what the segment answers: a customer with n
    answers keeps the weight ``n / (n + prior_answers)``. Older answers weigh less already in the summary that counts
    them (`crmrisk.evidence.NetPromoterAnswers`, half-life of a year). Segments themselves are shrunk to the whole book
    in the same way.

    Parameters
    ----------
    prior_answers
        How many answers the segment's shares count for.
    when_unanswered
        ``"unrated"``, or ``"segment"`` to give customers without any answer their segment's expectation.
    level
        The coverage of the interval.

    Raises
    ------
    FitError
        If nobody answered.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(
    ...     ["C1", "C2", "C3"],
    ...     date(2026, 1, 31),
    ...     {"nps_promoters": [2, 0, 0], "nps_passives": [0, 1, 0], "nps_detractors": [0, 1, 0]},
    ...     {"segment": ["retail", "retail", "retail"]},
    ... )
    >>> NpsScorer().fit(book).score(book).values.round(1)
    array([ 62.5, -12.5,   nan])
    """

    prior_answers: Pseudo = 2.0
    when_unanswered: WhenUnanswered = "unrated"
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's answers by kind, and the segment."""
        return (*_COUNTS, _SEGMENT)

    @property
    def measure(self) -> Measure:
        """NPS in [-100, 100]."""
        return Measure.index(-100, 100)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedNpsScorer:
        """Count answers by segment."""
        counts = np.nan_to_num(np.stack([portfolio[each.name] for each in _COUNTS], axis=1))
        total = counts.sum()
        if total == 0:
            raise FitError(Problem(what="nobody answered", where="NpsScorer", got=f"{len(portfolio)} customers"))
        overall = counts.sum(axis=0) / total
        return FittedNpsScorer(
            overall=_shares(overall),
            segments=self._segments(portfolio.label("segment"), counts, overall),
            prior_answers=self.prior_answers,
            when_unanswered=self.when_unanswered,
            level=self.level,
        )

    def _segments(self, labels: ObjectArray, counts: FloatArray, overall: FloatArray) -> dict[str, AnswerShares]:
        names = sorted({label for label in labels.tolist() if label is not None})
        position = {name: row for row, name in enumerate(names)}
        rows = np.array([position.get(label, len(names)) for label in labels.tolist()], dtype=np.int64)
        sums = np.stack([np.bincount(rows, weights=column, minlength=len(names) + 1) for column in counts.T], axis=1)
        shrunk = (sums + self.prior_answers * overall) / (sums.sum(axis=1, keepdims=True) + self.prior_answers)
        return {name: _shares(shrunk[row]) for name, row in position.items()}


def _shares(shares: FloatArray) -> AnswerShares:
    promoters, passives, detractors = np.clip(shares, 0.0, 1.0).tolist()
    return AnswerShares(promoters, passives, detractors)
