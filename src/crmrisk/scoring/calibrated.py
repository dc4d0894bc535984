"""Calibration: any score becomes a probability over a horizon that keeps its word, learnt from what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.errors import CompositionError, FitError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.measures import Input, Measure
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.scoring.explaining import explanation_of
from crmrisk.scoring.fields import Horizon, Level
from crmrisk.scoring.folds import unseen_scores
from crmrisk.scoring.isotonic import IsotonicCurve, fit_isotonic, ties
from crmrisk.scoring.learning import aligned_outcomes, both_classes
from crmrisk.scoring.sigmoid import SigmoidCurve, fit_sigmoid

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Ranged

__all__ = ["CalibratedScorer", "FittedCalibratedScorer"]

_FEW_EVENTS = 50


class FittedCalibratedScorer(BaseFittedScorer):
    """Score by a fitted scorer, then read the probability off a curve.

    Parameters
    ----------
    scorer
        The fitted scorer, of everyone.
    horizon
        The time span the probability speaks of.
    curve
        From its scores to probabilities.
    level
        The nominal coverage of the intervals.
    n, events
        The customers the curve was learnt from, and the events among them.
    excluded_unrated, excluded_unknown
        Customers left out because the scorer does not rate them, and for want of a known outcome.
    cross_fitted
        Whether the curve was learnt from scores of fits that had not seen the customer.
    warnings
        What the reader should know before relying on it.

    Examples
    --------
    See `CalibratedScorer`.
    """

    scorer: AnyFittedScorer
    horizon: Horizon
    curve: Annotated[IsotonicCurve | SigmoidCurve, Field(discriminator="method")]
    level: Level = 0.95
    n: int | None = None
    events: int | None = None
    excluded_unrated: int | None = None
    excluded_unknown: int | None = None
    cross_fitted: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the scorer reads."""
        return self.scorer.inputs

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    def compute(self, portfolio: Portfolio) -> Ranged:
        """Return the curve at each score."""
        return self.curve.of(self.scorer.score(portfolio).values, level=self.level)

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain on log-odds where the scorer does, ``"calibration"`` adding what the curve changes.

        Where it does not, the whole score is in the baseline.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        """
        p = self.score(portfolio).values
        log_odds = np.log(p) - np.log1p(-p)
        inner = explanation_of(self.scorer, portfolio)
        if inner.scale != "log-odds":
            return Explanation(portfolio.customer_id, (), log_odds, np.empty((len(p), 0)), scale="log-odds")
        table = np.column_stack([inner.contributions, log_odds - inner.total])
        return Explanation(
            portfolio.customer_id, (*inner.names, "calibration"), inner.baseline, table, scale="log-odds"
        )


class CalibratedScorer(BaseScorer, kind="crmrisk.calibrated", fitted=FittedCalibratedScorer):
    """Turn any scorer into a probability over a horizon that agrees with what happens.

    A scorer that itself learns from outcomes is cross-fitted: the curve is learnt from scores of fits that had not seen
    the customer, and then applied to a fit on everyone. Folds depend on ids and outcomes, never on the order of rows.

    No method claims certainty: a step of the staircase is ``(events + base rate) / (customers + 1)``, and the curves
    are cut off where n customers without a single event would put them. All need an event and a non-event; with fewer
    than 50 events isotonic steps are coarse, and the fitted scorer warns that Platt's curve would be steadier.

    Parameters
    ----------
    scorer
        Any scorer: an index, money, a share, a probability.
    horizon
        The time span the probability speaks of; outcomes must be of the same.
    method
        ``"platt"`` for a logistic curve of the score, ``"isotonic"`` for steps, ``"beta"`` for a curve of the
        logarithms of a score in [0, 1]. Steps fit any shape and follow the noise of the window they learn from: on
        Online Retail they were less calibrated on the window that followed (see the proof page of the documentation).
    folds
        How many folds cross-fitting uses.
    increasing
        Whether a higher score means a higher probability; ``None`` finds out from the outcomes.
    level
        The nominal coverage of the intervals: Jeffreys within a step, the delta method on a curve. They count what the
        curve does not know, and take the scorer as it is.

    Raises
    ------
    CompositionError
        If ``"beta"`` is asked of a scorer that may leave [0, 1].

    References
    ----------
    Zadrozny, B. and Elkan, C. (2002), Transforming classifier scores into accurate multiclass probability estimates,
    KDD, section 4 (isotonic). Platt (1999) and Kull et al. (2017): see `crmrisk.scoring.sigmoid`.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import ColumnScorer, Outcomes, Portfolio
    >>> day, quarter = date(2026, 1, 31), timedelta(days=90)
    >>> ids = [f"C{i}" for i in range(8)]
    >>> book = Portfolio(ids, day, {"health": [90, 80, 70, 60, 50, 40, 30, 20]})
    >>> happened = Outcomes(ids, [0, 0, 0, 1, 0, 1, 1, 1], event="churn", as_of=day, horizon=quarter)
    >>> health = ColumnScorer(column="health", measure=Measure.index(0, 100))
    >>> fitted = CalibratedScorer(scorer=health, horizon=quarter, method="platt").fit(book, happened)
    >>> fitted.curve.increasing, fitted.score(book).values.round(2)
    (False, array([0.13, 0.21, 0.31, 0.43, 0.57, 0.69, 0.79, 0.87]))
    """

    scorer: AnyScorer
    horizon: Horizon
    method: Literal["platt", "isotonic", "beta"] = "platt"
    folds: Annotated[int, Field(ge=2)] = 5
    increasing: bool | None = None
    level: Level = 0.95

    @model_validator(mode="after")
    def _composed(self) -> Self:
        measure = self.scorer.measure
        inside = measure.ge is not None and measure.le is not None and measure.ge >= 0 and measure.le <= 1
        if self.method == "beta" and not inside:
            raise CompositionError(
                Problem(
                    what="beta calibration of a score that may leave [0, 1]",
                    where="CalibratedScorer",
                    allowed="a share, a probability or an index in [0, 1]",
                    got=str(measure),
                    remedy='method="platt" or "isotonic"',
                )
            )
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the scorer reads."""
        return self.scorer.inputs

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    @property
    def learns_from_outcomes(self) -> bool:
        """Always: the curve needs to know what happened."""
        return True

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedCalibratedScorer:
        """Learn the curve from unseen scores, and fit the scorer on everyone."""
        reader = type(self).__name__
        answers = aligned_outcomes(portfolio, outcomes, horizon=self.horizon, reader=reader)
        fitted = self.scorer.fit(portfolio, outcomes)
        honest = learns_from_outcomes(self.scorer)
        seen = fitted.score(portfolio).values
        scores = unseen_scores(self.scorer, portfolio, outcomes, folds=self.folds) if honest else seen
        rated, known = ~np.isnan(scores), ~np.isnan(answers)
        used, y = scores[rated & known], answers[rated & known]
        both_classes(y, reader=reader, counted=f"{len(y)} customers with score and known outcome")
        events = int(y.sum())
        return FittedCalibratedScorer(
            scorer=fitted,
            horizon=self.horizon,
            curve=self._curve(used, y),
            level=self.level,
            n=len(y),
            events=events,
            excluded_unrated=int((~rated).sum()),
            excluded_unknown=int((rated & ~known).sum()),
            cross_fitted=honest,
            warnings=self._warnings(events),
        )

    def _curve(self, scores: FloatArray, y: FloatArray) -> IsotonicCurve | SigmoidCurve:
        tied = ties(scores, y)
        if len(tied.scores) == 1:
            got = f"{len(y)} customers, all {scores[0]:g}"
            raise FitError(Problem(what="scores that do not differ tell nothing", where="CalibratedScorer", got=got))
        increasing = tied.concordance >= 0.5 if self.increasing is None else self.increasing
        if self.method == "isotonic":
            return fit_isotonic(tied, increasing=increasing)
        return fit_sigmoid(scores, y, method=self.method, increasing=increasing)

    def _warnings(self, events: int) -> tuple[str, ...]:
        if self.method != "isotonic" or events >= _FEW_EVENTS:
            return ()
        return (f'isotonic steps rest on {events} events, fewer than {_FEW_EVENTS}; method="platt" is steadier',)
