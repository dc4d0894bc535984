"""What customers are worth today: expected purchases, times what they spend, discounted."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.scoring.value.discounting import YEAR, checked_schedule
from crmrisk.scoring.value.histories import Histories, checked_numbers, consistent, model_problems
from crmrisk.scoring.value.interpolation import by_octaves, octave_tables, on_octave
from crmrisk.scoring.value.sharing import once_per_distinct_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.discounting import Schedule, Term

__all__ = ["MONTH", "PurchaseModel", "discounted_value"]

MONTH = YEAR / 12
"""A twelfth of a year of 365 days: 30 days and 10 hours."""
BLOCK = 100_000
"""Expectations asked for at once: enough to be fast for one customer, few enough to be small for a million."""
FEW = 8
"""So few are looked up one by one: a customer, and the mixtures of theirs with a typical one that explain a value."""


class PurchaseModel(Protocol):
    """Say what a model of purchases must offer to be valued.

    Its expectation given alive depends on frequency and age alone and is smooth in ``log(age_scale + age)``, unless it
    has an attribute ``recency_matters`` that is true: then it may be any function of the history.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model: PurchaseModel = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    """

    def __hash__(self) -> int: ...

    @property
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""
        ...

    def probability_alive(self, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> FloatArray:
        """Compute the probability that a customer has not dropped out."""
        ...

    def expected_purchases_if_alive(
        self, horizon: ArrayLike, *, frequency: ArrayLike, age: ArrayLike, recency: ArrayLike | None = None
    ) -> FloatArray:
        """Compute the purchases expected within a horizon of a customer known to be alive at its start."""
        ...


def discounted_value(
    model: PurchaseModel,
    *,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    expected_spend: ArrayLike,
    time_unit: timedelta,
    horizon: timedelta | np.timedelta64 | float | None,
    discount_rate: float,
    margin: ArrayLike = 1.0,
    period: timedelta | None = MONTH,
) -> FloatArray:
    """Compute the residual value of customers: what they are expected to bring within a horizon, discounted to today.

    value = margin · E[spend] · Σ_k (E[Y(t_k)] - E[Y(t_k-1)]) / (1 + d)^(t_k in years), over periods that end at t_k;
    the initial purchase and everything before today are not part of it.

    Parameters
    ----------
    model
        How often customers will buy.
    frequency, recency, age
        Their histories, in the model's time unit.
    expected_spend
        What each spends per purchase [money], for instance from `GammaGamma.expected_spend`.
    time_unit
        The time unit of the model and the histories, for instance ``timedelta(weeks=1)``.
    horizon
        How far to look ahead, a time span or [day]; ``None`` is for ever, for a discount rate above 0.
    discount_rate
        The effective rate per year of 365 days.
    margin
        The share of spend that is kept; one that is NaN leaves its customer unrated, one for all may not be NaN.
    period
        Purchases count at the end of theirs, the last of which may be short, at most 10,000 up to the horizon;
        ``None`` discounts continuously.

    Returns
    -------
    The value [money], never negative; NaN for the unrated. Shapes broadcast.

    Raises
    ------
    InvalidValueError
        If a history is impossible, or a rate, a time, a margin or an amount is negative or not finite, or the value
        for ever asked for without a discount, or a fit given for a model.

    References
    ----------
    P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), RFM and CLV: using iso-value curves for customer base analysis,
    Journal of Marketing Research 42(4), 415-430.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> value = discounted_value(
    ...     model, frequency=[2, 0], recency=[30.43, 0], age=[38.86, 38.86], expected_spend=[24.66, 35.2],
    ...     time_unit=timedelta(weeks=1), horizon=timedelta(days=365), discount_rate=0.10, margin=0.3,
    ... )
    >>> value.round(2)
    array([11.02,  2.54])
    """
    refuse(model_problems(model, "probability_alive"))
    money = {"expected_spend": expected_spend, "margin": margin}
    history = {"frequency": frequency, "recency": recency, "age": age}
    schedule = checked_schedule(time_unit, horizon, period, discount_rate)
    known = ("margin",) if np.ndim(margin) == 0 else ()
    columns = checked_numbers({**history, **money}, missing=True, required=known, unit=time_unit)
    shape = columns["age"].shape
    x, last, end, spend, share = (column.ravel() for column in columns.values())
    rated = ~np.isnan(x + last + end + spend + share)
    x, last, end = consistent(Histories(x, last, end))
    values = np.full(x.shape, np.nan)
    alive = model.probability_alive(frequency=x[rated], recency=last[rated], age=end[rated])
    if getattr(model, "recency_matters", False):
        purchases = once_per_distinct_row(partial(_purchases_of, model, schedule), x[rated], end[rated], last[rated])
    else:
        purchases = _discounted_purchases(model, schedule, x[rated], end[rated])
    values[rated] = share[rated] * spend[rated] * alive * purchases
    unwrapped: FloatArray = values.reshape(shape)[()]
    return unwrapped


def _discounted_purchases(
    model: PurchaseModel, schedule: Schedule, frequency: FloatArray, age: FloatArray
) -> FloatArray:
    """Sum the discounted purchases of customers known to be alive."""
    point = 1 + age / model.age_scale
    if 0 < point.size <= FEW:  # an application asks for one customer after another, and octaves come again
        octaves = np.floor(np.log2(point)).tolist()
        cells = zip(frequency.tolist(), octaves, np.split(point, point.size), strict=True)
        return np.concatenate([on_octave(_octave(model, schedule, x, octave), one) for x, octave, one in cells])
    return by_octaves(partial(_purchases_at, model, schedule), frequency, point)


@lru_cache(maxsize=4096)
def _octave(model: PurchaseModel, schedule: Schedule, frequency: float, octave: float) -> FloatArray:
    tables = octave_tables(partial(_purchases_at, model, schedule), np.array([frequency]), np.array([octave]))
    tables.flags.writeable = False
    return tables


def _purchases_at(model: PurchaseModel, schedule: Schedule, frequency: FloatArray, point: FloatArray) -> FloatArray:
    """Sum the discounted purchases at ages given by `point`, one plus the age in units of the model's scale of age."""
    return _purchases_of(model, schedule, frequency, model.age_scale * (point - 1))


def _purchases_of(
    model: PurchaseModel,
    schedule: Schedule,
    frequency: FloatArray,
    age: FloatArray,
    recency: FloatArray | None = None,
) -> FloatArray:
    """Sum the discounted purchases of some customers."""
    result = np.zeros(frequency.size)
    for terms in _blocks(schedule.terms(model.age_scale + age), 1 + BLOCK // max(frequency.size, 1)):
        times = np.stack([time for time, _ in terms])
        expected = model.expected_purchases_if_alive(times, frequency=frequency, age=age, recency=recency)
        for (_, weight), purchases in zip(terms, expected, strict=True):
            result += weight * purchases
    return result


def _blocks(terms: Iterator[Term], size: int) -> Iterator[list[Term]]:
    while block := list(islice(terms, size)):
        yield block
