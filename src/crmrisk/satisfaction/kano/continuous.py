"""Continuous Kano analysis: answers as points, their mean with its uncertainty, and the answers behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice, is_number, kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.bootstrap import resampled_counts
from crmrisk.satisfaction.bootstrap_intervals import percentile_interval
from crmrisk.satisfaction.kano.plane import (
    Covariance,
    Ellipse,
    QuadrantProbabilities,
    covariance_of,
    ellipse_around,
    quadrant_of,
    quadrant_probabilities,
)
from crmrisk.satisfaction.kano.table import STANDARD_TABLE, EvaluationTable, KanoCategory, TableName, evaluation_table
from crmrisk.satisfaction.means import mean_of_counts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "DUMOUCHEL",
    "UNIT_SCALE",
    "ContinuousInterval",
    "ContinuousPosition",
    "KanoPoints",
    "answer_counts",
    "continuous_position",
    "mean_position",
    "resampled_pairs",
]

Five: TypeAlias = tuple[float, float, float, float, float]

ContinuousInterval: TypeAlias = Literal["t", "bootstrap"]
"""How the intervals of the two means are found."""


@dataclass(frozen=True, config=VALUE)
class KanoPoints(Value):
    """Hold what each answer is worth in continuous analysis, like to dislike.

    Parameters
    ----------
    name
        How the scale is called; it stays with every result.
    functional, dysfunctional
        Points of the five answers to either question.
    cut
        Where the quadrants meet; the map reaches from 0 to twice that.

    Examples
    --------
    >>> DUMOUCHEL.functional
    (4.0, 2.0, 0.0, -1.0, -2.0)
    >>> UNIT_SCALE.functional
    (1.0, 0.5, 0.0, -0.25, -0.5)
    """

    name: Name
    functional: Five
    dysfunctional: Five
    cut: Annotated[float, Field(gt=0)]


DUMOUCHEL = KanoPoints("dumouchel", (4.0, 2.0, 0.0, -1.0, -2.0), (-2.0, -1.0, 0.0, 2.0, 4.0), 2.0)
"""DuMouchel's points, -2 to 4: negative answers are weaker evidence, so they weigh half."""

UNIT_SCALE = KanoPoints("unit", (1.0, 0.5, 0.0, -0.25, -0.5), (-0.5, -0.25, 0.0, 0.5, 1.0), 0.5)
"""The same divided by 4."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ContinuousPosition(Value):
    """Hold the mean point of one requirement, and the distribution that a mean can hide.

    Parameters
    ----------
    functional, dysfunctional
        Mean points with their intervals: how much having it satisfies and lacking it dissatisfies.
    covariance
        Bootstrap covariance of the two means, ``None`` without answers.
    quadrant
        The quadrant of the mean point; ``None`` off the map (a mean below 0: reverse or questionable answers prevail).
    quadrant_probabilities
        How often the mean point falls in each quadrant if the survey is repeated.
    functional_distribution, dysfunctional_distribution
        Share of each answer, like to dislike.
    agreement
        Share of respondents whom the evaluation table puts in the category of the quadrant; a low share means that the
        mean point stands for a mixture of people who want different things.
    scale
        The name of the points.

    References
    ----------
    DuMouchel, W., in Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. *Center for
    Quality of Management Journal* 2(4).

    Examples
    --------
    >>> import numpy as np
    >>> torn = np.zeros((5, 5))
    >>> torn[0, 2], torn[2, 4] = 50, 50  # half are delighted, half take it for granted
    >>> point = continuous_position(torn)
    >>> point.functional.value, point.dysfunctional.value, point.quadrant.value, point.agreement
    (2.0, 2.0, 'one_dimensional', 0.0)
    """

    functional: Estimate
    dysfunctional: Estimate
    covariance: Covariance | None = None
    quadrant: KanoCategory | None = None
    quadrant_probabilities: QuadrantProbabilities = QuadrantProbabilities(unrated=1.0)
    functional_distribution: Five | None = None
    dysfunctional_distribution: Five | None = None
    agreement: float | None = None
    scale: str = DUMOUCHEL.name

    def __str__(self) -> str:
        where = "unrated" if self.quadrant is None else self.quadrant.value
        return f"functional {self.functional}, dysfunctional {self.dysfunctional}: {where}, points of {self.scale}"

    def ellipse(self, level: float | None = None) -> Ellipse | None:
        """Return the ellipse that holds the mean point with the given confidence.

        Parameters
        ----------
        level
            Nominal coverage; that of the intervals by default.

        Returns
        -------
        The ellipse, in the order (functional, dysfunctional); ``None`` without answers.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        Examples
        --------
        >>> import numpy as np
        >>> continuous_position(np.ones((5, 5))).ellipse().centre
        (0.6, 0.6)
        """
        if self.functional.value is None or self.dysfunctional.value is None or self.covariance is None:
            return None
        centre = (self.functional.value, self.dysfunctional.value)
        return ellipse_around(centre, self.covariance, self.functional.level if level is None else level)


def continuous_position(
    pairs: ArrayLike,
    *,
    effective_n: float | None = None,
    scale: KanoPoints = DUMOUCHEL,
    table: EvaluationTable | TableName = STANDARD_TABLE,
    interval: ContinuousInterval = "t",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> ContinuousPosition:
    """Average the points of the answers about one requirement.

    Parameters
    ----------
    pairs
        How often each pair was answered, ``(5, 5)``: functional by dysfunctional answer, like to dislike.
    effective_n
        How many equally weighted respondents they are worth; their sum by default.
    scale
        What each answer is worth.
    table
        The evaluation table, for `ContinuousPosition.agreement`.
    interval
        ``"t"`` or ``"bootstrap"`` (percentiles).
    level
        Nominal coverage.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    The mean point.

    Raises
    ------
    InvalidValueError
        If a count, the effective n, table, interval or level are not valid, or fewer than two replicates are asked for.

    Examples
    --------
    >>> import numpy as np
    >>> reverse = np.zeros((5, 5))
    >>> reverse[4, 1] = 27
    >>> rust = continuous_position(reverse)
    >>> rust.functional.value, rust.dysfunctional.value, rust.quadrant
    (-2.0, -1.0, None)
    """
    refuse(kind_problems(scale, KanoPoints, where="scale"))
    cells = evaluation_table(table)
    check_choice(interval, get_args(ContinuousInterval), where="interval", what="no such method")
    counts = answer_counts(pairs, (5, 5), "pairs", effective_n)
    n = float(counts.sum())
    worth = counts * ((n if effective_n is None else effective_n) / n) if n else counts
    samples = resampled_pairs(worth, rng=rng, replicates=replicates) if n else None
    return mean_position(counts, worth, samples, scale=scale, table=cells, interval=interval, level=level)


def answer_counts(
    counts: ArrayLike, shape: tuple[int, ...], where: str, effective_n: float | None = None
) -> FloatArray:
    """Read how often answers were given.

    Parameters
    ----------
    counts
        Finite numbers of at least 0.
    shape
        The shape they should have.
    where
        What they are called in an error.
    effective_n
        What they are worth, to be checked as well.

    Returns
    -------
    A new array.

    Raises
    ------
    InvalidValueError
        If they are no such counts, or the effective n is no positive number.

    Examples
    --------
    >>> answer_counts([1, 2], (2,), "pairs")
    array([1., 2.])
    """
    problems = []
    try:
        found = np.array(counts, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found = np.array(np.nan)
    if found.shape != shape or not ((found >= 0.0) & (found <= LARGEST_COUNT)).all():
        allowed = f"finite counts of at least 0, shape {shape}"
        problems.append(Problem(what="no counts", where=where, allowed=allowed, got=repr(counts)[:200]))
    if effective_n is not None and not (is_number(effective_n) and 0.0 < effective_n <= LARGEST_COUNT):
        got = repr(effective_n)
        problems.append(Problem(what="no effective n", where="effective_n", allowed="a positive number", got=got))
    refuse(problems)
    return found


def resampled_pairs(pairs: FloatArray, *, rng: np.random.Generator | None = None, replicates: int = 2000) -> FloatArray:
    """Resample the respondents of one requirement, both answers of each together.

    Parameters
    ----------
    pairs
        How often each pair was answered, ``(5, 5)``, not all zero.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of bootstrap samples.

    Returns
    -------
    Pairs of answers of each resampled survey, ``(replicates, 5, 5)``.

    Examples
    --------
    >>> import numpy as np
    >>> resampled_pairs(np.ones((5, 5)), replicates=3).sum(axis=(1, 2))
    array([25., 25., 25.])
    """
    return resampled_counts(pairs.ravel(), rng=rng, replicates=replicates).astype(np.float64).reshape(-1, 5, 5)


def mean_position(
    pairs: FloatArray,
    worth: FloatArray,
    samples: FloatArray | None,
    *,
    scale: KanoPoints,
    table: EvaluationTable,
    interval: ContinuousInterval,
    level: float,
) -> ContinuousPosition:
    """Average the points of the answers, given the resampled surveys.

    Parameters
    ----------
    pairs
        How often each pair was answered, ``(5, 5)``.
    worth
        The same in equally weighted respondents, ``(5, 5)``.
    samples
        Resampled surveys, ``(replicates, 5, 5)``; ``None`` without answers.
    scale
        What each answer is worth.
    table
        The evaluation table.
    interval
        ``"t"`` or ``"bootstrap"``.
    level
        Nominal coverage.

    Returns
    -------
    The mean point.

    Examples
    --------
    >>> import numpy as np
    >>> ones = np.ones((5, 5))
    >>> options = {"scale": UNIT_SCALE, "table": STANDARD_TABLE, "interval": "t", "level": 0.9}
    >>> mean_position(ones, ones, np.stack([ones, ones]), **options).functional.value
    0.15
    """
    points = (np.array(scale.functional), np.array(scale.dysfunctional))
    sides = [_mean(points[side], worth.sum(axis=1 - side), float(pairs.sum()), level) for side in (0, 1)]
    if samples is None:
        return ContinuousPosition(functional=sides[0], dysfunctional=sides[1], scale=scale.name)
    respondents = samples.sum(axis=(1, 2))
    resampled = [(samples.sum(axis=2 - side) * points[side]).sum(axis=1) / respondents for side in (0, 1)]
    if interval == "bootstrap":
        sides = [_bootstrapped(one, drawn, level) for one, drawn in zip(sides, resampled, strict=True)]
    functional, dysfunctional = _on_map(*(np.array(side.value, dtype=np.float64) for side in sides))
    quadrant = quadrant_of(float(functional), float(dysfunctional), scale.cut)
    shares = pairs / pairs.sum()
    return ContinuousPosition(
        functional=sides[0],
        dysfunctional=sides[1],
        covariance=covariance_of(resampled[0], resampled[1]),
        quadrant=quadrant,
        quadrant_probabilities=quadrant_probabilities(*_on_map(*resampled), scale.cut),
        functional_distribution=tuple(shares.sum(axis=1).tolist()),
        dysfunctional_distribution=tuple(shares.sum(axis=0).tolist()),
        agreement=None if quadrant is None else float(shares[table.positions() == _PLACES[quadrant]].sum()),
        scale=scale.name,
    )


_PLACES = {category: place for place, category in enumerate(KanoCategory)}


def _mean(points: FloatArray, worth: FloatArray, n: float, level: float) -> Estimate:
    estimate = mean_of_counts(points, worth, level=level)
    return replace(estimate, n=n, effective_n=float(worth.sum()))


def _bootstrapped(estimate: Estimate, drawn: FloatArray, level: float) -> Estimate:
    low, high = percentile_interval(drawn, level)
    return replace(estimate, standard_error=float(drawn.std(ddof=1)), low=low, high=high, method="bootstrap")


def _on_map(functional: FloatArray, dysfunctional: FloatArray) -> tuple[FloatArray, FloatArray]:
    off = (functional < 0.0) | (dysfunctional < 0.0)
    return np.where(off, np.nan, functional), np.where(off, np.nan, dysfunctional)
