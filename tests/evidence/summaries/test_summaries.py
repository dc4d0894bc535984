"""What each built-in summary declares, refuses, and answers where columns are missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import InvalidValueError, RecordError, SchemaError
from crmrisk.core.registry import SUMMARIES, component_class, component_names
from crmrisk.evidence import (
    Complaints,
    Costs,
    Evidence,
    Incidents,
    NetPromoterAnswers,
    Payments,
    PurchaseCount,
    Purchases,
    PurchaseTrend,
    Renewals,
    ServiceEvents,
    Summary,
    Surveys,
    SurveyTrend,
)

AS_OF = datetime(2024, 7, 1)
BUILT_IN = [
    Purchases(),
    PurchaseCount(),
    PurchaseTrend(window=timedelta(days=30)),
    Complaints(topics=("billing", "Late delivery")),
    Surveys(questions=("csat",)),
    SurveyTrend(),
    NetPromoterAnswers(half_life=timedelta(days=90)),
    Payments(),
    ServiceEvents(),
    Incidents(),
    Costs(),
    Renewals(),
]


def _nan(values):
    return [None if np.isnan(value) else float(value) for value in values]


@pytest.mark.parametrize("summary", BUILT_IN, ids=lambda each: each.kind)
def test_summaries_are_registered_components(summary):
    assert isinstance(summary, Summary)
    assert component_class(summary.kind) is type(summary)
    assert load_component(dump_component(summary)) == summary
    assert set(summary.absent) <= {each.name for each in summary.inputs}
    assert all(each.unit for each in summary.inputs)


def test_every_registered_summary_of_crmrisk_is_tested_here():
    own = {name for name in component_names(SUMMARIES) if name.startswith("crmrisk.")}
    assert own == {summary.kind for summary in BUILT_IN}


def test_one_name_has_one_meaning():
    names = [each.name for summary in BUILT_IN for each in summary.inputs]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "make",
    [
        lambda: PurchaseTrend(window=timedelta(0)),
        lambda: Complaints(window=timedelta(days=-1)),
        lambda: Complaints(topics=("late", "Late")),
        lambda: Complaints(topics=("recent",)),
        lambda: NetPromoterAnswers(half_life=timedelta(0)),
        lambda: NetPromoterAnswers(detractor_most=9, promoter_least=9),
        lambda: NetPromoterAnswers(promoter_least=11),
        lambda: Surveys(questions=("",)),
        lambda: Surveys(question="nps"),
    ],
)
def test_settings_that_mean_nothing_are_errors(make):
    with pytest.raises(InvalidValueError):
        make()


def test_topics_are_counted_in_the_window_without_case():
    complaints = pd.DataFrame(
        {
            "customer_id": ["A"] * 4,
            "opened_at": pd.to_datetime(["2024-06-01", "2024-06-02", "2024-06-03", "2022-01-01"]),
            "topic": ["Billing", "billing", None, "billing"],
        }
    )
    book = Evidence(complaints=complaints).portfolio(AS_OF, [Complaints(topics=("billing",))])
    assert (book["complaints_billing"][0], book["complaints_recent"][0], book["complaint_count"][0]) == (2, 3, 4)
    assert _nan(book["open_complaints"]) == [None]  # there is no closed_at
    with pytest.raises(SchemaError, match="no column to read them from"):
        Evidence(complaints=complaints.drop(columns="topic")).portfolio(AS_OF, [Complaints(topics=("billing",))])


def test_the_rate_is_over_the_time_known():
    customers = pd.DataFrame(
        {"customer_id": ["A", "B", "C"], "since": pd.to_datetime(["2023-07-02 18:00", None, None])}
    )
    at = pd.to_datetime(["2024-06-01", "2024-06-01", "2024-07-01"])
    complaints = pd.DataFrame({"customer_id": ["A", "B", "C"], "opened_at": at})
    sales = pd.DataFrame({"customer_id": ["B"], "at": pd.to_datetime(["2022-07-01 12:00"]), "amount": 1.0})
    book = Evidence(customers, sales, complaints).portfolio(AS_OF)
    since_a, since_b = 364.25, 730.5  # days; C is known for no time at all, which counts as one day
    np.testing.assert_allclose(book["complaint_rate"], [365.25 / since_a, 365.25 / since_b, 365.25], rtol=1e-15)


@pytest.mark.parametrize("score", [-1.0, 11.0, 7.5])
def test_answers_off_the_scale_are_an_error_once_they_are_known(score):
    answers = pd.DataFrame(
        {
            "customer_id": ["A", "A"],
            "at": [datetime(2024, 1, 1), datetime(2024, 8, 1)],
            "question": "nps",
            "score": [9, score],
        }
    )
    evidence = Evidence(surveys=answers)
    assert evidence.portfolio(AS_OF)["nps_answers"].tolist() == [1.0]
    with pytest.raises(RecordError, match=r"1 answer\(s\) to 'nps' off the scale"):
        evidence.portfolio(datetime(2024, 8, 1))
    assert "csat_last" in evidence.portfolio(datetime(2024, 8, 1), [Surveys()]).columns


def test_nps_classes_and_weights():
    answers = pd.DataFrame(
        {
            "customer_id": ["A"] * 5,
            "at": [AS_OF - timedelta(days=days) for days in (0, 90, 180, 0, 45)],
            "question": "nps",
            "score": [6, 8, 10, 7, 9],
        }
    )
    book = Evidence(surveys=answers).portfolio(AS_OF, [NetPromoterAnswers(half_life=timedelta(days=90))])
    found = [float(book[name][0]) for name in ("nps_detractors", "nps_passives", "nps_promoters")]
    assert found == pytest.approx([1.0, 1.5, 0.25 + 0.5**0.5], rel=1e-15)


def test_payments_without_knowledge_of_paying_are_unrated():
    bills = pd.DataFrame({"customer_id": ["A"], "due_at": [datetime(2024, 1, 1)], "amount": [10.0]})
    book = Evidence(payments=bills).portfolio(AS_OF)
    assert {name: _nan(column) for name, column in book.columns.items()} == {
        "payment_count": [1.0],
        "overdue_amount": [None],
        "days_past_due": [None],
        "mean_days_late": [None],
        "late_payment_share": [None],
    }


def test_service_without_its_optional_columns_is_unrated():
    contacts = pd.DataFrame({"customer_id": ["A"], "at": [datetime(2024, 1, 1)], "channel": ["phone"]})
    book = Evidence(service=contacts).portfolio(AS_OF)
    assert {name: _nan(column) for name, column in book.columns.items()} == {
        "service_contacts": [1.0],
        "mean_response_hours": [None],
        "mean_resolution_hours": [None],
        "unresolved_contacts": [None],
        "accuracy_share": [None],
    }


def test_the_trend_splits_its_windows_at_their_ends():
    week = timedelta(days=7)
    times = [
        AS_OF,
        AS_OF - week + timedelta(seconds=1),
        AS_OF - week,
        AS_OF - 2 * week + timedelta(seconds=1),
        AS_OF - 2 * week,
    ]
    sales = pd.DataFrame({"customer_id": "A", "at": times, "amount": [1.0, 2.0, 4.0, 8.0, 16.0]})
    book = Evidence(transactions=sales).portfolio(AS_OF, [PurchaseTrend(window=week)])
    assert {name: float(column[0]) for name, column in book.columns.items()} == {
        "purchases_recent": 2.0,
        "purchases_previous": 2.0,
        "spend_recent": 3.0,
        "spend_previous": 12.0,
    }
