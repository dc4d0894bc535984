"""How customers buy and leave: BG/NBD purchasing in which complaints push people out, gamma-gamma spend."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.clock import arrivals, order_within
from crmrisk.datasets.population import Fraction, Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.datasets.population import Population

__all__ = ["Buyers", "Purchases", "Purchasing", "Spending", "draw_buyers", "draw_mean_spend", "simulate_purchases"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Purchasing(Value):
    """Set how customers buy, complain and leave.

    While active, a customer buys at a rate drawn from ``Gamma(r, alpha)``. After each repeat purchase they leave with a
    probability drawn from ``Beta(a, b)``. A purchase that draws a complaint adds to that: those who would have stayed
    leave with probability `complaint_dropout`. With ``complaint_dropout=0`` this is exactly the BG/NBD model.

    Parameters
    ----------
    r, alpha
        Shape, and rate [day], of the gamma distribution of purchase rates.
    a, b
        Parameters of the beta distribution of dropout probabilities.
    complaint
        Probability that a purchase of a customer of satisfaction 0 draws a complaint.
    complaint_slope
        How many log-odds of complaining one unit of satisfaction takes away.
    complaint_dropout
        Probability that a complaint makes a customer leave who would have stayed.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24, equations 1 and 2.

    Examples
    --------
    >>> Purchasing().alpha
    36.0
    """

    r: Positive = 1.2
    alpha: Positive = 36.0
    a: Positive = 1.3
    b: Positive = 25.0
    complaint: Fraction = 0.03
    complaint_slope: float = 0.9
    complaint_dropout: Fraction = 0.35


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Spending(Value):
    """Set how much customers spend: the gamma-gamma model.

    A purchase costs ``Gamma(p, nu)`` and each customer's ``nu`` comes from ``Gamma(q, v)``, so that the mean over
    customers is ``p v / (q - 1)``.

    Parameters
    ----------
    p
        Shape of one customer's purchases.
    q, v
        Shape (above 1, else there is no mean), and rate in units of money, of the distribution over customers.
    margin
        Share of the amount that is not cost.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    References
    ----------
    Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value.

    Examples
    --------
    >>> spending = Spending()
    >>> round(spending.p * spending.v / (spending.q - 1), 2)
    36.0
    """

    p: Positive = 6.0
    q: Annotated[float, Field(gt=1)] = 4.0
    v: Positive = 18.0
    margin: Fraction = 0.35


@plain_dataclass(frozen=True, kw_only=True)
class Buyers:
    """Hold the true parameters of each customer's purchasing.

    Parameters
    ----------
    rate
        Purchases while active [1/day], ``(n_customers,)``.
    dropout
        Probability of leaving after a repeat purchase without complaint, ``(n_customers,)``.
    dropout_after_complaint
        The same after one with complaint, ``(n_customers,)``.
    complaint
        Probability that a purchase draws a complaint, ``(n_customers,)``.

    Examples
    --------
    See `draw_buyers`.
    """

    rate: FloatArray
    dropout: FloatArray
    dropout_after_complaint: FloatArray
    complaint: FloatArray


@plain_dataclass(frozen=True, kw_only=True)
class Purchases:
    """Hold what was bought, ordered by customer, then time.

    Parameters
    ----------
    row
        The customer of each purchase, ``(n_purchases,)``.
    time
        When [day since the start], ``(n_purchases,)``.
    complained
        Whether it drew a complaint, ``(n_purchases,)``.
    dropped
        When each customer left [day since the start], infinite for those who did not, ``(n_customers,)``.

    Examples
    --------
    See `simulate_purchases`.
    """

    row: IntArray
    time: FloatArray
    complained: BoolArray
    dropped: FloatArray


def draw_buyers(people: Population, purchasing: Purchasing, rng: np.random.Generator) -> Buyers:
    """Draw the true parameters of each customer's purchasing.

    Parameters
    ----------
    people
        Who the customers are.
    purchasing
        How they buy.
    rng
        The source of randomness.

    Examples
    --------
    >>> from crmrisk.datasets.population import SEGMENTS, draw_population
    >>> people = draw_population(4, SEGMENTS, 365.0, np.random.default_rng(1))
    >>> buyers = draw_buyers(people, Purchasing(), np.random.default_rng(1))
    >>> bool((buyers.dropout_after_complaint > buyers.dropout).all())
    True
    """
    stays = 1.0 - rng.beta(purchasing.a, purchasing.b, len(people))
    return Buyers(
        rate=people.each("purchase_rate") * rng.gamma(purchasing.r, 1.0 / purchasing.alpha, len(people)),
        dropout=1.0 - stays,
        dropout_after_complaint=1.0 - stays * (1.0 - purchasing.complaint_dropout),
        complaint=_shifted_odds(purchasing.complaint, -purchasing.complaint_slope * people.satisfaction),
    )


def _shifted_odds(probability: float, log_odds: FloatArray) -> FloatArray:
    factor = np.exp(np.clip(log_odds, -700.0, 700.0))
    return probability * factor / (1.0 - probability + probability * factor)


def simulate_purchases(people: Population, buyers: Buyers, until: float, rng: np.random.Generator) -> Purchases:
    """Let every customer buy from the day they join, and leave when they leave.

    Parameters
    ----------
    people
        Who the customers are.
    buyers
        Their true parameters.
    until
        When the book closes [day since the start].
    rng
        The source of randomness.

    Examples
    --------
    >>> from crmrisk.datasets.population import SEGMENTS, draw_population
    >>> rng = np.random.default_rng(1)
    >>> people = draw_population(4, SEGMENTS, 365.0, rng)
    >>> purchases = simulate_purchases(people, draw_buyers(people, Purchasing(), rng), 730.0, rng)
    >>> sorted(set(purchases.row.tolist()))
    [0, 1, 2, 3]
    """
    row, time = arrivals(buyers.rate, people.since, until, rng)
    complained = rng.random(len(row)) < buyers.complaint[row]
    chance = np.where(complained, buyers.dropout_after_complaint[row], buyers.dropout[row])
    leaves = rng.random(len(row)) < chance
    departures = np.concatenate([[0], np.cumsum(leaves)])
    first = np.arange(len(row)) - order_within(row)
    stayed = departures[:-1] == departures[first]
    dropped = np.full(len(people), np.inf)
    dropped[row[stayed & leaves]] = time[stayed & leaves]
    first_complaint = rng.random(len(people)) < buyers.complaint
    return _with_first(
        people,
        first_complaint,
        Purchases(row=row[stayed], time=time[stayed], complained=complained[stayed], dropped=dropped),
    )


def _with_first(people: Population, complained: BoolArray, repeats: Purchases) -> Purchases:
    """Put the first purchase, made on joining, before each customer's repeat purchases."""
    row = np.concatenate([np.arange(len(people)), repeats.row])
    order = np.argsort(row, kind="stable")
    return Purchases(
        row=row[order],
        time=np.concatenate([people.since, repeats.time])[order],
        complained=np.concatenate([complained, repeats.complained])[order],
        dropped=repeats.dropped,
    )


def draw_mean_spend(people: Population, spending: Spending, rng: np.random.Generator) -> FloatArray:
    """Draw what each customer truly spends per purchase on average, ``(n_customers,)``.

    Parameters
    ----------
    people
        Who the customers are.
    spending
        How much they spend.
    rng
        The source of randomness.

    Examples
    --------
    >>> from crmrisk.datasets.population import SEGMENTS, draw_population
    >>> rng = np.random.default_rng(1)
    >>> bool((draw_mean_spend(draw_population(4, SEGMENTS, 365.0, rng), Spending(), rng) > 0).all())
    True
    """
    return people.each("spend") * spending.p / rng.gamma(spending.q, 1.0 / spending.v, len(people))
