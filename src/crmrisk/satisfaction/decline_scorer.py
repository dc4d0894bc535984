"""The probability that a customer's next answer has fallen: by the level of their answers, and by their slope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.instants import PositiveSpan
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.evidence.survey_rules import Declines
from crmrisk.satisfaction.answer_shares import SEGMENT
from crmrisk.satisfaction.next_answer import Level, Limit, NextAnswer, Threshold, wave_columns, wave_inputs

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Ranged

__all__ = ["FittedSatisfactionDeclineScorer", "SatisfactionDeclineScorer"]

Drop = Annotated[float, Field(gt=0)]


def _latest(question: str) -> Input:
    return wave_columns(question)["latest_wave"]


class FittedSatisfactionDeclineScorer(BaseFittedScorer):
    """Score the probability that the next answer is lower than the last.

    Parameters
    ----------
    horizon
        The time span after ``as_of`` within which the next answer is given.
    drop
        By how many points lower [score].
    lowest
        The lowest answer the scale allows [score].
    model
        What the next answer is expected to be.
    level
        The coverage of the interval; ``None`` is none.

    Examples
    --------
    See `SatisfactionDeclineScorer`.
    """

    horizon: PositiveSpan
    drop: Drop
    lowest: float
    model: NextAnswer
    level: Level | None

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's waves, and the segment."""
        return (*wave_inputs(self.model.question).values(), _latest(self.model.question), SEGMENT)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    @property
    def predicts(self) -> tuple[Declines, ...]:
        """The outcome whose probability it is."""
        return (Declines(question=self.model.question, drop=self.drop),)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the fit could not tell."""
        return self.model.warnings

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return P(next answer <= last answer - drop), with the interval of what is not known of the customer."""
        return self.model.at_most(self._threshold(portfolio), portfolio, horizon=self.horizon, level=self.level)

    def _threshold(self, portfolio: Portfolio) -> Threshold:
        fallen = np.floor(portfolio[_latest(self.model.question).name] - self.drop)
        return fallen + 0.5, fallen >= self.lowest

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain on probits: the last answer, the segment, the customer's own level and slope.

        Compared is a customer of the overall mean whose last answer was the mean. A fall that the scale does not allow
        has probability 0 and is put at -40.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        """
        rated = portfolio.require(self.inputs, reader=type(self).__name__)
        usual = Limit(self.model.overall - self.drop + 0.5, _latest(self.model.question).name)
        return self.model.explain(self._threshold(portfolio), portfolio, rated, horizon=self.horizon, usual=usual)


class SatisfactionDeclineScorer(
    BaseScorer, kind="crmrisk.satisfaction_decline", fitted=FittedSatisfactionDeclineScorer
):
    """Score the probability that a customer's next answer within the horizon is lower than the last, by some points.

    Answers are ``segment mean + own level + own slope * years + noise``, with levels and slopes normal across
    customers (Laird and Ware). Their variances are learnt from customers who answered repeatedly, by maximum likelihood
    and without outcomes; a customer's own level and slope are then what is expected given the own answers, so that few
    answers count for little, and a slope for next to nothing unless customers do have slopes. With L the last answer, M
    and V mean and variance of the next one, in the middle of the horizon, ``P = Phi((floor(L - drop) + 1/2 - M) /
    sqrt(V))``: whoever answered above their own level is likely to fall back. A fall below the lowest answer has
    probability 0. The interval is that of the customer's own level and slope, the fitted variances taken as known.

    The probability speaks of customers **who answer** within the horizon (see `crmrisk.evidence.Declines`). It reads
    what `crmrisk.evidence.SurveyTrend` yields, which evidence computes when told to,
    ``Evidence(..., summaries=[SurveyTrend(), ...])``; customers without an answer are unrated.

    Parameters
    ----------
    horizon
        The time span after ``as_of``.
    question
        The question, as `SurveyTrend` names it.
    drop
        By how many points lower counts as a decline [score].
    lowest
        The lowest answer the scale allows [score]; answers are whole numbers.
    level
        The coverage of the interval; ``None`` makes none.

    Raises
    ------
    InvalidValueError
        If the horizon or the drop is not positive.
    FitError
        If nobody answered on two days, or answers do not vary.

    Notes
    -----
    Back-tested on a simulated book of 20,000 customers (`crmrisk.datasets.simulate_book`) over 180 days from 1 January
    and 1 July 2025, of whom some 3,000 answered each time: its Brier score was 8 % and 6 % below that of each segment's
    own share of declines, taken from the very outcomes; its area under the curve was 0.73 and 0.70, against 0.66 and
    0.62 of the last answer alone. Opinions of simulated customers do not change: what it tells there is who answered
    above their own level, and it fitted slopes of 0. A normal model knows no ceiling; probabilities of customers near
    10 are the least certain, and calibration slopes were 0.9 and 0.8.

    References
    ----------
    Laird, N. M. and Ware, J. H. (1982), Random-effects models for longitudinal data, Biometrics 38, equations 3.2
    and 3.3.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio
    >>> model = NextAnswer(question="nps", overall=7.5, segments={}, noise=1, level_ratio=2, slope_ratio=0)
    >>> quarter = timedelta(days=90)
    >>> fitted = FittedSatisfactionDeclineScorer(horizon=quarter, drop=2, lowest=0, model=model, level=None)
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"nps_waves": [4, 4], "nps_wave_mean": [7, 7],
    ...     "nps_latest_wave": [9, 5], "nps_mean_age": [200, 200], "nps_age_variance": [100, 100],
    ...     "nps_slope": [1, -1], "nps_scatter": [1, 1]})
    >>> fitted.score(book).values.round(3)
    array([0.656, 0.001])
    >>> print(fitted.explain(book).drivers(0)[0])
    nps_latest_wave +1.36 probit
    """

    horizon: PositiveSpan
    question: Name = "nps"
    drop: Drop = 2.0
    lowest: float = 0.0
    level: Level | None = 0.95

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's waves, and the segment."""
        return (*wave_inputs(self.question).values(), _latest(self.question), SEGMENT)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    @property
    def predicts(self) -> tuple[Declines, ...]:
        """The outcome whose probability it is; in a pipeline, the event's has the same settings."""
        return (Declines(question=self.question, drop=self.drop),)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedSatisfactionDeclineScorer:
        """Fit the variances of levels, slopes and answers, and the means of the segments."""
        return FittedSatisfactionDeclineScorer(
            horizon=self.horizon,
            drop=self.drop,
            lowest=self.lowest,
            model=NextAnswer.fit(portfolio, question=self.question, reader=type(self).__name__),
            level=self.level,
        )
