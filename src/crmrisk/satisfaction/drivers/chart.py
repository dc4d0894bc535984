"""Driver studies as charts: importance with its interval, and importance against performance with its ellipses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.charts import Chart, PointChart, Quadrants
from crmrisk.satisfaction.drivers.quadrants import Quadrant

if TYPE_CHECKING:
    from crmrisk.core.estimate import Estimate
    from crmrisk.satisfaction.drivers.importance_performance import ImportancePerformance, MappedDriver
    from crmrisk.satisfaction.drivers.records import DriverAnalysis

__all__ = ["drivers_chart", "map_chart"]

_CORNERS = (
    Quadrant.CONCENTRATE_HERE,
    Quadrant.KEEP_UP_THE_GOOD_WORK,
    Quadrant.LOW_PRIORITY,
    Quadrant.POSSIBLE_OVERKILL,
)
_SURE, _LIKELY = 0.95, 0.8


def drivers_chart(study: DriverAnalysis) -> Chart:
    """Draw up the chart of a driver study.

    Parameters
    ----------
    study
        The study.

    Examples
    --------
    See `DriverAnalysis.chart`.
    """
    ranked, total = study.ranked, study.r_squared.value
    found = [driver.importance for driver in ranked]
    bounded = any(each.low is not None for each in found)
    return Chart.of(
        [driver.name for driver in ranked],
        {"importance": _column(found, "value")},
        title=_finding(study),
        x_label="importance [part of R\u00b2]" + (_level(found) if bounded else ""),
        y_label="driver",
        kind="dot",
        marks={} if total is None else {"if all drivers were alike": total / len(ranked)},
        intervals={"importance": (_column(found, "low"), _column(found, "high"))} if bounded else None,
    )


def map_chart(found: ImportancePerformance) -> PointChart:
    """Draw up the chart of an importance-performance map.

    Parameters
    ----------
    found
        The map; the importance drawn is the derived one, where there is one.

    Examples
    --------
    See `ImportancePerformance.chart`.
    """
    drivers = sorted(found.drivers, key=lambda driver: -driver.certainty)
    derives = found.derived_cut is not None
    importance = [driver.derived if derives else driver.stated for driver in drivers]
    spreads = [driver.covariance for driver in drivers if driver.covariance is not None]
    cut = found.derived_cut if found.derived_cut is not None else found.stated_cut or 0.0
    return PointChart.of(
        [driver.name for driver in drivers],
        [driver.performance.value or 0.0 for driver in drivers],
        [each.value or 0.0 for each in importance if each is not None],
        title=_advice(found),
        x_label="performance [mean rating]",
        y_label="derived importance [part of R²]" if derives else "stated importance [mean rating]",
        groups=[_certainty(driver) for driver in drivers],
        group_label="same quadrant in resamples",
        covariance=spreads if len(spreads) == len(drivers) else None,
        level=drivers[0].performance.level,
        quadrants=Quadrants(found.performance_cut, cut, tuple(map(str, _CORNERS))),  # type: ignore[arg-type] # there are four corners
    )


def _column(estimates: list[Estimate], field: str) -> list[float]:
    values = (getattr(each, field) for each in estimates)
    return [np.nan if value is None else value for value in values]


def _level(estimates: list[Estimate]) -> str:
    return f", {100 * estimates[0].level:g} % interval"


def _finding(study: DriverAnalysis) -> str:
    leader, total = study.ranked[0], study.r_squared.value
    share = "" if total is None else f"; {len(study.drivers)} drivers explain {100 * total:.0f} % of its variance"
    ranks = leader.rank_probability
    sure = f", first in {100 * ranks[0]:.0f} % of resamples" if ranks else ""
    return f"What drives {study.outcome}: {leader.name} most{sure}{share}"


def _advice(found: ImportancePerformance) -> str:
    urgent = [driver for driver in found.drivers if driver.quadrant is Quadrant.CONCENTRATE_HERE]
    sure = sum(driver.certainty >= _SURE for driver in found.drivers)
    certain = all(driver.certainty >= _SURE for driver in urgent)
    names = ", ".join(driver.name for driver in urgent)
    first = (
        f"{'Concentrate' if certain else 'Perhaps concentrate'} on {names}" if urgent else "No driver to concentrate on"
    )
    return f"{first}; the quadrant is sure for {sure or 'none'} of {len(found.drivers)}"


def _certainty(driver: MappedDriver) -> str:
    if driver.certainty >= _SURE:
        return f"sure (at least {100 * _SURE:g} %)"
    if driver.certainty >= _LIKELY:
        return f"likely ({100 * _LIKELY:g} to {100 * _SURE:g} %)"
    return f"open (below {100 * _LIKELY:g} %)"
