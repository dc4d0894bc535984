"""A whole simulated relationship book: seven tables of facts, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Any

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_whole, random_source_problems
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import instant
from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.clock import Clock
from crmrisk.datasets.complaining import Complaining
from crmrisk.datasets.defrauding import Defrauding
from crmrisk.datasets.paying import Paying
from crmrisk.datasets.population import SEGMENTS, Fraction, Segment
from crmrisk.datasets.purchasing import Purchasing, Spending
from crmrisk.datasets.servicing import Servicing
from crmrisk.datasets.surveying import Surveying
from crmrisk.datasets.tables import simulate_tables
from crmrisk.datasets.truth import true_probability

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    import numpy as np
    import pandas as pd

    from crmrisk.core.arrays import FloatArray

__all__ = ["Behaviour", "SimulatedBook", "simulate_book"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Behaviour(Value):
    """Set how simulated customers behave, one setting per process.

    Each process draws from a random stream of its own, so that changing one setting leaves the draws of the other
    processes as they were.

    Parameters
    ----------
    joining
        Share of the book's time during which customers join, evenly.
    purchasing, spending
        How often they buy, complain and leave; how much they spend.
    complaining, surveying, paying, servicing, defrauding
        How complaints are handled, surveys answered, invoices paid, contacts served; how often fraud happens.

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Behaviour(purchasing=Purchasing(complaint_dropout=0)).joining
    0.6
    """

    joining: Fraction = 0.6
    purchasing: Purchasing = Purchasing()
    spending: Spending = Spending()
    complaining: Complaining = Complaining()
    surveying: Surveying = Surveying()
    paying: Paying = Paying()
    servicing: Servicing = Servicing()
    defrauding: Defrauding = Defrauding()


@plain_dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SimulatedBook:
    """Hold the tables of a simulated relationship book and the truth behind them.

    The tables have the columns `crmrisk.Evidence` expects: ``Evidence(**book.tables())``.

    Parameters
    ----------
    customers
        ``customer_id``, ``since``, ``segment``, ``tier``, ``tags`` (text, separated by commas).
    transactions
        ``customer_id``, ``at``, ``amount``, ``cost``, ``product``.
    complaints
        ``customer_id``, ``opened_at``, ``closed_at``, ``severity`` (1 to 5), ``topic``, ``text``.
    surveys
        ``customer_id``, ``at``, ``question`` (``nps``, ``csat``), ``score`` (0 to 10).
    payments
        ``customer_id``, ``due_at``, ``amount``, ``paid_at``.
    service
        ``customer_id``, ``at``, ``channel``, ``answered_at``, ``resolved_at``, ``accurate`` (1, 0, or missing where
        there was no answer).
    incidents
        ``customer_id``, ``event``, ``occurred_at``, ``loss``.
    truth
        One row per customer, in the order of `customers`: ``customer_id``; ``since``; ``dropped_at`` (when they left,
        missing if they had not by `end`); ``satisfaction`` (latent); ``purchase_rate`` [1/day, while active];
        ``dropout_probability`` and ``dropout_probability_after_complaint`` (per repeat purchase);
        ``complaint_probability`` (per purchase); ``mean_spend`` (per purchase); ``late_probability`` (per invoice that
        is paid); ``default_probability`` (per invoice: that it is never paid); ``contact_rate`` and ``incident_rate``
        [1/day].
    start, end
        The first moment of the book, and the first moment after it.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> book = simulate_book(
    ...     n_customers=100, start=date(2024, 1, 1), end=date(2026, 1, 1), rng=np.random.default_rng(7)
    ... )
    >>> list(book.tables())
    ['customers', 'transactions', 'complaints', 'surveys', 'payments', 'service', 'incidents']
    """

    customers: pd.DataFrame
    transactions: pd.DataFrame
    complaints: pd.DataFrame
    surveys: pd.DataFrame
    payments: pd.DataFrame
    service: pd.DataFrame
    incidents: pd.DataFrame
    truth: pd.DataFrame
    start: datetime
    end: datetime

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(table)} {name}" for name, table in self.tables().items())
        return f"SimulatedBook({self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}: {counts})"

    def tables(self) -> dict[str, Any]:
        """Return the seven tables of facts (pandas frames) by name, without the truth.

        Examples
        --------
        See `SimulatedBook`.
        """
        return {
            "customers": self.customers,
            "transactions": self.transactions,
            "complaints": self.complaints,
            "surveys": self.surveys,
            "payments": self.payments,
            "service": self.service,
            "incidents": self.incidents,
        }

    def true_probability(self, event: str, *, as_of: date | datetime, horizon: timedelta) -> FloatArray:
        """Compute the probability of an event within a horizon, knowing everything but the future.

        Parameters
        ----------
        event
            ``"churn"`` (no purchase), ``"complaint"`` or ``"incident"`` (at least one).
        as_of
            The start of the window; from `start` to `end`.
        horizon
            The length of the window.

        Returns
        -------
        Probabilities in the order of `customers`, ``(n_customers,)``; NaN for customers who join only after `as_of`.

        Raises
        ------
        InvalidValueError
            If the event is none of the three, the horizon is not positive, or `as_of` lies outside the book.

        Examples
        --------
        >>> from datetime import date, timedelta
        >>> import numpy as np
        >>> book = simulate_book(
        ...     n_customers=100, start=date(2024, 1, 1), end=date(2026, 1, 1), rng=np.random.default_rng(7)
        ... )
        >>> churn = book.true_probability("churn", as_of=date(2025, 7, 1), horizon=timedelta(days=90))
        >>> bool((churn[book.truth["dropped_at"] < "2025-07-01"] == 1).all())
        True
        """
        moment = _plain(as_of, "as_of")
        if not self.start <= moment <= self.end:
            raise InvalidValueError(
                Problem(what="outside the book", where="as_of", allowed=f"{self.start} to {self.end}", got=str(moment))
            )
        return true_probability(self.truth, event, as_of=moment, horizon=horizon)


def simulate_book(
    *,
    n_customers: int = 5_000,
    start: date,
    end: date,
    rng: np.random.Generator,
    segments: tuple[Segment, ...] = SEGMENTS,
    behaviour: Behaviour | None = None,
) -> SimulatedBook:
    """Simulate a relationship book whose truth is known.

    Customers buy at rates of their own until they leave (BG/NBD) and spend after the gamma-gamma model. Dissatisfied
    customers complain more and answer surveys lower; a complaint makes leaving more likely. Invoices are paid on time,
    late or never, depending on segment and customer.

    Parameters
    ----------
    n_customers
        How many customers.
    start
        The first day of the book.
    end
        The first day after the book; nothing recorded is this late.
    rng
        The source of randomness; the same state gives the same book.
    segments
        The groups of customers.
    behaviour
        How customers behave; `Behaviour()` unless given.

    Raises
    ------
    InvalidValueError
        If there are no customers, the book ends before it starts, or the segments are not a partition.

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24.
    Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> simulate_book(n_customers=100, start=date(2024, 1, 1), end=date(2026, 1, 1), rng=np.random.default_rng(7))
    SimulatedBook(2024-01-01 to 2026-01-01: 100 customers, ...)
    """
    segments = tuple(segments)
    problems = [*_size_problems(n_customers), *_segment_problems(segments), *random_source_problems(rng)]
    clock = Clock(_plain(start, "start"), _plain(end, "end"))
    if clock.length <= 0:
        problems.append(Problem(what="ends before it starts", where="end", allowed=f"> {start}", got=str(end)))
    if problems:
        raise InvalidValueError(*problems)
    tables = simulate_tables(int(n_customers), segments, clock, behaviour or Behaviour(), rng)
    return SimulatedBook(**tables, start=clock.start, end=clock.end)


def _plain(moment: date | datetime, where: str) -> datetime:
    plain = instant(moment, where=where)
    if plain.tzinfo is not None:
        raise InvalidValueError(
            Problem(what="has a time zone; simulated books have none", where=where, got=str(moment))
        )
    return plain


def _size_problems(n_customers: object) -> list[Problem]:
    if is_whole(n_customers) and n_customers >= 1:  # type: ignore[operator]  # a whole number compares
        return []
    return [Problem(what="not a number of customers", where="n_customers", allowed=">= 1", got=repr(n_customers))]


def _segment_problems(segments: tuple[Segment, ...]) -> list[Problem]:
    if not all(isinstance(segment, Segment) for segment in segments):
        return [Problem(what="not segments", where="segments", got=repr(segments)[:100])]
    names = [segment.name for segment in segments]
    total = sum(segment.share for segment in segments)
    problems = []
    if len(set(names)) < len(names):
        problems.append(Problem(what="names repeat", where="segments", got=", ".join(names)))
    if abs(total - 1.0) > 1e-9:
        problems.append(Problem(what="shares do not add up", where="segments", allowed="1", got=f"{total:g}"))
    return problems
