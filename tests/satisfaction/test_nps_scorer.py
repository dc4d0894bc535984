from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmrisk as cr
from crmrisk.core.errors import FitError
from crmrisk.satisfaction.net_promoter_intervals import net_promoter_interval
from crmrisk.satisfaction.nps_scorer import AnswerShares, FittedNpsScorer

AS_OF = datetime(2026, 1, 31)


def portfolio(promoters, passives, detractors, segment=None) -> cr.Portfolio:
    n = len(promoters)
    columns = {"nps_promoters": promoters, "nps_passives": passives, "nps_detractors": detractors}
    return cr.Portfolio([f"C{i}" for i in range(n)], AS_OF, columns, {"segment": segment or [None] * n})


def test_posterior_mean_by_hand():
    """Shares .5/.25/.25 overall, one customer with 2 promoters: 100 * ((2 + 2*.5) - 2*.25) / (2 + 2)."""
    book = portfolio([2, 0, 0], [0, 1, 0], [0, 1, 0])
    scores = cr.NpsScorer(prior_answers=2).fit(book).score(book)
    assert scores.values[0] == pytest.approx(100 * ((2 + 2 * 0.5) - 2 * 0.25) / 4)
    assert np.isnan(scores.values[2])


def test_unanswered_gets_the_segment_only_when_told():
    book = portfolio([8, 0], [1, 0], [1, 0], ["gold", "gold"])
    assert np.isnan(cr.NpsScorer().fit(book).score(book).values[1])
    told = cr.NpsScorer(when_unanswered="segment").fit(book).score(book)
    assert told.values[1] == pytest.approx(70.0)
    assert told.low[1] < told.low[0]  # without own answers the interval is wider


def test_customers_shrink_to_their_own_segment():
    book = portfolio([90, 10, 1, 1], [5, 20, 0, 0], [5, 70, 0, 0], ["gold", "basic", "gold", "basic"])
    values = cr.NpsScorer(prior_answers=5).fit(book).score(book).values
    assert values[2] > values[3]


def test_a_segment_never_seen_falls_back_to_everyone():
    fitted = cr.NpsScorer(when_unanswered="segment").fit(portfolio([5], [3], [2], ["gold"]))
    assert fitted.score(portfolio([0], [0], [0], ["new"])).values[0] == pytest.approx(30.0)


def test_nobody_answered_is_a_fit_error():
    with pytest.raises(FitError, match="nobody answered"):
        cr.NpsScorer().fit(portfolio([0, 0], [0, 0], [0, 0]))


def test_interval_covers_the_true_expectation():
    """Draw customers from the prior the scorer assumes: the 95 % interval holds the truth about that often."""
    rng = np.random.default_rng(5)
    n, shares = 20_000, np.array([0.5, 0.3, 0.2])
    truth = rng.dirichlet(6 * shares, n)
    answers = rng.multinomial(5, truth)
    book = portfolio(*answers.T.astype(float))
    scores = cr.NpsScorer(prior_answers=6).fit(book).score(book)
    expected = 100 * (truth[:, 0] - truth[:, 2])
    covered = np.mean((scores.low <= expected) & (expected <= scores.high))
    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize(
    ("prior", "own", "expected"),
    [
        (1.1, 0, {"ours": 0.957, "score": 0.822, "adjusted wald": 0.703}),
        (1.1, 1, {"ours": 0.941, "score": 0.856, "adjusted wald": 0.776}),
        (2, 0, {"ours": 0.961, "score": 0.878, "adjusted wald": 0.794}),
        (6, 10, {"ours": 0.953, "score": 0.943, "adjusted wald": 0.930}),
    ],
)
def test_coverage_is_what_the_documentation_says_of_it_and_of_survey_intervals(prior, own, expected):
    rng, shares, n = np.random.default_rng(11), np.array([0.45, 0.33, 0.22]), 20_000
    truth = rng.dirichlet(prior * shares, n)
    answers = rng.multinomial(own, truth)
    scorer = FittedNpsScorer(
        overall=AnswerShares(*shares), segments={}, prior_answers=prior, when_unanswered="segment", level=0.95
    )
    ours = scorer.compute(portfolio(*answers.T.astype(float)))
    limits = {"ours": (ours.low / 100, ours.high / 100)}
    for method in ("score", "adjusted wald"):
        kinds, rows = np.unique(answers, axis=0, return_inverse=True)
        p, m, d = (kinds + prior * shares).T
        low, high = net_promoter_interval(d, m, p, method=method)
        limits[method] = low[rows.ravel()], high[rows.ravel()]
    gap = truth[:, 0] - truth[:, 2]
    found = {name: float(((low <= gap) & (gap <= high)).mean()) for name, (low, high) in limits.items()}
    assert found == pytest.approx(expected, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 50)] * 3), min_size=1, max_size=8))
def test_scores_stay_on_the_scale_and_flip_with_the_answers(rows):
    promoters, passives, detractors = (list(column) for column in zip(*rows, strict=True))
    if sum(map(sum, rows)) == 0:
        return
    one, other = portfolio(promoters, passives, detractors), portfolio(detractors, passives, promoters)
    scores, flipped = (cr.NpsScorer().fit(book).score(book).values for book in (one, other))
    np.testing.assert_allclose(scores, -flipped, atol=1e-9)
    assert np.nanmax(np.abs(scores), initial=0) <= 100
