"""Lift and capture: what a manager gets who acts on the top of the list.

Customers tied at the cutoff have an equal claim to the last places, so they count in expectation: the answer does not
depend on the order of the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import wilson_limits
from crmrisk.core.model import VALUE
from crmrisk.proof.checks import RatedRows, fraction_problem, rated_rows
from crmrisk.proof.ties import tie_groups

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["TopShare", "capture", "lift"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class TopShare(Estimate):
    """Hold what is found among the customers scored highest.

    Parameters
    ----------
    share
        The share of the list that was asked for.
    n_selected
        The customers that is: the share of the rated ones, rounded half up, at least one.
    events_selected
        The events expected among them.

    Examples
    --------
    >>> capture([0.9, 0.8, 0.1, 0.2], [1, 0, 0, 1], share=0.5).n_selected
    2
    """

    share: float
    n_selected: int
    events_selected: float


def capture(score: ArrayLike, outcome: ArrayLike, *, share: float = 0.10, level: float = 0.95) -> TopShare:
    """Estimate the share of all events found among the customers scored highest (recall, gain).

    Parameters
    ----------
    score
        Any score, higher for more likely, ``(n_customers,)``; NaN is unrated and left out.
    outcome
        1, 0 or NaN, ``(n_customers,)``.
    share
        The share of the rated customers selected, in (0, 1].
    level
        The nominal coverage of the interval.

    Returns
    -------
    The share in [0, 1]; ``None`` where there was no event. Wilson's interval on the events takes the cutoff as fixed.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> found = capture([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], share=0.5)
    >>> found.value, found.events_selected
    (0.75, 1.5)
    """
    rows = _rows(score, outcome, share, level)
    selected = _selected(rows, share)
    if rows.events == 0:
        return _nothing(rows, share, level)
    found = _events_in_top(rows, selected)
    low, high = wilson_limits(found, rows.events, level=level)
    least, most = max(0, selected - (rows.n - rows.events)) / rows.events, min(1.0, selected / rows.events)
    return TopShare(
        value=found / rows.events,
        low=max(float(low), least),
        high=min(float(high), most),
        level=level,
        method="ties in expectation, Wilson interval",
        n=rows.n,
        share=share,
        n_selected=selected,
        events_selected=found,
        warnings=rows.notes,
    )


def lift(score: ArrayLike, outcome: ArrayLike, *, share: float = 0.10, level: float = 0.95) -> TopShare:
    """Estimate how many times more frequent the event is among the customers scored highest than among all.

    Parameters
    ----------
    score, outcome, share, level
        As for `capture`.

    Returns
    -------
    The event rate among those selected over the event rate of all; 1 is no better than chance, ``None`` where there
    was no event. Interval as for `capture`.

    Raises
    ------
    InvalidValueError
        If the arrays or settings are not usable.

    Examples
    --------
    >>> print(lift([0.9, 0.8, 0.3, 0.1], [1, 1, 0, 0], share=0.5))
    2 [0.6848, 2] (95 % ties in expectation, Wilson interval, n 4)
    """
    found = capture(score, outcome, share=share, level=level)
    if found.value is None or found.low is None or found.high is None:
        return found
    scale = found.n / found.n_selected
    return TopShare(
        value=found.value * scale,
        low=found.low * scale,
        high=found.high * scale,
        level=level,
        method=found.method,
        n=found.n,
        share=share,
        n_selected=found.n_selected,
        events_selected=found.events_selected,
        warnings=found.warnings,
    )


def _rows(score: ArrayLike, outcome: ArrayLike, share: float, level: float) -> RatedRows:
    settings = [fraction_problem("share", share, including=(1,)), fraction_problem("level", level)]
    return rated_rows({"score": score}, outcome, settings=settings)


def _selected(rows: RatedRows, share: float) -> int:
    return min(rows.n, max(1, int(np.floor(share * rows.n + 0.5))))


def _events_in_top(rows: RatedRows, selected: int) -> float:
    groups = tie_groups(rows.score, rows.outcome)
    size, events = groups.n[::-1], groups.events[::-1]
    before = np.cumsum(size) - size
    taken = np.clip(selected - before, 0, size)
    return float(np.sum(events * taken / size))


def _nothing(rows: RatedRows, share: float, level: float) -> TopShare:
    return TopShare(
        value=None,
        level=level,
        method="ties in expectation",
        n=rows.n,
        share=share,
        n_selected=_selected(rows, share),
        events_selected=0.0,
        warnings=rows.one_class + rows.notes,
    )
