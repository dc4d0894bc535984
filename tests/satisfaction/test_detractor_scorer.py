from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

import crmrisk as cr
from crmrisk.core.errors import CrmRiskError, FitError, InputRangeError, MissingInputsError
from crmrisk.satisfaction.detractor_scorer import DetractorScorer

AS_OF = datetime(2026, 1, 31)
QUARTER = timedelta(days=90)
BOTH = {"model": "levels", "prior_answers": 2}


def portfolio(promoters, passives, detractors, segment=None) -> cr.Portfolio:
    n = len(promoters)
    columns = {"nps_promoters": promoters, "nps_passives": passives, "nps_detractors": detractors}
    return cr.Portfolio([f"C{i}" for i in range(n)], AS_OF, columns, {"segment": segment or [None] * n})


def test_posterior_mean_by_hand():
    """The book's share is (1 + .5) / (4 + 1); one customer answered (0, 1, 1), another not at all."""
    book = portfolio([2, 0, 0], [0, 1, 0], [0, 1, 0])
    scores = DetractorScorer(horizon=QUARTER, prior_answers=2).fit(book).score(book)
    np.testing.assert_allclose(scores.values, [(0 + 2 * 0.3) / 4, (1 + 2 * 0.3) / 4, np.nan])
    assert scores.measure == cr.Measure.probability(horizon=QUARTER)


def test_unanswered_gets_the_segment_only_when_told():
    book = portfolio([8, 0, 5], [1, 0, 0], [1, 0, 5], ["gold", "gold", "basic"])
    told = DetractorScorer(horizon=QUARTER, prior_answers=2, when_unanswered="segment").fit(book).score(book)
    assert told.values[1] == pytest.approx((1 + 2 * 6.5 / 21) / 12)
    assert told.high[1] - told.low[1] > told.high[0] - told.low[0]


def test_interval_covers_customers_drawn_from_the_prior():
    rng = np.random.default_rng(5)
    truth = rng.beta(6 * 0.2, 6 * 0.8, 20_000)
    answers = rng.binomial(5, truth).astype(float)
    book = portfolio(5 - answers, 0 * answers, answers)
    fitted = DetractorScorer(horizon=QUARTER).fit(book)
    scores = fitted.score(book)
    assert fitted.model.prior_answers == pytest.approx(6, rel=0.06)
    assert np.mean((scores.low <= truth) & (truth <= scores.high)) == pytest.approx(0.95, abs=0.01)


def test_contributions_are_what_the_formula_says():
    book = portfolio([0, 6], [1, 0], [3, 0], ["basic", "gold"])
    fitted = DetractorScorer(horizon=QUARTER, prior_answers=2).fit(book)
    explanation, share = fitted.explain(book), fitted.model.segments["basic"]
    assert explanation.names == ("nps_promoters", "nps_passives", "nps_detractors", "segment")
    expected = [0, -share / 6, 3 * (1 - share) / 6, share - fitted.model.overall]
    np.testing.assert_allclose(explanation.contributions[0], expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 50)] * 3), min_size=1, max_size=8))
def test_scores_are_probabilities_inside_their_interval(rows):
    book = portfolio(*(list(column) for column in zip(*rows, strict=True)))
    if sum(map(sum, rows)) == 0:
        return
    scores = DetractorScorer(horizon=QUARTER).fit(book).score(book)
    rated = scores.rated
    assert np.all((scores.values[rated] > 0) & (scores.values[rated] < 1))
    assert np.all((scores.low[rated] <= scores.values[rated]) & (scores.values[rated] <= scores.high[rated]))


def waves() -> cr.Portfolio:
    columns = {
        "nps_waves": [3, 2, 1, 0],
        "nps_wave_mean": [9, 5, 8, None],
        "nps_mean_age": [300, 200, 30, None],
        "nps_age_variance": [9000, 2500, 0, None],
        "nps_slope": [0.5, -2, None, None],
        "nps_scatter": [0.5, None, None, None],
    }
    return cr.Portfolio([f"C{i}" for i in range(4)], AS_OF, columns, {"segment": ["gold", "basic", "gold", "basic"]})


def test_levels_tell_a_high_score_from_a_low_one():
    fitted = DetractorScorer(horizon=QUARTER, model="levels").fit(waves())
    scores = fitted.score(waves())
    assert scores.values[1] > scores.values[2] > scores.values[0]
    assert np.isnan(scores.values[3])


def test_levels_give_the_unanswered_their_segment_when_told():
    fitted = DetractorScorer(horizon=QUARTER, model="levels", when_unanswered="segment").fit(waves())
    model, scores = fitted.model, fitted.score(waves())
    ahead = 45 / 365.25
    variance = model.noise * (1 + model.level_ratio + ahead**2 * model.slope_ratio)
    assert scores.values[3] == pytest.approx(norm.cdf((6.5 - model.segments["basic"]) / np.sqrt(variance)))
    np.testing.assert_allclose(norm.cdf(fitted.explain(waves()).total), scores.values)


def test_what_cannot_be_is_an_error():
    book = portfolio([0, 0], [0, 0], [0, 0])
    with pytest.raises(FitError, match="nobody answered"):
        DetractorScorer(horizon=QUARTER).fit(book)
    with pytest.raises(InputRangeError):
        DetractorScorer(horizon=QUARTER).fit(portfolio([-1.0], [0], [1]))
    with pytest.raises(MissingInputsError, match="nps_detractors"):
        DetractorScorer(horizon=QUARTER).fit(cr.Portfolio(["C1"], AS_OF, {}))
    for settings_ in ({"horizon": timedelta(0)}, {"horizon": 90}, {"prior_answers": 0}, {"level": 1.0}, BOTH):
        with pytest.raises(CrmRiskError):
            DetractorScorer(**{"horizon": QUARTER, **settings_})
