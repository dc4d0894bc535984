"""From simulated processes to tables: the one place that knows the column names of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.datasets.clock import Clock, arrivals
from crmrisk.datasets.complaining import describe_complaints
from crmrisk.datasets.defrauding import draw_losses
from crmrisk.datasets.paying import draw_payers, simulate_payments
from crmrisk.datasets.population import Population, Segment, draw_population, draw_tags, draw_tiers
from crmrisk.datasets.purchasing import Buyers, Purchases, draw_buyers, draw_mean_spend, simulate_purchases
from crmrisk.datasets.servicing import simulate_contacts
from crmrisk.datasets.surveying import simulate_surveys

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.datasets.book import Behaviour

__all__ = ["simulate_tables"]

_YEAR = 365.25
_PRODUCTS = {"basic": 0.6, "plus": 0.3, "premium": 0.1}
_PROCESSES = ("people", "buying", "spending", "complaining", "surveying", "paying", "servicing", "defrauding")


@dataclass(frozen=True, kw_only=True)
class _Simulation:
    """Hold what every table needs."""

    clock: Clock
    behaviour: Behaviour
    people: Population
    customer_id: ObjectArray
    buyers: Buyers
    purchases: Purchases
    mean_spend: FloatArray
    amount: FloatArray
    source: dict[str, np.random.Generator]


def simulate_tables(
    n_customers: int, segments: tuple[Segment, ...], clock: Clock, behaviour: Behaviour, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Simulate all processes and write them as tables.

    Parameters
    ----------
    n_customers
        How many customers.
    segments
        The groups of customers.
    clock
        When the book starts and ends.
    behaviour
        How customers behave.
    rng
        The source of randomness.

    Returns
    -------
    The seven tables of facts, and ``truth``; see `SimulatedBook`.

    Examples
    --------
    See `crmrisk.datasets.simulate_book`.
    """
    simulation = _simulate(n_customers, segments, clock, behaviour, rng)
    service, contact_rate = _service(simulation)
    incidents, incident_rate = _incidents(simulation)
    payments, late, default = _payments(simulation)
    truth = _truth(simulation) | {
        "late_probability": late,
        "default_probability": default,
        "contact_rate": contact_rate,
        "incident_rate": incident_rate,
    }
    return _frames(
        {
            "customers": _customers(simulation),
            "transactions": _transactions(simulation),
            "complaints": _complaints(simulation),
            "surveys": _surveys(simulation),
            "payments": payments,
            "service": service,
            "incidents": incidents,
            "truth": truth,
        }
    )


def _frames(tables: dict[str, dict[str, object]]) -> dict[str, pd.DataFrame]:
    import pandas as pd  # noqa: PLC0415 - heavy, and only a simulation needs it

    return {name: pd.DataFrame(columns) for name, columns in tables.items()}


def _simulate(
    n_customers: int, segments: tuple[Segment, ...], clock: Clock, behaviour: Behaviour, rng: np.random.Generator
) -> _Simulation:
    seeds = rng.integers(2**63, size=len(_PROCESSES)).tolist()
    source = {process: np.random.default_rng(seed) for process, seed in zip(_PROCESSES, seeds, strict=True)}
    people = draw_population(n_customers, segments, behaviour.joining * clock.length, source["people"])
    buyers = draw_buyers(people, behaviour.purchasing, source["buying"])
    purchases = simulate_purchases(people, buyers, clock.length, source["buying"])
    mean_spend = draw_mean_spend(people, behaviour.spending, source["spending"])
    shape = behaviour.spending.p
    spent = mean_spend[purchases.row] * source["spending"].gamma(shape, 1.0 / shape, len(purchases.row))
    width = max(4, len(str(n_customers)))
    return _Simulation(
        clock=clock,
        behaviour=behaviour,
        people=people,
        customer_id=np.array([f"C{number:0{width}d}" for number in range(1, n_customers + 1)], dtype=object),
        buyers=buyers,
        purchases=purchases,
        mean_spend=mean_spend,
        amount=np.maximum(np.round(spent, 2), 0.01),
        source=source,
    )


def _customers(simulation: _Simulation) -> dict[str, object]:
    yearly = simulation.mean_spend * simulation.buyers.rate * _YEAR
    rng = simulation.source["people"]
    return {
        "customer_id": simulation.customer_id,
        "since": simulation.clock.moments(simulation.people.since),
        "segment": simulation.people.segment_names(),
        "tier": draw_tiers(yearly, rng),
        "tags": draw_tags(len(simulation.people), rng),
    }


def _transactions(simulation: _Simulation) -> dict[str, object]:
    purchases, rng = simulation.purchases, simulation.source["spending"]
    product = rng.choice(len(_PRODUCTS), size=len(purchases.row), p=list(_PRODUCTS.values()))
    return {
        "customer_id": simulation.customer_id[purchases.row],
        "at": simulation.clock.moments(purchases.time),
        "amount": simulation.amount,
        "cost": np.round(simulation.amount * (1.0 - simulation.behaviour.spending.margin), 2),
        "product": np.array(list(_PRODUCTS), dtype=object)[product],
    }


def _complaints(simulation: _Simulation) -> dict[str, object]:
    purchases, clock = simulation.purchases, simulation.clock
    opened = purchases.time[purchases.complained]
    said = describe_complaints(opened, simulation.behaviour.complaining, simulation.source["complaining"])
    return {
        "customer_id": simulation.customer_id[purchases.row[purchases.complained]],
        "opened_at": clock.moments(opened),
        "closed_at": clock.moments(said.closed),
        "severity": said.severity,
        "topic": said.topic,
        "text": said.text,
    }


def _surveys(simulation: _Simulation) -> dict[str, object]:
    answers = simulate_surveys(
        simulation.people.since,
        simulation.purchases.dropped,
        simulation.people.satisfaction,
        until=simulation.clock.length,
        surveying=simulation.behaviour.surveying,
        rng=simulation.source["surveying"],
    )
    questions = np.array(["nps", "csat"], dtype=object)
    return {
        "customer_id": np.repeat(simulation.customer_id[answers.row], 2),
        "at": np.repeat(simulation.clock.moments(answers.time), 2),
        "question": np.tile(questions, len(answers.row)),
        "score": np.column_stack([answers.nps, answers.csat]).ravel(),
    }


def _payments(simulation: _Simulation) -> tuple[dict[str, object], FloatArray, FloatArray]:
    purchases, paying, rng = simulation.purchases, simulation.behaviour.paying, simulation.source["paying"]
    late, default = draw_payers(simulation.people, paying, rng)
    row = purchases.row
    due, paid = simulate_payments(purchases.time, late=late[row], default=default[row], paying=paying, rng=rng)
    fallen_due = due < simulation.clock.length
    columns: dict[str, object] = {
        "customer_id": simulation.customer_id[row[fallen_due]],
        "due_at": simulation.clock.moments(due[fallen_due]),
        "amount": simulation.amount[fallen_due],
        "paid_at": simulation.clock.moments(paid[fallen_due]),
    }
    return columns, late, default


def _service(simulation: _Simulation) -> tuple[dict[str, object], FloatArray]:
    people, servicing, rng = simulation.people, simulation.behaviour.servicing, simulation.source["servicing"]
    rate = servicing.contacts_per_year / _YEAR / servicing.shape * rng.gamma(servicing.shape, 1.0, len(people))
    clock = simulation.clock
    contacts = simulate_contacts(rate, people.since, clock.length, servicing=servicing, rng=rng)
    columns: dict[str, object] = {
        "customer_id": simulation.customer_id[contacts.row],
        "at": clock.moments(contacts.time),
        "channel": contacts.channel,
        "answered_at": clock.moments(contacts.answered),
        "resolved_at": clock.moments(contacts.resolved),
        "accurate": np.where(contacts.answered < clock.length, contacts.accurate.astype(np.float64), np.nan),
    }
    return columns, rate


def _incidents(simulation: _Simulation) -> tuple[dict[str, object], FloatArray]:
    people, defrauding, rng = simulation.people, simulation.behaviour.defrauding, simulation.source["defrauding"]
    rate = defrauding.incidents_per_year / _YEAR / defrauding.shape * rng.gamma(defrauding.shape, 1.0, len(people))
    row, time = arrivals(rate, people.since, simulation.clock.length, rng)
    columns: dict[str, object] = {
        "customer_id": simulation.customer_id[row],
        "event": np.full(len(row), defrauding.event, dtype=object),
        "occurred_at": simulation.clock.moments(time),
        "loss": draw_losses(len(row), defrauding, rng),
    }
    return columns, rate


def _truth(simulation: _Simulation) -> dict[str, object]:
    buyers, clock = simulation.buyers, simulation.clock
    return {
        "customer_id": simulation.customer_id,
        "since": clock.moments(simulation.people.since),
        "dropped_at": clock.moments(simulation.purchases.dropped),
        "satisfaction": simulation.people.satisfaction,
        "purchase_rate": buyers.rate,
        "dropout_probability": buyers.dropout,
        "dropout_probability_after_complaint": buyers.dropout_after_complaint,
        "complaint_probability": buyers.complaint,
        "mean_spend": simulation.mean_spend,
    }
