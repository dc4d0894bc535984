"""Migration laid out as a flow, in which nobody comes from nowhere: newcomers and leavers have a place of their own.

A column of a flow is as high as the customers in it. Drawn without those who are not in the book yet or any more,
columns would count different customers, and ribbons would change their width on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.charts import FlowChart

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.segmentation.migration import Migration

__all__ = ["flow_of"]


def flow_of(migration: Migration, *, title: str, unit: str, outside: str | None) -> FlowChart:
    """Lay transitions out step by step, the highest segment on top and those outside the book below.

    Parameters
    ----------
    migration
        What was counted.
    title, unit
        As for `FlowChart`.
    outside
        What those are called who are not in the book yet or any more; ``None`` leaves them out.

    Examples
    --------
    >>> from crmrisk import Segments
    >>> from crmrisk.segmentation.transitions import transition_matrix
    >>> q1 = Segments(["C1", "C2"], [0, 1], ("basic", "gold"))
    >>> q2 = Segments(["C1", "C3", "C4"], [0, 0, 0], ("basic", "gold"))
    >>> flow_of(transition_matrix(q1, q2), title="", unit="customers", outside="outside").flows[0]
    {('gold', 'outside'): 1.0, ('basic', 'basic'): 1.0, ('outside', 'basic'): 2.0}
    """
    names, steps = list(migration.names), migration.by_period
    if outside is not None and (migration.entries.any() or migration.exits.any()):
        names, steps = [outside, *names], _with_outside(migration)
    top = tuple(reversed(names))
    places = [(a, b, names.index(a), names.index(b)) for a in top for b in top]
    flows = tuple({(a, b): float(each[i, j]) for a, b, i, j in places if each[i, j]} for each in steps)
    return FlowChart(top, migration.periods, flows, title, unit, aside=top[len(migration.names) :])


def _with_outside(migration: Migration) -> FloatArray:
    """Put those outside first; there are as many as need be for every later entry, and all columns are alike."""
    new, gone = migration.entries.sum(axis=1), migration.exits.sum(axis=1)
    staying = np.concatenate([[0.0], np.cumsum(gone - new)[:-1]]) - new  # outside at each step, but for a constant
    k = len(migration.names) + 1
    steps = np.zeros((len(new), k, k))
    steps[:, 1:, 1:] = migration.by_period
    steps[:, 0, 1:], steps[:, 1:, 0] = migration.entries, migration.exits
    steps[:, 0, 0] = staying - staying.min()
    return steps
