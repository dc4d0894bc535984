from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

AS_OF = datetime(2026, 1, 31)
YEAR = timedelta(days=365)
PURCHASES = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)


def scorer(**changes) -> cr.LifetimeValueScorer:
    settings = {"currency": "USD", "horizon": YEAR, "discount_rate": 0.1, "purchases": PURCHASES, "spend": SPEND}
    return cr.LifetimeValueScorer(**settings | changes)


@pytest.fixture
def book() -> cr.Portfolio:
    columns = {
        "frequency": [0, 2, 7, None],
        "recency": [0, 30, 200, None],
        "age": [270, 100, 270, None],
        "mean_spend": [None, 20, 70, None],
    }
    return cr.Portfolio(["C0", "C1", "C2", "C3"], AS_OF, columns)


def test_without_discount_it_is_margin_times_spend_times_purchases(book):
    value = scorer(discount_rate=0, margin=0.25).fit(book).score(book).values
    history = {"frequency": [0, 2, 7], "recency": [0, 30, 200], "age": [270, 100, 270]}
    purchases = PURCHASES.expected_purchases(365.0, **history)
    spend = SPEND.expected_spend(frequency=[0, 2, 7], mean_spend=[0, 20, 70])
    np.testing.assert_allclose(value[:3], 0.25 * spend * purchases, rtol=1e-9)
    assert np.isnan(value[3])


def test_discounting_lowers_and_a_longer_horizon_raises_value(book):
    base = scorer().fit(book).score(book).values[:3]
    assert (scorer(discount_rate=0.3).fit(book).score(book).values[:3] < base).all()
    assert (scorer(horizon=2 * YEAR).fit(book).score(book).values[:3] > base).all()


def test_value_is_proportional_to_margin(book):
    whole, half = (scorer(margin=margin).fit(book).score(book).values[:3] for margin in (1.0, 0.5))
    np.testing.assert_allclose(half * 2, whole, rtol=1e-12)


def test_nobody_bought_twice_is_a_fit_error():
    once = cr.Portfolio(
        ["C0", "C1"],
        AS_OF,
        {"frequency": [0, 0], "recency": [0, 0], "age": [3, 9], "mean_spend": [None, None]},
    )
    with pytest.raises(FitError, match="no customer has frequency, mean_spend"):
        scorer(spend=None).fit(once)


@pytest.mark.parametrize(
    "changes", [{"margin": 0}, {"margin": 1.5}, {"discount_rate": -0.1}, {"horizon": timedelta(0)}, {"currency": ""}]
)
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(InvalidValueError):
        scorer(**changes)


@pytest.fixture(scope="module")
def simulated() -> cr.Portfolio:
    rng = np.random.default_rng(2)
    drawn = BetaGeoNBD(r=0.8, alpha=40.0, a=0.9, b=3.0).simulate(np.full(400, 365.0), rng=rng)
    spend = SPEND.simulate(drawn.frequency, rng=rng)
    columns = {"frequency": drawn.frequency, "recency": np.floor(drawn.recency), "age": drawn.age, "mean_spend": spend}
    return cr.Portfolio([f"C{i}" for i in range(400)], AS_OF, columns)


@pytest.mark.parametrize("name", ["ModifiedBetaGeoNBD", "ParetoNBD"])
def test_a_model_named_is_fitted_and_a_model_given_is_used(name, simulated):
    named = scorer(purchases=name, spend=None).fit(simulated)
    assert type(named.purchases).__name__ == name
    given = scorer(purchases=named.purchases, spend=named.spend).fit(simulated)
    assert given.score(simulated) == named.score(simulated)


def test_an_unknown_model_lists_the_names():
    with pytest.raises(InvalidValueError, match=r"purchases: no model of purchases .*remedy: 'ParetoNBD'"):
        scorer(purchases="ParetoNDB")


def test_an_interval_counts_the_errors_of_both_models(simulated):
    fitted = scorer(purchases=None, spend=None, interval=0.95).fit(simulated)
    both = fitted.score(simulated)
    only_buying = fitted.model_copy(update={"spend_log_covariance": None}).score(simulated)
    only_spending = fitted.model_copy(update={"purchases_log_covariance": None}).score(simulated)
    widths = [np.log(each.high / each.values) for each in (both, only_buying, only_spending)]
    np.testing.assert_allclose(widths[0], np.hypot(widths[1], widths[2]), rtol=1e-6)
    assert (both.low > 0).all()
    assert scorer(interval=0.95).fit(simulated).score(simulated).low is None


def test_explanations_add_up_to_the_value_in_money(simulated):
    fitted = scorer(purchases=None, spend=None).fit(simulated)
    explanation = fitted.explain(simulated)
    np.testing.assert_allclose(explanation.total, fitted.score(simulated).values, rtol=1e-9)
    assert explanation.scale == "USD"
    assert explanation.names == ("frequency", "recency", "age", "mean_spend")


def test_who_spends_more_than_the_typical_owes_it_to_spend(simulated):
    fitted = scorer(purchases=None, spend=None).fit(simulated)
    history = {"frequency": [4, 4, 0], "recency": [300, 300, 0], "age": [365, 365, 365]}
    book = cr.Portfolio(["rich", "poor", "once"], AS_OF, {**history, "mean_spend": [500, 1, None]})
    rich, poor, once = fitted.explain(book).contributions[:, 3]
    assert rich > 0 > poor
    assert once == 0.0


def test_the_typical_customer_is_explained_by_nothing(simulated):
    fitted = scorer(purchases=None, spend=None).fit(simulated)
    t = fitted.typical
    history = {"frequency": [t.frequency], "recency": [t.recency], "age": [t.age], "mean_spend": [t.mean_spend]}
    explanation = fitted.explain(cr.Portfolio(["T"], AS_OF, history))
    assert explanation.drivers(0) == ()
    assert explanation.baseline[0] == pytest.approx(fitted.score(cr.Portfolio(["T"], AS_OF, history)).values[0])


def test_a_saved_scorer_says_which_model_it_holds(simulated, tmp_path):
    fitted = scorer(purchases="ParetoNBD", spend=None).fit(simulated)
    cr.save(fitted, tmp_path / "value.crmrisk")
    back = cr.load(tmp_path / "value.crmrisk")
    assert back == fitted
    assert '"purchases":{"model":"ParetoNBD","r":' in fitted.model_dump_json()


def test_where_spend_has_no_mean_the_typical_customer_has_bought_twice(simulated):
    fitted = scorer(spend=GammaGamma(p=6, q=0.9, v=15)).fit(simulated)
    scores, explanation = fitted.score(simulated), fitted.explain(simulated)
    assert fitted.typical.frequency >= 1
    np.testing.assert_allclose(explanation.total, scores.values, rtol=1e-9)
    assert scores.rated.sum() == (simulated["frequency"] > 0).sum()


def test_a_fitted_scorer_saved_before_models_had_names_still_loads(book):
    fitted = scorer().fit(book)
    saved = dump_component(fitted)
    saved["purchases"] = {"r": 0.243, "alpha": 30.9, "a": 0.793, "b": 2.426}
    new = ("own_margins", "margin_weight", "interval", "purchases_log_covariance", "spend_log_covariance", "typical")
    old = load_component({name: value for name, value in saved.items() if name not in new})
    assert old.score(book) == fitted.score(book)
    assert old.explain(book).total[1] == pytest.approx(fitted.score(book).values[1])
