"""What every drawing shares: new axes or a clear error, colours that can be told apart, labels that do not collide."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import MissingExtraError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COLOURS", "STYLES", "dress", "new_axes", "place_labels", "show_dates", "show_decades"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d31", "#56b4e9", "#595959", "#b8860b")
"""Colours that readers with any common colour vision can tell apart (after Okabe and Ito 2008)."""

STYLES = ("-", "--", "-.", ":")
"""Styles that tell lines apart without colour."""

_TITLE_WIDTH = 60
"""Characters of a title that fit above axes of the usual width; longer ones are wrapped."""

_SMALL = 3.0
"""The radius of a point without a size [point]."""

_OFFSETS = ((6, 6), (6, -12), (-6, 6), (-6, -12), (0, 12), (0, -18), (10, -3), (-10, -3), (0, 24), (0, -30))
"""Where a label may stand beside its point [point], the best place first."""


def new_axes(where: str, *, size: tuple[float, float] = (7.0, 4.5)) -> Any:
    """Make axes on a figure of their own.

    Parameters
    ----------
    where
        Who draws, for the error.
    size
        Width and height [inch].

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    See `Chart.plot`.
    """
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - an extra
    except ImportError:
        remedy = "pip install 'crmrisk[plot]'"
        raise MissingExtraError(Problem(what="drawing needs matplotlib", where=where, remedy=remedy)) from None
    return plt.subplots(figsize=size, layout="constrained")[1]


def show_decades(axes: Any) -> None:
    """Make heights logarithmic, with plain numbers at 1, 2 and 5 of each power of ten.

    Parameters
    ----------
    axes
        Axes of matplotlib.

    Examples
    --------
    See `PointChart.plot`.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator  # noqa: PLC0415 - an extra

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def show_dates(axis: Any) -> None:
    """Write dates as short as they can be told apart, and few enough not to collide.

    Parameters
    ----------
    axis
        An axis of matplotlib.

    Examples
    --------
    See `Chart.plot`.
    """
    from matplotlib import dates  # noqa: PLC0415 - an extra

    untyped: Any = dates
    locator = untyped.AutoDateLocator(maxticks=8)
    axis.set_major_locator(locator)
    axis.set_major_formatter(untyped.ConciseDateFormatter(locator))


def dress(axes: Any, *, title: str, x_label: str, y_label: str) -> None:
    """Say what is drawn, and take away the ink that says nothing.

    Parameters
    ----------
    axes
        Axes of matplotlib.
    title, x_label, y_label
        What the chart shows, and what its axes are.

    Examples
    --------
    See `Chart.plot`.
    """
    axes.set(title=fill(title, _TITLE_WIDTH), xlabel=x_label, ylabel=y_label)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=True, color="0.92")


def place_labels(
    axes: Any, names: Sequence[str], places: Sequence[tuple[float, float]], *, radii: Sequence[float] | None = None
) -> None:
    """Write each name beside its point, where it covers the least of names and points already there.

    Parameters
    ----------
    axes
        Axes of matplotlib, with their limits set.
    names
        The labels, one per point.
    places
        Where the points are.
    radii
        How large each is [point]; all are small unless given.

    Examples
    --------
    See `PointChart.plot`.
    """
    figure = axes.get_figure(root=True) if _takes_root(axes) else axes.figure
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else figure._get_renderer()  # noqa: SLF001 - a figure without a window has no public one
    occupied: list[Any] = []
    points = [axes.transData.transform(place) for place in places]
    for name, place, radius in zip(names, places, radii or [_SMALL] * len(names), strict=True):
        away = max(radius, _SMALL) / _SMALL - 1.0
        tried = [_label(axes, name, place, offset, away) for offset in _OFFSETS]
        boxes = [text.get_window_extent(renderer) for text in tried]
        costs = [_cost(box, occupied, points, axes.bbox) for box in boxes]
        best = costs.index(min(costs))
        for text in (text for number, text in enumerate(tried) if number != best):
            text.remove()
        occupied.append(boxes[best])


def _takes_root(axes: Any) -> bool:
    return "root" in axes.get_figure.__code__.co_varnames


def _label(axes: Any, name: str, place: tuple[float, float], offset: tuple[int, int], away: float) -> Any:
    side = "left" if offset[0] > 0 else "right" if offset[0] < 0 else "center"
    slant = _SMALL * away * (0.7 if all(offset) else 1.0)  # beyond the edge of a large point
    text = tuple(part + slant * ((part > 0) - (part < 0)) for part in offset)
    return axes.annotate(name, place, xytext=text, textcoords="offset points", ha=side, fontsize=8, color="0.2")


def _cost(box: Any, occupied: Sequence[Any], points: Sequence[Any], frame: Any) -> float:
    covered = sum(_overlap(box, other) for other in occupied)
    hidden = sum(box.contains(*point) for point in points)
    outside = box.width * box.height - _overlap(box, frame)
    return float(covered + 400.0 * hidden + outside)


def _overlap(one: Any, other: Any) -> float:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(max(width, 0.0) * max(height, 0.0))
