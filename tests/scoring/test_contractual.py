from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaDiscreteWeibull, ShiftedBetaGeometric

AS_OF = datetime(2026, 1, 31)
MONTH, YEAR = timedelta(days=30), timedelta(days=365)
MODEL = ShiftedBetaGeometric(alpha=3.8, beta=15.2)


def book(**changes) -> cr.Portfolio:
    columns = {"renewals": [0, 1, 4, None, 4], "churned": [0, 0, 0, 0, 1], "spend_per_period": [10, 20, 30, 40, 50]}
    columns |= changes
    return cr.Portfolio([f"C{row}" for row in range(len(columns["renewals"]))], AS_OF, columns)


def value(**changes) -> cr.ContractValueScorer:
    settings = {"currency": "EUR", "period": YEAR, "discount_rate": 0.1, "model": MODEL}
    return cr.ContractValueScorer(**settings | changes)


def test_attrition_is_one_minus_survival_of_the_renewals_due():
    scorer = cr.ContractAttritionScorer(horizon=3 * MONTH, period=MONTH, model=MODEL)
    scores = scorer.fit(book()).score(book())
    np.testing.assert_allclose(scores.values[:3], 1 - MODEL.survival(3, renewals=[0, 1, 4]))
    assert np.isnan(scores.values[3:]).all()
    assert scores.measure.horizon == 3 * MONTH


@pytest.mark.parametrize(("renewals", "published"), [(1, 3.45), (3, 3.72)])
def test_a_value_for_ever_is_the_published_residual_lifetime_a_period_before_the_renewal(renewals, published):
    """Fader and Hardie (2010), table 3, case 1: their n counts periods, one more than renewals."""
    scores = value().fit(book()).score(book(renewals=[renewals], churned=[0], spend_per_period=[1.1]))
    assert scores.values[0] == pytest.approx(published, abs=0.005)


def test_a_long_horizon_comes_near_to_for_ever():
    found = value(horizon=400 * YEAR).fit(book()).score(book()).values
    np.testing.assert_allclose(found, value().fit(book()).score(book()).values, rtol=1e-6)


def test_without_discount_it_is_margin_times_spend_times_periods():
    found = value(horizon=2 * YEAR, discount_rate=0, margin=0.5).fit(book()).score(book()).values[:3]
    periods = sum(MODEL.survival(ahead, renewals=[0, 1, 4]) for ahead in (1, 2))
    np.testing.assert_allclose(found, 0.5 * np.array([10, 20, 30]) * periods)


@pytest.mark.parametrize("model", ["ShiftedBetaGeometric", "BetaDiscreteWeibull"])
def test_a_model_named_is_fitted_with_intervals(model):
    drawn = ShiftedBetaGeometric(alpha=0.7, beta=2).simulate(np.full(500, 8), rng=np.random.default_rng(5))
    churned = drawn.churned.astype(float)
    learnt = book(renewals=drawn.duration - churned, churned=churned, spend_per_period=np.ones(500))
    fitted = value(model=model, interval=0.9, horizon=YEAR).fit(learnt)
    assert type(fitted.model).__name__ == model
    scores = fitted.score(book())
    assert (scores.low[:3] < scores.values[:3]).all()
    assert (scores.values[:3] < scores.high[:3]).all()
    chance = cr.ContractAttritionScorer(horizon=YEAR, period=YEAR, model=model, interval=0.9).fit(learnt).score(book())
    assert (chance.low[:3] < chance.high[:3]).all()


def test_a_pipeline_of_contracts_is_saved_readable_and_loads(tmp_path):
    pipeline = cr.AssessmentPipeline(
        name="not renewing",
        event=cr.RiskEvent("churn", "attrition", YEAR),
        likelihood=cr.ContractAttritionScorer(
            horizon=YEAR, period=YEAR, model=BetaDiscreteWeibull(alpha=0.7, beta=1.2, c=0.8)
        ),
        consequence=value(),
        criteria=cr.RiskCriteria("EUR", moderate=10, high=30, extreme=100),
    )
    fitted = pipeline.fit(book())
    fitted.save(tmp_path / "contracts.crmrisk")
    back = cr.load(tmp_path / "contracts.crmrisk")
    assert back == fitted
    assert '"model":{"model":"BetaDiscreteWeibull","alpha":0.7' in fitted.likelihood.model_dump_json()
    assert back.assess_one(book().customer("C1")).current == fitted.assess(book())["C1"].current


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon": 1.5 * YEAR},
        {"horizon": timedelta(days=1)},
        {"discount_rate": 0.0},
        {"period": timedelta(0)},
        {"model": "ParetoNBD"},
        {"horizon": YEAR, "period": timedelta(minutes=1)},
    ],
)
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(InvalidValueError):
        value(**changes)
