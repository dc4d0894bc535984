from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import CompositionError, MissingOutcomesError


def test_book_loss_has_the_expected_mean_and_is_right_at_atoms(assessed):
    loss = assessed.portfolio_loss()
    assert loss.mean == pytest.approx(710.0)
    # churn C1 1000 w.p. .5, churn C2 100 w.p. .1, fraud C1 1000 w.p. .2 (C4 is worth nothing)
    assert loss.value_at_risk(0.5) == pytest.approx(1000.0)
    tail = {2100: 0.5 * 0.2 * 0.1, 2000: 0.5 * 0.2 * 0.9}
    shortfall = (2100 * tail[2100] + 2000 * (0.05 - tail[2100])) / 0.05
    assert loss.expected_shortfall(0.95) == pytest.approx(shortfall)


def test_correlation_fattens_the_tail_and_keeps_the_mean(assessed):
    independent = assessed.portfolio_loss()
    dependent = assessed.portfolio_loss(correlation=0.5, rng=np.random.default_rng(3))
    assert dependent.mean == pytest.approx(independent.mean, rel=0.02)
    assert dependent.expected_shortfall(0.95) > independent.expected_shortfall(0.95) - 1e-9


def test_programmes_survive_files(book, make_pipeline, tmp_path):
    programme = cr.RiskProgramme([make_pipeline("churn"), make_pipeline("fraud")])
    fitted = programme.fit_portfolio(book)
    cr.save(programme, tmp_path / "programme.crmrisk")
    fitted.save(tmp_path / "fitted.crmrisk")
    assert cr.load(tmp_path / "programme.crmrisk") == programme
    assert cr.load(tmp_path / "fitted.crmrisk") == fitted


def test_programmes_that_do_not_add_up_are_refused(make_pipeline):
    with pytest.raises(CompositionError) as caught:
        cr.RiskProgramme([make_pipeline("churn"), make_pipeline("churn")])
    assert len(caught.value.problems) == 2
    with pytest.raises(CompositionError, match="no pipeline"):
        cr.RiskProgramme([])
    pounds = make_pipeline(
        "fraud",
        consequence=cr.ColumnScorer(column="value", measure=cr.Measure.money("GBP")),
        criteria=cr.RiskCriteria("GBP", moderate=50, high=200),
    )
    with pytest.raises(CompositionError, match="several currencies"):
        cr.RiskProgramme([make_pipeline("churn"), pounds])


def test_risks_are_looked_up_by_event(assessed):
    assert assessed["fraud"].pipeline.name == "fraud"
    with pytest.raises(CompositionError, match="no such risk"):
        assessed["flood"]


def test_risks_over_different_horizons_are_listed_and_never_summed(book, make_pipeline):
    quarter = timedelta(days=90)
    other = make_pipeline(
        "fraud",
        event=cr.RiskEvent("fraud", "fraud", quarter),
        likelihood=cr.ColumnScorer(column="fraud", measure=cr.Measure.probability(horizon=quarter)),
    )
    mixed = cr.RiskProgramme([make_pipeline("churn"), other]).fit_portfolio(book).assess_portfolio(book)
    assert {line.horizon_days for line in mixed.register()} == {30.0, 90.0}
    assert set(mixed.frame()["horizon_days"]) == {30.0, 90.0}
    for total in (mixed.customers, mixed.portfolio_loss):
        with pytest.raises(CompositionError, match="different horizons"):
            total()


def test_outcomes_are_given_by_event(book, make_pipeline):
    month = make_pipeline().event.horizon
    learner = make_pipeline(
        "fraud", likelihood=cr.LogisticScorer(inputs=(cr.Input("value", "EUR", ge=0),), horizon=month)
    )
    programme = cr.RiskProgramme([make_pipeline("churn"), learner])
    happened = cr.Outcomes(book.customer_id, [1, 0, 0, 1], event="fraud", as_of=book.as_of, horizon=month)
    assert programme.fit_portfolio(book, {"fraud": happened}).assess_portfolio(book).events == ("churn", "fraud")
    with pytest.raises(MissingOutcomesError):
        programme.fit_portfolio(book)
    with pytest.raises(CompositionError, match="no event here"):
        programme.fit_portfolio(book, {"flood": happened})
