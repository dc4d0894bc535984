"""The Kano map as a chart: points in their ellipses, quadrants with their names, and how many are open in the title."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmrisk.core.charts import PointChart, Quadrants
from crmrisk.satisfaction.kano.table import KanoCategory

if TYPE_CHECKING:
    from crmrisk.satisfaction.kano.map import KanoMap, KanoPoint

__all__ = ["kano_chart"]

_CORNERS = (KanoCategory.ATTRACTIVE, KanoCategory.ONE_DIMENSIONAL, KanoCategory.INDIFFERENT, KanoCategory.MUST_BE)
_AXES = {
    "better-worse": ("worse: what its lack takes away [0 to -1]", "better: what having it adds [0 to 1]"),
    "continuous": ("mean worth of its lack [scale points]", "mean worth of having it [scale points]"),
}
_SURE = 0.95


def kano_chart(found: KanoMap) -> PointChart:
    """Draw up the chart of a Kano map.

    Parameters
    ----------
    found
        The map. Ellipses are drawn if every point has one.

    Examples
    --------
    See `KanoMap.chart`.
    """
    points = found.points
    regions = [point.covariance for point in points if point.covariance is not None]
    centres = [point.ellipse.centre for point in points if point.ellipse is not None]
    drawn = bool(points) and len(regions) == len(centres) == len(points)
    attractive = found.quadrants[0]
    cut = (attractive.horizontal[1], attractive.vertical[0])
    return PointChart.of(
        [_name(point) for point in points],
        [point.horizontal for point in points],
        [point.vertical for point in points],
        title=_finding(found),
        x_label=_AXES[found.kind][0],
        y_label=_AXES[found.kind][1],
        groups=[_words(point.category) for point in points],
        group_label="category",
        covariance=[(xx, yy, xy) for ((xx, xy), (_, yy)) in regions] if drawn else None,
        centres=centres if drawn else None,
        level=found.level,
        quadrants=Quadrants(*cut, tuple(map(_words, _CORNERS))),  # type: ignore[arg-type] # four names
        limits=(_ends([point.horizontal for point in points], cut[0]), _ends([p.vertical for p in points], cut[1])),
    )


def _words(category: KanoCategory | None) -> str:
    return "unrated" if category is None else category.value.replace("_", "-")


def _name(point: KanoPoint) -> str:
    return point.requirement if point.segment is None else f"{point.requirement} ({point.segment})"


def _ends(places: list[float], cut: float) -> tuple[float, float]:
    """Show the whole map, and beyond its origin what lies there."""
    beyond = min([0.0, *(place / cut for place in places)])
    return 1.05 * beyond * cut, 2.0 * cut


def _finding(found: KanoMap) -> str:
    counted = Counter(_words(point.category) for point in found.points)
    parts = [f"{counted[_words(each)]} {_words(each)}" for each in (*KanoCategory, None) if counted[_words(each)]]
    unsure = [_name(point) for point in found.points if point.probability is None or point.probability < _SURE]
    title = f"Kano map: {', '.join(parts)}" if parts else "Kano map: nothing rated"
    if not unsure:
        return title
    who = ", ".join(unsure) if len(unsure) < 4 else f"{len(unsure)} of {len(found.points)}"  # more names fill a line
    return f"{title}; open (P below {100 * _SURE:g} %): {who}"
