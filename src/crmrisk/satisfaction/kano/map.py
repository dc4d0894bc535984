"""The Kano map as data: one point per requirement, its ellipse, its quadrant; any renderer can draw it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice, checked_level
from crmrisk.core.listing import listed
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.kano.chart import kano_chart
from crmrisk.satisfaction.kano.continuous import DUMOUCHEL, UNIT_SCALE
from crmrisk.satisfaction.kano.plane import Covariance, Ellipse, QuadrantProbabilities
from crmrisk.satisfaction.kano.position import CUT
from crmrisk.satisfaction.kano.record import Segment, listed_requirements
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from crmrisk.core.charts import PointChart
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.kano.record import Requirement

__all__ = ["KanoMap", "KanoMapKind", "KanoPoint", "KanoQuadrant", "kano_map"]

KanoMapKind: TypeAlias = Literal["better-worse", "continuous"]
"""Which two coordinates: better and worse, or the mean points of continuous analysis."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoPoint(Value):
    """Hold the point of one requirement.

    Parameters
    ----------
    requirement, segment
        The requirement, and the segment it was judged in.
    horizontal, vertical
        Coordinates.
    horizontal_interval, vertical_interval
        Their intervals, one at a time, where there are.
    covariance, ellipse
        The region that holds both at once, in the order (horizontal, vertical), and the covariance it is drawn from.
    quadrant, quadrant_probabilities
        Where the point lies, ``None`` off the map, and how probable each quadrant is.
    category, probability
        What the rule says it is, and how probable that is.

    Examples
    --------
    >>> KanoPoint(requirement="secure", horizontal=-0.8, vertical=0.6).vertical
    0.6
    """

    requirement: Name
    segment: Segment = None
    horizontal: float
    vertical: float
    horizontal_interval: tuple[float, float] | None = None
    vertical_interval: tuple[float, float] | None = None
    covariance: Covariance | None = None
    ellipse: Ellipse | None = None
    quadrant: KanoCategory | None = None
    quadrant_probabilities: QuadrantProbabilities | None = None
    category: KanoCategory | None = None
    probability: float | None = None

    def __str__(self) -> str:
        who = self.requirement if self.segment is None else f"{self.requirement} ({self.segment})"
        where = "" if self.quadrant is None else f", quadrant {self.quadrant.value}"
        return f"{who} at ({self.horizontal:.4g}, {self.vertical:.4g}){where}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoQuadrant(Value):
    """Hold one quadrant of the map.

    Parameters
    ----------
    category
        What requirements in it are.
    horizontal, vertical
        Where it begins and ends, from the origin of the map outwards.

    Examples
    --------
    >>> KanoQuadrant(category="must_be", horizontal=(-0.5, -1.0), vertical=(0.0, 0.5)).category.value
    'must_be'
    """

    category: KanoCategory
    horizontal: tuple[float, float]
    vertical: tuple[float, float]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class KanoMap(Value):
    """Hold everything a chart of requirements needs.

    Parameters
    ----------
    kind
        Which coordinates.
    horizontal_label, vertical_label
        What they are.
    points
        One per requirement that can be rated.
    quadrants
        The four quadrants. The horizontal axis of better and worse runs from 0 to -1, as Kano maps are drawn.
    level
        Nominal coverage of intervals and ellipses.
    unrated
        Requirements without a point.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> drawn = kano_map(kano_requirements(["gift"] * 4, [1, 1, 1, 3], [3, 3, 3, 3]))
    >>> drawn.points[0].quadrant.value, drawn.points[0].vertical
    ('attractive', 0.75)
    """

    kind: KanoMapKind
    horizontal_label: str
    vertical_label: str
    points: tuple[KanoPoint, ...]
    quadrants: tuple[KanoQuadrant, ...]
    level: float
    unrated: tuple[str, ...] = ()

    def __str__(self) -> str:
        lacking = f"; unrated: {', '.join(self.unrated)[:200]}" if self.unrated else ""
        return f"Kano map, {self.horizontal_label} over {self.vertical_label}{lacking}\n{listed(self.points)}"

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[KanoPoint]:
        return iter(self.points)

    def frame(self) -> pd.DataFrame:
        """Show the points as a pandas frame, one row each.

        Returns
        -------
        Coordinates, intervals, quadrant and category with their probabilities.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
        >>> kano_map(kano_requirements(["gift"], [1], [3])).frame()["quadrant"].tolist()
        ['attractive']
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        return pd.DataFrame([_row(point) for point in self.points], columns=list(_COLUMNS))

    def chart(self) -> PointChart:
        """Return the picture of the map as data: points coloured by category, each in its ellipse.

        Examples
        --------
        >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
        >>> kano_map(kano_requirements(["gift"] * 300, [1] * 300, [3] * 300)).chart().title
        'Kano map: 1 attractive'
        """
        return kano_chart(self)


_COLUMNS = (
    "requirement",
    "segment",
    "horizontal",
    "horizontal_low",
    "horizontal_high",
    "vertical",
    "vertical_low",
    "vertical_high",
    "quadrant",
    "probability_of_quadrant",
    "category",
    "probability",
)


def kano_map(
    requirements: Sequence[Requirement], *, kind: KanoMapKind = "better-worse", level: float | None = None
) -> KanoMap:
    """Put requirements on one map, as data.

    Parameters
    ----------
    requirements
        What `kano_requirements` found.
    kind
        ``"better-worse"`` (quadrants meet at .5 and -.5) or ``"continuous"`` (at half the scale, 2 for DuMouchel's).
    level
        Nominal coverage of the ellipses; that of the requirements' intervals by default.

    Returns
    -------
    The map. Requirements that nobody could be rated on are named in `KanoMap.unrated`.

    Raises
    ------
    InvalidValueError
        If kind or level are not valid, or something is no requirement.

    References
    ----------
    Berger, C. et al. (1993). Kano's methods for understanding customer-defined quality. *Center for Quality of
    Management Journal* 2(4).

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> survey = kano_requirements(["secure"] * 300, [2] * 200 + [1] * 100, [5] * 250 + [3] * 50)
    >>> point = kano_map(survey).points[0]
    >>> print(f"{point.vertical:.2f} {point.horizontal:.2f} {point.quadrant_probabilities.must_be:.2f}")
    0.33 -0.83 1.00
    """
    found = listed_requirements(requirements)
    check_choice(kind, get_args(KanoMapKind), where="kind", what="no such map")
    coverage = level if level is not None else (found[0].better.level if found else 0.95)
    checked_level(coverage)
    points = [_point(each, kind, coverage) for each in found]
    scale = found[0].continuous.scale if found else DUMOUCHEL.name
    size = (-1.0, 1.0) if kind == "better-worse" else (_SIZES[scale], _SIZES[scale])
    labels = ("worse", "better") if kind == "better-worse" else ("dysfunctional", "functional")
    return KanoMap(
        kind=kind,
        horizontal_label=labels[0],
        vertical_label=labels[1],
        points=tuple(point for point in points if point is not None),
        quadrants=_quadrants(*size),
        level=coverage,
        unrated=tuple(each.name for each, point in zip(found, points, strict=True) if point is None),
    )


_SIZES = {scale.name: 2.0 * scale.cut for scale in (DUMOUCHEL, UNIT_SCALE)}


def _quadrants(horizontal: float, vertical: float) -> tuple[KanoQuadrant, ...]:
    low, high = (0.0, CUT), (CUT, 1.0)
    parts = (
        (KanoCategory.ATTRACTIVE, low, high),
        (KanoCategory.ONE_DIMENSIONAL, high, high),
        (KanoCategory.MUST_BE, high, low),
        (KanoCategory.INDIFFERENT, low, low),
    )
    return tuple(
        KanoQuadrant(
            category=category,
            horizontal=(0.0 + across[0] * horizontal, across[1] * horizontal),
            vertical=(up[0] * vertical, up[1] * vertical),
        )
        for category, across, up in parts
    )


def _point(requirement: Requirement, kind: KanoMapKind, level: float) -> KanoPoint | None:
    position, continuous = requirement.position, requirement.continuous
    better_worse = kind == "better-worse"
    across, up = (
        (position.worse, position.better) if better_worse else (continuous.dysfunctional, continuous.functional)
    )
    if across.value is None or up.value is None:
        return None
    found = position if better_worse else continuous
    covariance = position.region_covariance if better_worse else continuous.covariance
    ellipse = found.ellipse(level)
    return KanoPoint(
        requirement=requirement.name,
        segment=requirement.segment,
        horizontal=across.value,
        vertical=up.value,
        horizontal_interval=_interval(across),
        vertical_interval=_interval(up),
        covariance=covariance and _swapped(covariance),
        ellipse=None if ellipse is None else _turned(ellipse),
        quadrant=found.quadrant,
        quadrant_probabilities=found.quadrant_probabilities,
        category=requirement.category,
        probability=requirement.stability,
    )


def _turned(ellipse: Ellipse) -> Ellipse:
    """Swap the two coordinates: mirror at the diagonal."""
    return replace(ellipse, centre=ellipse.centre[::-1], angle=math.pi / 2.0 - ellipse.angle)


def _swapped(covariance: Covariance) -> Covariance:
    ((first, both), (_, second)) = covariance
    return (second, both), (both, first)


def _interval(estimate: Estimate) -> tuple[float, float] | None:
    return None if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)


def _row(point: KanoPoint) -> tuple[object, ...]:
    quadrant = None if point.quadrant is None else point.quadrant.value
    sure = None if quadrant is None or point.quadrant_probabilities is None else point.quadrant_probabilities[quadrant]
    return (
        point.requirement,
        point.segment,
        point.horizontal,
        *(point.horizontal_interval or (None, None)),
        point.vertical,
        *(point.vertical_interval or (None, None)),
        quadrant,
        sure,
        None if point.category is None else point.category.value,
        point.probability,
    )
