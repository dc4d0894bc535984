"""Charts of heights: lines over numbers, bars over groups, waves of a survey, dots with their intervals.

Nothing here imports a plotting library until `Chart.plot` is asked to draw, so every chart can be tested, saved and
handed to any other library as the frame it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.charts.drawing import COLOURS, STYLES, dress, new_axes, show_dates
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["Chart", "ChartKind"]

ChartKind: TypeAlias = Literal["line", "bar", "wave", "dot"]
"""Lines over numbers, bars over groups, points of a survey over time, or dots beside names, largest first as given."""

_LINE = 90  # characters of names that fit below axes of the usual width

KINDS: tuple[str, ...] = get_args(ChartKind)


class _Line(NamedTuple):
    """The points of one series: where, how high, and between which ends."""

    places: list[Any]
    heights: list[Any]
    low: list[Any]
    high: list[Any]
    times: list[Any]


@dataclass(frozen=True)
class Chart:
    """Hold a chart as data: one row per point, and which column is which axis.

    Parameters
    ----------
    data
        Column to its values, one per point.
    x, y, series
        The columns on the axes, and the one that tells the lines or bars apart.
    title
        What the chart shows.
    x_label, y_label
        What the axes say, units in brackets.
    kind
        Lines over numbers, bars over groups, waves or dots.
    marks
        Places on the x axis worth a line of their own, by what they are.
    low, high
        The columns with the ends of each point's interval, where there are any.
    time
        The column that says where waves stand, so that a gap shows; one after the other without.

    Raises
    ------
    InvalidValueError
        If a column that is to be drawn is not there, columns differ in length, or the kind is unknown.

    Examples
    --------
    >>> chart = Chart.of([1, 2], {"actual": [3.0, 4.0]}, title="Purchases", x_label="time [week]", y_label="purchases")
    >>> chart.frame()
       x  series    y
    0  1  actual  3.0
    1  2  actual  4.0
    """

    data: Mapping[str, tuple[Any, ...]]
    x: str
    y: str
    series: str
    title: str
    x_label: str
    y_label: str
    kind: ChartKind = "line"
    marks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    low: str | None = None
    high: str | None = None
    time: str | None = None

    def __post_init__(self) -> None:
        drawn = {"x": self.x, "y": self.y, "series": self.series, "low": self.low, "high": self.high}
        drawn |= {"time": self.time}
        problems = [
            Problem(what="no such column", where=f"Chart.{axis}", allowed=", ".join(self.data), got=repr(name))
            for axis, name in drawn.items()
            if name is not None and name not in self.data
        ]
        if self.kind not in KINDS:
            what, got = "no such kind of chart", repr(self.kind)[:100]
            problems.append(Problem(what=what, where="Chart.kind", allowed=", ".join(KINDS), got=got))
        if len({len(values) for values in self.data.values()}) > 1:
            problems.append(Problem(what="columns differ in length", where="Chart.data"))
        if problems:
            raise InvalidValueError(*problems)

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        series: Mapping[str, ArrayLike],
        *,
        title: str,
        x_label: str,
        y_label: str,
        kind: ChartKind = "line",
        marks: Mapping[str, float] | None = None,
        intervals: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
        times: ArrayLike | None = None,
    ) -> Chart:
        """Put several columns over one into the form of a chart.

        Parameters
        ----------
        x
            Where the points are, ``(n_points,)``.
        series
            What they are called to their heights, ``(n_points,)`` each.
        title, x_label, y_label, kind, marks
            As for the chart.
        intervals
            Series to the low and high ends of its points, ``(n_points,)`` each; NaN where there are none.
        times
            Where waves stand, ``(n_points,)``.

        Examples
        --------
        See `Chart`.
        """
        places = np.asarray(x).tolist()
        data = {
            "x": tuple(place for _ in series for place in places),
            "series": tuple(name for name in series for _ in places),
            "y": tuple(value for values in series.values() for value in np.asarray(values).tolist()),
        }
        if times is not None:
            data["time"] = tuple(np.asarray(times, dtype=np.float64).tolist() * len(series))
        nothing = np.full(len(places), np.nan)
        for number, end in enumerate(("low", "high") if intervals else ()):
            ends = ((intervals or {}).get(name, (nothing, nothing))[number] for name in series)
            data[end] = tuple(value for values in ends for value in np.asarray(values, dtype=np.float64).tolist())
        given: dict[str, Any] = {"title": title, "x_label": x_label, "y_label": y_label, "kind": kind}
        given |= {"low": "low", "high": "high"} if intervals else {}
        given |= {} if times is None else {"time": "time"}
        where = MappingProxyType(dict(marks or {}))
        return cls(MappingProxyType(data), "x", "y", "series", marks=where, **given)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per point.

        Examples
        --------
        See `Chart`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({name: list(values) for name, values in self.data.items()})

    def lines(self) -> dict[str, tuple[list[Any], list[Any]]]:
        """Return the points of each line or group of bars: where, and how high.

        Examples
        --------
        >>> Chart.of([1, 2], {"a": [3, 4]}, title="", x_label="", y_label="").lines()
        {'a': ([1, 2], [3, 4])}
        """
        return {name: (line.places, line.heights) for name, line in self._lines().items()}

    def _lines(self) -> dict[str, _Line]:
        nothing = (np.nan,) * len(self.data[self.series])
        low, high = (nothing if name is None else self.data[name] for name in (self.low, self.high))
        found: dict[str, _Line] = {}
        times = nothing if self.time is None else self.data[self.time]
        columns = (self.data[self.series], self.data[self.x], self.data[self.y], low, high, times)
        for name, *point in zip(*columns, strict=True):
            line = found.setdefault(name, _Line([], [], [], [], []))
            for held, value in zip(line, point, strict=True):
                held.append(value)
        return found

    def plot(self, ax: Any = None) -> Any:
        """Draw the chart with matplotlib (extra ``plot``).

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
        >>> chart = Chart.of([1, 2], {"a": [3, 4]}, title="", x_label="time [week]", y_label="")
        >>> chart.plot(Figure().subplots()).get_xlabel()
        'time [week]'
        """
        axes = new_axes("Chart.plot") if ax is None else ax
        dress(axes, title=self.title, x_label=self.x_label, y_label=self.y_label)
        lines = self._lines()
        _DRAW[self.kind](axes, lines)
        marks = [axes.axvline(place, color="0.4", linestyle=":", label=name) for name, place in self.marks.items()]
        if len(lines) > 1 or marks:
            # dots come largest first, so the corner below the last and to the right of it is free
            place = "lower right" if self.kind == "dot" else "best"
            axes.legend(handles=marks if len(lines) == 1 else None, frameon=False, loc=place)
        return axes


def _draw_lines(axes: Any, lines: Mapping[str, _Line]) -> None:
    for number, (name, line) in enumerate(lines.items()):
        colour, style = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
        axes.plot(line.places, line.heights, style, color=colour, label=name)
        axes.fill_between(line.places, line.low, line.high, color=colour, alpha=0.15, linewidth=0)
        if any(isinstance(place, date) for place in line.places):
            show_dates(axes.xaxis)


def _draw_bars(axes: Any, lines: Mapping[str, _Line]) -> None:
    width = 0.8 / len(lines)
    for number, (name, line) in enumerate(lines.items()):
        middle = np.arange(len(line.places)) + (number - (len(lines) - 1) / 2) * width
        ends = {"yerr": _lengths(line), "ecolor": "0.3", "capsize": 2} if _bounded(line) else {}
        axes.bar(middle, line.heights, width, label=name, color=COLOURS[number % len(COLOURS)], **ends)
        _name_places(axes, np.arange(len(line.places)), line.places)


def _draw_waves(axes: Any, lines: Mapping[str, _Line]) -> None:
    for number, (name, line) in enumerate(lines.items()):
        colour, shift = COLOURS[number % len(COLOURS)], (number - (len(lines) - 1) / 2) * 0.06
        counted = np.arange(len(line.places), dtype=np.float64)
        places = np.where(np.isnan(line.times), counted, line.times)
        axes.errorbar(places + shift, line.heights, yerr=_lengths(line), fmt="o-", color=colour, capsize=3, label=name)
        _name_places(axes, places, line.places)


def _draw_dots(axes: Any, lines: Mapping[str, _Line]) -> None:
    for number, (name, line) in enumerate(lines.items()):
        colour, shift = COLOURS[number % len(COLOURS)], (number - (len(lines) - 1) / 2) * 0.2
        rows = np.arange(len(line.places)) + shift
        axes.errorbar(line.heights, rows, xerr=_lengths(line), fmt="o", color=colour, capsize=3, label=name)
        axes.set_yticks(np.arange(len(line.places)), labels=[str(place) for place in line.places])
    axes.invert_yaxis()


def _name_places(axes: Any, places: Any, given: list[Any]) -> None:
    """Write what stands where, upright where the names would run into each other."""
    names = [str(place) for place in given]
    gaps = np.diff(np.sort(places))
    columns = 1.0 + np.ptp(places) / gaps.min() if gaps.size and gaps.min() > 0.0 else 1.0
    upright = columns * (max(map(len, names), default=0) + 2) > _LINE
    axes.set_xticks(places, labels=names, rotation=90 if upright else 0)
    if names:
        axes.set_xlim(min(places) - 0.5, max(places) + 0.5)


def _bounded(line: _Line) -> bool:
    return not all(np.isnan(end) for end in line.low)


def _lengths(line: _Line) -> Any:
    heights = np.asarray(line.heights, dtype=np.float64)
    return np.nan_to_num([heights - line.low, np.asarray(line.high) - heights])


_DRAW = {"line": _draw_lines, "bar": _draw_bars, "wave": _draw_waves, "dot": _draw_dots}
