"""Tied scores: rows with one score are one group, so that no statistic can depend on the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["TieGroups", "group_placements", "placements", "tie_groups"]


@dataclass(frozen=True, slots=True, eq=False)
class TieGroups:
    """Count rows and events at each distinct score, ascending.

    Parameters
    ----------
    score
        The distinct scores, ``(n_groups,)``.
    n
        The rows at each, ``(n_groups,)``.
    events
        The events among them, ``(n_groups,)``.

    Examples
    --------
    >>> import numpy as np
    >>> groups = tie_groups(np.array([0.5, 0.1, 0.5]), np.array([1.0, 0.0, 0.0]))
    >>> groups.score, groups.n, groups.events
    (array([0.1, 0.5]), array([1., 2.]), array([0., 1.]))
    """

    score: FloatArray
    n: FloatArray
    events: FloatArray

    @property
    def nonevents(self) -> FloatArray:
        """The rows at each score where the event did not happen."""
        return self.n - self.events


def tie_groups(score: FloatArray, outcome: FloatArray) -> TieGroups:
    """Group rows by score.

    Parameters
    ----------
    score
        Scores without NaN, ``(n,)``.
    outcome
        1 or 0, ``(n,)``.

    Returns
    -------
    The groups; the same for every order of the rows.

    Examples
    --------
    >>> import numpy as np
    >>> tie_groups(np.array([2.0, 2.0]), np.array([1.0, 1.0])).events
    array([2.])
    """
    return _group(score, outcome, *_runs(score))


def _group(score: FloatArray, outcome: FloatArray, order: IntArray, starts: IntArray) -> TieGroups:
    sizes = np.diff(np.append(starts, score.size)).astype(np.float64)
    return TieGroups(score[order[starts]], sizes, np.add.reduceat(outcome[order], starts))


def placements(score: FloatArray, outcome: FloatArray) -> FloatArray:
    """Find, for every row, the share of the other class it is ranked on the right side of (ties count half).

    Parameters
    ----------
    score
        Scores without NaN, ``(n,)``.
    outcome
        1 or 0, both present, ``(n,)``.

    Returns
    -------
    For an event the share of non-events scored lower, for a non-event the share of events scored higher, ``(n,)``;
    over either class the mean is the area under the curve.

    Examples
    --------
    >>> import numpy as np
    >>> placements(np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 0.0, 1.0, 0.0]))
    array([1.  , 0.75, 0.75, 1.  ])
    """
    order, starts = _runs(score)
    group = np.zeros(score.size, dtype=np.int64)
    group[starts] = 1
    group[order] = np.cumsum(group) - 1
    groups = _group(score, outcome, order, starts)
    of_event, of_nonevent = group_placements(groups)
    return np.where(outcome == 1, of_event[group], of_nonevent[group])


def group_placements(groups: TieGroups) -> tuple[FloatArray, FloatArray]:
    """Find the placement of an event and of a non-event at each distinct score.

    Parameters
    ----------
    groups
        Scores with both classes present.

    Returns
    -------
    The share of non-events scored lower and the share of events scored higher, ties half, each ``(n_groups,)``.

    Examples
    --------
    >>> import numpy as np
    >>> group_placements(tie_groups(np.array([1.0, 2.0]), np.array([0.0, 1.0])))
    (array([0.5, 1. ]), array([1. , 0.5]))
    """
    nonevents = groups.nonevents
    below = (np.cumsum(nonevents) - nonevents / 2) / nonevents.sum()
    above = (np.cumsum(groups.events[::-1])[::-1] - groups.events / 2) / groups.events.sum()
    return below, above


def _runs(score: FloatArray) -> tuple[IntArray, IntArray]:
    order = np.argsort(score)
    ranked = score[order]
    first = np.ones(score.size, dtype=np.bool_)
    first[1:] = ranked[1:] != ranked[:-1]
    return order, np.flatnonzero(first)
