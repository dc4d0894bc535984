"""A customer's expected Net Promoter Score: own answers, shrunk to the segment, older answers weighing less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.core.scores import Ranged
from crmrisk.satisfaction.answer_shares import (
    COUNTS,
    SEGMENT,
    USUAL,
    AnswerShares,
    PriorAnswers,
    Pseudo,
    WhenUnanswered,
    answer_counts,
    fit_prior_answers,
    looked_up,
    prior_inputs,
    shares_by_segment,
)

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["AnswerShares", "FittedNpsScorer", "NpsScorer"]


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
    warnings
        What the fit could not tell.

    Examples
    --------
    See `NpsScorer`.
    """

    overall: AnswerShares
    segments: dict[Name, AnswerShares]
    prior_answers: Pseudo
    when_unanswered: WhenUnanswered
    level: Annotated[float, Field(gt=0, lt=1)]
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's answers by kind, and the segment."""
        return (*COUNTS, SEGMENT)

    @property
    def measure(self) -> Measure:
        """NPS in [-100, 100]."""
        return Measure.index(-100, 100)

    def compute(self, portfolio: Portfolio) -> Ranged:
        """Return 100 (P(promoter) - P(detractor)) under the Dirichlet posterior, with a normal interval.

        The posterior of the shares is Dirichlet(counts + prior_answers * segment shares); the variance of the
        difference of two of them is ``(p + d - (p - d)^2) / (total + 1)``.
        """
        promoters, passives, detractors = (portfolio[each.name] for each in COUNTS)
        prior_promoters, prior_detractors = self._prior(portfolio.label("segment"))
        answers = promoters + passives + detractors
        total = answers + self.prior_answers
        p = (promoters + self.prior_answers * prior_promoters) / total
        d = (detractors + self.prior_answers * prior_detractors) / total
        half = normal_quantile(self.level) * np.sqrt(np.maximum(p + d - (p - d) ** 2, 0.0) / (total + 1.0))
        unanswered = (answers == 0) & (self.when_unanswered == "unrated")
        value = np.where(unanswered, np.nan, p - d)
        return Ranged(100 * value, 100 * np.maximum(value - half, -1.0), 100 * np.minimum(value + half, 1.0))

    def _prior(self, labels: ObjectArray) -> tuple[FloatArray, FloatArray]:
        promoters = {name: shares.promoters for name, shares in self.segments.items()}
        detractors = {name: shares.detractors for name, shares in self.segments.items()}
        return (
            looked_up(labels, promoters, self.overall.promoters),
            looked_up(labels, detractors, self.overall.detractors),
        )


class NpsScorer(BaseScorer, kind="crmrisk.nps", fitted=FittedNpsScorer):
    """Score a customer's expected Net Promoter Score, shrunk to the segment by a Dirichlet prior.

    One customer answers rarely, so the own answers are combined with what the segment answers: a customer with n
    answers keeps the weight ``n / (n + prior_answers)``. Older answers weigh less already in the summary that counts
    them (`crmrisk.evidence.NetPromoterAnswers`, half-life of a year). Segments themselves are shrunk to the whole book
    in the same way.

    Parameters
    ----------
    prior_answers
        How many answers the segment's shares count for; ``None`` learns it by marginal likelihood from the customers
        who answered more than once (see `crmrisk.satisfaction.answer_shares.fit_prior_answers`).
    when_unanswered
        ``"unrated"``, or ``"segment"`` to give customers without any answer their segment's expectation.
    level
        The coverage of the interval.

    Raises
    ------
    FitError
        If nobody answered.

    Notes
    -----
    The interval is that of the customer's own expectation, the prior taken as known. Of 100,000 customers simulated
    from the prior (45 % promoters, 33 % passives, 22 % detractors), intervals of 95 % held the truth for 94.1 % to
    96.1 %, with priors of 1.1, 2 and 6 answers and 0, 1, 3 and 10 own ones. Survey intervals of `net_promoter_score`,
    applied to the same counts (own answers and prior), held it for 82 % to 94 % (score) and 70 % to 94 % (adjusted
    Wald): they are made for a sample from a population, and are not used here.

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

    prior_answers: Pseudo | None = USUAL
    when_unanswered: WhenUnanswered = "unrated"
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's answers by kind, the segment, and how many answers these are where the prior is learnt."""
        return prior_inputs(self.prior_answers)

    @property
    def measure(self) -> Measure:
        """NPS in [-100, 100]."""
        return Measure.index(-100, 100)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedNpsScorer:
        """Count answers by segment."""
        counts = answer_counts(portfolio, reader="NpsScorer")
        overall, labels = counts.sum(axis=0) / counts.sum(), portfolio.label("segment")
        prior = PriorAnswers(self.prior_answers or 0.0)
        if self.prior_answers is None:
            prior = fit_prior_answers(portfolio, counts, overall)
        shares = shares_by_segment(labels, counts, overall, prior_answers=prior.answers)
        return FittedNpsScorer(
            overall=_shares(overall),
            segments={name: _shares(each) for name, each in shares.items()},
            prior_answers=prior.answers,
            when_unanswered=self.when_unanswered,
            level=self.level,
            warnings=prior.warnings,
        )


def _shares(shares: FloatArray) -> AnswerShares:
    promoters, passives, detractors = np.clip(shares, 0.0, 1.0).tolist()
    return AnswerShares(promoters, passives, detractors)
