"""What customers of one kind bought in the holdout, and what the model expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.checking.asking import expect_groups, expect_holdout
from crmrisk.scoring.value.checking.columns import Columns
from crmrisk.scoring.value.checking.frequencies import group_labels

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.checking.holdout import Holdout

__all__ = ["ConditionalTable", "conditional_expectations"]

By = Literal["frequency", "recency", "age"]
_LABELS = {
    "frequency": "repeat purchases in the calibration",
    "recency": "first to last purchase [time unit]",
    "age": "first purchase to the end of the calibration [time unit]",
}


@dataclass(frozen=True, eq=False, repr=False)
class ConditionalTable(Columns):
    """Hold what groups of customers bought in the holdout on average, and what was expected of them.

    Parameters
    ----------
    group
        What its customers have in common, ``(n_groups,)``.
    customers
        How many there are, ``(n_groups,)``.
    actual
        Their mean purchases in the holdout, NaN without customers, ``(n_groups,)``.
    standard_error
        How uncertain that mean is, for chance alone; NaN for a single customer, ``(n_groups,)``.
    expected
        The mean of what the model expected, ``(n_groups,)``.
    by
        What they are grouped by.

    Examples
    --------
    See `conditional_expectations`.
    """

    group: ObjectArray
    customers: FloatArray
    actual: FloatArray
    standard_error: FloatArray
    expected: FloatArray
    by: By

    def chart(self) -> Chart:
        """Return the lines of actual and expected over the groups, those without customers left out.

        Examples
        --------
        See `conditional_expectations`.
        """
        some = self.customers > 0
        return Chart.of(
            self.group[some],
            {"actual": self.actual[some], "expected": self.expected[some]},
            title=f"Purchases in the holdout by {self.by}",
            x_label=_LABELS[self.by],
            y_label="mean purchases in the holdout",
        )


def conditional_expectations(
    model: BuyingUntilDropout, holdout: Holdout, *, by: By = "frequency", most: int = 7, bins: int = 8
) -> ConditionalTable:
    """Compare what groups of customers bought in the holdout with what the model expected of them.

    The mean of E[Y(t) | x, t_x, T] over a group, beside the mean of what its customers bought.

    Parameters
    ----------
    model
        The model fitted to the calibration; its time unit is the holdout's.
    holdout
        What was known, and what came.
    by
        What to group by. By recency and age, customers who bought once have a group of their own, and the others are
        in intervals of equal width.
    most
        By frequency, the open last group: so many and more.
    bins
        By recency and age, the number of intervals.

    Raises
    ------
    InvalidValueError
        If the model or the holdout is none, the grouping is unknown, or its size no whole number from 1 to 1,000.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> from crmrisk.scoring.value.checking import Holdout
    >>> holdout = Holdout([0, 0, 2], [0, 0, 30.43], [39, 39, 38.86], purchases=[0, 1, 1], duration=39)
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> conditional_expectations(model, holdout, most=2).frame().round(3)
      group  customers  actual  standard_error  expected
    0     0        2.0     0.5             0.5     0.195
    1     1        0.0     NaN             NaN       NaN
    2    2+        1.0     1.0             NaN     1.226
    """
    expect_holdout(model, holdout)
    groups = _groups(holdout, by, most, bins)
    history = {"frequency": holdout.frequency, "recency": holdout.recency, "age": holdout.age}
    expected = model.expected_purchases(holdout.duration, **history)
    size = np.bincount(groups.row, minlength=len(groups.labels)).astype(np.float64)
    actual, mean = (_mean(values, groups, size) for values in (holdout.purchases, expected))
    squares = np.bincount(groups.row, (holdout.purchases - actual[groups.row]) ** 2, minlength=len(groups.labels))
    error = np.sqrt(np.where(size > 1, squares, np.nan) / np.maximum(size - 1, 1.0) / np.maximum(size, 1.0))
    return ConditionalTable(groups.labels, size, actual, error, mean, by)


class _Groups(NamedTuple):
    row: IntArray
    labels: ObjectArray


def _groups(holdout: Holdout, by: By, most: int, bins: int) -> _Groups:
    if by == "frequency":
        labelled = group_labels(most)
        return _Groups(np.minimum(holdout.frequency, most).astype(np.int64), labelled)
    if not isinstance(by, str) or by not in _LABELS:
        raise InvalidValueError(Problem(what="no grouping", where="by", allowed=", ".join(_LABELS), got=repr(by)))
    expect_groups(bins, where="bins")
    values = getattr(holdout, by)
    again = holdout.frequency > 0
    low = 0.0 if by == "recency" else float(values[again].min(initial=np.inf))
    high = float(values[again].max(initial=0.0))
    edges = np.linspace(min(low, high), high, bins + 1)
    place = np.clip(np.searchsorted(edges, values, side="left"), 1, bins)
    labels = [f"{start:.4g} to {end:.4g}" for start, end in pairwise(edges)]
    return _Groups(np.where(again, place, 0), np.array(["once", *labels], dtype=object))


def _mean(values: FloatArray, groups: _Groups, size: FloatArray) -> FloatArray:
    total = np.bincount(groups.row, weights=values, minlength=len(groups.labels))
    mean: FloatArray = np.where(size > 0, total, np.nan) / np.maximum(size, 1.0)
    return mean
