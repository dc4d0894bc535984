"""One driver study per segment: what drives the business guest may not drive the family."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import FitError, Problem, RecordError
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.drivers.columns import split_outcome
from crmrisk.satisfaction.drivers.records import DriverAnalysis
from crmrisk.satisfaction.drivers.study import key_drivers
from crmrisk.satisfaction.flagging import Missing, flag_missing
from crmrisk.satisfaction.segments import in_order

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import IntArray

__all__ = ["DriverSegments", "drivers_by_segment"]


@dataclass(frozen=True, eq=False, repr=False)
class DriverSegments(Mapping[Any, DriverAnalysis]):
    """Hold one driver study per segment, a mapping from segment to `DriverAnalysis`.

    Parameters
    ----------
    studies
        Segment to its study.
    unrated
        Segment to the reason why it has none.
    warnings
        What concerns all segments.

    Examples
    --------
    >>> found = DriverSegments({}, unrated={"web": "3 complete rows for 5 drivers"})
    >>> len(found), found.unrated["web"]
    (0, '3 complete rows for 5 drivers')
    """

    studies: Mapping[Any, DriverAnalysis]
    unrated: Mapping[Any, str]
    warnings: tuple[str, ...] = ()

    def __getitem__(self, segment: Any) -> DriverAnalysis:
        return self.studies[segment]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.studies)

    def __len__(self) -> int:
        return len(self.studies)

    def __repr__(self) -> str:
        found = [f"{name}: {', '.join(driver.name for driver in study.ranked)}" for name, study in self.items()]
        return "\n".join([*found, *(f"{name}: unrated, {reason}" for name, reason in self.unrated.items())])

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per segment and driver, the most important of each segment first.

        Examples
        --------
        >>> DriverSegments({}, unrated={}).frame().empty
        True
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        parts = [study.frame().assign(segment=[name] * len(study.drivers)) for name, study in self.items()]
        if not parts:
            return pd.DataFrame()
        table = pd.concat(parts, ignore_index=True)
        return table[["segment", *(name for name in table.columns if name != "segment")]]


def drivers_by_segment(
    segments: Any,
    outcome: Any,
    drivers: Any,
    *,
    study: Callable[..., DriverAnalysis] = key_drivers,
    weights: Any = None,
    strata: Any = None,
    clusters: Any = None,
    missing: Missing = "error",
) -> DriverSegments:
    """Study the drivers of every segment by itself.

    Parameters
    ----------
    segments
        Segment of each respondent, ``(n_rows,)``.
    outcome, drivers
        As for `key_drivers`.
    study
        What studies a segment; its settings go in by ``functools.partial(key_drivers, method="johnson")``.
    weights, strata, clusters
        How the sample was drawn, ``(n_rows,)`` each; every segment takes its part.
    missing
        ``"error"`` refuses respondents without a segment, ``"exclude"`` leaves them out and counts them.

    Returns
    -------
    The studies, segments in the order of their names; a segment that cannot be studied is unrated, with the reason.

    Raises
    ------
    RecordError
        If segments are missing or not one per row, or answers cannot be used.
    SchemaError
        If columns are unknown or named twice.

    Examples
    --------
    >>> from functools import partial
    >>> rng = np.random.default_rng(1)
    >>> answers = {"fast": rng.normal(size=200), "kind": rng.normal(size=200)}
    >>> family = np.arange(200) % 2
    >>> overall = np.where(family, answers["kind"], answers["fast"]) + rng.normal(size=200)
    >>> drivers_by_segment(
    ...     np.where(family, "family", "business"), overall, answers, study=partial(key_drivers, interval=None)
    ... )
    business: fast, kind
    family: kind, fast
    """
    refuse_other_order(drivers=drivers, segments=segments, weights=weights, strata=strata, clusters=clusters)
    answers, columns = split_outcome(outcome, drivers)
    column, codes, names = distinct_answers(segments, "segments")
    problems = flag_missing(codes < 0, missing=missing, where="segments")
    design = {"weights": weights, "strata": strata, "clusters": clusters}
    parts = {name: part for name, part in design.items() if part is not None}
    for name, values in {"outcome": answers, **columns, **parts}.items():
        problems += _length_problems(name, values, column.size)
    if problems:
        raise RecordError(*problems)
    studies: dict[Any, DriverAnalysis] = {}
    unrated: dict[Any, str] = {}
    for place in in_order(names):
        rows = np.flatnonzero(codes == place)
        taken = {name: _taken(each, rows) for name, each in columns.items()}
        settings = {name: _taken(part, rows) for name, part in parts.items()}
        try:
            studies[names[place]] = study(_taken(answers, rows), taken, **settings)
        except FitError as error:
            unrated[names[place]] = str(error)
    absent = int((codes < 0).sum())
    return DriverSegments(studies, unrated, (f"respondents without a segment excluded: {absent}",) if absent else ())


def _length_problems(name: str, values: Any, rows: int) -> list[Problem]:
    size = len(values) if hasattr(values, "__len__") else 1
    return [] if size == rows else [Problem(what="not one per row", where=name, allowed=str(rows), got=str(size))]


def _taken(values: Any, rows: IntArray) -> Any:
    return np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)[rows]
