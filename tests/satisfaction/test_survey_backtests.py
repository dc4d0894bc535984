"""Survey scorers against what customers of a simulated book answered next; the scorers' docs quote larger runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.assessment.remembering import Remembering
from crmrisk.datasets import simulate_book
from crmrisk.evidence import Declines, Detracts, NetPromoterAnswers, Purchases, Surveys, SurveyTrend
from crmrisk.proof.backtest import Baseline, backtest
from crmrisk.satisfaction.decline_scorer import SatisfactionDeclineScorer
from crmrisk.satisfaction.detractor_scorer import DetractorScorer

HALF_YEAR = timedelta(days=180)
CUTOFF = datetime(2025, 7, 1)


@pytest.fixture(scope="module")
def evidence():
    book = simulate_book(n_customers=5000, start=date(2022, 1, 1), end=date(2026, 1, 1), rng=np.random.default_rng(1))
    summaries = [Purchases(), NetPromoterAnswers(), Surveys(), SurveyTrend()]
    return Remembering(cr.Evidence(book.customers, book.transactions, surveys=book.surveys, summaries=summaries))


def _backtest(evidence, rule, likelihood, baseline):
    pipeline = cr.AssessmentPipeline(
        name="survey",
        event=cr.RiskEvent("unhappy", "satisfaction", HALF_YEAR, outcome=rule),
        likelihood=likelihood,
        consequence=cr.ColumnScorer(column="total_spend", measure=cr.Measure.money("EUR"), unit="money"),
        criteria=cr.RiskCriteria("EUR", moderate=50, high=200),
    )
    return backtest(pipeline, evidence, [CUTOFF], baselines=[baseline]).cutoffs[0]


def _skill_against_segments(evidence, rule, likelihood):
    """Compare Brier scores with those of each segment's own observed share, which no forecaster knows beforehand."""
    portfolio = evidence.portfolio(CUTOFF)
    event = cr.RiskEvent("unhappy", "satisfaction", HALF_YEAR, outcome=rule)
    happened = evidence.outcomes(event, CUTOFF).align(portfolio)
    score = likelihood.fit(portfolio).score(portfolio).values
    used = ~np.isnan(happened + score)
    segment, happened, score = portfolio.label("segment")[used], happened[used], score[used]
    share = np.select([segment == name for name in set(segment)], [happened[segment == n].mean() for n in set(segment)])
    return 1 - np.mean((score - happened) ** 2) / np.mean((share - happened) ** 2)


def test_detractors_are_told_better_than_by_their_segments_share(evidence):
    scorer = DetractorScorer(horizon=HALF_YEAR)
    found = _backtest(evidence, Detracts(), scorer, Baseline("nps_mean", -1))
    assert found.check.auc.low > 0.7
    assert found.check.expected_calibration_error < 0.05
    assert _skill_against_segments(evidence, Detracts(), scorer) > 0.15
    assert found.baselines["nps_mean"].advantage.high < 0  # as the docs admit: the plain mean ranks better


def test_levels_tell_detractors_better_than_kinds(evidence):
    levels = DetractorScorer(horizon=HALF_YEAR, model="levels")
    found = _backtest(evidence, Detracts(), levels, Baseline("nps_mean", -1))
    assert found.baselines["nps_mean"].advantage.low > -0.01  # as good as the plain mean
    kinds = _skill_against_segments(evidence, Detracts(), DetractorScorer(horizon=HALF_YEAR))
    assert _skill_against_segments(evidence, Detracts(), levels) > kinds + 0.03


def test_declines_are_told_better_than_by_the_last_answer_or_the_segments_share(evidence):
    scorer = SatisfactionDeclineScorer(horizon=HALF_YEAR)
    found = _backtest(evidence, Declines(), scorer, Baseline("nps_latest_wave", 1))
    assert found.check.auc.low > 0.62
    assert found.baselines["nps_latest_wave"].advantage.low > 0
    assert found.check.expected_calibration_error < 0.05
    assert _skill_against_segments(evidence, Declines(), scorer) > 0.03


def test_a_calibrated_detractor_scorer_learns_from_outcomes(evidence):
    past = datetime(2025, 1, 1)
    portfolio = evidence.portfolio(past)
    event = cr.RiskEvent("detractor", "satisfaction", HALF_YEAR, outcome=Detracts())
    scorer = cr.CalibratedScorer(scorer=DetractorScorer(horizon=HALF_YEAR), horizon=HALF_YEAR)
    fitted = scorer.fit(portfolio, evidence.outcomes(event, past))
    happened = evidence.outcomes(event, past).align(portfolio)
    scores = fitted.score(portfolio).values
    used = ~np.isnan(happened + scores)
    assert scores[used].mean() == pytest.approx(happened[used].mean(), abs=0.01)
