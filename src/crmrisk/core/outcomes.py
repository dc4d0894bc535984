"""What happened within the horizon after ``as_of``: one answer per customer, aligned by id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from crmrisk.core.arrays import FloatArray, ObjectArray, frozen_floats, frozen_objects, same_arrays
from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.instants import instant
from crmrisk.core.portfolio_checks import id_problems

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.portfolio import Portfolio

__all__ = ["Outcomes"]


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes:
    """Hold whether an event happened to each customer within the horizon after a point in time.

    Parameters
    ----------
    customer_id
        Unique identifiers, ``(n_customers,)``, in any order.
    occurred
        1 where it happened, 0 where not, NaN where it could not happen or nobody knows, ``(n_customers,)``.
    event
        The name of the event.
    as_of
        The start of the window, exclusive.
    horizon
        The length of the window; its end is inclusive.

    Raises
    ------
    PortfolioError
        If lengths differ, ids repeat or are no text, or an answer is neither 0, 1 nor NaN.
    InvalidValueError
        If the horizon is not positive.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> outcomes = Outcomes(["C1", "C2"], [1, 0], event="churn", as_of=date(2026, 1, 31), horizon=timedelta(days=90))
    >>> outcomes
    Outcomes('churn' within 90 days after 2026-01-31T00:00:00: 1 of 2 customers)
    """

    customer_id: ObjectArray
    occurred: FloatArray
    event: str
    as_of: datetime
    horizon: timedelta

    def __init__(
        self,
        customer_id: ArrayLike,
        occurred: ArrayLike,
        *,
        event: str,
        as_of: date | datetime,
        horizon: timedelta,
    ) -> None:
        if not isinstance(horizon, timedelta) or horizon <= timedelta(0):
            raise InvalidValueError(Problem(what="horizon", where="Outcomes", allowed="> 0", got=repr(horizon)))
        values = {
            "customer_id": frozen_objects(customer_id, where="customer_id"),
            "occurred": frozen_floats(occurred, where="occurred"),
            "event": event,
            "as_of": instant(as_of),
            "horizon": horizon,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        problems = self._problems()
        if problems:
            raise PortfolioError(*problems)

    def _problems(self) -> list[Problem]:
        known = self.occurred[~np.isnan(self.occurred)]
        strange = known[(known != 0) & (known != 1)]
        checks = (
            (
                len(self.occurred) != len(self.customer_id),
                Problem(what="length differs from customer_id", where="occurred"),
            ),
            (
                bool(len(strange)),
                Problem(what=f"{len(strange)} answer(s) neither 0, 1 nor NaN", where="occurred", got=str(strange[:3])),
            ),
        )
        return id_problems(self.customer_id) + [problem for wrong, problem in checks if wrong]

    def __len__(self) -> int:
        return len(self.customer_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcomes):
            return NotImplemented
        same = (self.event, self.as_of, self.horizon) == (other.event, other.as_of, other.horizon)
        return same and all(same_arrays(getattr(self, n), getattr(other, n)) for n in ("customer_id", "occurred"))

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        span = f"{self.horizon / timedelta(days=1):g} days after {self.as_of.isoformat()}"
        return f"Outcomes({self.event!r} within {span}: {int(np.nansum(self.occurred))} of {len(self)} customers)"

    def align(self, portfolio: Portfolio) -> FloatArray:
        """Put the answers into the order of a portfolio's customers.

        Parameters
        ----------
        portfolio
            One row per customer, as of the same point in time.

        Returns
        -------
        1, 0 or NaN, ``(n_customers,)``; NaN too for customers these outcomes do not know.

        Raises
        ------
        PortfolioError
            If the portfolio is of another point in time: learning from it would leak or be stale.

        Examples
        --------
        >>> from datetime import date, timedelta
        >>> from crmrisk.core.portfolio import Portfolio
        >>> day, month = date(2026, 1, 31), timedelta(days=30)
        >>> Outcomes(["C1", "C2"], [1, 0], event="churn", as_of=day, horizon=month).align(
        ...     Portfolio(["C2", "C3", "C1"], day, {})
        ... )
        array([ 0., nan,  1.])
        """
        if portfolio.as_of != self.as_of:
            raise PortfolioError(
                Problem(
                    what="outcomes and portfolio are of different points in time",
                    where="as_of",
                    allowed=self.as_of.isoformat(),
                    got=portfolio.as_of.isoformat(),
                    remedy="use evidence.portfolio and evidence.outcomes with one as_of",
                )
            )
        if same_arrays(self.customer_id, portfolio.customer_id):
            return self.occurred
        return frozen_floats(self._by_id(portfolio.customer_id), where="occurred")

    def _by_id(self, wanted: ObjectArray) -> FloatArray:
        import pandas as pd  # noqa: PLC0415 - a heavy import that only differing orders need

        rows = pd.Index(self.customer_id).get_indexer(pd.Index(wanted))
        return np.where(rows >= 0, self.occurred[rows], np.nan) if len(self) else np.full(len(wanted), np.nan)

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per customer.

        Examples
        --------
        >>> from datetime import date, timedelta
        >>> day, month = date(2026, 1, 31), timedelta(days=30)
        >>> Outcomes(["C1"], [1], event="churn", as_of=day, horizon=month).frame().shape
        (1, 2)
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({"customer_id": self.customer_id.copy(), "occurred": self.occurred.copy()})
