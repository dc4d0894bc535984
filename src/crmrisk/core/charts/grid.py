"""Tables as pictures: one shaded cell per row and column, its number written in it while numbers fit."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from crmrisk.core.charts.drawing import dress, new_axes
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["GridChart"]

_SHADES = "Blues"
_COLUMNS = 20  # beyond which numbers do not fit into cells
_ROWS = 40
_DARK = 0.55  # of the way to the darkest shade, where numbers turn white


@dataclass(frozen=True)
class GridChart:
    """Hold a table of numbers as data: what its rows and columns are, and a number per cell.

    Parameters
    ----------
    rows, columns
        What they are called, the first row to be drawn on top, the first column to the left.
    values
        The numbers, ``(n_rows, n_columns)``; NaN where there is none, which is drawn as nothing.
    title, x_label, y_label, value_label
        What the chart shows, what its columns and rows are, and what the numbers are, units in brackets.
    low, high
        The ends of each number's interval, likewise.
    percent
        Whether numbers are shares, to be written as percentages.

    Raises
    ------
    InvalidValueError
        If there is not one number per cell.

    Examples
    --------
    >>> chart = GridChart.of(
    ...     ["May", "June"],
    ...     [1, 2],
    ...     [[0.5, 0.25], [0.4, float("nan")]],
    ...     title="Retention",
    ...     x_label="months since",
    ...     y_label="cohort",
    ...     value_label="share active",
    ... )
    >>> chart.frame()
        row column  value
    0   May      1   0.50
    1   May      2   0.25
    2  June      1   0.40
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    title: str
    x_label: str
    y_label: str
    value_label: str = ""
    low: tuple[tuple[float, ...], ...] | None = None
    high: tuple[tuple[float, ...], ...] | None = None
    percent: bool = False

    def __post_init__(self) -> None:
        allowed = f"{len(self.rows)} rows of {len(self.columns)}"
        problems = [
            Problem(what="not one number per cell", where=f"GridChart.{name}", allowed=allowed)
            for name, cells in (("values", self.values), ("low", self.low), ("high", self.high))
            if cells is not None
            and (len(cells) != len(self.rows) or any(len(row) != len(self.columns) for row in cells))
        ]
        if problems:
            raise InvalidValueError(*problems)

    @classmethod
    def of(
        cls,
        rows: Sequence[object],
        columns: Sequence[object],
        values: ArrayLike,
        *,
        title: str,
        x_label: str,
        y_label: str,
        value_label: str = "",
        intervals: tuple[ArrayLike, ArrayLike] | None = None,
        percent: bool = False,
    ) -> Self:
        """Make a grid from names and numbers of any kind.

        Parameters
        ----------
        rows, columns, values, title, x_label, y_label, value_label, percent
            As for the chart.
        intervals
            Low and high ends, ``(n_rows, n_columns)`` each.

        Examples
        --------
        See `GridChart`.
        """
        low, high = (None, None) if intervals is None else (_cells(intervals[0]), _cells(intervals[1]))
        return cls(
            tuple(map(str, rows)),
            tuple(map(str, columns)),
            _cells(values),
            title,
            x_label,
            y_label,
            value_label=value_label,
            low=low,
            high=high,
            percent=percent,
        )

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per cell that has a number.

        Examples
        --------
        See `GridChart`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        held = {"value": self.values, "low": self.low, "high": self.high}
        columns = {name: np.ravel(cells) for name, cells in held.items() if cells is not None}
        names = {
            "row": np.repeat(np.array(self.rows, dtype=object), len(self.columns)),
            "column": np.tile(np.array(self.columns, dtype=object), len(self.rows)),
        }
        return pd.DataFrame({**names, **columns}).dropna(subset="value").reset_index(drop=True)

    def plot(self, ax: Any = None) -> Any:
        """Draw the grid with matplotlib (extra ``plot``): the darker, the more.

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
        >>> chart = GridChart.of(["a"], ["b"], [[0.5]], title="Shares", x_label="", y_label="", percent=True)
        >>> [text.get_text() for text in chart.plot(Figure().subplots()).texts]
        ['50']
        """
        axes = new_axes("GridChart.plot", size=self._size) if ax is None else ax
        from matplotlib.ticker import FuncFormatter  # noqa: PLC0415 - an extra

        below = f"\nin the cells: {self.value_label}" if self._numbered and self.value_label else ""
        dress(axes, title=self.title, x_label=self.x_label + below, y_label=self.y_label)
        axes.grid(visible=False)
        cells = np.array(self.values, dtype=np.float64).reshape(len(self.rows), len(self.columns))
        most = max(float(np.nanmax(cells, initial=0.0)), 1e-12)
        least = min(float(np.nanmin(cells, initial=0.0)), 0.0)
        shades = axes.imshow(np.ma.masked_invalid(cells), cmap=_SHADES, vmin=least, vmax=most, aspect="auto")
        if self._numbered:
            self._write(axes, (cells - least) / (most - least))
        else:
            written = FuncFormatter(lambda value, _: self._number(value))
            axes.get_figure().colorbar(shades, ax=axes, label=self.value_label, format=written)
        _name(axes.xaxis, self.columns, most=24)
        _name(axes.yaxis, self.rows, most=30)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        return axes

    @property
    def _numbered(self) -> bool:
        return len(self.columns) <= _COLUMNS and len(self.rows) <= _ROWS

    @property
    def _size(self) -> tuple[float, float]:
        if not self._numbered:
            return (9.0, 7.0)
        return (min(max(4.0, 2.2 + 0.5 * len(self.columns)), 12.0), min(max(2.5, 1.4 + 0.3 * len(self.rows)), 12.0))

    def _write(self, axes: Any, shade: FloatArray) -> None:
        for row, line in enumerate(self.values):
            for column, value in enumerate(line):
                if not np.isnan(value):
                    colour = "white" if shade[row, column] > _DARK else "0.15"
                    axes.text(column, row, self._number(value), ha="center", va="center", fontsize=8, color=colour)

    def _number(self, value: float) -> str:
        if self.percent:
            return f"{100 * value:.0f}"
        return f"{value:,.{self._decimals}f}"

    @property
    def _decimals(self) -> int:
        """How many decimals tell the largest number to three digits."""
        largest = float(np.nanmax(np.abs(self.values), initial=0.0))
        return max(0, 2 - floor(log10(largest))) if largest else 0


def _name(axis: Any, names: Sequence[str], *, most: int) -> None:
    """Name the places of an axis, every second or third of them where all would run into each other."""
    step = -(-len(names) // most) or 1
    axis.set_ticks(range(0, len(names), step), labels=names[::step])


def _cells(values: ArrayLike) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, np.asarray(values, dtype=np.float64).tolist()))
