"""How customers pay, against their true probabilities."""

from __future__ import annotations

import pandas as pd

from crmrisk.datasets import Behaviour, Paying


def test_defaults_are_calibrated(book, assert_calibrated):
    # Late payment takes 20 days on average: after 365 days all but exp(-18) of the payers have paid.
    old = book.payments[book.payments["due_at"] < pd.Timestamp("2025-01-01")]
    p = old["customer_id"].map(book.truth.set_index("customer_id")["default_probability"])
    assert_calibrated(old["paid_at"].isna().to_numpy(), p.to_numpy())


def test_late_payments_are_calibrated(book, assert_calibrated):
    paid = book.payments[book.payments["due_at"] < pd.Timestamp("2025-01-01")].dropna()
    p = paid["customer_id"].map(book.truth.set_index("customer_id")["late_probability"])
    assert_calibrated((paid["paid_at"] > paid["due_at"]).to_numpy(), p.to_numpy())


def test_business_pays_worse_than_public(book):
    segment = book.customers["segment"]
    default = book.truth["default_probability"].groupby(segment).mean()
    assert default["business"] > default["consumer"] > default["public"]


def test_spread_zero_gives_everyone_the_segment_s_odds(book_of):
    book = book_of(100, behaviour=Behaviour(paying=Paying(spread=0)))
    assert sorted(book.truth["default_probability"].round(12).unique()) == [0.002, 0.01, 0.03]
