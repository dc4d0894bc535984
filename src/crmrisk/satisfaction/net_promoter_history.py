"""The net promoter score over time: every wave with its interval, its change from the one before, and the trend.

Values, standard errors and numbers of answers come out as plain series, which control charts and alerts can take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.comparison import Comparison, normal_comparison
from crmrisk.satisfaction.effective_counts import named_counts
from crmrisk.satisfaction.net_promoter_chart import waves_chart
from crmrisk.satisfaction.net_promoter_comparison import compare_effective_counts
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS, NpsBreaks, NpsCounts
from crmrisk.satisfaction.net_promoter_intervals import adjusted_net_promoter
from crmrisk.satisfaction.net_promoter_sample import checked_counts
from crmrisk.satisfaction.net_promoter_split import SurveyPart, part_of_counts, split_survey
from crmrisk.satisfaction.wave_periods import Period, WaveLabels, labelled_waves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike
    from pandas import DataFrame

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.charts import Chart
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.net_promoter import NetPromoterMethod
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["NetPromoterWave", "NetPromoterWaves", "net_promoter_waves"]


@dataclass(frozen=True, config=VALUE)
class NetPromoterWave(Value):
    """Hold one wave of a survey.

    Parameters
    ----------
    name
        The wave.
    estimate
        Its score.
    change
        This wave minus the last one before that has answers; ``None`` for the first.
    time
        Where it stands on the axis of time, in waves or periods since the first.

    Examples
    --------
    >>> print(NetPromoterWave("2018", Estimate(value=0.31, low=0.28, high=0.34, method="score", n=2650)))
    2018: 0.31 [0.28, 0.34] (95 % score, n 2650)
    """

    name: str
    estimate: Estimate
    change: Comparison | None = None
    time: float = 0.0

    def __str__(self) -> str:
        return f"{self.name}: {self.estimate}" + ("" if self.change is None else f"; {self.change}")


@dataclass(frozen=True, config=VALUE)
class NetPromoterWaves(Value):
    """Hold a net promoter score over time.

    Parameters
    ----------
    waves
        The waves in order.
    trend
        The slope per wave or period, with its verdict: ``"higher"`` says that the score rises.

    Examples
    --------
    >>> found = net_promoter_waves(["2017", "2018", "2018"], [10, 9, 3])
    >>> found.labels, found.values.tolist()
    (('2017', '2018'), [1.0, 0.0])
    """

    waves: tuple[NetPromoterWave, ...]
    trend: Comparison

    def __len__(self) -> int:
        return len(self.waves)

    def __iter__(self) -> Iterator[NetPromoterWave]:
        return iter(self.waves)

    def __getitem__(self, place: int) -> NetPromoterWave:
        return self.waves[place]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the waves."""
        return tuple(wave.name for wave in self.waves)

    @property
    def times(self) -> FloatArray:
        """Where each wave stands, in waves or periods since the first, ``(n_waves,)``."""
        return np.array([wave.time for wave in self.waves])

    @property
    def values(self) -> FloatArray:
        """The scores, ``(n_waves,)``; NaN where a wave has no answers."""
        return self._column("value")

    @property
    def standard_errors(self) -> FloatArray:
        """Their standard errors, ``(n_waves,)``."""
        return self._column("standard_error")

    @property
    def n(self) -> FloatArray:
        """Answers of each wave, ``(n_waves,)``."""
        return self._column("n")

    def frame(self) -> DataFrame:
        """Return the waves as a table.

        Returns
        -------
        One row per wave: wave, time, value, standard_error, low, high, n, effective_n, change, change_low, change_high,
        change_p_value, verdict.
        """
        from pandas import DataFrame  # noqa: PLC0415 - pandas takes long to import

        return DataFrame([_row(wave) for wave in self.waves], columns=_COLUMNS)

    def chart(self) -> Chart:
        """Return the picture of the waves as data, in points from -100 to 100, each with its interval.

        Examples
        --------
        >>> waves = net_promoter_waves([2017] * 90 + [2018] * 90, [10] * 60 + [3] * 30 + [10] * 30 + [3] * 60)
        >>> waves.chart().title
        'Net promoter score fell by 66.7 points from 2017 to 2018'
        """
        return waves_chart(self)

    def __str__(self) -> str:
        return "\n".join([*(str(wave) for wave in self.waves), f"trend per wave: {self.trend}"])

    def _column(self, field: str) -> FloatArray:
        entries = [getattr(wave.estimate, field) for wave in self.waves]
        return np.array([np.nan if each is None else each for each in entries], dtype=np.float64)


def net_promoter_waves(
    at: ArrayLike | None = None,
    answers: ArrayLike | None = None,
    *,
    counts: Mapping[Any, Sequence[float]] | None = None,
    period: Period | None = None,
    order: Sequence[Any] | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: NetPromoterMethod = "score",
    level: float = 0.95,
    missing: Missing = "error",
) -> NetPromoterWaves:
    """Estimate the net promoter score of each wave, its changes and its trend.

    Each wave is compared with the last one before it that has answers, as `compare_net_promoter` does: new minus old,
    so ``"higher"`` says that the score rose. The trend is the slope of the line through adjusted Wald scores, weighted
    by their precision. Where waves scatter about the line by more than their sampling error, its standard error grows
    by as much.

    Parameters
    ----------
    at
        When each answer was given: dates with a ``period``, or names of waves, ``(n_answers,)``.
    answers
        One answer per row, ``(n_answers,)``.
    counts
        Instead of both: wave or date to its detractors, passives and promoters; those of one period are added up.
    period
        ``"month"``, ``"quarter"`` or ``"year"`` makes waves of dates; periods without answers are not listed, but leave
        their gap in ``times``.
    order
        Names of the waves in order, where neither numbers nor the alphabet give it.
    weights, strata, clusters, population
        How the answers were drawn, as for `net_promoter_score`; every wave is a sample of its own. The same customers
        in two waves are better compared by `compare_paired_net_promoter`.
    breaks
        Which answers detract, are passive and promote.
    method, level
        The intervals of the scores, as for `net_promoter_score`.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out and says how many in the warnings.

    Returns
    -------
    The waves.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, dates or waves missing or unreadable, or columns of different length.
    InvalidValueError
        If a setting is not valid, or neither or both of answers with their waves and counts are given.

    References
    ----------
    Birge, R. T. (1932). The calculation of errors by the method of least squares. *Physical Review* 40.

    Examples
    --------
    >>> dates = ["2025-01-10"] * 40 + ["2025-05-02"] * 40
    >>> waves = net_promoter_waves(dates, [10] * 10 + [8] * 20 + [3] * 10 + [9] * 25 + [7] * 15, period="quarter")
    >>> print(waves[1].change)
    higher: 0.625 [0.3177, 0.8451] (95 % adjusted wald, n 80), p 1.5e-05
    >>> print(net_promoter_waves(counts={2017: (50, 30, 20), 2018: (40, 30, 30)})[1].change.verdict)
    not distinguishable yet
    """
    design = Design(weights, strata, clusters, population)
    _check_source(at, answers, counts, design)
    labels = labelled_waves(_keys(counts) if at is None else at, period=period, order=order)
    if counts is not None:
        parts = _counted(counts, labels, method, level)
    else:
        refuse_other_order(answers=answers, at=at, weights=weights, strata=strata, clusters=clusters)
        settings = {"breaks": breaks, "method": method, "level": level, "missing": missing, "where": "at"}
        parts = split_survey(cast("Any", answers), labels.wave, design=design, **cast("Any", settings))
    waves: list[NetPromoterWave] = []
    before: SurveyPart | None = None
    for part in parts:
        change = None if before is None else compare_effective_counts(part.counts, before.counts, level=level)
        waves.append(NetPromoterWave(labels.names[part.name], part.estimate, change, labels.times[part.name]))
        before = part if part.counts.n else before
    return NetPromoterWaves(tuple(waves), _trend(parts, labels.times, level))


def _check_source(at: object, answers: object, counts: object, design: Design) -> None:
    given = [at is not None, answers is not None]
    if (counts is None and all(given)) or (counts is not None and not any(given) and design.simple):
        return
    what = "give answers with their waves, or counts by wave"
    remedy = "at and answers, or counts={'2017': (d, m, p), ...}"
    raise InvalidValueError(Problem(what=what, where="net_promoter_waves", remedy=remedy))


def _keys(counts: object) -> list[Any]:
    if isinstance(counts, Mapping):
        return list(counts)
    allowed = "a mapping from wave to detractors, passives, promoters"
    raise InvalidValueError(Problem(what="no counts", where="counts", allowed=allowed, got=repr(counts)[:200]))


def _counted(
    counts: Mapping[Any, Sequence[float]], labels: WaveLabels, method: NetPromoterMethod, level: float
) -> list[SurveyPart]:
    totals = np.zeros((len(labels.names), 3))
    for wave, (name, each) in zip(labels.wave.tolist(), counts.items(), strict=True):
        totals[wave] += checked_counts(named_counts(each, f"counts, {name}"))
    named = (NpsCounts(*total) for total in totals.tolist())
    return [part_of_counts(wave, each, method=method, level=level) for wave, each in enumerate(named)]


def _trend(parts: list[SurveyPart], times: Sequence[float], level: float) -> Comparison:
    rated = [part for part in parts if part.counts.counts.n]
    n = sum(part.counts.n for part in rated)
    slope = Estimate(value=None, level=level, method="weighted least squares", n=n, effective_n=n)
    if len(rated) < 2:  # a line needs two points
        return normal_comparison(replace(slope, warnings=("fewer than two waves have answers",)))
    moments = [adjusted_net_promoter(*part.counts.counts) for part in rated]
    score, square = (np.array(column, dtype=np.float64) for column in zip(*moments, strict=True))
    precision, time = 1.0 / square, np.array([times[part.name] for part in rated])
    away = time - (precision * time).sum() / precision.sum()
    spread = float((precision * away**2).sum())
    value = float((precision * away * score).sum() / spread)
    centre = (precision * score).sum() / precision.sum()
    scatter = float((precision * (score - centre - value * away) ** 2).sum()) / max(len(rated) - 2, 1)
    excess = sqrt(scatter) if len(rated) > 2 and scatter > 1.0 else 1.0
    warnings = (f"waves scatter {excess:.2g} times as much as their sampling error",) if excess > 1.0 else ()
    return normal_comparison(replace(slope, value=value, standard_error=excess / sqrt(spread), warnings=warnings))


_COLUMNS = [
    *("wave", "time", "value", "standard_error", "low", "high", "n", "effective_n"),
    *("change", "change_low", "change_high", "change_p_value", "verdict"),
]


def _row(wave: NetPromoterWave) -> dict[str, object]:
    estimate, change = wave.estimate, wave.change
    fields = ("value", "standard_error", "low", "high", "n", "effective_n")
    row: dict[str, object] = {"wave": wave.name, "time": wave.time}
    row |= {name: getattr(estimate, name) for name in fields}
    if change is not None:
        gap = change.difference
        row |= {"change": gap.value, "change_low": gap.low, "change_high": gap.high}
        row |= {"change_p_value": change.p_value, "verdict": change.verdict}
    return row
