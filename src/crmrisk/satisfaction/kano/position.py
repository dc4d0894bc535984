"""Better and worse together: one point of the Kano map, resampled respondent by respondent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.plane import (
    Covariance,
    Ellipse,
    QuadrantProbabilities,
    covariance_of,
    ellipse_around,
    quadrant_of,
    quadrant_probabilities,
)
from crmrisk.satisfaction.kano.table import KanoCategory
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.proportions import proportion

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = [
    "CUT",
    "KanoPosition",
    "ReverseCounting",
    "better_estimate",
    "better_worse",
    "joint_region",
    "position_of",
    "worse_estimate",
]

ReverseCounting: TypeAlias = Literal["exclude", "net"]
"""What reverse answers do to better and worse: stay out, or count against better."""

CUT = 0.5
"""Better of at least .5 satisfies, worse of at most -.5 dissatisfies."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoPosition(Value):
    """Hold the point (better, worse) of one requirement with its joint uncertainty.

    Parameters
    ----------
    better, worse
        How much having it satisfies and lacking it dissatisfies, each with its interval.
    covariance
        Bootstrap covariance of (better, worse); the two share the one-dimensional answers. ``None`` without answers.
    region_centre, region_covariance
        Centre and covariance of the region in which the point lies, those of a few answers more; see `joint_region`.
    quadrant
        The quadrant of the point at .5 and -.5, ``None`` without answers.
    quadrant_probabilities
        How often the point falls in each quadrant if the survey is repeated.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.counts import KanoCounts
    >>> counts = KanoCounts(attractive=216, one_dimensional=56, must_be=13, indifferent=275, reverse=23)
    >>> position = counts.position()
    >>> position.quadrant.value, round(position.quadrant_probabilities.indifferent, 1)
    ('indifferent', 0.8)
    """

    better: Estimate
    worse: Estimate
    covariance: Covariance | None = None
    region_centre: tuple[float, float] | None = None
    region_covariance: Covariance | None = None
    quadrant: KanoCategory | None = None
    quadrant_probabilities: QuadrantProbabilities = QuadrantProbabilities(unrated=1.0)

    def __str__(self) -> str:
        where = "unrated" if self.quadrant is None else self.quadrant.value
        return f"better {self.better}, worse {self.worse}: {where}"

    def ellipse(self, level: float | None = None) -> Ellipse | None:
        """Return the ellipse that holds (better, worse) with the given confidence, both at once.

        As with the Wilson interval, its centre is a little nearer to the middle of the map than the point.

        Parameters
        ----------
        level
            Nominal coverage; that of the intervals by default.

        Returns
        -------
        The ellipse, ``None`` without answers.

        Raises
        ------
        InvalidValueError
            If the level is not strictly between 0 and 1.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano.counts import KanoCounts
        >>> KanoCounts(must_be=48, indifferent=48).position().ellipse().centre
        (0.02, -0.5)
        """
        if self.region_centre is None or self.region_covariance is None:
            return None
        return ellipse_around(self.region_centre, self.region_covariance, self.better.level if level is None else level)


def better_worse(counts: FloatArray, reverse: ReverseCounting = "exclude") -> tuple[FloatArray, FloatArray]:
    """Return better and worse of whole columns of counts.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(..., 6)``.
    reverse
        ``"exclude"``: ``(A + O)/(A + O + M + I)`` and ``-(O + M)/(A + O + M + I)``. ``"net"``: both over
        ``A + O + M + I + R``, and better is ``A + O - R`` of them.

    Returns
    -------
    Better and worse, ``(...)`` each; NaN where nothing can be rated.

    Raises
    ------
    InvalidValueError
        If there is no such policy.

    Examples
    --------
    >>> import numpy as np
    >>> better, worse = better_worse(np.array([7.0, 33.0, 50.0, 10.0, 25.0, 0.0]), "net")
    >>> print(f"{better:.2f} {worse:.3f}")
    0.12 -0.664
    """
    _check_reverse(reverse)
    attractive, one_dimensional, must_be, indifferent, against = (counts[..., place] for place in range(5))
    net = against if reverse == "net" else 0.0 * against
    base = attractive + one_dimensional + must_be + indifferent + net
    base = np.where(base > 0.0, base, np.nan)
    return (attractive + one_dimensional - net) / base, 0.0 - (one_dimensional + must_be) / base


def joint_region(counts: FloatArray, reverse: ReverseCounting = "exclude") -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return centre and covariance of better and worse after adding one answer of each kind that is rated.

    Adding one answer to each of A, O, M and I gives both shares two successes and two failures more, the "plus four" of
    Agresti and Coull in two dimensions. Without it the ellipse shrinks to a line or a point at the edges of the map: of
    20 answers that are nearly all attractive or indifferent, a nominal 95 % ellipse covers 32 %, with it 94 %. Where
    reverse answers count, one is added to R as well.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q) in equally weighted answers, ``(..., 6)``.
    reverse
        See `better_worse`.

    Returns
    -------
    Centre, ``(..., 2)``, covariance, ``(..., 2, 2)``, and the number of answers with those added, ``(...)``.

    References
    ----------
    Agresti, A. and Coull, B. A. (1998). *The American Statistician* 52 (one dimension).

    Examples
    --------
    >>> import numpy as np
    >>> centre, covariance, n = joint_region(np.array([0.0, 0.0, 48.0, 48.0, 0.0, 0.0]))
    >>> centre.tolist(), float(covariance[0, 0] * n)
    ([0.02, -0.5], 0.0196)
    """
    kinds = np.array([1.0, 1.0, 1.0, 1.0, 1.0 if reverse == "net" else 0.0])
    rated = (counts[..., :5] + 1.0) * kinds
    n = rated.sum(axis=-1)
    shares = rated / n[..., np.newaxis]
    centre = np.stack([(shares * score).sum(axis=-1) for score in _SCORES], axis=-1)
    squares = np.stack([np.stack([(shares * a * b).sum(axis=-1) for b in _SCORES], axis=-1) for a in _SCORES], axis=-1)
    spread = squares - centre[..., :, np.newaxis] * centre[..., np.newaxis, :]
    return centre, spread / n[..., np.newaxis, np.newaxis], n


def better_estimate(counts: FloatArray, *, scale: float, level: float, reverse: ReverseCounting) -> Estimate:
    """Estimate better with the Wilson interval, or net of reverse answers with the score interval.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(6,)``.
    scale
        How many equally weighted answers one answer is worth.
    level
        Nominal coverage.
    reverse
        See `better_worse`.

    Returns
    -------
    The estimate.

    Raises
    ------
    InvalidValueError
        If level or policy are not valid.

    Examples
    --------
    >>> import numpy as np
    >>> print(better_estimate(np.array([7.0, 33, 50, 10, 0, 0]), scale=1.0, level=0.95, reverse="exclude"))
    0.4 [0.3094, 0.498] (95 % wilson, n 100)
    """
    _check_reverse(reverse)
    attractive, one_dimensional, must_be, indifferent, against = counts[:5].tolist()
    if reverse == "exclude":
        n = attractive + one_dimensional + must_be + indifferent
        return proportion(attractive + one_dimensional, n, level=level, effective_n=n * scale)
    parts = (against, must_be + indifferent, attractive + one_dimensional)
    return net_promoter_score(counts=parts, level=level, effective_n=sum(parts) * scale or None)


def worse_estimate(counts: FloatArray, *, scale: float, level: float, reverse: ReverseCounting) -> Estimate:
    """Estimate worse with the Wilson interval.

    Parameters
    ----------
    counts
        Counts (A, O, M, I, R, Q), ``(6,)``.
    scale
        How many equally weighted answers one answer is worth.
    level
        Nominal coverage.
    reverse
        See `better_worse`.

    Returns
    -------
    The estimate.

    Raises
    ------
    InvalidValueError
        If level or policy are not valid.

    Examples
    --------
    >>> import numpy as np
    >>> print(worse_estimate(np.array([7.0, 33, 50, 10, 0, 0]), scale=1.0, level=0.95, reverse="exclude"))
    -0.83 [-0.8911, -0.7445] (95 % wilson, n 100)
    """
    _check_reverse(reverse)
    attractive, one_dimensional, must_be, indifferent, against = counts[:5].tolist()
    n = attractive + one_dimensional + must_be + indifferent + (against if reverse == "net" else 0.0)
    estimate = proportion(one_dimensional + must_be, n, level=level, effective_n=n * scale)
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return estimate
    # subtracting from zero, unlike a minus sign, leaves no negative zero behind
    return replace(estimate, value=0.0 - estimate.value, low=0.0 - estimate.high, high=0.0 - estimate.low)


def position_of(
    better: Estimate,
    worse: Estimate,
    worth: FloatArray,
    samples: FloatArray,
    reverse: ReverseCounting = "exclude",
) -> KanoPosition:
    """Put a point on the map, with what resampled surveys say of it.

    Parameters
    ----------
    better, worse
        The point's coordinates.
    worth
        Counts (A, O, M, I, R, Q) in equally weighted answers, ``(6,)``.
    samples
        Counts (A, O, M, I, R, Q) of resampled surveys, ``(replicates, 6)``.
    reverse
        See `better_worse`.

    Returns
    -------
    The position.

    Examples
    --------
    >>> import numpy as np
    >>> half = proportion(1, 2)
    >>> position_of(half, half, np.ones(6), np.ones((2, 6))).quadrant_probabilities.one_dimensional
    1.0
    """
    if better.value is None or worse.value is None:
        return KanoPosition(better=better, worse=worse)
    resampled = better_worse(samples, reverse)
    centre, covariance, _ = joint_region(worth, reverse)
    ((first, both), (_, second)) = covariance.tolist()
    return KanoPosition(
        better=better,
        worse=worse,
        covariance=covariance_of(*resampled),
        region_centre=(float(centre[0]), float(centre[1])),
        region_covariance=((first, both), (both, second)),
        quadrant=quadrant_of(better.value, -worse.value, CUT),
        quadrant_probabilities=quadrant_probabilities(resampled[0], -resampled[1], CUT),
    )


# what an answer A, O, M, I or R adds to better and to worse
_SCORES = (np.array([1.0, 1.0, 0.0, 0.0, -1.0]), np.array([0.0, -1.0, -1.0, 0.0, 0.0]))


def _check_reverse(reverse: str) -> None:
    check_choice(reverse, get_args(ReverseCounting), where="reverse", what="no such policy")
