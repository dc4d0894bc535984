from __future__ import annotations

import math
from datetime import datetime, timedelta

import pandas as pd
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import InvalidValueError, SchemaError
from crmrisk.core.events import OutcomeRule, RiskEvent
from crmrisk.evidence import Evidence, NoActivity, Occurs, Overdue, Recorded

AS_OF = datetime(2024, 7, 1)
RULES = [
    NoActivity(),
    NoActivity("service"),
    Occurs("complaints"),
    Occurs("complaints", "severity", ge=3, le=4.5),
    Occurs("surveys", "score", le=6, where={"question": "nps"}),
    Occurs("incidents", "event", equals="fraud"),
    Overdue(),
    Overdue("payments", 90),
    Recorded(),
]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_rules_are_values_that_can_be_stored(rule):
    assert isinstance(rule, OutcomeRule)
    assert load_component(dump_component(rule)) == rule
    event = RiskEvent("e", category="credit", horizon=timedelta(days=1), outcome=rule)
    assert RiskEvent.from_json(event.to_json()) == event
    with pytest.raises(AttributeError):
        rule.table = "surveys"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NoActivity("customers"), "Input should be"),
        (lambda: NoActivity("orders"), "Input should be"),
        (lambda: Occurs("complaints", "colour", ge=1), "no such column"),
        (lambda: Occurs("complaints", where={"colour": "red"}), "no such column"),
        (lambda: Occurs("complaints", ge=1), "a condition needs its column"),
        (lambda: Occurs("complaints", "severity"), "a condition needs its column"),
        (lambda: Overdue(days=-1), "greater than or equal to 0"),
        (lambda: Overdue(days=1.5), "integer"),
        (lambda: Recorded("complaints"), "Input should be"),
    ],
)
def test_settings_that_mean_nothing_are_errors(make, message):
    with pytest.raises(InvalidValueError, match=message):
        make()


def _outcome(rule, name="e", **tables):
    evidence = Evidence(**tables, observed_until=datetime(2030, 1, 1))
    event = RiskEvent(name, category="credit", horizon=timedelta(days=10), outcome=rule)
    found = evidence.outcomes(event, AS_OF)
    return dict(zip(found.customer_id, found.occurred.tolist(), strict=True))


def test_a_refund_is_no_activity():
    sales = pd.DataFrame(
        {"customer_id": ["A"] * 2, "at": [datetime(2024, 6, 1), datetime(2024, 7, 5)], "amount": [5.0, -5.0]}
    )
    assert _outcome(NoActivity(), transactions=sales) == {"A": 1.0}


def test_conditions_of_the_wrong_type_or_on_absent_columns_are_errors():
    complaints = pd.DataFrame({"customer_id": ["A"], "opened_at": [AS_OF], "severity": ["high"]})
    with pytest.raises(SchemaError, match="different types"):
        _outcome(Occurs("complaints", "severity", ge=3), complaints=complaints)
    with pytest.raises(SchemaError, match="not in the table"):
        _outcome(Occurs("complaints", "topic", equals="billing"), complaints=complaints)
    bills = pd.DataFrame({"customer_id": ["A"], "due_at": [AS_OF], "amount": [1.0]})
    with pytest.raises(SchemaError, match=r"payments\.paid_at"):
        _outcome(Overdue(), payments=bills)


@pytest.mark.parametrize(
    ("due", "paid", "occurred"),
    [
        ("2024-06-06", None, 1.0),  # 30 days later is 6 July
        ("2024-06-01", None, 0.0),  # overdue at as_of itself, not after it
        ("2024-06-01 23:00", None, 0.0),  # days count from the due day
        ("2024-06-02", None, 1.0),
        ("2024-06-11", None, 1.0),  # at the very end of the window
        ("2024-06-11 23:00", None, 1.0),
        ("2024-06-12", None, 0.0),
        ("2024-06-06", "2024-07-05 23:59:59", 0.0),
        ("2024-06-06", "2024-07-06", 1.0),  # paid at that very moment is too late
        ("2024-06-06", "2024-07-08", 1.0),
    ],
)
def test_overdue_is_a_moment_in_the_window(due, paid, occurred):
    bills = pd.DataFrame(
        {"customer_id": ["A"], "due_at": pd.to_datetime([due]), "amount": [1.0], "paid_at": pd.to_datetime([paid])}
    )
    assert _outcome(Overdue(days=30), payments=bills) == {"A": occurred}


def test_an_incident_counts_when_it_occurred_and_by_its_name():
    records = pd.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D"],
            "event": ["fraud", "outage", "fraud", "fraud"],
            "occurred_at": pd.to_datetime(["2024-07-02", "2024-07-02", "2024-06-30", "2024-07-02"]),
            "detected_at": pd.to_datetime(["2024-12-01", None, None, None]),
        }
    )
    customers = pd.DataFrame({"customer_id": list("ABCD")})
    expected = {"A": 1.0, "B": 0.0, "C": 0.0, "D": 1.0}
    assert _outcome(Recorded(), "fraud", customers=customers, incidents=records) == expected


def test_who_did_not_answer_has_no_answer():
    answers = pd.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D"],
            "at": [datetime(2024, 7, 2)] * 4,
            "question": ["nps", "nps", "csat", "nps"],
            "score": [3.0, 9.0, 1.0, None],
        }
    )
    customers = pd.DataFrame({"customer_id": list("ABCDE")})
    found = _outcome(Occurs("surveys", "score", le=6, where={"question": "nps"}), customers=customers, surveys=answers)
    answered = {key: value for key, value in found.items() if not math.isnan(value)}
    assert answered == {"A": 1.0, "B": 0.0}
