"""Contribution: what each customer brings, less what they cost, beside what they will bring and could bring.

Revenue is not profit. `contributions` lays out, customer by customer, how one becomes the other, from the columns of a
portfolio; what is left of spend, service and acquisition cost is `crmrisk.scoring.ContributionScorer`'s answer.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import fsum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.arrays import (
    LARGEST_NUMBER,
    FloatArray,
    ObjectArray,
    frozen_floats,
    frozen_objects,
    row_of,
    same_arrays,
)
from crmrisk.core.errors import CompositionError, PortfolioError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.measures import Quantity
from crmrisk.core.model import VALUE, Value
from crmrisk.core.optional_columns import column_or, column_or_unrated
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.registry import component_class
from crmrisk.core.row_names import named_rows, refuse_other_order
from crmrisk.core.scores import Scores

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import Numbers

__all__ = ["Contribution", "Contributions", "contributions"]

_SCORER = "crmrisk.contribution"  # asked for by its registered name: scoring is a neighbour, not a layer below
_COSTS = ("service_cost", "acquisition_cost", "expected_risk_cost")


@value_object(frozen=True, kw_only=True, config=VALUE)
class Contribution(Value):
    """Hold what one customer brings; ``None`` is not known.

    Parameters
    ----------
    customer_id
        Whose.
    currency
        Of all money.
    revenue, direct_cost, service_cost, acquisition_cost, expected_risk_cost, contribution, lifetime_value, wallet, \
potential, share_of_wallet, growth
        As in `Contributions`.

    Examples
    --------
    >>> Contribution(customer_id="C1", currency="EUR", revenue=100, direct_cost=60, contribution=40).contribution
    40.0
    """

    customer_id: str
    currency: str
    revenue: float | None = None
    direct_cost: float | None = None
    service_cost: float | None = None
    acquisition_cost: float | None = None
    expected_risk_cost: float | None = None
    contribution: float | None = None
    lifetime_value: float | None = None
    wallet: float | None = None
    potential: float | None = None
    share_of_wallet: float | None = None
    growth: float | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Contributions:
    """Hold what each customer brings; NaN is not known. Each array is ``(n_customers,)``.

    Parameters
    ----------
    customer_id
        Who.
    revenue
        Spend less refunds [currency].
    direct_cost
        What the purchases cost to supply [currency].
    service_cost
        What serving the customer cost [currency].
    acquisition_cost
        The part of what winning the customer cost that falls to this contribution [currency].
    expected_risk_cost
        Expected loss that is counted as a cost [currency].
    contribution
        ``revenue − direct_cost − service_cost − acquisition_cost − expected_risk_cost`` [currency]; below 0 where a
        customer costs more than they bring.
    lifetime_value
        What the customer will bring [currency].
    wallet
        What the customer spends with all suppliers over the same time [currency].
    potential
        ``wallet − revenue``, not below 0: what could be won [currency].
    share_of_wallet
        ``revenue / wallet``, not above 1.
    growth
        Spend of the recent window over that of the one before, less 1; unknown without spend before.
    currency
        Of all money.

    Examples
    --------
    See `contributions`.
    """

    customer_id: ObjectArray
    revenue: FloatArray
    direct_cost: FloatArray
    service_cost: FloatArray
    acquisition_cost: FloatArray
    expected_risk_cost: FloatArray
    contribution: FloatArray
    lifetime_value: FloatArray
    wallet: FloatArray
    potential: FloatArray
    share_of_wallet: FloatArray
    growth: FloatArray
    currency: str

    def __post_init__(self) -> None:
        ids = frozen_objects(self.customer_id, where="customer_id")
        object.__setattr__(self, "customer_id", ids)
        wrong = []
        for name in _COLUMNS:
            column = frozen_floats(getattr(self, name), where=name)
            object.__setattr__(self, name, column)
            if len(column) != len(ids):
                got = str(len(column))
                wrong.append(
                    Problem(what="length differs from customer_id", where=name, allowed=str(len(ids)), got=got)
                )
            wrong += _range_problems(name, column)
        if wrong:
            raise PortfolioError(*wrong)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contributions):
            return NotImplemented
        names = ("customer_id", *_COLUMNS)
        same = all(same_arrays(getattr(self, name), getattr(other, name)) for name in names)
        return same and self.currency == other.currency

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        known = self.contribution[~np.isnan(self.contribution)]
        money = f"{fsum(known.tolist()):,.0f} {self.currency} of {len(known):,}"
        return f"Contributions({len(self):,} customers, {money}, {int((known < 0.0).sum()):,} below 0)"

    def __getitem__(self, customer_id: str) -> Contribution:
        """Return one customer's contribution."""
        row = row_of(self.customer_id, customer_id)
        values = {name: getattr(self, name)[row] for name in _COLUMNS}
        known = {name: None if np.isnan(value) else float(value) for name, value in values.items()}
        return Contribution(customer_id=customer_id, currency=self.currency, **known)

    def totals(self) -> dict[str, float | None]:
        """Add up money over the customers it is known of; ``None`` where it is known of nobody.

        Examples
        --------
        >>> from datetime import date
        >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"total_spend": [100, None]})
        >>> totals = contributions(book, currency="EUR", margin=0.4).totals()
        >>> totals["contribution"], totals["lifetime_value"]
        (40.0, None)
        """
        money = {name: getattr(self, name) for name in _COLUMNS if name not in {"share_of_wallet", "growth"}}
        known = {name: each[~np.isnan(each)].tolist() for name, each in money.items()}
        return {name: fsum(each) if each else None for name, each in known.items()}  # exact: in any order of customers

    def onto(self, portfolio: Portfolio) -> Portfolio:
        """Put the contributions into a portfolio as columns, for tiers, clusters and whoever reads them.

        Parameters
        ----------
        portfolio
            The same customers in the same order.

        Returns
        -------
        Another portfolio with all columns that are known of anybody.

        Raises
        ------
        PortfolioError
            If the customers are others.
        InvalidValueError
            If it is no portfolio.

        Examples
        --------
        >>> from datetime import date
        >>> book = Portfolio(["C1"], date(2026, 1, 31), {"total_spend": [100]})
        >>> contributions(book, currency="EUR", margin=0.4).onto(book)["contribution"]
        array([40.])
        """
        expect(portfolio, Portfolio, where="Contributions.onto: portfolio", remedy="the portfolio they are of")
        if not same_arrays(self.customer_id, portfolio.customer_id):
            raise PortfolioError(Problem(what="other customers, or another order", where="portfolio"))
        known = {name: getattr(self, name) for name in _COLUMNS if not np.isnan(getattr(self, name)).all()}
        return portfolio.with_columns(known)

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per customer.

        Examples
        --------
        See `contributions`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({name: getattr(self, name).copy() for name in ("customer_id", *_COLUMNS)})


_COLUMNS = tuple(each.name for each in fields(Contributions) if each.name not in {"customer_id", "currency"})


def contributions(
    portfolio: Portfolio,
    *,
    currency: str,
    margin: float = 1.0,
    amortised: float = 1.0,
    expected_risk_cost: Scores | Numbers | str | None = None,
    lifetime_value: Scores | Numbers | str | None = None,
    wallet: Scores | Numbers | str | None = None,
) -> Contributions:
    """Lay out what each customer of a portfolio brings.

    Read where the portfolio has them: ``total_spend``, ``refunds``, ``contribution_margin`` (each customer's own),
    ``service_cost``, ``acquisition_cost``, ``spend_recent`` and ``spend_previous`` (growth), ``expected_risk_cost``,
    ``lifetime_value`` and ``wallet``. Costs that are not there are not counted, as in
    `crmrisk.scoring.ContributionScorer`; a customer without any purchase is unrated.

    Parameters
    ----------
    portfolio
        One row per customer.
    currency
        Of all money.
    margin
        The share of spend that is kept, for customers whose costs are not recorded.
    amortised
        The share of acquisition cost to count here, in 0..1: a year of a relationship expected to last four is 0.25.
    expected_risk_cost, lifetime_value, wallet
        One number per customer, the scores of a scorer of money, or the name of another column.

    Raises
    ------
    MissingInputsError
        If the portfolio has no ``total_spend``.
    InvalidValueError
        If margin, share or currency are not valid.
    PortfolioError
        If there is not one number per customer, a cost or a wallet is below 0, amounts are beyond 1e140, or scores are
        of other customers.
    RecordError
        If a pandas column names the customers in another order.
    CompositionError
        If scores are not money of this currency.

    References
    ----------
    Gupta, S. and Lehmann, D. R. (2003), Customers as assets, *Journal of Interactive Marketing* 17(1).

    Examples
    --------
    >>> from datetime import date
    >>> columns = {"total_spend": [200, 80], "service_cost": [10, 40], "acquisition_cost": [40, 40],
    ...     "wallet": [500, None]}
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), columns)
    >>> found = contributions(book, currency="EUR", margin=0.5, amortised=0.25)
    >>> found
    Contributions(2 customers, 70 EUR of 2, 1 below 0)
    >>> found["C1"].contribution, found["C1"].potential, found["C1"].share_of_wallet
    (80.0, 300.0, 0.4)
    """
    expect(portfolio, Portfolio, where="contributions: portfolio", remedy="evidence.portfolio(as_of) makes one")
    refuse(_share_problems(amortised))
    scorer = component_class(_SCORER)(currency=currency, margin=margin)
    service, won = (column_or(portfolio, name, 0.0) for name in ("service_cost", "acquisition_cost"))
    kept = scorer.score(
        portfolio.with_columns(dict.fromkeys(("service_cost", "acquisition_cost"), np.zeros(len(portfolio))))
    ).values
    revenue = portfolio["total_spend"] - column_or(portfolio, "refunds", 0.0)
    risk = _given(portfolio, expected_risk_cost, "expected_risk_cost", currency=currency)
    purse = _given(portfolio, wallet, "wallet", currency=currency)
    rest = {
        "revenue": revenue,
        "direct_cost": revenue - kept,
        "service_cost": service,
        "acquisition_cost": amortised * won,
    }
    share, potential = _of_wallet(revenue, purse)
    return Contributions(
        customer_id=portfolio.customer_id,
        **rest,
        expected_risk_cost=np.where(np.isnan(risk), 0.0, risk),
        contribution=kept - service - amortised * won - np.where(np.isnan(risk), 0.0, risk),
        lifetime_value=_given(portfolio, lifetime_value, "lifetime_value", currency=currency),
        wallet=purse,
        potential=potential,
        share_of_wallet=share,
        growth=_growth(portfolio),
        currency=currency,
    )


def _given(portfolio: Portfolio, values: Scores | Numbers | str | None, name: str, *, currency: str) -> FloatArray:
    if values is None or isinstance(values, str):
        if values is not None:
            return portfolio[values]
        return column_or_unrated(portfolio, name)
    if isinstance(values, Scores):
        if (values.measure.quantity, values.measure.unit) != (Quantity.MONEY, currency):
            got = str(values.measure)
            raise CompositionError(Problem(what="scores of another measure", where=name, allowed=currency, got=got))
        if not same_arrays(values.customer_id, portfolio.customer_id):
            remedy = "score this portfolio"
            raise PortfolioError(Problem(what="scores of other customers, or another order", where=name, remedy=remedy))
        return values.values
    if hasattr(values, "index"):
        refuse_other_order(portfolio=named_rows(portfolio.customer_id), **{name: values})
    column = frozen_floats(values, where=name)
    if len(column) != len(portfolio):
        allowed, got = f"{len(portfolio)} numbers", str(len(column))
        raise PortfolioError(Problem(what="not one number per customer", where=name, allowed=allowed, got=got))
    return column


def _of_wallet(revenue: FloatArray, wallet: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the share of wallet and what is left of it; a wallet known to be smaller than revenue is all ours."""
    some = np.where(wallet > 0.0, wallet, np.nan)
    with np.errstate(over="ignore"):  # many times a tiny wallet is all of it
        return np.clip(revenue / some, 0.0, 1.0), np.maximum(wallet - revenue, 0.0)


def _growth(portfolio: Portfolio) -> FloatArray:
    recent, previous = (column_or_unrated(portfolio, f"spend_{when}") for when in ("recent", "previous"))
    with np.errstate(over="ignore"):  # becomes infinite, and is refused as such
        return recent / np.where(previous > 0.0, previous, np.nan) - 1.0


def _range_problems(name: str, column: FloatArray) -> list[Problem]:
    """Refuse costs that would be gains, a wallet of less than nothing, and money whose sum overflows."""
    lowest = 0.0 if name in {*_COSTS, "wallet"} else -LARGEST_NUMBER
    most = np.inf if name in {"share_of_wallet", "growth"} else LARGEST_NUMBER
    wrong = column[(column < lowest) | (column > most)]
    if not len(wrong):
        return []
    what = "below 0" if wrong[0] < 0.0 == lowest else "too large to add up"
    allowed, got = f"{lowest:g} to {most:g}, or NaN where it is not known", f"{wrong[0]:g}, {len(wrong)} value(s)"
    remedy = "costs are written as positive numbers" if what == "below 0" and name in _COSTS else ""
    return [Problem(what=what, where=name, allowed=allowed, got=got, remedy=remedy)]


def _share_problems(amortised: Any) -> list[Problem]:
    if is_number(amortised) and 0.0 <= amortised <= 1.0:
        return []
    return [Problem(what="not a share", where="amortised", allowed="0 to 1", got=repr(amortised)[:100])]
