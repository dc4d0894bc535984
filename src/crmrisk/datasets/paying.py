"""How customers pay: on time, late, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.population import Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.datasets.population import Population

__all__ = ["Paying", "draw_odds", "draw_payers", "simulate_payments"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Paying(Value):
    """Set how customers pay; how often they pay late or never is a setting of their `Segment`.

    Parameters
    ----------
    terms
        Time from purchase to due date [day].
    delay
        Mean time from due date to payment of an invoice paid late [day].
    spread
        Standard deviation over the customers of a segment of the log-odds of paying late, and of never paying.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Paying().terms
    30.0
    """

    terms: Positive = 30.0
    delay: Positive = 20.0
    spread: Annotated[float, Field(ge=0, le=10)] = 0.8


def draw_odds(probability: FloatArray, spread: float, rng: np.random.Generator) -> FloatArray:
    """Spread a probability over customers, normally on the log-odds scale.

    Parameters
    ----------
    probability
        That of the median customer, ``(n_customers,)``.
    spread
        Standard deviation of the log-odds.
    rng
        The source of randomness.

    Examples
    --------
    >>> draw_odds(np.array([0.1, 0.5]), 0.0, np.random.default_rng(1))
    array([0.1, 0.5])
    """
    odds = probability / (1.0 - probability) * np.exp(spread * rng.standard_normal(len(probability)))
    return np.asarray(odds / (1.0 + odds), dtype=np.float64)


def simulate_payments(
    invoiced: FloatArray, *, late: FloatArray, default: FloatArray, paying: Paying, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Draw when each invoice falls due and is paid.

    Parameters
    ----------
    invoiced
        When the purchase was made [day since the start], ``(n_invoices,)``.
    late, default
        Probability that it is paid late, and never, ``(n_invoices,)``.
    paying
        The remaining settings.
    rng
        The source of randomness.

    Returns
    -------
    When it falls due and when it is paid [day since the start]; never is infinite.

    Examples
    --------
    >>> due, paid = simulate_payments(
    ...     np.array([0.0]), late=np.zeros(1), default=np.ones(1), paying=Paying(), rng=np.random.default_rng(1)
    ... )
    >>> due, paid
    (array([30.]), array([inf]))
    """
    n = len(invoiced)
    due = np.floor(invoiced) + paying.terms
    in_time = invoiced + rng.random(n) * (due - invoiced)
    paid = np.where(rng.random(n) < late, due + 1.0 + rng.exponential(paying.delay, n), in_time)
    return due, np.where(rng.random(n) < default, np.inf, paid)


def draw_payers(people: Population, paying: Paying, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw each customer's true probabilities of paying an invoice late, and never.

    Parameters
    ----------
    people
        Who the customers are.
    paying
        How they pay.
    rng
        The source of randomness.

    Returns
    -------
    Probability that an invoice is paid late, given that it is paid, and that it is never paid, ``(n_customers,)`` each.

    Examples
    --------
    >>> from crmrisk.datasets.population import SEGMENTS, draw_population
    >>> people = draw_population(2, SEGMENTS[:1], 365.0, np.random.default_rng(1))
    >>> draw_payers(people, Paying(spread=0), np.random.default_rng(1))
    (array([0.1, 0.1]), array([0.01, 0.01]))
    """
    spread = paying.spread
    return draw_odds(people.each("late"), spread, rng), draw_odds(people.each("default"), spread, rng)
