from __future__ import annotations

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import CompositionError


@pytest.fixture
def assessed(book, make_pipeline):
    programme = cr.RiskProgramme([make_pipeline("churn", owner="Ann"), make_pipeline("fraud")])
    return programme.fit_portfolio(book).assess_portfolio(book)


def test_each_customer_over_all_risks(assessed):
    overall = assessed.customers()
    frame = overall.frame()
    assert frame["level"].tolist() == ["high", "low", "unrated", "low"]
    np.testing.assert_allclose(frame["probability_of_any_low"], [0.5, 0.1, np.nan, 0.01])
    np.testing.assert_allclose(frame["probability_of_any_high"], [0.7, 0.1, np.nan, 0.01])
    np.testing.assert_allclose(frame["expected_loss"], [700.0, 10.0, np.nan, 0.0])
    assert frame["unrated_risks"].tolist() == [0, 1, 2, 0]


def test_frechet_bounds_hold_for_every_dependence(assessed):
    """Independent, comonotone and mutually exclusive events all lie within the bounds (AG2)."""
    first = assessed.customers()
    p, q = 0.5, 0.2
    for any_ in (1 - (1 - p) * (1 - q), max(p, q), min(1, p + q)):
        assert first.probability_of_any_low[0] <= any_ <= first.probability_of_any_high[0] + 1e-15


def test_register_has_one_line_per_risk_and_segment(assessed):
    register = assessed.register()
    assert {(line.risk, line.segment) for line in register} == {
        (risk, segment) for risk in ("churn", "fraud") for segment in ("gold", "basic", "unrated segment")
    }
    line = next(line for line in register if (line.risk, line.segment) == ("churn", "gold"))
    assert (line.customers, line.unrated, line.expected_events) == (2, 0, pytest.approx(0.6))
    assert line.expected_loss == pytest.approx(510.0)
    assert line.residual_expected_loss == pytest.approx(510 * 0.63)
    assert line.inherent_expected_loss is None
    assert line.level == "high"  # 255 per customer
    assert line.residual_level == "moderate"  # 160.65 per customer
    assert line.highest_level == "high"
    assert (line.owner, line.treatments) == ("Ann", ("call", "discount"))
    unrated = next(line for line in register if (line.risk, line.segment) == ("churn", "unrated segment"))
    assert (unrated.unrated, unrated.level, unrated.likelihood) == (1, "unrated", None)
    assert [line.expected_loss for line in register] == sorted((line.expected_loss for line in register), reverse=True)


def test_register_adds_up_to_the_summaries(assessed):
    for each in assessed:
        lines = [line for line in assessed.register() if line.risk == each.pipeline.name]
        assert sum(line.expected_loss for line in lines) == pytest.approx(each.summary().expected_loss)
        assert sum(line.customers for line in lines) == len(each)


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
