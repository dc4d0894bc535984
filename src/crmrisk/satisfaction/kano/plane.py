"""Points on a Kano map with their uncertainty: quadrants, how sure they are, and the ellipse around a point.

Both maps are read the same way: one coordinate says how much having a requirement satisfies, the other how much lacking
it dissatisfies. Much of both is one-dimensional, of the first alone attractive, of the second alone must-be.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, TypeAlias

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import checked_level, is_whole, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = [
    "Covariance",
    "Ellipse",
    "QuadrantProbabilities",
    "covariance_of",
    "ellipse_around",
    "quadrant_of",
    "quadrant_places",
    "quadrant_probabilities",
]

Covariance: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""Variances and covariance of the two coordinates of a point."""

Probability = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class QuadrantProbabilities(Value):
    """Hold how often a point falls in each quadrant if the survey is repeated.

    Parameters
    ----------
    attractive, one_dimensional, must_be, indifferent
        Probabilities of the quadrants.
    unrated
        How often the point has no quadrant: undefined, or off the map.

    Examples
    --------
    >>> QuadrantProbabilities(must_be=0.9, indifferent=0.1)["must_be"]
    0.9
    """

    attractive: Probability = 0.0
    one_dimensional: Probability = 0.0
    must_be: Probability = 0.0
    indifferent: Probability = 0.0
    unrated: Probability = 0.0

    def __getitem__(self, quadrant: str) -> float:
        names = tuple(self.__dataclass_fields__)
        if quadrant not in names:
            allowed = ", ".join(names)
            raise InvalidValueError(
                Problem(what="no quadrant", where="QuadrantProbabilities", allowed=allowed, got=repr(quadrant))
            )
        return float(getattr(self, str(quadrant)))


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Ellipse(Value):
    """Hold the region in which a point of a map lies with the given confidence (normal approximation).

    Parameters
    ----------
    centre
        The point.
    semi_axes
        Longer and shorter half-axis, in the unit of the map.
    angle
        Direction of the longer axis against the first coordinate [rad].
    level
        Nominal coverage.

    Examples
    --------
    >>> Ellipse(centre=(0.5, -0.5), semi_axes=(0.1, 0.05), angle=0.0).outline(4).round(2).tolist()
    [[0.6, -0.5], [0.5, -0.45], [0.4, -0.5], [0.5, -0.55]]
    """

    centre: tuple[float, float]
    semi_axes: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
    angle: float
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95

    def outline(self, points: int = 64) -> FloatArray:
        """Walk round the ellipse once.

        Parameters
        ----------
        points
            Number of points, at least 3.

        Returns
        -------
        Points in the order of `centre`, ``(points, 2)``. Near an edge of the map they may lie beyond it: clip them
        where they are drawn.

        Raises
        ------
        InvalidValueError
            If there are fewer than 3 points.

        Examples
        --------
        >>> Ellipse(centre=(0, 0), semi_axes=(1, 1), angle=0.0).outline().shape
        (64, 2)
        """
        if not is_whole(points) or points < 3:
            refuse([Problem(what="too few", where="points", allowed="a whole number >= 3", got=repr(points))])
        turn = 2.0 * np.pi * np.arange(points) / points
        along, across = self.semi_axes[0] * np.cos(turn), self.semi_axes[1] * np.sin(turn)
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        first = self.centre[0] + along * cosine - across * sine
        return np.column_stack([first, self.centre[1] + along * sine + across * cosine])


def ellipse_around(centre: tuple[float, float], covariance: Covariance, level: float = 0.95) -> Ellipse:
    """Turn a point and its covariance into the ellipse that holds it with the given confidence.

    The half-axes are ``sqrt(-2 log(1 - level) * eigenvalue)``: the chi-squared quantile with two degrees of freedom.

    Parameters
    ----------
    centre
        The point.
    covariance
        The covariance of its coordinates.
    level
        Nominal coverage.

    Returns
    -------
    The ellipse.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Johnson, R. A. and Wichern, D. W. (2007). *Applied Multivariate Statistical Analysis*, 6th ed., equation 4-7.

    Examples
    --------
    >>> ellipse_around((0.5, -0.5), ((0.01, 0.0), (0.0, 0.0025)), 0.95).semi_axes
    (0.244..., 0.122...)
    """
    checked_level(level)
    ((first, both), (_, second)) = covariance
    middle, half = (first + second) / 2.0, math.hypot((first - second) / 2.0, both)
    quantile = -2.0 * math.log(1.0 - level)
    axes = (math.sqrt(quantile * (middle + half)), math.sqrt(quantile * max(0.0, middle - half)))
    return Ellipse(centre=centre, semi_axes=axes, angle=0.5 * math.atan2(2.0 * both, first - second), level=level)


def quadrant_places(satisfying: FloatArray, dissatisfying: FloatArray, cut: float) -> IntArray:
    """Find the quadrant of points; on the cut counts as above it.

    Parameters
    ----------
    satisfying, dissatisfying
        How much having satisfies and lacking dissatisfies, of one shape; NaN is unrated.
    cut
        Where much begins.

    Returns
    -------
    Places 0..3 in (A, O, M, I), 4 where unrated.

    Examples
    --------
    >>> import numpy as np
    >>> quadrant_places(np.array([0.9, 0.1, np.nan]), np.array([0.1, 0.9, 0.1]), 0.5)
    array([0, 2, 4])
    """
    upper, right = satisfying >= cut, dissatisfying >= cut
    places = np.where(upper, np.where(right, 1, 0), np.where(right, 2, 3))
    return np.where(np.isnan(satisfying) | np.isnan(dissatisfying), 4, places)


def quadrant_of(satisfying: float, dissatisfying: float, cut: float) -> KanoCategory | None:
    """Name the quadrant of one point.

    Parameters
    ----------
    satisfying, dissatisfying
        How much having satisfies and lacking dissatisfies; NaN is unrated.
    cut
        Where much begins.

    Returns
    -------
    The quadrant, ``None`` where unrated.

    Examples
    --------
    >>> quadrant_of(0.9, 0.1, 0.5).value
    'attractive'
    """
    place = int(quadrant_places(np.array(satisfying), np.array(dissatisfying), cut))
    return None if place > 3 else list(KanoCategory)[place]


def quadrant_probabilities(satisfying: FloatArray, dissatisfying: FloatArray, cut: float) -> QuadrantProbabilities:
    """Count how often resampled points fall in each quadrant.

    Parameters
    ----------
    satisfying, dissatisfying
        Coordinates of one point in each bootstrap sample, ``(replicates,)``; NaN is unrated.
    cut
        Where much begins.

    Returns
    -------
    The probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> quadrant_probabilities(np.array([0.6, 0.4]), np.array([0.0, 0.0]), 0.5).attractive
    0.5
    """
    found = np.bincount(quadrant_places(satisfying, dissatisfying, cut), minlength=5) / satisfying.size
    return QuadrantProbabilities(**dict(zip(QuadrantProbabilities.__dataclass_fields__, found.tolist(), strict=True)))


def covariance_of(first: FloatArray, second: FloatArray) -> Covariance | None:
    """Estimate the covariance of a point from its bootstrap samples.

    Parameters
    ----------
    first, second
        Coordinates in each sample, ``(replicates,)``; samples in which one is NaN are left out.

    Returns
    -------
    The covariance, ``None`` with fewer than two samples left.

    Examples
    --------
    >>> import numpy as np
    >>> covariance_of(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    ((0.5, 0.5), (0.5, 0.5))
    """
    rated = ~(np.isnan(first) | np.isnan(second))
    n = int(np.count_nonzero(rated))
    if n < 2:
        return None
    x, y = first[rated] - first[rated].mean(), second[rated] - second[rated].mean()
    both = float((x * y).sum()) / (n - 1)
    return (float((x * x).sum()) / (n - 1), both), (both, float((y * y).sum()) / (n - 1))
