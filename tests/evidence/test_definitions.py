"""One definition for one word: of a time span, of a point in time, of being overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, SchemaError
from crmrisk.core.events import RiskEvent
from crmrisk.evidence import (
    Complaints,
    Evidence,
    NetPromoterAnswers,
    Occurs,
    Overdue,
    Payments,
    PurchaseTrend,
    Recorded,
)


@pytest.mark.parametrize("number", [30, 30.0, "30"])
def test_a_bare_number_is_no_time_span(number):
    for summary, name in ((Complaints, "window"), (PurchaseTrend, "window"), (NetPromoterAnswers, "half_life")):
        with pytest.raises((CrmRiskError, ValueError), match="no bare number"):
            summary(**{name: number})


@pytest.mark.parametrize(
    "times",
    [
        [date(2024, 1, 1), datetime(2024, 1, 2, 15)],
        [datetime(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC)],
        [date(2024, 1, 1), datetime(2024, 1, 2, tzinfo=UTC)],
    ],
)
def test_a_column_of_several_kinds_of_time_is_refused_in_any_order(times):
    for ordered in (times, times[::-1], [None, *times]):
        frame = pd.DataFrame({"customer_id": "A", "at": pd.Series(ordered, dtype=object), "amount": 1.0})
        with pytest.raises(SchemaError, match=r"transactions\.at: .* mixed"):
            Evidence(transactions=frame)


@pytest.mark.parametrize("days", [0, 1, 2, 5])
@pytest.mark.parametrize("paid", ["2024-01-10 23:00", "2024-01-11 00:00", "2024-01-12 08:00", "2024-01-15 01:00", None])
def test_overdue_as_an_outcome_is_overdue_as_a_summary(days, paid):
    bills = pd.DataFrame(
        {
            "customer_id": ["A"],
            "due_at": pd.to_datetime(["2024-01-10 09:00"]),
            "amount": [10.0],
            "paid_at": pd.to_datetime([paid]),
        }
    )
    evidence = Evidence(payments=bills, customers=pd.DataFrame({"customer_id": ["A"]}), observed_until=date(2024, 3, 1))
    event = RiskEvent("default", category="credit", horizon=timedelta(days=30), outcome=Overdue(days=days))
    occurred = evidence.outcomes(event, datetime(2024, 1, 1)).occurred[0]
    late = evidence.portfolio(datetime(2024, 1, 31), [Payments()])["mean_days_late"][0]
    assert occurred == float(late >= max(days, 1))


def test_text_compares_alike_in_summaries_and_outcomes():
    day = pd.to_datetime(["2024-01-20"])
    answers = pd.DataFrame({"customer_id": ["A"], "at": day, "question": "NPS ", "score": 3})
    incidents = pd.DataFrame({"customer_id": ["A"], "event": " Fraud", "occurred_at": day})
    evidence = Evidence(surveys=answers, incidents=incidents, observed_until=date(2024, 3, 1))
    book = evidence.portfolio(datetime(2024, 2, 1))
    assert (book["nps_detractors"][0] > 0, book["nps_last"][0]) == (True, 3.0)
    listed = Evidence(
        pd.DataFrame({"customer_id": ["A"]}), surveys=answers, incidents=incidents, observed_until=date(2024, 3, 1)
    )
    for rule in (Occurs("surveys", "score", le=6, where={"question": "nps"}), Recorded()):
        event = RiskEvent("fraud", category="fraud", horizon=timedelta(days=30), outcome=rule)
        assert listed.outcomes(event, datetime(2024, 1, 1)).occurred.tolist() == [1.0]


@pytest.mark.parametrize("rename", ["transactions", ["transactions"], {"transactions": "at"}, {"transactions": None}])
def test_a_renaming_of_another_shape_is_refused(rename):
    sales = pd.DataFrame({"customer_id": ["A"], "at": pd.to_datetime(["2026-01-01"]), "amount": [1.0]})
    with pytest.raises(SchemaError, match="not a table to column names"):
        Evidence(transactions=sales, rename=rename)
