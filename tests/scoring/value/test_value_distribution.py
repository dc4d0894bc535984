"""Distributions of value: means that are known, streams of their own, futures simulated independently, refusals."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    NBD,
    BetaGeoCNBD,
    BetaGeoNBD,
    GammaGamma,
    ModifiedBetaGeoCNBD,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    discounted_value,
    drawn_models,
    predict_purchases,
    predict_value,
)

WEEK = timedelta(weeks=1)
PAPER = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MODIFIED = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
MODELS = pytest.mark.parametrize(
    "model", [PAPER, MODIFIED, PARETO, NBD(r=0.385, alpha=12.072)], ids=["beta-geo", "modified", "pareto", "nbd"]
)
HISTORY = {
    "frequency": np.array([0.0, 2.0, 9.0, 26.0, 1.0]),
    "recency": np.array([0.0, 30.43, 20.0, 30.857, 38.0]),
    "age": np.array([38.86, 38.86, 39.0, 31.0, 39.0]),
    "mean_spend": np.array([0.0, 25.0, 40.0, 12.0, 90.0]),
}
TERMS = {"time_unit": WEEK, "horizon": timedelta(days=365)}


def _predict(model=PAPER, spend=SPEND, *, seed=1, **changes):
    return predict_value(model, spend, **{**HISTORY, **TERMS, **changes}, rng=np.random.default_rng(seed))


@MODELS
@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_the_mean_is_the_discounted_value(model, rate):
    n = 40_000
    found = _predict(model, discount_rate=rate, margin=0.4, n_draws=n)
    spend = SPEND.expected_spend(frequency=HISTORY["frequency"], mean_spend=HISTORY["mean_spend"])
    history = {name: HISTORY[name] for name in ("frequency", "recency", "age")}
    terms = {**TERMS, "expected_spend": spend, "margin": 0.4, "discount_rate": rate, "period": None}
    exact = discounted_value(model, **history, **terms)
    assert (abs(found.mean - exact) < 4.5 * found.standard_deviation / np.sqrt(n)).all()
    assert found.total.mean() == pytest.approx(found.mean.sum(), rel=1e-12)


@MODELS
def test_nothing_is_brought_as_often_as_nothing_is_bought(model):
    none = model.probability_of_no_purchase(365 / 7, **{k: v for k, v in HISTORY.items() if k != "mean_spend"})
    found = _predict(model, n_draws=20_000, shares=(none * 0.97).tolist() + (none * 1.03 + 0.01).tolist())
    for row, share in enumerate(none):
        error = np.sqrt(share * (1 - share) / 20_000)
        if 0.03 * share > 4 * error:
            assert found.quantiles[row, row] == 0
            assert found.quantiles[row, 5 + row] > 0


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("kind", [BetaGeoCNBD, ModifiedBetaGeoCNBD])
def test_regular_buyers_go_on_as_expected(kind, k):
    model, n = kind(k=k, r=0.8, alpha=1.5, a=0.8, b=2.4), 40_000
    history = {name: HISTORY[name] for name in ("frequency", "recency", "age")}
    spend = GammaGamma(p=1e6, q=1e6 + 1, v=1.0)  # every purchase is worth 1
    found = predict_value(model, spend, **history, mean_spend=1.0, **TERMS, n_draws=n, rng=np.random.default_rng(1))
    exact = model.expected_purchases(365 / 7, **history)
    assert (abs(found.mean - exact) < 4.5 * found.standard_deviation / np.sqrt(n) + 1e-3).all()  # one is hardly alive


def test_given_the_purchases_amounts_are_those_of_the_spend_model():
    """Values within a horizon that allows hardly one purchase are single amounts: their quantiles are known."""
    from scipy import special

    found = _predict(
        frequency=[9.0], recency=[39.0], age=[39.0], mean_spend=[40.0], horizon=timedelta(days=0.2), n_draws=200_000,
        shares=[0.9975, 0.998, 0.999],
    )  # fmt: skip
    buys = 1 - predict_purchases(PAPER, 0.2 / 7, frequency=9.0, recency=39.0, age=39.0).pmf[0, 0]
    # an amount is p-Gamma over a rate Gamma(q + px, v + xz): a scaled F distribution
    shape, rate = SPEND.q + SPEND.p * 9, SPEND.v + 9 * 40
    inside = 1 - (1 - np.array([0.9975, 0.998, 0.999])) / buys
    odds = special.betaincinv(SPEND.p, shape, inside)
    assert found.quantiles[0] == pytest.approx(rate * odds / (1 - odds), rel=0.07)


def test_a_customer_has_a_stream_of_their_own():
    together = _predict(discount_rate=0.1, n_draws=300)
    again = _predict(discount_rate=0.1, n_draws=300)
    assert np.array_equal(together.quantiles, again.quantiles)
    for row in (0, 3):
        alone = _predict(
            **{name: values[row] for name, values in HISTORY.items()}, stream=row, discount_rate=0.1, n_draws=300
        )
        assert alone.mean[0] == together.mean[row]
        assert np.array_equal(alone.quantiles[0], together.quantiles[row])
    shuffled = _predict(
        **{k: v[::-1] for k, v in HISTORY.items()}, stream=[4, 3, 2, 1, 0], discount_rate=0.1, n_draws=300
    )
    assert np.array_equal(shuffled.quantiles[::-1], together.quantiles)
    assert not np.array_equal(_predict(seed=2, discount_rate=0.1, n_draws=300).quantiles, together.quantiles)


def test_customers_are_independent_and_add_up():
    twins = {name: np.full(400, value[3]) for name, value in HISTORY.items()}
    found = _predict(**twins, n_draws=400)
    assert found.total.std(ddof=1) == pytest.approx(np.sqrt((found.standard_deviation**2).sum()), rel=0.2)


def test_uncertain_parameters_widen_the_total():
    fitted = np.diag([0.02, 0.02, 0.05, 0.05])
    models = drawn_models(PAPER, fitted, 100, rng=np.random.default_rng(3))
    spends = drawn_models(SPEND, np.diag([0.01, 0.01, 0.01]), 100, rng=np.random.default_rng(4))
    many = {name: np.tile(value, 60) for name, value in HISTORY.items()}
    known, unknown = _predict(**many, n_draws=400), _predict(models, spends, **many, n_draws=400)
    assert unknown.total.std() > 1.3 * known.total.std()
    assert unknown.total.mean() == pytest.approx(known.total.mean(), rel=0.15)


def test_models_are_drawn_around_the_estimates():
    table = [[0.04, 0.02, None, 0.0], [0.02, 0.09, None, 0.0], [None] * 4, [0.0, 0.0, None, 0.01]]
    models = drawn_models(PAPER, table, 6_000, rng=np.random.default_rng(3))
    logs = np.log([list(model.model_dump().values()) for model in models])
    assert np.cov(logs.T)[:2, :2] == pytest.approx(np.array([[0.04, 0.02], [0.02, 0.09]]), rel=0.1)
    assert logs.mean(axis=0) == pytest.approx(np.log(list(PAPER.model_dump().values())), abs=0.02)
    assert {model.a for model in models} == {PAPER.a}


def test_the_unrated_and_nobody():
    found = _predict(frequency=[2, np.nan, 0], recency=[1, 1, 0], age=9, mean_spend=[10, 10, np.nan], n_draws=50)
    assert np.isnan(found.mean).tolist() == [False, True, False]
    assert np.isnan(found.quantiles).all(axis=1).tolist() == [False, True, False]
    assert np.isfinite(found.total).all()
    nobody = _predict(frequency=[], recency=[], age=[], mean_spend=[], n_draws=50)
    assert nobody.quantiles.shape == (0, 3)
    assert (nobody.total == 0).all()


def test_progress_and_read_only_results():
    seen = []
    found = _predict(progress=lambda done, all_: seen.append((done, all_)), n_draws=10)
    assert seen == [(5, 5)]
    assert not any(array.flags.writeable for array in (found.mean, found.quantiles, found.total))
    with pytest.raises(InvalidValueError, match="not asked for"):
        found.quantile(0.1)


def test_absurd_parameters_are_answered_without_a_warning():
    model = BetaGeoNBD(r=1e-3, alpha=1e4, a=1e-3, b=1e-3)
    found = _predict(model, GammaGamma(p=1e-3, q=1.001, v=1e4), horizon=timedelta(days=3650), n_draws=100)
    assert np.isfinite(found.mean).all()
    assert (found.quantiles >= 0).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon": timedelta(days=-1)},
        {"horizon": None, "discount_rate": 0.1},
        {"discount_rate": -0.1},
        {"margin": -1.0},
        {"shares": (0.5, 1.5)},
        {"n_draws": 1},
        {"stream": [1, 2]},
        {"stream": [0.5] * 5},
        {"model": ()},
        {"model": (PAPER, PARETO)},
        {"recency": np.full(5, 99.0)},
        {"age": np.ones((5, 1))},
    ],
)
def test_wrong_input_is_refused(changes):
    with pytest.raises(InvalidValueError):
        _predict(**changes)
