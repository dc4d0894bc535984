"""The holdout: what was known of customers at one point in time, and what they bought after it.

A model is fitted to the first half and judged on the second, which it has not seen. Everything is in one time unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import numpy as np

from crmrisk.core.arguments import is_number, kind_problems, refuse
from crmrisk.core.arrays import FloatArray, ObjectArray, frozen_floats, frozen_objects, same_arrays
from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.scoring.value.histories import Histories, checked_columns
from crmrisk.scoring.value.time_spans import DAY, in_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["Holdout", "PurchaseHistories", "RepeatPurchases", "checked_unit"]

_COLUMNS = ("customer_id", "frequency", "recency", "age", "mean_spend", "purchases", "spend")


class PurchaseHistories(Protocol):
    """Say what a table of purchase histories must offer: `Holdout`, a portfolio's columns and simulations do.

    Examples
    --------
    >>> histories: PurchaseHistories = Histories(*np.ones((3, 2)))
    """

    @property
    def frequency(self) -> FloatArray:
        """Give repeat purchases, ``(n_customers,)``."""
        ...

    @property
    def recency(self) -> FloatArray:
        """Give the time from the first to the last purchase, ``(n_customers,)`` [time unit]."""
        ...

    @property
    def age(self) -> FloatArray:
        """Give the time since the first purchase, ``(n_customers,)`` [time unit]."""
        ...


class RepeatPurchases(NamedTuple):
    """Say when all customers together bought again.

    Parameters
    ----------
    time
        Times after the end of the calibration, negative before it, ``(n_times,)`` [time unit].
    purchases
        Repeat purchases at each, ``(n_times,)``.

    Examples
    --------
    >>> RepeatPurchases(np.array([-1.0, 2.0]), np.array([3.0, 1.0])).time
    array([-1.,  2.])
    """

    time: FloatArray
    purchases: FloatArray


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Holdout:
    """Hold purchase histories as of the end of a calibration, and what the same customers bought after it.

    `hold_out` makes one from a table of purchases; from simulations and other sources it is made directly.

    Parameters
    ----------
    frequency
        Repeat purchases in the calibration, ``(n_customers,)``.
    recency, age
        First to last purchase, and first purchase to the end of the calibration, ``(n_customers,)`` [time unit] or time
        spans.
    purchases
        Purchases in the holdout, ``(n_customers,)``.
    duration
        How long the holdout lasts [time unit], or a time span.
    time_unit
        What times are counted in.
    customer_id
        Unique identifiers, ``(n_customers,)``; counted from 0 unless given.
    mean_spend
        Mean spend per repeat purchase of the calibration, below 0 where refunds exceed what was paid, NaN where there
        is none or it is not known, ``(n_customers,)`` [money].
    spend
        Spend in the holdout, refunds below 0, NaN where it is not known, ``(n_customers,)`` [money]; `holdout_errors`
        compares spend only where it is known of everybody.
    repeats
        When repeat purchases were made, and how many; needed for tracking.
    complete
        The histories of everybody known at the end of the holdout, newer customers included; needed to fit again.
    calibration_end
        When the calibration ended.

    Raises
    ------
    FitError
        If there is no customer.
    InvalidValueError
        If values are missing, negative, infinite, fractional (counts) or contradict each other, lengths differ, or the
        duration or the time unit is not positive, or a part is not what it should be.
    PortfolioError
        If spend or the times of repeat purchases are no numbers or infinite, or identifiers repeat.

    Examples
    --------
    >>> Holdout([0, 2], [0, 20], [38, 35], purchases=[1, 3], duration=39, time_unit=timedelta(weeks=1))
    Holdout(2 customers, 39 weeks held out: 4 purchases)
    """

    customer_id: ObjectArray
    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    mean_spend: FloatArray
    purchases: FloatArray
    spend: FloatArray
    duration: float
    time_unit: timedelta
    repeats: RepeatPurchases | None
    complete: Histories | None
    calibration_end: datetime | None

    def __init__(
        self,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        *,
        purchases: ArrayLike,
        duration: float | timedelta,
        time_unit: timedelta = DAY,
        customer_id: ArrayLike | None = None,
        mean_spend: ArrayLike | None = None,
        spend: ArrayLike | None = None,
        repeats: RepeatPurchases | None = None,
        complete: Histories | None = None,
        calibration_end: datetime | None = None,
    ) -> None:
        unit = checked_unit(time_unit)
        _refuse_parts(duration, repeats, complete, calibration_end)
        times = in_units({"recency": recency, "age": age}, unit)
        columns = checked_columns({"frequency": frequency, **times, "purchases": purchases})
        n = columns["age"].size
        money = {
            name: frozen_floats(np.full(n, np.nan) if values is None else np.asarray(values), where=name)
            for name, values in (("mean_spend", mean_spend), ("spend", spend))
        }
        length = duration / unit if isinstance(duration, timedelta) else float(duration)
        ids = frozen_objects(
            [str(row) for row in range(n)] if customer_id is None else customer_id, where="customer_id"
        )
        values = {
            **{name: _read_only(column) for name, column in columns.items()},
            **money,
            "customer_id": ids,
            "duration": length,
            "time_unit": unit,
            "repeats": None if repeats is None else _checked_repeats(repeats),
            "complete": None if complete is None else _checked_complete(complete, unit),
            "calibration_end": calibration_end,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        if not 0 < self.duration < np.inf:
            raise InvalidValueError(Problem(what="duration", where="Holdout", allowed="> 0", got=str(self.duration)))
        sizes = {name: len(getattr(self, name)) for name in _COLUMNS}
        if len(set(sizes.values())) > 1:
            got = ", ".join(f"{name} {size}" for name, size in sizes.items())
            raise InvalidValueError(Problem(what="columns differ in length", where="Holdout", got=got))
        fractions = self.purchases[self.purchases != np.floor(self.purchases)]
        if fractions.size:
            problem = Problem(what="fractional", where="purchases", allowed="whole numbers", got=str(fractions[0]))
            raise InvalidValueError(problem)
        if len(set(self.customer_id.tolist())) < len(self):
            raise PortfolioError(Problem(what="customers repeat", where="customer_id", allowed="one row per customer"))

    def __len__(self) -> int:
        return len(self.customer_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Holdout):
            return NotImplemented
        return all(same_arrays(mine, theirs) for mine, theirs in zip(self._arrays(), other._arrays(), strict=True))

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def _arrays(self) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]] | None]:
        yield from (getattr(self, name) for name in _COLUMNS)
        yield np.array([self.duration, self.time_unit.total_seconds()])
        for part, size in ((self.repeats, 2), (self.complete, 3)):
            yield from (None,) * size if part is None else part

    def __repr__(self) -> str:
        names = {timedelta(weeks=1): "weeks", DAY: "days", timedelta(hours=1): "hours"}
        length = f"{self.duration:g} {names.get(self.time_unit, f'times {self.time_unit}')} held out"
        after = f" after {self.calibration_end:%Y-%m-%d}" if self.calibration_end else ""
        return f"Holdout({len(self):,} customers, {length}{after}: {self.purchases.sum():,.0f} purchases)"

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer.

        Examples
        --------
        >>> Holdout([0, 2], [0, 20], [38, 35], purchases=[1, 3], duration=39).frame()["purchases"].tolist()
        [1.0, 3.0]
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})


def checked_unit(time_unit: timedelta) -> timedelta:
    """Check what times are to be counted in.

    Parameters
    ----------
    time_unit
        A time span.

    Raises
    ------
    InvalidValueError
        If it is none, or not above 0.

    Examples
    --------
    >>> checked_unit(timedelta(weeks=1))
    datetime.timedelta(days=7)
    """
    if not isinstance(time_unit, timedelta) or time_unit <= timedelta(0):
        raise InvalidValueError(Problem(what="no time span", where="time_unit", allowed="> 0", got=repr(time_unit)))
    return time_unit


def _refuse_parts(duration: object, repeats: object, complete: object, calibration_end: object) -> None:
    length = isinstance(duration, timedelta) or is_number(duration) or duration != duration  # noqa: PLR0124 - NaN is refused later
    got = repr(duration)[:100]
    refuse(
        [] if length else [Problem(what="no length of time", where="duration", allowed="> 0, or a time span", got=got)],
        [] if repeats is None else kind_problems(repeats, RepeatPurchases, where="repeats"),
        [] if complete is None else kind_problems(complete, Histories, where="complete"),
        [] if calibration_end is None else kind_problems(calibration_end, datetime, where="calibration_end"),
    )


def _checked_repeats(repeats: RepeatPurchases) -> RepeatPurchases:
    time, purchases = (
        frozen_floats(np.asarray(column), where=f"repeats.{name}") for name, column in repeats._asdict().items()
    )
    wrong = {
        "repeats.time": ("missing value(s) (NaN)", "finite numbers", np.isnan(time)),
        "repeats.purchases": ("missing or negative value(s)", ">= 0", ~(purchases >= 0)),
    }
    problems = [
        Problem(what=f"{rows.sum()} {what}, the first in row {rows.argmax()}", where=where, allowed=allowed)
        for where, (what, allowed, rows) in wrong.items()
        if rows.any()
    ]
    if len(time) != len(purchases):
        got = f"time {len(time)}, purchases {len(purchases)}"
        problems.append(Problem(what="columns differ in length", where="repeats", got=got))
    refuse(problems)
    return RepeatPurchases(time, purchases)


def _checked_complete(complete: Histories, unit: timedelta) -> Histories:
    columns = checked_columns(in_units(complete._asdict(), unit))
    return Histories(**{name: _read_only(column) for name, column in columns.items()})


def _read_only(column: FloatArray) -> FloatArray:
    copy = np.array(column)
    copy.flags.writeable = False
    return copy
