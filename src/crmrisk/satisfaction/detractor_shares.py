"""The share of detractors among a customer's answers, shrunk to the segment's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import betaincinv

from crmrisk.core.explanation import Explanation
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.core.scores import Ranged
from crmrisk.satisfaction.answer_shares import (
    COUNTS,
    SEGMENT,
    PriorAnswers,
    Pseudo,
    Share,
    answer_counts,
    fit_prior_answers,
    looked_up,
    shares_by_segment,
)

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["DetractorShares"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class DetractorShares(Value):
    """Expect a customer's next answer to be a detractor's as often as theirs were and their segment's are.

    With d detractor answers among n, and the segment's share q counting for s answers, ``(d + s q) / (n + s)``: the
    mean of the beta posterior.

    Parameters
    ----------
    overall
        The share of detractors among all answers.
    segments
        The share by segment, shrunk to the overall one.
    prior_answers
        How many answers the segment's share counts for.
    warnings
        What the fit could not tell.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> kinds = {"nps_promoters": [0.0], "nps_passives": [1.0], "nps_detractors": [1.0]}
    >>> model = DetractorShares(overall=0.2, segments={}, prior_answers=2)
    >>> model.probability(Portfolio(["C1"], date(2026, 1, 31), kinds), level=None)
    array([0.35])
    """

    method: Literal["kinds"] = "kinds"
    overall: Share
    segments: dict[Name, Share]
    prior_answers: Pseudo
    warnings: tuple[str, ...] = ()

    @classmethod
    def fit(cls, portfolio: Portfolio, *, prior_answers: float | None, reader: str) -> Self:
        """Count detractors by segment, and learn how many answers a segment counts for.

        Parameters
        ----------
        portfolio
            One row per customer.
        prior_answers
            How many it counts for; ``None`` learns it.
        reader
            Who learns, for errors.

        Raises
        ------
        FitError
            If nobody answered.

        Examples
        --------
        See `crmrisk.satisfaction.detractor_scorer.DetractorScorer`.
        """
        kinds = answer_counts(portfolio, reader=reader)
        counts = np.stack([kinds[:, 2], kinds[:, 0] + kinds[:, 1]], axis=1)
        overall = (counts.sum(axis=0) + 0.5) / (counts.sum() + 1.0)  # half an answer each way, so that none is certain
        prior = PriorAnswers(prior_answers or 0.0)
        if prior_answers is None:
            prior = fit_prior_answers(portfolio, counts, overall)
        shares = shares_by_segment(portfolio.label("segment"), counts, overall, prior_answers=prior.answers)
        return cls(
            overall=float(overall[0]),
            segments={name: float(each[0]) for name, each in shares.items()},
            prior_answers=prior.answers,
            warnings=prior.warnings,
        )

    def probability(self, portfolio: Portfolio, *, level: float | None) -> FloatArray | Ranged:
        """Return the mean of each customer's beta posterior, with its quantiles.

        Parameters
        ----------
        portfolio
            One row per customer.
        level
            The coverage of the interval; ``None`` is none.

        Examples
        --------
        See `DetractorShares`.
        """
        promoters, passives, detractors = (portfolio[each.name] for each in COUNTS)
        share = self._share(portfolio)
        for_it = detractors + self.prior_answers * share
        against = promoters + passives + self.prior_answers * (1.0 - share)
        value = for_it / (for_it + against)
        if level is None:
            return value
        low, high = (betaincinv(for_it, against, tail) for tail in (0.5 - level / 2, 0.5 + level / 2))
        # of a prior far below one answer the mean may lie outside the central interval
        return Ranged(value, np.fmin(low, value), np.fmax(high, value))

    def explain(self, portfolio: Portfolio, rated: BoolArray) -> Explanation:
        """Explain by what the segment adds to the book's share, and each kind of own answers to that.

        Parameters
        ----------
        portfolio
            One row per customer.
        rated
            Who has a score, ``(n_customers,)``.

        Examples
        --------
        See `crmrisk.satisfaction.detractor_scorer.DetractorScorer`.
        """
        promoters, passives, detractors = (np.where(rated, portfolio[each.name], np.nan) for each in COUNTS)
        share = self._share(portfolio)
        total = promoters + passives + detractors + self.prior_answers
        parts = (-promoters * share, -passives * share, detractors * (1.0 - share))
        table = np.column_stack([*(part / total for part in parts), share - self.overall + 0.0 * total])
        names = (*(each.name for each in COUNTS), SEGMENT.name)
        return Explanation(portfolio.customer_id, names, self.overall, table, scale="probability")

    def _share(self, portfolio: Portfolio) -> FloatArray:
        return looked_up(portfolio.label("segment"), self.segments, self.overall)
