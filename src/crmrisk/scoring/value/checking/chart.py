"""Charts as data first: what is drawn, which column is which axis, what the axes say; drawing is one call, elsewhere.

Nothing here imports a plotting library until `Chart.plot` is asked to draw, so every chart can be tested, saved and
handed to any other library as the frame it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from crmrisk.core.errors import InvalidValueError, MissingExtraError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["Chart"]

KINDS = ("line", "bar")


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
        Lines over numbers, or bars over groups.
    marks
        Places on the x axis worth a line of their own, by what they are.

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
    kind: Literal["line", "bar"] = "line"
    marks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        drawn = {"x": self.x, "y": self.y, "series": self.series}
        problems = [
            Problem(what="no such column", where=f"Chart.{axis}", allowed=", ".join(self.data), got=repr(name))
            for axis, name in drawn.items()
            if name not in self.data
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
        kind: Literal["line", "bar"] = "line",
        marks: Mapping[str, float] | None = None,
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

        Examples
        --------
        See `Chart`.
        """
        places = np.asarray(x).tolist()
        heights = {name: np.asarray(values).tolist() for name, values in series.items()}
        data = {
            "x": tuple(place for _ in heights for place in places),
            "series": tuple(name for name in heights for _ in places),
            "y": tuple(value for values in heights.values() for value in values),
        }
        where = MappingProxyType(dict(marks or {}))
        return cls(MappingProxyType(data), "x", "y", "series", title, x_label, y_label, kind, where)

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
        found: dict[str, tuple[list[Any], list[Any]]] = {}
        rows = zip(self.data[self.series], self.data[self.x], self.data[self.y], strict=True)
        for name, place, height in rows:
            places, heights = found.setdefault(name, ([], []))
            places.append(place)
            heights.append(height)
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
        axes = _new_axes() if ax is None else ax
        _bars(axes, self.lines()) if self.kind == "bar" else _lines(axes, self.lines())
        for name, place in self.marks.items():
            axes.axvline(place, color="0.5", linestyle=":", label=name)
        axes.set(title=self.title, xlabel=self.x_label, ylabel=self.y_label)
        axes.legend()
        return axes


STYLES = ("-", "--", "-.", ":")


def _lines(axes: Any, lines: Mapping[str, tuple[list[Any], list[Any]]]) -> None:
    for number, (name, (places, heights)) in enumerate(lines.items()):
        axes.plot(places, heights, STYLES[number % len(STYLES)], label=name)


def _bars(axes: Any, lines: Mapping[str, tuple[list[Any], list[Any]]]) -> None:
    width = 0.8 / len(lines)
    labels: Sequence[Any] = []
    for number, (name, (places, heights)) in enumerate(lines.items()):
        labels = places
        middle = (number - (len(lines) - 1) / 2) * width
        axes.bar(np.arange(len(places)) + middle, heights, width, label=name)
    axes.set_xticks(np.arange(len(labels)), labels=[str(label) for label in labels])


def _new_axes() -> Any:
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError(
            Problem(what="drawing needs matplotlib", where="Chart.plot", remedy="pip install 'crmrisk[plot]'")
        ) from None
    return plt.subplots()[1]
