"""The net promoter score over time as a chart: in points, with a title that says what can be told apart from chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.charts import Chart

if TYPE_CHECKING:
    from crmrisk.satisfaction.net_promoter_history import NetPromoterWave, NetPromoterWaves

__all__ = ["waves_chart"]

_POINTS = 100.0  # the field speaks of scores from -100 to 100


def waves_chart(waves: NetPromoterWaves) -> Chart:
    """Draw up the chart of a score over time.

    Parameters
    ----------
    waves
        The waves; those without answers keep their place.

    Examples
    --------
    See `NetPromoterWaves.chart`.
    """
    name = "net promoter score"
    ends = ([_points(wave, end) for wave in waves] for end in ("low", "high"))
    level = waves[0].estimate.level if len(waves) else 0.95
    return Chart.of(
        list(waves.labels),
        {name: _POINTS * waves.values},
        title=_finding(waves),
        x_label="wave of the survey",
        y_label=f"net promoter score [points], {100 * level:g} % interval",
        kind="wave",
        intervals={name: (next(ends), next(ends))},
        times=waves.times,
    )


def _points(wave: NetPromoterWave, end: str) -> float:
    value = getattr(wave.estimate, end)
    return np.nan if value is None else _POINTS * value


def _finding(waves: NetPromoterWaves) -> str:
    rated = [wave for wave in waves if wave.estimate.value is not None]
    if len(rated) < 2:  # nothing to compare
        return "Net promoter score"
    two = len(rated) == 2  # a line through two points is their difference
    found = rated[-1].change if two else waves.trend
    value = None if found is None else found.difference.value
    span = f"from {rated[0].name} to {rated[-1].name}"
    if found is None or value is None or found.verdict == "not distinguishable yet":
        return f"Net promoter score: a change {span} cannot be told from chance yet"
    direction = "rose" if found.verdict == "higher" else "fell"
    return f"Net promoter score {direction} by {abs(_POINTS * value):.1f} points{'' if two else ' per wave'} {span}"
