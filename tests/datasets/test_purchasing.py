"""How customers buy and leave, against the models it follows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmrisk.datasets import Behaviour, Purchasing, Segment

END = pd.Timestamp("2026-01-01")


def test_purchase_rates_are_gamma(book_of):
    r, alpha = 1.7, 50.0
    book = book_of(
        40_000,
        segments=(Segment(name="all", share=1, purchase_rate=2.0),),
        behaviour=Behaviour(purchasing=Purchasing(r=r, alpha=alpha)),
    )
    rate = book.truth["purchase_rate"].to_numpy()
    assert abs(rate.mean() - 2 * r / alpha) < 5 * 2 * np.sqrt(r) / alpha / np.sqrt(len(rate))
    # The variance of a sample variance of a gamma with shape r is sigma^4 (2 + 6 / r) / n.
    variance = 4 * r / alpha**2
    assert abs(rate.var() - variance) < 5 * variance * np.sqrt((2 + 6 / r) / len(rate))


def test_repeat_purchases_follow_rate_and_dropout(book):
    # Given rate l and marginal dropout q, repeat purchases in time t are expected to be (1 - exp(-l q t)) / q.
    truth = book.truth
    c = truth["complaint_probability"]
    q = (1 - c) * truth["dropout_probability"] + c * truth["dropout_probability_after_complaint"]
    days = (END - truth["since"]) / pd.Timedelta(days=1)
    expected = (1 - np.exp(-truth["purchase_rate"] * q * days)) / q
    counted = truth["customer_id"].map(book.transactions["customer_id"].value_counts()) - 1
    residual = (counted - expected).to_numpy(dtype=float)
    assert abs(residual.mean()) < 5 * residual.std() / np.sqrt(len(residual))


def test_without_complaint_dropout_it_is_the_bg_nbd(book_of):
    # P(X(t) = 0) = (alpha / (alpha + t))^r: nobody leaves before the first repeat purchase (Fader et al. 2005).
    settings = Purchasing(r=0.5, alpha=60.0, complaint_dropout=0)
    book = book_of(
        40_000, segments=(Segment(name="all", share=1),), behaviour=Behaviour(joining=0, purchasing=settings)
    )
    silent = (book.transactions["customer_id"].value_counts() == 1).mean()
    p = (60.0 / (60.0 + 731)) ** 0.5
    assert abs(silent - p) < 5 * np.sqrt(p * (1 - p) / 40_000)
    assert (book.truth["dropout_probability"] == book.truth["dropout_probability_after_complaint"]).all()


def test_mean_spend_is_gamma_gamma(book_of):
    # E = p v / (q - 1) and, over customers, variance = (p v)^2 / ((q - 1)^2 (q - 2)).
    book = book_of(40_000, segments=(Segment(name="all", share=1),))
    mean = 6.0 * 18.0 / 3.0
    error = mean / np.sqrt(2.0) / np.sqrt(40_000)
    assert abs(book.truth["mean_spend"].mean() - mean) < 5 * error
    ratio = book.transactions["amount"] / book.transactions["customer_id"].map(
        book.truth.set_index("customer_id")["mean_spend"]
    )
    assert abs(ratio.mean() - 1) < 5 / np.sqrt(6.0) / np.sqrt(len(ratio)) + 1e-3  # amounts are rounded to cents
    assert abs(ratio.std() - 1 / np.sqrt(6.0)) < 0.01  # the standard error is below 0.002


def test_the_dissatisfied_complain_more_and_leave_more_often(book):
    low = book.truth["satisfaction"] < -1
    assert (
        book.truth.loc[low, "complaint_probability"].mean() > 4 * book.truth.loc[~low, "complaint_probability"].mean()
    )
    assert book.truth.loc[low, "dropped_at"].notna().mean() > book.truth.loc[~low, "dropped_at"].notna().mean()
