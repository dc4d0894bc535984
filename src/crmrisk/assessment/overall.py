"""Each customer over all risks: overall level, probability of any event, total expected loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from crmrisk.assessment.aggregation import frechet_bounds
from crmrisk.core.levels import levels_from_codes

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["OverallRisk"]


@dataclass(frozen=True, eq=False, repr=False)
class OverallRisk:
    """Hold each customer's risk over all events of a programme.

    The overall level is the highest level of any rated risk; a customer with none is unrated. How the events depend is
    unknown, so the probability of any of them, each within its own horizon, is bounded by Fréchet: at least the largest
    single probability, at most their sum. Expected losses add up whatever the dependence. All three are over the rated
    risks, and ``unrated_risks`` says how many are missing from them.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    levels
        Overall `RiskLevel`, ``(n_customers,)``.
    probability_of_any_low, probability_of_any_high
        Fréchet bounds, ``(n_customers,)``; NaN without a rated risk.
    expected_loss
        Total over the rated risks [currency], ``(n_customers,)``; NaN without one.
    unrated_risks
        How many risks of the customer are unrated, ``(n_customers,)``.
    currency
        The unit of money.

    Examples
    --------
    See `crmrisk.RiskProgramme`.
    """

    customer_id: ObjectArray
    levels: ObjectArray
    probability_of_any_low: FloatArray
    probability_of_any_high: FloatArray
    expected_loss: FloatArray
    unrated_risks: IntArray
    currency: str

    @classmethod
    def of(
        cls,
        portfolio: Portfolio,
        *,
        likelihood: FloatArray,
        expected_loss: FloatArray,
        codes: np.ndarray[tuple[int, ...], np.dtype[np.integer]],
        currency: str,
    ) -> Self:
        """Add up the risks of every customer, one column per risk.

        Parameters
        ----------
        portfolio
            The customers.
        likelihood, expected_loss
            One column per risk, ``(n_customers, n_risks)``; NaN is unrated.
        codes
            Places on the scale of `RiskLevel`, ``(n_customers, n_risks)``.
        currency
            The unit of money.
        """
        unrated = np.isnan(expected_loss)
        low, high = frechet_bounds(np.where(unrated, np.nan, likelihood))
        return cls(
            customer_id=portfolio.customer_id,
            levels=levels_from_codes(codes.max(axis=1)),
            probability_of_any_low=np.asarray(low),
            probability_of_any_high=np.asarray(high),
            expected_loss=np.where(unrated.all(axis=1), np.nan, np.where(unrated, 0.0, expected_loss).sum(axis=1)),
            unrated_risks=unrated.sum(axis=1),
            currency=currency,
        )

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        return f"OverallRisk of {len(self)} customers [{self.currency}]"

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "customer_id": self.customer_id.copy(),
                "level": [str(level) for level in self.levels],
                "probability_of_any_low": self.probability_of_any_low,
                "probability_of_any_high": self.probability_of_any_high,
                "expected_loss": self.expected_loss,
                "unrated_risks": self.unrated_risks,
                "currency": self.currency,
            }
        )
