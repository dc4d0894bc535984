"""Flows: how many customers went from which group to which, one column of groups per point in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from crmrisk.core.charts.drawing import COLOURS, new_axes
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

__all__ = ["FlowChart"]

_GAP = 0.03  # white space between groups of a column, as a share of its height
_GREY = "#c8c8c8"
_WIDTH = 0.12  # of a column of groups, as a share of the way to the next


class _Box(NamedTuple):
    """A piece of a column: where it begins, and how high it is."""

    bottom: float
    height: float


class _Ribbon(NamedTuple):
    """Customers on their way from a piece of one column to a piece of the next."""

    colour: str
    left: _Box
    right: _Box


@dataclass(frozen=True)
class FlowChart:
    """Hold a flow as data: how many went from where to where, step by step.

    Parameters
    ----------
    groups
        All groups, the one to be drawn on top first.
    steps
        The names of the points in time, two at least.
    flows
        For each step but the last: (source, target) to how many.
    title
        What the chart shows.
    unit
        What is counted.
    aside
        Groups to be drawn in grey: where customers come from or go to, not what the chart is about.

    Raises
    ------
    InvalidValueError
        If there are not one set of flows per step, a group is unknown, or a count negative.

    Examples
    --------
    >>> moves = {("gold", "silver"): 3, ("silver", "silver"): 7}
    >>> chart = FlowChart(("gold", "silver"), ("Q1", "Q2"), (moves,), "Tiers")
    >>> chart.frame()
      step  source  target  count
    0   Q1    gold  silver      3
    1   Q1  silver  silver      7
    """

    groups: tuple[str, ...]
    steps: tuple[str, ...]
    flows: tuple[Mapping[tuple[str, str], float], ...]
    title: str
    unit: str = "customers"
    aside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        if len(self.steps) < 2 or len(self.flows) != len(self.steps) - 1:
            got = f"{len(self.flows)} for {len(self.steps)} steps"
            problems.append(Problem(what="not one set of flows from each step to the next", where="flows", got=got))
        known, named = set(self.groups), {name for each in self.flows for pair in each for name in pair}
        if named - known:
            got = ", ".join(sorted(named - known))
            problems.append(Problem(what="unknown groups", where="flows", allowed=", ".join(self.groups), got=got))
        if any(not count >= 0 for each in self.flows for count in each.values()):
            problems.append(Problem(what="negative counts", where="flows", allowed=">= 0"))
        if problems:
            raise InvalidValueError(*problems)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per flow.

        Examples
        --------
        See `FlowChart`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        rows = [
            (step, source, target, count)
            for step, each in zip(self.steps, self.flows, strict=False)
            for (source, target), count in each.items()
        ]
        return pd.DataFrame(rows, columns=["step", "source", "target", "count"])

    def sizes(self, step: int) -> dict[str, float]:
        """Count who is in each group at a step.

        Parameters
        ----------
        step
            The place of the step, from 0.

        Examples
        --------
        >>> FlowChart(("a", "b"), ("1", "2"), ({("a", "b"): 3},), "").sizes(1)
        {'a': 0.0, 'b': 3.0}
        """
        side = 0 if step < len(self.flows) else 1
        flows = self.flows[min(step, len(self.flows) - 1)]
        sizes = dict.fromkeys(self.groups, 0.0)
        for pair, count in flows.items():
            sizes[pair[side]] += count
        return sizes

    def plot(self, ax: Any = None) -> Any:
        """Draw the flow with matplotlib (extra ``plot``): ribbons in the colour of where they come from.

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
        >>> FlowChart(("a", "b"), ("1", "2"), ({("a", "b"): 3},), "Moves").plot(Figure().subplots()).get_title()
        'Moves'
        """
        axes = new_axes("FlowChart.plot", size=(2.6 * len(self.steps) + 2.0, 5.0)) if ax is None else ax
        columns = [self._boxes(step) for step in range(len(self.steps))]
        for step, flows in enumerate(self.flows):
            for ribbon in self._ribbons(flows, columns[step], columns[step + 1]):
                _draw_ribbon(axes, step, ribbon)
        for step, boxes in enumerate(columns):
            self._draw_column(axes, step, boxes)
        axes.set(title=self.title, xlim=(-0.45, len(self.steps) - 0.55), ylim=(-0.08, 1.08))
        axes.set_axis_off()
        return axes

    def _boxes(self, step: int) -> dict[str, _Box]:
        sizes = self.sizes(step)
        total = sum(sizes.values()) or 1.0
        scale = (1.0 - _GAP * (len(self.groups) - 1)) / total
        boxes, top = {}, 1.0
        for name in self.groups:
            height = sizes[name] * scale
            boxes[name] = _Box(top - height, height)
            top -= height + _GAP
        return boxes

    def _ribbons(
        self, flows: Mapping[tuple[str, str], float], left: Mapping[str, _Box], right: Mapping[str, _Box]
    ) -> Iterator[_Ribbon]:
        leaving = {name: box.bottom + box.height for name, box in left.items()}
        coming = {name: box.bottom + box.height for name, box in right.items()}
        out, into = _totals(flows, self.groups)
        for source in self.groups:
            for target in self.groups:
                count = flows.get((source, target), 0.0)
                if not count:
                    continue
                here, there = (left[source].height * count / out[source], right[target].height * count / into[target])
                leaving[source] -= here
                coming[target] -= there
                yield _Ribbon(self._colour(source), _Box(leaving[source], here), _Box(coming[target], there))

    def _colour(self, name: str) -> str:
        return _GREY if name in self.aside else COLOURS[self.groups.index(name) % len(COLOURS)]

    def _draw_column(self, axes: Any, step: int, boxes: Mapping[str, _Box]) -> None:
        sizes = self.sizes(step)
        axes.text(step, 1.04, self.steps[step], ha="center", va="bottom", color="0.3")
        for name, box in boxes.items():
            if not box.height:
                continue
            axes.bar(step, box.height, _WIDTH, bottom=box.bottom, color=self._colour(name), linewidth=0, zorder=3)
            middle, count = box.bottom + box.height / 2, f"{sizes[name]:,.0f}"
            last = step == len(self.steps) - 1
            side, place = ("left", step + 0.09) if last else ("right", step - 0.09)
            words = f"{name}  {count}" if step == 0 or last else count
            axes.text(place, middle, words, ha=side, va="center", fontsize=8, color="0.2", zorder=4)


def _totals(flows: Mapping[tuple[str, str], float], groups: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    out, into = dict.fromkeys(groups, 0.0), dict.fromkeys(groups, 0.0)
    for (source, target), count in flows.items():
        out[source] += count
        into[target] += count
    return out, into


def _draw_ribbon(axes: Any, step: int, ribbon: _Ribbon) -> None:
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - an extra
    from matplotlib.path import Path  # noqa: PLC0415 - an extra

    x0, x1, middle = step + _WIDTH / 2, step + 1 - _WIDTH / 2, step + 0.5
    (y0, height0), (y1, height1) = ribbon.left, ribbon.right
    upper = [(x0, y0 + height0), (middle, y0 + height0), (middle, y1 + height1), (x1, y1 + height1)]
    lower = [(x1, y1), (middle, y1), (middle, y0), (x0, y0)]
    codes = [Path.MOVETO, *(Path.CURVE4,) * 3, Path.LINETO, *(Path.CURVE4,) * 3]
    axes.add_patch(PathPatch(Path([*upper, *lower], codes), facecolor=ribbon.colour, alpha=0.35, linewidth=0))
