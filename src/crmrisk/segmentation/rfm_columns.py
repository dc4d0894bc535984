"""What RFM reads: days since the last purchase, the number of purchases, and the amount, from Evidence or a frame."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from crmrisk.core.component import Component
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.measures import Input, Name

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["RfmColumns"]


class RfmColumns(Component):
    """Say where recency, frequency and monetary value are found.

    A portfolio made from Evidence needs no settings: `crmrisk.evidence.Purchases` merges the purchases of one day into
    one, and counts repeat purchase days, so that

    - recency is ``idle_days`` [day];
    - frequency is ``frequency`` + 1, the number of purchase days [count];
    - monetary value is ``total_spend`` − ``refunds`` [money], or ``total_spend`` alone.

    Where each purchase of a day is one of its own, the summary `crmrisk.evidence.PurchaseCount` counts them, and
    ``frequency="purchases"`` reads that. A portfolio read from a prepared frame names its own columns.

    Parameters
    ----------
    recency
        The column of days since the last purchase.
    frequency
        The column of numbers of purchases; `None` counts purchase days as above.
    monetary
        The column of amounts, below 0 where refunds exceed purchases; `None` sums as above.
    refunds
        Whether refunds reduce the monetary value where `monetary` is `None`. A refund is never a purchase: it changes
        neither recency nor frequency.

    Raises
    ------
    InvalidValueError
        If one column is to be read as two things.

    Examples
    --------
    >>> [each.name for each in RfmColumns().inputs]
    ['idle_days', 'frequency', 'total_spend', 'refunds']
    >>> [each.name for each in RfmColumns(frequency="orders", monetary="revenue").inputs]
    ['idle_days', 'orders', 'revenue']
    """

    recency: Name = "idle_days"
    frequency: Name | None = None
    monetary: Name | None = None
    refunds: Literal["subtract", "ignore"] = "subtract"

    @model_validator(mode="after")
    def _different(self) -> Self:
        names = [each.name for each in self.inputs]
        if len(set(names)) < len(names):
            where, got = type(self).__name__, ", ".join(names)
            raise InvalidValueError(Problem(what="one column is read as two things", where=where, got=got))
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What is read."""
        return _inputs(self.recency, self.frequency, self.monetary, self.refunds)

    def values(self, portfolio: Portfolio) -> dict[str, FloatArray]:
        """Read recency [day], frequency [count] and monetary value [money], ``(n_customers,)`` each.

        Parameters
        ----------
        portfolio
            Customers; NaN stays NaN.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> columns = {"idle_days": [3], "frequency": [0], "total_spend": [50], "refunds": [20]}
        >>> RfmColumns().values(Portfolio(["C1"], date(2026, 1, 31), columns))
        {'recency': array([3.]), 'frequency': array([1.]), 'monetary': array([30.])}
        """
        frequency = portfolio["frequency"] + 1.0 if self.frequency is None else portfolio[self.frequency]
        if self.monetary is not None:
            monetary = portfolio[self.monetary]
        else:
            back = portfolio["refunds"] if self.refunds == "subtract" else 0.0
            monetary = portfolio["total_spend"] - back
        return {"recency": portfolio[self.recency], "frequency": frequency, "monetary": monetary}


@lru_cache(maxsize=64)
def _inputs(recency: str, frequency: str | None, monetary: str | None, refunds: str) -> tuple[Input, ...]:
    """Declare what is read; kept, because one customer is segmented in a millisecond."""
    first = Input(recency, "day", ge=0), Input(frequency or "frequency", "count", ge=0)
    if monetary is not None:
        return (*first, Input(monetary, "money"))
    spend, back = (Input(name, "money", ge=0) for name in ("total_spend", "refunds"))
    return (*first, spend, back) if refunds == "subtract" else (*first, spend)
