"""True probabilities against what then happened."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.datasets import Behaviour, Purchasing, SimulatedBook

END = date(2026, 1, 1)
CUTOFF, HORIZON = date(2025, 7, 1), timedelta(days=90)


def happened(book: SimulatedBook, table: str, column: str, end: date | None = None) -> np.ndarray:
    """Whether each customer has a record after the cutoff and within the horizon."""
    facts = getattr(book, table)
    moments = facts[column]
    start = pd.Timestamp(CUTOFF)
    inside = (moments > start) & (moments <= (pd.Timestamp(end) if end else start + HORIZON))
    return book.truth["customer_id"].isin(facts.loc[inside, "customer_id"]).to_numpy()


def test_churn_is_calibrated(book, assert_calibrated):
    p = book.true_probability("churn", as_of=CUTOFF, horizon=HORIZON)
    assert_calibrated(~happened(book, "transactions", "at"), p)


def test_complaints_are_calibrated(book, assert_calibrated):
    p = book.true_probability("complaint", as_of=CUTOFF, horizon=HORIZON)
    assert 0.005 < np.nanmean(p) < 0.2
    assert_calibrated(happened(book, "complaints", "opened_at"), p)


def test_incidents_are_calibrated(book, assert_calibrated):
    horizon = timedelta(days=184)
    p = book.true_probability("incident", as_of=CUTOFF, horizon=horizon)
    assert_calibrated(happened(book, "incidents", "occurred_at", END), p)


def test_customers_who_have_not_joined_are_unrated(book):
    early = date(2024, 2, 1)
    p = book.true_probability("churn", as_of=early, horizon=HORIZON)
    assert (np.isnan(p) == (book.customers["since"] > pd.Timestamp(early)).to_numpy()).all()
    assert np.isnan(p).any()


def test_no_complaints_and_no_dropout_is_no_division_by_zero(book_of):
    quiet = Behaviour(purchasing=Purchasing(complaint=0, a=1e-9, b=1e9))
    book = book_of(50, behaviour=quiet)
    assert len(book.complaints) == 0
    assert (book.true_probability("complaint", as_of=END, horizon=HORIZON) == 0).all()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"event": "rain"}, "no known truth"),
        ({"horizon": timedelta(0)}, "> 0"),
        ({"as_of": date(2026, 1, 2)}, "outside the book"),
        ({"as_of": "2025-07-01"}, "not a point in time"),
    ],
)
def test_bad_questions(book_of, settings, match):
    question = {"event": "churn", "as_of": CUTOFF, "horizon": HORIZON} | settings
    with pytest.raises(InvalidValueError, match=match):
        book_of(5).true_probability(question.pop("event"), **question)
