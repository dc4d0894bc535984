"""The share of a relationship that a late payment puts at risk."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from pydantic import Field

from crmrisk import Input, Measure, StatelessScorer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from crmrisk import Portfolio

__all__ = ["PaymentDelayScorer"]


class PaymentDelayScorer(StatelessScorer, kind="example.payment_delay"):
    """Score how much of a relationship a late payment puts at risk.

    Nothing within the days of grace; after them the share that is left halves every half-life::

        1 - 0.5 ** (max(days_past_due - grace, 0) / half_life)

    Parameters
    ----------
    grace
        How late a payment may be before it counts [day].
    half_life
        How many further days put half of what is left at risk [day].

    Raises
    ------
    InvalidValueError
        If `grace` is negative or `half_life` not positive.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"days_past_due": [5, 37, None]})
    >>> PaymentDelayScorer().score(book).values
    array([0. , 0.5, nan])
    """

    grace: Annotated[float, Field(ge=0)] = 7.0
    half_life: Annotated[float, Field(gt=0)] = 30.0

    inputs = (Input("days_past_due", "day", ge=0),)
    measure = Measure.share()
    monotone: ClassVar[Mapping[str, int]] = MappingProxyType({"days_past_due": 1})

    def compute(self, portfolio: Portfolio) -> NDArray[np.float64]:
        """Return the share at risk, ``(n_customers,)``."""
        late = np.maximum(portfolio["days_past_due"] - self.grace, 0.0)
        return np.asarray(1.0 - 0.5 ** (late / self.half_life), dtype=np.float64)
