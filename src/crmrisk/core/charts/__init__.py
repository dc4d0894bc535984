"""Charts as data first: every picture is a frame that can be tested, saved and handed to any other library.

- `Chart`: heights over a line of numbers or over names, with intervals.
- `PointChart`: named points on a map, with ellipses of uncertainty and named quadrants.
- `FlowChart`: how many went from where to where.
- `GridChart`: a table of shaded cells.

Each has `frame()` and `plot()`; only the latter needs matplotlib (extra ``plot``).
"""

from __future__ import annotations

from crmrisk.core.charts.chart import Chart
from crmrisk.core.charts.flow import FlowChart
from crmrisk.core.charts.grid import GridChart
from crmrisk.core.charts.points import PointChart, Quadrants

__all__ = ["Chart", "FlowChart", "GridChart", "PointChart", "Quadrants"]
