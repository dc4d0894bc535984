"""Maps: named points on two axes, with ellipses of uncertainty and quadrants that have names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from crmrisk.core.charts.drawing import COLOURS, dress, new_axes, place_labels, show_decades
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["PointChart", "Quadrants"]


class Quadrants(NamedTuple):
    """Say where a map is cut, and what its four parts are called.

    Parameters
    ----------
    x, y
        Where the lines are.
    names
        The parts: low x and high y, both high, both low, high x and low y.

    Examples
    --------
    >>> Quadrants(0.5, 0.5, ("attractive", "one-dimensional", "indifferent", "must-be")).names[3]
    'must-be'
    """

    x: float
    y: float
    names: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True)
class PointChart:
    """Hold a map as data: one row per point.

    Parameters
    ----------
    names
        What the points are, ``(n_points,)``.
    x, y
        Where they are, ``(n_points,)``.
    title, x_label, y_label
        What the chart shows, and what its axes are, units in brackets.
    groups
        What each point's colour stands for, ``(n_points,)``; one colour without.
    group_label
        What the groups are, above their names.
    covariance
        The variance of x, the variance of y and their covariance, ``(n_points, 3)``, for the ellipses.
    level
        The probability of an ellipse, if x and y are jointly normal.
    centres
        Where the ellipses lie, ``(n_points, 2)``, as regions of few answers lie a little inwards; the points without.
    sizes
        What the area of a point stands for, ``(n_points,)``, not negative.
    quadrants
        Where the map is cut.
    limits
        The ends of both axes, ``((x0, x1), (y0, y1))``; whatever holds the points without.
    decades
        Whether heights, all above 0, are drawn on a logarithmic axis.

    Raises
    ------
    InvalidValueError
        If columns differ in length, a place, variance or size is not a finite number, or a logarithmic height is not
        above 0.

    Examples
    --------
    >>> chart = PointChart.of(["wifi", "app"], [0.46, 0.49], [0.21, 0.12], title="", x_label="better", y_label="worse")
    >>> chart.frame()
       name     x     y
    0  wifi  0.46  0.21
    1   app  0.49  0.12
    """

    names: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    title: str
    x_label: str
    y_label: str
    groups: tuple[str, ...] | None = None
    group_label: str = ""
    covariance: tuple[tuple[float, float, float], ...] | None = None
    level: float = 0.95
    centres: tuple[tuple[float, float], ...] | None = None
    sizes: tuple[float, ...] | None = None
    quadrants: Quadrants | None = None
    limits: tuple[tuple[float, float], tuple[float, float]] | None = None
    decades: bool = False

    def __post_init__(self) -> None:
        columns: dict[str, Any] = {
            "x": self.x,
            "y": self.y,
            "groups": self.groups,
            "covariance": self.covariance,
            "sizes": self.sizes,
        }
        columns |= {"centres": self.centres}
        held = {name: column for name, column in columns.items() if column is not None}
        problems = [
            Problem(what="length differs from names", where=f"PointChart.{k}", allowed=str(len(self.names)), got=str(n))
            for k, n in ((name, len(column)) for name, column in held.items())
            if n != len(self.names)
        ]
        problems += [
            Problem(what="not finite numbers", where=f"PointChart.{name}")
            for name, column in held.items()
            if name != "groups" and not np.isfinite(np.asarray(column, dtype=np.float64)).all()
        ]
        if self.decades and not all(height > 0.0 for height in self.y):
            problems.append(Problem(what="no logarithm", where="PointChart.y", allowed="> 0 with decades"))
        if not 0.0 < self.level < 1.0:
            problems.append(Problem(what="no probability", where="PointChart.level", got=str(self.level)))
        if problems:
            raise InvalidValueError(*problems)

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        x: ArrayLike,
        y: ArrayLike,
        *,
        title: str,
        x_label: str,
        y_label: str,
        groups: Sequence[str] | None = None,
        group_label: str = "",
        covariance: ArrayLike | None = None,
        level: float = 0.95,
        centres: ArrayLike | None = None,
        sizes: ArrayLike | None = None,
        quadrants: Quadrants | None = None,
        limits: tuple[tuple[float, float], tuple[float, float]] | None = None,
        decades: bool = False,
    ) -> Self:
        """Make a map from columns of any kind.

        Parameters
        ----------
        names, x, y, title, x_label, y_label, groups, group_label, covariance, level, centres, sizes, quadrants
            As for the chart.
        limits, decades
            As for the chart.

        Examples
        --------
        See `PointChart`.
        """
        return cls(
            tuple(names),
            _numbers(x),
            _numbers(y),
            title,
            x_label,
            y_label,
            groups=None if groups is None else tuple(groups),
            group_label=group_label,
            covariance=_rows(covariance),
            level=level,
            centres=_rows(centres),
            sizes=None if sizes is None else _numbers(sizes),
            quadrants=quadrants,
            limits=limits,
            decades=decades,
        )

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per point.

        Examples
        --------
        See `PointChart`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        frame = pd.DataFrame({"name": self.names, "x": self.x, "y": self.y})
        if self.groups is not None:
            frame["group"] = self.groups
        if self.sizes is not None:
            frame["size"] = self.sizes
        if self.covariance is not None:
            frame[["variance_x", "variance_y", "covariance"]] = np.array(self.covariance)
        return frame

    def ellipse(self, name: str, *, corners: int = 64) -> FloatArray:
        """Return the outline of a point's ellipse, ``(corners, 2)``.

        The set of places whose squared Mahalanobis distance is ``-2 log(1 - level)``, the quantile of a chi-squared
        distribution with two degrees of freedom.

        Parameters
        ----------
        name
            The point.
        corners
            How many places of the outline.

        Raises
        ------
        InvalidValueError
            If there is no such point, or no covariance.

        Examples
        --------
        >>> chart = PointChart.of(
        ...     ["a"], [0], [0], covariance=[[1, 4, 0]], level=0.5, title="", x_label="", y_label=""
        ... )
        >>> chart.ellipse("a").max(axis=0).round(2)
        array([1.18, 2.35])
        """
        if self.covariance is None or name not in self.names:
            allowed = ", ".join(self.names) if self.covariance is not None else "a chart with covariance"
            raise InvalidValueError(Problem(what="no such ellipse", where=repr(name), allowed=allowed))
        row = self.names.index(name)
        variance_x, variance_y, covariance = self.covariance[row]
        values, vectors = np.linalg.eigh(np.array([[variance_x, covariance], [covariance, variance_y]]))
        radius = np.sqrt(-2.0 * np.log1p(-self.level) * np.maximum(values, 0.0))
        angle = np.linspace(0.0, 2.0 * np.pi, corners)
        circle = np.column_stack([np.cos(angle), np.sin(angle)]) * radius
        centre = (self.x[row], self.y[row]) if self.centres is None else self.centres[row]
        outline: FloatArray = np.array(centre) + circle @ vectors.T
        return outline

    def plot(self, ax: Any = None) -> Any:
        """Draw the map with matplotlib (extra ``plot``).

        Parameters
        ----------
        ax
            The axes to draw on; a new figure unless given.

        Returns
        -------
        The axes.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.

        Examples
        --------
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):  # older releases warn of their own parts
        ...     from matplotlib.figure import Figure
        >>> chart = PointChart.of(["a"], [0.2], [0.1], title="Map", x_label="better", y_label="worse")
        >>> chart.plot(Figure().subplots()).get_title()
        'Map'
        """
        axes = new_axes("PointChart.plot", size=(7.5, 6.0)) if ax is None else ax
        dress(axes, title=self.title, x_label=self.x_label, y_label=self.y_label)
        kinds = dict.fromkeys(self.groups or ("",) * len(self.names))
        for number, kind in enumerate(kinds):
            self._draw_group(axes, kind, COLOURS[number % len(COLOURS)])
        if self.decades:
            show_decades(axes)
        if self.limits is not None:
            axes.set(xlim=self.limits[0], ylim=self.limits[1])
        if self.quadrants is not None:
            _draw_quadrants(axes, self.quadrants)
        if self.covariance is not None:
            axes.fill([], [], color="0.5", alpha=0.25, linewidth=0, label=f"{100 * self.level:g} % ellipse")
        if self.names and (self.groups is not None or self.covariance is not None):
            _draw_legend(axes, self.group_label)
        radii = [area**0.5 / 2.0 for area in self._areas]
        place_labels(axes, self.names, list(zip(self.x, self.y, strict=True)), radii=radii)
        return axes

    @property
    def _areas(self) -> list[float]:
        if self.sizes is None:
            return [36.0] * len(self.names)
        largest = max(self.sizes, default=1.0) or 1.0
        return [20.0 + 900.0 * size / largest for size in self.sizes]

    def _draw_group(self, axes: Any, kind: str, colour: str) -> None:
        rows = [row for row in range(len(self.names)) if self.groups is None or self.groups[row] == kind]
        areas = [self._areas[row] for row in rows]
        x, y = [self.x[row] for row in rows], [self.y[row] for row in rows]
        axes.scatter(x, y, s=areas, color=colour, label=kind or None, alpha=0.85, linewidth=0, zorder=3)
        for row in rows if self.covariance is not None else ():
            axes.fill(*self.ellipse(self.names[row]).T, color=colour, alpha=0.15, linewidth=0)


def _draw_legend(axes: Any, title: str) -> None:
    beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)}
    axes.legend(frameon=False, fontsize=8, title=title or None, title_fontsize=8, alignment="left", **beside)


def _draw_quadrants(axes: Any, quadrants: Quadrants) -> None:
    axes.axvline(quadrants.x, color="0.5", linewidth=1)
    axes.axhline(quadrants.y, color="0.5", linewidth=1)
    corners = ((0.01, 0.99, "left", "top"), (0.99, 0.99, "right", "top"), (0.01, 0.01, "left", "bottom"))
    for name, (x, y, side, end) in zip(quadrants.names, (*corners, (0.99, 0.01, "right", "bottom")), strict=True):
        axes.text(x, y, name, transform=axes.transAxes, ha=side, va=end, color="0.45", style="italic")


def _rows(table: ArrayLike | None) -> Any:
    return None if table is None else tuple(map(tuple, np.asarray(table, dtype=np.float64).tolist()))


def _numbers(values: ArrayLike) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=np.float64).tolist())
