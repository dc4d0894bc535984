"""The typical customer that explanations compare with, and histories part one's own and part theirs.

Frequency, recency and age depend on each other: nobody was last seen after today, and recency is 0 of whoever bought
once. So recency is exchanged as the *share* of the age at which a customer was last seen: a history that takes its
recency from the typical customer has the typical share of its age. Every mixture is a possible history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from pydantic import model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.scoring.histories import HISTORY, MEAN_SPEND

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Mixtures", "TypicalHistory", "mixed_worths", "mixtures", "typical_history"]

BLOCK = 8_192
"""Customers mixed at once: each becomes eight."""


@dataclass(frozen=True, config=VALUE)
class TypicalHistory(Value):
    """Hold the history of a typical customer; by default of one who has just bought for the first time.

    Parameters
    ----------
    frequency
        Repeat purchase days, a whole number.
    recency_share
        At which share of the age somebody with repeat purchases was last seen, recency / age.
    age
        First purchase to ``as_of`` [day].
    mean_spend
        Mean amount per repeat purchase day [money]; ``None`` is what the population spends.

    Raises
    ------
    InvalidValueError
        If a number is negative, the frequency fractional or the share above 1.

    Examples
    --------
    >>> TypicalHistory(frequency=2, recency_share=0.5, age=300).recency
    150.0
    """

    frequency: float = 0.0
    recency_share: float = 1.0
    age: float = 0.0
    mean_spend: float | None = None

    @model_validator(mode="after")
    def _possible(self) -> Self:
        spend = 0.0 if self.mean_spend is None else self.mean_spend
        checks = (
            ("frequency", self.frequency, "whole numbers from 0", self.frequency < 0 or self.frequency % 1 != 0),
            ("recency_share", self.recency_share, "0 to 1", not 0 <= self.recency_share <= 1),
            ("age", self.age, ">= 0", self.age < 0),
            ("mean_spend", spend, ">= 0", spend < 0),
        )
        problems = [
            Problem(what="impossible", where=f"TypicalHistory.{name}", allowed=allowed, got=str(got))
            for name, got, allowed, wrong in checks
            if wrong
        ]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def recency(self) -> float:
        """First to last purchase [day]."""
        return self.recency_share * self.age if self.frequency else 0.0


def typical_history(portfolio: Portfolio) -> TypicalHistory:
    """Find the typical customer of a portfolio: the median of each feature, of recency and spend among repeat buyers.

    Parameters
    ----------
    portfolio
        One row per customer.

    Returns
    -------
    Medians, of two middle values the lower; where nobody has a history, a customer who has just bought. A spend below 0
    is nobody's: whoever reads spend refuses it.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> history = {"frequency": [0, 1, 3], "recency": [0, 20, 90], "age": [30, 50, 100], "mean_spend": [None, 9, 7]}
    >>> typical_history(Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), history))
    TypicalHistory(frequency=1.0, recency_share=0.4, age=50.0, mean_spend=7.0)
    """
    frequency, recency, age = (portfolio[each.name] for each in HISTORY)
    complete = ~np.isnan(frequency + recency + age)
    repeat = complete & (frequency > 0) & (age > 0)
    share = _median(np.minimum(recency[repeat] / age[repeat], 1.0))
    spend = portfolio.columns.get(MEAN_SPEND.name)
    usual = TypicalHistory()
    if not complete.any():
        return usual
    return TypicalHistory(
        frequency=float(np.floor(_median(frequency[complete]) or 0.0)),
        recency_share=usual.recency_share if share is None else share,
        age=_median(age[complete]) or 0.0,
        mean_spend=None if spend is None else _median(spend[repeat & (spend >= 0)]),
    )


def _median(values: FloatArray) -> float | None:
    return float(np.quantile(values, 0.5, method="lower")) if values.size else None


class Mixtures(NamedTuple):
    """Hold histories of which some features are the customer's own and the others typical.

    Parameters
    ----------
    frequency, recency, age
        One row per coalition of (frequency, recency, age), ``(8, n_customers)``; bit i of a row's number says whether
        feature i is the customer's own.

    Examples
    --------
    >>> Mixtures(*np.zeros((3, 8, 1))).age.shape
    (8, 1)
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray


_OWN = np.array([[coalition >> feature & 1 for coalition in range(8)] for feature in range(3)], dtype=np.bool_)


def mixtures(typical: TypicalHistory, frequency: FloatArray, recency: FloatArray, age: FloatArray) -> Mixtures:
    """Mix every customer's history with the typical one.

    Recency is taken as a share of the age, of the customer or of the typical one; it is 0 where the mixture has no
    repeat purchase. A customer without repeat purchases has no share of their own, so theirs is the typical one.

    Parameters
    ----------
    typical
        The typical customer.
    frequency, recency, age
        The histories, nothing missing, ``(n_customers,)``.

    Returns
    -------
    Possible histories; the first row is typical, the last the customer's own to the last bit.

    Examples
    --------
    >>> mixed = mixtures(TypicalHistory(1, 0.5, 100), np.array([4.0]), np.array([90.0]), np.array([100.0]))
    >>> mixed.recency[:, 0]
    array([50., 50., 90., 90., 50., 50., 90., 90.])
    """
    own_frequency, own_recency, own_age = _OWN[:, :, np.newaxis]
    own_share = (frequency > 0) & (age > 0)
    share = np.where(own_share, recency / np.where(age > 0, age, 1.0), typical.recency_share)
    x = np.where(own_frequency, frequency, typical.frequency)
    end = np.where(own_age, age, typical.age)
    shared = np.minimum(np.where(own_recency, share, typical.recency_share) * end, end)
    whole = own_recency & own_age & own_share
    last = np.where(whole, recency, shared)
    return Mixtures(x, np.where(x > 0, last, 0.0), end)


def mixed_worths(
    typical: TypicalHistory, portfolio: Portfolio, worth: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
) -> list[FloatArray]:
    """Evaluate a function of histories at every mixture of the customers' own with the typical one.

    Parameters
    ----------
    typical
        The typical customer.
    portfolio
        Customers with a complete history.
    worth
        Maps frequency, recency and age, ``(n_rows,)``, to values, row by row.

    Returns
    -------
    The values in the order of `Mixtures`, eight arrays ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"frequency": [1], "recency": [50], "age": [100]})
    >>> mixed_worths(TypicalHistory(), book, lambda frequency, recency, age: age - recency)[7]
    array([50.])
    """
    columns = [portfolio[each.name] for each in HISTORY]
    worths = np.empty((8, len(portfolio)))
    for start in range(0, len(portfolio), BLOCK):
        rows = slice(start, start + BLOCK)
        mixed = mixtures(typical, *(column[rows] for column in columns))
        worths[:, rows] = worth(*(column.ravel() for column in mixed)).reshape(mixed.age.shape)
    return list(worths)
