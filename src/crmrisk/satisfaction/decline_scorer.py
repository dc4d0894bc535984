"""The probability that a customer's next answer has fallen: by the level of their answers, and by their slope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from scipy.special import ndtr

from crmrisk.core.bases import BaseFittedScorer, BaseScorer
from crmrisk.core.errors import FitError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.instants import PositiveSpan, days
from crmrisk.core.measures import Input, Measure, Name
from crmrisk.core.scores import Ranged
from crmrisk.evidence.summaries.survey_trend import SurveyTrend
from crmrisk.evidence.summaries.surveys import plain_name
from crmrisk.satisfaction.answer_levels import Effects, Ratios, Waves, fit_ratios
from crmrisk.satisfaction.answer_shares import SEGMENT, looked_up
from crmrisk.satisfaction.numerics import normal_quantile

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio

__all__ = ["FittedSatisfactionDeclineScorer", "SatisfactionDeclineScorer"]

Level = Annotated[float, Field(gt=0, lt=1)]
Drop = Annotated[float, Field(gt=0)]
Ratio = Annotated[float, Field(ge=0)]

_OPTIONAL = {"slope", "scatter"}
_UNUSED = {"change"}
_IMPOSSIBLE, _LEAST = -40.0, -38.0
"""Probits of what cannot be, and of the least likely that can: a normal tail below it is 0 in floating point."""


def _columns(question: str) -> dict[str, Input]:
    """Name what is read of `SurveyTrend`: the end of the name to the input."""
    start = len(plain_name(question)) + 1
    yielded = {each.name[start:]: each for each in SurveyTrend(question=question).inputs}
    return {
        end: Input(each.name, each.unit, ge=each.ge, optional=end in _OPTIONAL)
        for end, each in yielded.items()
        if end not in _UNUSED
    }


class FittedSatisfactionDeclineScorer(BaseFittedScorer):
    """Score the probability that the next answer is lower than the last.

    Parameters
    ----------
    horizon
        The time span after ``as_of`` within which the next answer is given.
    question
        The question.
    drop
        By how many points lower [score].
    lowest
        The lowest answer the scale allows [score].
    overall
        The mean of all answers [score].
    segments
        The mean by segment [score], shrunk to the overall one.
    noise
        The variance of one answer around the customer's own line [score^2].
    level_ratio, slope_ratio
        The variances of customers' levels [score^2] and slopes [score^2/year^2], as multiples of `noise`.
    level
        The coverage of the interval; ``None`` is none.
    warnings
        What the fit could not tell.

    Examples
    --------
    See `SatisfactionDeclineScorer`.
    """

    horizon: PositiveSpan
    question: Name
    drop: Drop
    lowest: float
    overall: float
    segments: dict[Name, float]
    noise: Drop
    level_ratio: Ratio
    slope_ratio: Ratio
    level: Level | None
    warnings: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's waves, and the segment."""
        return (*_columns(self.question).values(), SEGMENT)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    def compute(self, portfolio: Portfolio) -> FloatArray | Ranged:
        """Return P(next answer <= last answer - drop), with the interval of what is not known of the customer."""
        threshold, possible = self._threshold(portfolio)
        mean, effects = self._effects(portfolio)
        ahead = self._ahead
        distance = threshold - (mean + effects.level + effects.slope * ahead)
        unknown = _variance(effects, ahead)
        probit = distance / np.sqrt(self.noise * (1.0 + unknown))
        value = np.where(possible, ndtr(np.maximum(probit, _LEAST)), 0.0)
        if self.level is None:
            return value
        reach = normal_quantile(self.level) * np.sqrt(self.noise * unknown)
        ends = (ndtr((distance + side * reach) / np.sqrt(self.noise)) for side in (-1.0, 1.0))
        low, high = (np.where(possible, end, 0.0) for end in ends)
        # averaging over what is not known draws the probability to a half, for some out of the interval
        return Ranged(value, np.fmin(low, value), np.fmax(high, value))

    @property
    def _ahead(self) -> float:
        return 0.5 * days(self.horizon) / 365.25

    def _threshold(self, portfolio: Portfolio) -> tuple[FloatArray, BoolArray]:
        """Return up to where a whole answer counts as fallen, half a point above it, and whether the scale has it."""
        fallen = np.floor(portfolio[f"{plain_name(self.question)}_latest_wave"] - self.drop)
        return fallen + 0.5, fallen >= self.lowest

    def _effects(self, portfolio: Portfolio) -> tuple[FloatArray, Effects]:
        waves = _waves(portfolio, self.question)
        mean = looked_up(portfolio.label("segment"), self.segments, self.overall)
        return mean, Effects.of(waves, mean, Ratios(self.level_ratio, self.slope_ratio))

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
        threshold, possible = self._threshold(portfolio)
        mean, effects = self._effects(portfolio)
        unit = np.where(rated, np.sqrt(self.noise * (1.0 + _variance(effects, self._ahead))), np.nan)
        baseline = (0.5 - self.drop) / unit
        own = (
            (self.overall - mean) / unit,
            -effects.level / unit,
            -effects.slope * self._ahead / unit,
        )
        latest = (threshold - 0.5 + self.drop - self.overall) / unit
        total = baseline + latest + own[0] + own[1] + own[2]
        least = np.where(possible, np.maximum(total, _LEAST), _IMPOSSIBLE)
        read = _columns(self.question)
        names = (read["latest_wave"].name, SEGMENT.name, read["wave_mean"].name, read["slope"].name)
        table = np.column_stack([latest + (least - total), *own])
        return Explanation(portfolio.customer_id, names, np.where(rated, baseline, 0.0), table, scale="probit")


def _variance(effects: Effects, ahead: float) -> FloatArray:
    """Return what is not known of the customer's own line at a time ahead, as a multiple of the noise."""
    return effects.level_variance + 2.0 * ahead * effects.covariance + ahead * ahead * effects.slope_variance


def _waves(portfolio: Portfolio, question: str) -> Waves:
    missing = np.full(len(portfolio), np.nan)
    read = _columns(question).items()
    return Waves.of({end: portfolio.columns.get(each.name, missing) for end, each in read})


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
    >>> fitted = FittedSatisfactionDeclineScorer(horizon=timedelta(days=90), question="nps", drop=2, lowest=0,
    ...     overall=7.5, segments={}, noise=1.0, level_ratio=2.0, slope_ratio=0.0, level=None)
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
        return (*_columns(self.question).values(), SEGMENT)

    @property
    def measure(self) -> Measure:
        """A probability over the horizon."""
        return Measure.probability(horizon=self.horizon)

    def learn(self, portfolio: Portfolio, outcomes: Outcomes | None) -> FittedSatisfactionDeclineScorer:
        """Fit the variances of levels, slopes and answers, and the means of the segments."""
        known = portfolio.take(portfolio.require(self.inputs, reader=type(self).__name__))
        waves = _waves(known, self.question)
        answered = waves.n >= 1
        waves, labels = waves.take(answered), known.label("segment")[answered]
        most = float(waves.n.max(initial=0.0))
        _check(waves, most)
        names = sorted({label for label in labels.tolist() if label is not None})
        position = {name: float(row) for row, name in enumerate(names)}
        rows = looked_up(labels, position, float(len(names))).astype(np.int64)
        fit = fit_ratios(waves, rows, slopes=most > 2)
        return FittedSatisfactionDeclineScorer(
            horizon=self.horizon,
            question=self.question,
            drop=self.drop,
            lowest=self.lowest,
            overall=float(fit.means[0]),
            segments={name: float(fit.means[1 + row]) for row, name in enumerate(names)},
            noise=fit.noise,
            level_ratio=fit.ratios.level,
            slope_ratio=fit.ratios.slope,
            level=self.level,
            warnings=() if most > 2 else ("nobody answered on three days: customers' slopes count as 0",),
        )


def _check(waves: Waves, most: float) -> None:
    where, got = "SatisfactionDeclineScorer", f"{len(waves.n)} customers with an answer"
    if most < 2:
        what = "nobody answered on two days, so that level and chance cannot be told apart"
        raise FitError(Problem(what=what, where=where, got=got, remedy="learn as of a later date"))
    if float(np.ptp(waves.mean)) == 0.0 and not waves.residual.any() and not waves.slope.any():
        raise FitError(Problem(what="answers do not vary", where=where, got=f"{got}, all {waves.mean[0]:g}"))
