"""The next answer against the joint normal distribution of all answers, and how often it is as low as predicted."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import crmrisk as cr
from crmrisk.evidence import SurveyTrend
from crmrisk.satisfaction.next_answer import NextAnswer

AS_OF = datetime(2026, 1, 31)
HORIZON = timedelta(days=100)


def book_of(days_ago, scores) -> cr.Portfolio:
    """Summarise one row of answers per customer, as evidence does."""
    days_ago, scores = np.atleast_2d(days_ago), np.atleast_2d(scores)
    customers = np.repeat([f"C{row:05d}" for row in range(len(scores))], scores.shape[1])
    at = pd.Timestamp(AS_OF) - pd.to_timedelta(days_ago.ravel(), unit="D")
    answers = pd.DataFrame({"customer_id": customers, "at": at, "question": "nps", "score": scores.ravel()})
    return cr.Evidence(surveys=answers, summaries=[SurveyTrend()]).portfolio(AS_OF)


@pytest.mark.parametrize("slope_ratio", [0.0, 0.3])
def test_the_next_answer_is_normal_given_those_so_far(slope_ratio):
    ago, scores, noise, ratio = np.array([700.0, 300, 20]), np.array([9.0, 8, 5]), 1.5, 2.0
    model = NextAnswer(question="nps", overall=7, segments={}, noise=noise, level_ratio=ratio, slope_ratio=slope_ratio)
    time = np.append(-ago, 50.0) / 365.25  # the next one in the middle of the horizon
    design = np.column_stack([np.ones(4), time])
    joint = noise * (np.eye(4) + design @ np.diag([ratio, slope_ratio]) @ design.T)
    gain = joint[3, :3] @ np.linalg.inv(joint[:3, :3])
    mean, variance = 7 + gain @ (scores - 7), joint[3, 3] - gain @ joint[:3, 3]
    found = model.at_most((6.5, True), book_of(ago, scores), horizon=HORIZON, level=None)
    assert found[0] == pytest.approx(norm.cdf((6.5 - mean) / np.sqrt(variance)), rel=1e-9)


def test_what_is_predicted_happens_that_often():
    """Draw levels, slopes and answers, fit to all but the last, and compare by tenths of the prediction."""
    rng = np.random.default_rng(8)
    n = 10_000
    level, slope = rng.normal(7, 1.5, (n, 1)), rng.normal(0, 0.8, (n, 1))
    ago = np.sort(rng.integers(1, 1000, (n, 4)), axis=1)[:, ::-1] + np.arange(4)[::-1]
    answers = level - slope * ago / 365.25 + rng.normal(0, 1, (n, 4))
    following = (level + slope * 50 / 365.25).ravel() + rng.normal(0, 1, n)
    book = book_of(ago, answers)
    model = NextAnswer.fit(book, question="nps", reader="test")
    found = model.at_most((6.5, True), book, horizon=HORIZON, level=0.9)
    tenth = np.argsort(np.argsort(found.values)) // (n // 10)
    predicted, observed = (np.bincount(tenth, each) * 10 / n for each in (found.values, following <= 6.5))
    np.testing.assert_allclose(observed, predicted, atol=4 * np.sqrt(0.25 * 10 / n))
    own = norm.cdf((6.5 - level - slope * 50 / 365.25).ravel())
    assert np.mean((found.low <= own) & (own <= found.high)) == pytest.approx(0.9, abs=0.02)
