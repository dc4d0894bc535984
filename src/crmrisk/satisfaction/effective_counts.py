"""The common currency of NPS comparisons: detractors, passives and promoters that are worth their effective number.

Whatever came in (answers, counts, weights, strata, clusters), a comparison only needs three counts whose sum says how
much evidence they are, and the number of answers behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answers import Missing, effective_sample_size, survey_weights
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts, counts_of_points
from crmrisk.satisfaction.survey_design import design_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.satisfaction.net_promoter_intervals import IntervalMethod
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = [
    "SIMPLE_DESIGN",
    "EffectiveCounts",
    "SurveyDesign",
    "answered_rows",
    "effective_counts",
    "exclusion_warnings",
]

_MOST = 2.0**53  # stands for the endless evidence of a census


class SurveyDesign(NamedTuple):
    """Say how answers were drawn, one column each.

    Parameters
    ----------
    weights
        Survey weight of each answer, ``(n_answers,)``.
    strata
        Stratum of each answer, ``(n_answers,)``.
    clusters
        What was drawn as one, ``(n_answers,)``.
    population
        Units in the population, by stratum where there are strata.

    Examples
    --------
    >>> SurveyDesign(weights=[1, 2]).is_simple
    False
    """

    weights: ArrayLike | None = None
    strata: ArrayLike | None = None
    clusters: ArrayLike | None = None
    population: PopulationSizes | None = None

    @property
    def is_simple(self) -> bool:
        """Whether every answer counts as one."""
        return all(part is None for part in self)

    def kept(self, used: BoolArray) -> SurveyDesign:
        """Leave out answers.

        Parameters
        ----------
        used
            Which answers stay, ``(n_answers,)``.

        Returns
        -------
        The design of those.

        Raises
        ------
        RecordError
            If a column has not one entry per answer.
        """
        weights = _kept(self.weights, used, "weights")
        strata = _kept(self.strata, used, "strata")
        return SurveyDesign(weights, strata, _kept(self.clusters, used, "clusters"), self.population)


SIMPLE_DESIGN = SurveyDesign()
"""Every answer counts as one."""


class EffectiveCounts(NamedTuple):
    """Hold counts scaled to their effective number, and what they came from.

    Parameters
    ----------
    counts
        Detractors, passives, promoters; their sum is the effective number of answers.
    n
        Answers used.
    is_simple
        Whether every answer counts as one, so that the counts are whole.
    warnings
        What the reader should know.

    Examples
    --------
    >>> effective_counts([10, 9, 3, 8]).value
    0.25
    """

    counts: NpsCounts
    n: float
    is_simple: bool = True
    warnings: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        """The net promoter score, ``None`` without answers."""
        return (self.counts.promoters - self.counts.detractors) / self.counts.n if self.counts.n else None

    def estimate(self, *, method: IntervalMethod = "score", level: float = 0.95) -> Estimate:
        """Estimate the score of these counts.

        Parameters
        ----------
        method
            The interval.
        level
            Nominal coverage.

        Returns
        -------
        The estimate, with the number of answers as its n.

        Raises
        ------
        InvalidValueError
            If method or level are not valid.
        """
        found = net_promoter_score(counts=self.counts, method=method, level=level)
        fields = {name: getattr(found, name) for name in ("value", "standard_error", "low", "high")}
        warnings = (*found.warnings, *self.warnings)
        return Estimate(**fields, level=level, method=method, n=self.n, effective_n=self.counts.n, warnings=warnings)


def effective_counts(
    answers: ArrayLike | NpsCounts,
    *,
    design: SurveyDesign = SIMPLE_DESIGN,
    breaks: NpsBreaks = STANDARD_BREAKS,
    missing: Missing = "error",
    where: str = "answers",
) -> EffectiveCounts:
    """Reduce answers to counts that are worth their effective number.

    Weights alone count as Kish says; with strata, clusters or a population the effective number is the variance of an
    answer over the design variance of the score (Korn and Graubard 1998).

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``, or `NpsCounts`.
    design
        How they were drawn.
    breaks
        Which answers detract, are passive and promote.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.
    where
        What the answers are called in an error.

    Returns
    -------
    The counts.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns of the design unusable.
    InvalidValueError
        If counts are no counts, or come with a design.

    Examples
    --------
    >>> effective_counts([10, 10, 0, 8], design=SurveyDesign(weights=[2, 2, 1, 1])).n
    4.0
    """
    if isinstance(answers, NpsCounts):
        return _given(answers, design, where)
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    points = breaks.points(answers, missing=missing, where=where)
    used = answered_rows(points)
    warnings = exclusion_warnings(used, "answer")
    points, design = points[used], design.kept(used)
    if design.is_simple or not points.size:
        return EffectiveCounts(counts_of_points(points, np.ones(points.size)), float(points.size), True, warnings)
    return _designed(points, design, warnings)


def answered_rows(*columns: FloatArray) -> BoolArray:
    """Tell which rows have every answer.

    Parameters
    ----------
    *columns
        Points, ``(n_answers,)``, NaN where missing.

    Examples
    --------
    >>> answered_rows(np.array([1.0, np.nan]), np.array([0.0, 1.0]))
    array([ True, False])
    """
    answered: BoolArray = ~np.logical_or.reduce(np.isnan(np.vstack(columns)))
    return answered


def exclusion_warnings(used: BoolArray, noun: str) -> tuple[str, ...]:
    """Say how many rows were left out.

    Parameters
    ----------
    used
        Which rows stay.
    noun
        What a row is.

    Examples
    --------
    >>> exclusion_warnings(np.array([True, False]), "answer")
    ('1 missing answer excluded',)
    """
    count = int(used.size - np.count_nonzero(used))
    return (f"{count} missing {noun}{'' if count == 1 else 's'} excluded",) if count else ()


def _given(counts: NpsCounts, design: SurveyDesign, where: str) -> EffectiveCounts:
    if not design.is_simple:
        remedy = "give the answers, or counts that are already worth their effective n"
        raise InvalidValueError(Problem(what="weights and strata belong to answers", where=where, remedy=remedy))
    estimate = net_promoter_score(counts=counts, method="agresti-min")  # checks the counts
    whole = all(float(part).is_integer() for part in counts)
    return EffectiveCounts(NpsCounts(*map(float, counts)), estimate.n, whole)


def _designed(points: FloatArray, design: SurveyDesign, warnings: tuple[str, ...]) -> EffectiveCounts:
    if design.weights is not None and design._replace(weights=None).is_simple:
        weights = survey_weights(design.weights, points.size)
        counts, effective = counts_of_points(points, weights), effective_sample_size(weights)
        return EffectiveCounts(_scaled(counts, effective), float(np.count_nonzero(weights)), False, warnings)
    mean, moving = design_mean(points, **design._asdict()), design_mean(np.abs(points), **design._asdict())
    value, activity = mean.value or 0.0, moving.value or 0.0  # no answers are left out before
    shares = NpsCounts(max(0.0, activity - value) / 2.0, max(0.0, 1.0 - activity), max(0.0, activity + value) / 2.0)
    variance = activity - value**2
    square = (mean.standard_error or 0.0) ** 2
    # so that the Wald error of the counts is the design's own; both are 0 where nobody differs
    effective = variance / square if square > variance / _MOST else mean.effective_n
    counts = _scaled(shares, min(effective, _MOST))
    return EffectiveCounts(counts, float(mean.n), False, (*warnings, *mean.warnings))


def _scaled(counts: NpsCounts, total: float) -> NpsCounts:
    scale = total / counts.n
    return NpsCounts(counts.detractors * scale, counts.passives * scale, counts.promoters * scale)


def _kept(column: ArrayLike | None, used: BoolArray, where: str) -> ArrayLike | None:
    if column is None or used.all():
        return column
    entries = np.asarray(column, dtype=object) if isinstance(column, list | tuple) else np.asarray(column)
    if entries.shape != used.shape:
        got = f"shape {entries.shape}"
        raise RecordError(Problem(what="not one per answer", where=where, allowed=str(used.size), got=got))
    return entries[used]
