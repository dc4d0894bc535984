from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import crmrisk as cr
from crmrisk.core.errors import HorizonNotObservedError, InvalidValueError
from crmrisk.datasets import simulate_book
from crmrisk.proof import Baseline
from crmrisk.proof.evaluation import evaluate_ranking

QUARTER = timedelta(days=90)
END = datetime(2026, 1, 1)
SILENCE = cr.NoActivity("transactions")


@pytest.fixture(scope="module")
def book():
    return simulate_book(
        n_customers=1_500, start=datetime(2024, 1, 1).date(), end=END.date(), rng=np.random.default_rng(4)
    )


def evidence(book, **changes):
    return cr.Evidence(**book.tables() | changes, observed_until=END)


def pipeline(likelihood=None, outcome=SILENCE):
    return cr.AssessmentPipeline(
        name="churn",
        event=cr.RiskEvent("churn", "attrition", QUARTER, outcome=outcome),
        likelihood=likelihood or cr.AttritionScorer(horizon=QUARTER),
        consequence=cr.ColumnScorer(column="total_spend", measure=cr.Measure.money("EUR"), unit="money"),
        criteria=cr.RiskCriteria("EUR", moderate=50, high=200),
    )


def learner():
    inputs = (cr.Input("idle_days", "day", ge=0), cr.Input("frequency", "count", ge=0))
    return cr.LogisticScorer(inputs=inputs, horizon=QUARTER)


def test_checks_at_every_cutoff_beside_the_baselines(book):
    cutoffs = [END - QUARTER, END - 2 * QUARTER]
    proof = cr.backtest(pipeline(), evidence(book), cutoffs)
    assert [each.as_of for each in proof] == sorted(cutoffs)
    for each in proof:
        assert each.check.events > 50
        assert each.check.auc.low <= each.check.auc.value <= each.check.auc.high
        assert set(each.baselines) == {"idle_days", "frequency"}
        idle = each.baselines["idle_days"]
        assert idle.advantage.value == pytest.approx(each.check.auc.value - idle.ranking.auc.value)
        assert idle.ranking.n == each.check.n
    assert {"auc", "spiegelhalter_z", "idle_days_advantage"} <= set(proof.frame().columns)


def test_the_true_model_is_calibrated(book):
    """The book is drawn from BG/NBD with complaints that drive customers away: close to what the scorer assumes."""
    proof = cr.backtest(pipeline(), evidence(book), [END - QUARTER])
    assert abs(proof.cutoffs[0].check.spiegelhalter_z) < 4
    assert proof.cutoffs[0].check.auc.value > proof.cutoffs[0].baselines["idle_days"].ranking.auc.value


@pytest.mark.parametrize("likelihood", [None, learner()])
def test_nothing_after_the_cutoff_reaches_the_scores(book, likelihood):
    """Rewriting the future changes outcomes and never a likelihood: the fitted pipelines are equal."""
    cutoff = END - QUARTER
    rng = np.random.default_rng(7)
    changed = {}
    for name, column in (("transactions", "at"), ("payments", "due_at"), ("complaints", "opened_at")):
        table = book.tables()[name]
        later = table[column] > cutoff
        changed[name] = table.drop(index=table.index[later][rng.random(later.sum()) < 0.7])
    now, rewritten = evidence(book), evidence(book, **changed)
    assert pipeline(likelihood).fit_as_of(now, cutoff) == pipeline(likelihood).fit_as_of(rewritten, cutoff)
    assert now.outcomes(pipeline().event, cutoff) != rewritten.outcomes(pipeline().event, cutoff)


def test_a_learner_trains_on_the_window_that_ended_at_the_cutoff(book):
    cutoff = END - QUARTER
    facts = evidence(book)
    by_hand = learner().fit(facts.portfolio(cutoff - QUARTER), facts.outcomes(pipeline().event, cutoff - QUARTER))
    assert pipeline(learner()).fit_as_of(facts, cutoff).likelihood == by_hand


def test_noise_has_no_skill(book):
    """A score that knows nothing has an AUC whose interval holds one half."""
    rng = np.random.default_rng(11)
    noise = book.customers.assign(noise=rng.random(len(book.customers)))
    facts = evidence(book, customers=noise)
    portfolio = facts.portfolio(END - QUARTER)
    outcome = facts.outcomes(pipeline().event, END - QUARTER).align(portfolio)
    check = evaluate_ranking(rng.random(len(outcome)), outcome)
    assert check.auc.low < 0.5 < check.auc.high


def test_progress_is_reported(book):
    seen = []
    cr.backtest(pipeline(), evidence(book), [END - QUARTER], progress=lambda done, all_: seen.append((done, all_)))
    assert seen == [(1, 1)]


def test_own_baselines_and_their_direction(book):
    proof = cr.backtest(
        pipeline(), evidence(book), [END - QUARTER], baselines=["idle_days", Baseline("total_spend", -1)]
    )
    assert set(proof.cutoffs[0].baselines) == {"idle_days", "total_spend"}
    with pytest.raises(InvalidValueError, match="direction of this baseline"):
        cr.backtest(pipeline(), evidence(book), [END - QUARTER], baselines=["total_spend"])


def test_a_horizon_that_is_not_observed_is_refused(book):
    with pytest.raises(HorizonNotObservedError):
        cr.backtest(pipeline(), evidence(book), [END - QUARTER / 2])


def test_what_cannot_be_tested_is_refused_with_every_reason(book):
    silent = pipeline(outcome=None)
    with pytest.raises(InvalidValueError) as caught:
        cr.backtest(silent, evidence(book), [])
    assert len(caught.value.problems) == 2
    with pytest.raises(InvalidValueError, match="occurs twice"):
        cr.backtest(pipeline(), evidence(book), [END - QUARTER, END - QUARTER])


def test_the_callers_tables_stay_as_they_are(book):
    before = {name: table.copy(deep=True) for name, table in book.tables().items()}
    cr.backtest(pipeline(learner()), evidence(book), [END - QUARTER])
    for name, table in book.tables().items():
        pd.testing.assert_frame_equal(table, before[name])


def test_dates_work_on_aware_facts_too(book):
    aware = book.transactions.assign(at=book.transactions["at"].dt.tz_localize("UTC"))
    facts = cr.Evidence(transactions=aware, observed_until=END.date())
    cutoff = (END - QUARTER).date()
    assert pipeline().fit_as_of(facts, cutoff).fitted_as_of.tzinfo is not None
    assert cr.RiskProgramme([pipeline()]).fit(facts, cutoff).assess(facts, cutoff).events == ("churn",)
    assert cr.backtest(pipeline(), facts, [cutoff]).cutoffs[0].as_of.tzinfo is not None


def test_unknown_outcomes_are_counted(book):
    """Nobody has transactions before this cutoff but a few: the others cannot churn, and are not lost from the count."""
    proof = cr.backtest(pipeline(), evidence(book), [END - QUARTER])
    portfolio = evidence(book).portfolio(END - QUARTER)
    check = proof.cutoffs[0].check
    assert check.n + check.n_unrated == len(portfolio)
