"""Period by period: what all customers together bought, and what the model expected, before and after it was fitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.checking.asking import expect_holdout
from crmrisk.scoring.value.checking.columns import Columns

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.checking.holdout import Holdout

__all__ = ["Tracking", "track"]

MOST_PERIODS = 10_000
_NAMES = {timedelta(weeks=1): "week", timedelta(days=1): "day", timedelta(hours=1): "hour"}


@dataclass(frozen=True, eq=False, repr=False)
class Tracking(Columns):
    """Hold repeat purchases per period, actual and expected, of the customers known at the end of the calibration.

    Parameters
    ----------
    time
        Where each period ends, counted from the end of the calibration, ``(n_periods,)`` [time unit].
    actual, expected
        Repeat purchases within the period, ``(n_periods,)``.
    cumulative_actual, cumulative_expected
        Repeat purchases up to its end, ``(n_periods,)``.
    time_unit
        What times are counted in.
    calibration_end
        When the calibration ended, where known.

    Examples
    --------
    See `track`.
    """

    time: FloatArray
    actual: FloatArray
    expected: FloatArray
    cumulative_actual: FloatArray
    cumulative_expected: FloatArray
    time_unit: timedelta
    calibration_end: datetime | None

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per period; ``until`` is where it ends, where the calendar is known.

        Examples
        --------
        See `track`.
        """
        frame = super().frame()
        if self.calibration_end is not None:
            frame.insert(0, "until", [self.calibration_end + time * self.time_unit for time in self.time.tolist()])
        return frame

    def chart(self, *, cumulative: bool = True) -> Chart:
        """Return the lines of actual and expected over time, the end of the calibration marked.

        Parameters
        ----------
        cumulative
            Repeat purchases so far, or within each period.

        Examples
        --------
        See `track`.
        """
        prefix = "cumulative_" if cumulative else ""
        unit = _NAMES.get(self.time_unit, str(self.time_unit))
        return Chart.of(
            self.time,
            {name: getattr(self, prefix + name) for name in ("actual", "expected")},
            title="Repeat purchases so far" if cumulative else "Repeat purchases per period",
            x_label=f"time after the end of the calibration [{unit}]",
            y_label="repeat purchases",
            marks={"end of the calibration": 0.0},
        )


def track(model: BuyingUntilDropout, holdout: Holdout, *, period: timedelta | float | None = None) -> Tracking:
    """Track repeat purchases through calibration and holdout: what happened beside what the model expected.

    Σ_i E[X(t - t_i)] is expected by the time t of customers who first bought at t_i.

    Parameters
    ----------
    model
        The model fitted to the calibration; its time unit is the holdout's.
    holdout
        What `hold_out` returns, or any with the times of `repeats`.
    period
        The length of a period, a time span or [time unit]; one time unit unless given, a week if that is shorter.
        Periods meet at the end of the calibration; the last one may be short.

    Raises
    ------
    InvalidValueError
        If the model or the holdout is none, the holdout does not say when purchases were made, or the period is not
        positive or so short that there are more than 10,000.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> from crmrisk.scoring.value.checking import Holdout, RepeatPurchases
    >>> holdout = Holdout(
    ...     [0, 2], [0, 20], [30, 30], purchases=[0, 1], duration=10, time_unit=timedelta(weeks=1),
    ...     repeats=RepeatPurchases(np.array([-25.0, -10.0, 4.0]), np.ones(3)),
    ... )
    >>> tracking = track(BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426), holdout, period=10)
    >>> tracking.frame().round(2)
       time  actual  expected  cumulative_actual  cumulative_expected
    0 -20.0     1.0      0.86                1.0                 0.86
    1 -10.0     1.0      0.62                2.0                 1.49
    2   0.0     0.0      0.51                2.0                 2.00
    3  10.0     1.0      0.44                3.0                 2.43
    >>> tracking.chart().x_label
    'time after the end of the calibration [week]'
    """
    expect_holdout(model, holdout)
    if holdout.repeats is None:
        remedy = "use hold_out(...), or pass repeats=RepeatPurchases(time, purchases)"
        raise InvalidValueError(Problem(what="the times of purchases are not known", where="holdout", remedy=remedy))
    ends = _period_ends(holdout, _length(period, holdout.time_unit))
    time, purchases = holdout.repeats
    order = np.argsort(time, kind="stable")
    total = np.concatenate(([0.0], np.cumsum(purchases[order])))
    so_far = total[np.searchsorted(time[order], ends, side="right")]
    expected = _expected_by(model, holdout.age, ends)
    columns = (np.diff(so_far, prepend=0.0), np.diff(expected, prepend=0.0), so_far, expected)
    return Tracking(ends, *columns, time_unit=holdout.time_unit, calibration_end=holdout.calibration_end)


def _length(period: timedelta | float | None, unit: timedelta) -> float:
    length = max(unit, timedelta(weeks=1)) if period is None else period
    number = length / unit if isinstance(length, timedelta) else length
    if not (is_number(number) and 0 < number < np.inf):
        raise InvalidValueError(Problem(what="no length of time", where="period", allowed="> 0", got=repr(period)))
    return float(number)


def _period_ends(holdout: Holdout, length: float) -> FloatArray:
    before = int(min(np.ceil(holdout.age.max() / length), MOST_PERIODS + 1))
    after = int(min(np.ceil(holdout.duration / length * (1 - 1e-12)), MOST_PERIODS + 1))
    if before + after > MOST_PERIODS:
        allowed = f"at most {MOST_PERIODS:,} periods"
        raise InvalidValueError(Problem(what="so short a period", where="period", allowed=allowed, got=f"{length:g}"))
    ends = np.arange(1.0 - before, after + 1.0) * length
    ends[-1] = holdout.duration
    return ends


def _expected_by(model: BuyingUntilDropout, age: FloatArray, ends: FloatArray) -> FloatArray:
    """Sum E[X(t)] over the cohorts that first bought on one day, at each end of a period."""
    cohort, customers = np.unique(age, return_counts=True)
    return np.array([customers @ model.expected_purchases(np.maximum(end + cohort, 0.0)) for end in ends])
