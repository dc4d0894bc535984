"""How likely a customer's next answer is to be low, from the level and the slope of the answers so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.special import ndtr

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.explanation import Explanation
from crmrisk.core.instants import days
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.measures import Input, Name
from crmrisk.core.model import VALUE, Value
from crmrisk.core.optional_columns import column_or_unrated
from crmrisk.core.scores import Ranged
from crmrisk.evidence.summaries.survey_trend import SurveyTrend
from crmrisk.evidence.summaries.surveys import plain_name
from crmrisk.satisfaction.answer_levels import Effects, Ratios, Waves, fit_ratios
from crmrisk.satisfaction.answer_shares import SEGMENT, looked_up

if TYPE_CHECKING:
    from datetime import timedelta

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Level", "Limit", "NextAnswer", "Threshold", "wave_columns", "wave_inputs"]

Level: TypeAlias = Annotated[float, Field(gt=0, lt=1)]
Variance: TypeAlias = Annotated[float, Field(gt=0)]
Ratio: TypeAlias = Annotated[float, Field(ge=0)]
Threshold: TypeAlias = "tuple[FloatArray | float, BoolArray | bool]"
"""Up to where an answer is low, half a point above the highest that is, and whether the scale has such answers."""

_READ = {"waves": False, "wave_mean": False, "mean_age": False, "age_variance": False, "slope": True, "scatter": True}
"""What is read of `SurveyTrend`, and whether a customer may lack it: of few waves there is no slope."""
_IMPOSSIBLE, _LEAST = -40.0, -38.0
"""Probits of what cannot be, and of the least likely that can: a normal tail below it is 0 in floating point."""


def wave_columns(question: str) -> dict[str, Input]:
    """Name what `crmrisk.evidence.SurveyTrend` yields.

    Parameters
    ----------
    question
        The question.

    Returns
    -------
    The end of the column's name to the column.

    Examples
    --------
    >>> wave_columns("nps")["latest_wave"].name
    'nps_latest_wave'
    """
    start = len(plain_name(question)) + 1
    return {each.name[start:]: each for each in SurveyTrend(question=question).inputs}


def wave_inputs(question: str, *, optional: bool = False) -> dict[str, Input]:
    """Name what levels and slopes are read from.

    Parameters
    ----------
    question
        The question.
    optional
        Whether customers without an answer are scored all the same.

    Returns
    -------
    The end of the column's name to the input.

    Examples
    --------
    >>> wave_inputs("nps")["wave_mean"].name
    'nps_wave_mean'
    """
    columns = wave_columns(question)
    return {
        end: Input(columns[end].name, columns[end].unit, columns[end].ge, columns[end].le, optional or may_lack)
        for end, may_lack in _READ.items()
    }


@dataclass(frozen=True, config=VALUE)
class Limit(Value):
    """Name the usual threshold, and the column that moves it.

    Parameters
    ----------
    at
        Up to where an answer is low [score].
    column
        The column, for explanations.

    Examples
    --------
    >>> Limit(6.5, "nps_latest_wave").at
    6.5
    """

    at: float
    column: Name


@dataclass(frozen=True, kw_only=True, config=VALUE)
class NextAnswer(Value):
    """Predict a customer's next answer as normal around ``segment mean + own level + own slope * years``.

    Parameters
    ----------
    question
        The question.
    overall
        The mean of all answers [score].
    segments
        The mean by segment [score], shrunk to the overall one.
    noise
        The variance of one answer around the customer's own line [score^2].
    level_ratio, slope_ratio
        The variances of customers' levels [score^2] and slopes [score^2/year^2], as multiples of `noise`.
    warnings
        What the fit could not tell.

    References
    ----------
    Laird, N. M. and Ware, J. H. (1982), Random-effects models for longitudinal data, Biometrics 38.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Portfolio
    >>> model = NextAnswer(question="nps", overall=7, segments={}, noise=1, level_ratio=1, slope_ratio=0)
    >>> answers = {"nps_waves": [1], "nps_wave_mean": [9], "nps_mean_age": [30], "nps_age_variance": [0]}
    >>> book = Portfolio(["C1"], date(2026, 1, 31), answers)
    >>> model.at_most((6.5, True), book, horizon=timedelta(days=90), level=None).round(4)
    array([0.1103])
    """

    method: Literal["levels"] = "levels"
    question: Name
    overall: float
    segments: dict[Name, float]
    noise: Variance
    level_ratio: Ratio
    slope_ratio: Ratio
    warnings: tuple[str, ...] = ()

    @classmethod
    def fit(cls, portfolio: Portfolio, *, question: str, reader: str) -> Self:
        """Learn variances and means by maximum likelihood from what customers answered so far.

        Parameters
        ----------
        portfolio
            One row per customer; those without an answer tell nothing.
        question
            The question.
        reader
            Who learns, for errors.

        Raises
        ------
        FitError
            If nobody answered on two days, or answers do not vary.

        Examples
        --------
        See `crmrisk.satisfaction.decline_scorer.SatisfactionDeclineScorer`.
        """
        portfolio.require(tuple(wave_inputs(question).values()), reader=reader)
        everyone, broken = _waves(portfolio, question)
        used = (everyone.n >= 1) & ~broken
        waves, labels = everyone.take(used), portfolio.label("segment")[used]
        most = float(waves.n.max(initial=0.0))
        _check(waves, most, reader)
        names = sorted({label for label in labels.tolist() if label is not None})
        position = {name: float(row) for row, name in enumerate(names)}
        rows = looked_up(labels, position, float(len(names))).astype(np.int64)
        fit = fit_ratios(waves, rows, slopes=most > 2)
        return cls(
            question=question,
            overall=float(fit.means[0]),
            segments={name: float(fit.means[1 + row]) for row, name in enumerate(names)},
            noise=fit.noise,
            level_ratio=fit.ratios.level,
            slope_ratio=fit.ratios.slope,
            warnings=() if most > 2 else ("nobody answered on three days: customers' slopes count as 0",),
        )

    def at_most(
        self, threshold: Threshold, portfolio: Portfolio, *, horizon: timedelta, level: float | None
    ) -> FloatArray | Ranged:
        """Return the probability that the next answer, in the middle of the horizon, is low.

        Parameters
        ----------
        threshold
            Up to where it is low.
        portfolio
            One row per customer; without an answer it is the segment's expectation.
        horizon
            The time span after ``as_of``.
        level
            The coverage of the interval, which is that of the customer's own level and slope; ``None`` is none.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        Examples
        --------
        See `NextAnswer`.
        """
        limit, possible = threshold
        mean, effects, broken = self._effects(portfolio)
        ahead = _years_ahead(horizon)
        distance = limit - (mean + effects.level + effects.slope * ahead)
        unknown = effects.variance(ahead)
        probit = distance / np.sqrt(self.noise * (1.0 + unknown))
        value = np.where(possible, ndtr(np.maximum(probit, _LEAST)), 0.0)
        value[broken] = np.nan
        if level is None:
            return value
        reach = normal_quantile(level) * np.sqrt(self.noise * unknown)
        ends = (ndtr((distance + side * reach) / np.sqrt(self.noise)) for side in (-1.0, 1.0))
        low, high = (np.where(possible, end, 0.0) for end in ends)
        # averaging over what is not known draws the probability to a half, for some out of the interval
        return Ranged(value, np.minimum(low, value), np.maximum(high, value))

    def explain(
        self, threshold: Threshold, portfolio: Portfolio, rated: BoolArray, *, horizon: timedelta, usual: Limit
    ) -> Explanation:
        """Explain on probits: the threshold, the segment, the customer's own level and slope.

        Compared is a customer of the overall mean with the usual threshold. What the scale does not allow has
        probability 0 and is put at -40.

        Parameters
        ----------
        threshold
            Up to where an answer is low, for each customer.
        portfolio
            One row per customer.
        rated
            Who has a score, ``(n_customers,)``.
        horizon
            The time span after ``as_of``.
        usual
            Up to where it is low for the customer compared with, and the column that says so for the others.

        Examples
        --------
        See `crmrisk.satisfaction.decline_scorer.SatisfactionDeclineScorer`.
        """
        limit, possible = threshold
        mean, effects, broken = self._effects(portfolio)
        ahead, rated = _years_ahead(horizon), rated & ~broken
        unit = np.where(rated, np.sqrt(self.noise * (1.0 + effects.variance(ahead))), np.nan)
        baseline = (usual.at - self.overall) / unit
        own = ((self.overall - mean) / unit, -effects.level / unit, -effects.slope * ahead / unit)
        moved = (limit - usual.at) / unit
        total = baseline + moved + own[0] + own[1] + own[2]
        least = np.where(possible, np.maximum(total, _LEAST), _IMPOSSIBLE)
        read = wave_inputs(self.question)
        names = (usual.column, SEGMENT.name, read["wave_mean"].name, read["slope"].name)
        table = np.column_stack([moved + (least - total), *own])
        return Explanation(portfolio.customer_id, names, np.where(rated, baseline, 0.0), table, scale="probit")

    def _effects(self, portfolio: Portfolio) -> tuple[FloatArray, Effects, BoolArray]:
        mean = looked_up(portfolio.label("segment"), self.segments, self.overall)
        waves, broken = _waves(portfolio, self.question)
        return mean, Effects.of(waves, mean, Ratios(self.level_ratio, self.slope_ratio)), broken


def _years_ahead(horizon: timedelta) -> float:
    return 0.5 * days(horizon) / 365.25


def _waves(portfolio: Portfolio, question: str) -> tuple[Waves, BoolArray]:
    """Read the waves, none where there is no answer; tell whose answers are known in part only."""
    columns = {end: column_or_unrated(portfolio, each.name) for end, each in wave_inputs(question).items()}
    needed_from = {"wave_mean": 1, "mean_age": 1, "age_variance": 1, "slope": 2, "scatter": 3}
    broken = np.zeros(len(portfolio), dtype=np.bool_)
    for end, least in needed_from.items():
        broken |= np.isnan(columns[end]) & (columns["waves"] >= least)
    none = broken | ~(columns["waves"] >= 1)
    return Waves.of({end: np.where(none, 0.0, column) for end, column in columns.items()}), broken


def _check(waves: Waves, most: float, reader: str) -> None:
    got = f"{len(waves.n)} customers with an answer"
    if most < 2:
        what = "nobody answered on two days, so that level and chance cannot be told apart"
        raise FitError(Problem(what=what, where=reader, got=got, remedy="learn as of a later date"))
    if float(np.ptp(waves.mean)) == 0.0 and not waves.residual.any() and not waves.slope.any():
        raise FitError(Problem(what="answers do not vary", where=reader, got=f"{got}, all {waves.mean[0]:g}"))
