"""What every fit promises: the same answer in any unit, and an honest one where the data say little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.scoring.value import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    GammaGamma,
    ModelFit,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ShiftedBetaGeometric,
    weakly_informative,
)

PURCHASES = [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD, NBD]
FACTORS = st.floats(-18, 18).map(np.exp)


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(31)
    simulated = BetaGeoNBD(r=0.6, alpha=6, a=0.9, b=2.4).simulate(rng.integers(20, 60, 300), rng=rng)
    return simulated.frequency, np.ceil(simulated.recency), simulated.age


@pytest.fixture(scope="module")
def spend():
    rng = np.random.default_rng(32)
    x = 1 + rng.poisson(2, 200).astype(float)
    return x, GammaGamma(p=4, q=4, v=20).simulate(x, rng=rng)


@pytest.fixture(scope="module")
def in_one_unit(book):
    priors = {model: weakly_informative(model) for model in PURCHASES}
    return {
        (model, prior is None): model.fit(*book, prior=prior) for model in PURCHASES for prior in (None, priors[model])
    }


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "penalised"])
@pytest.mark.parametrize("model", PURCHASES)
@settings(max_examples=8, deadline=None)
@given(factor=FACTORS)
def test_another_time_unit_scales_the_times_and_nothing_else(model, plain, book, in_one_unit, factor):
    x, last, end = book
    before = in_one_unit[model, plain]
    after = model.fit(x, last * factor, end * factor, prior=None if plain else weakly_informative(model))
    for name, value in before.estimates.items():
        expected = value * factor if name in {"alpha", "beta"} else value
        assert after.estimates[name] == pytest.approx(expected, rel=1e-7), name
    # a history is a density in time for each purchase
    assert after.log_likelihood == pytest.approx(before.log_likelihood - x.sum() * np.log(factor), rel=1e-9, abs=1e-6)
    assert np.allclose(_table(after), _table(before), rtol=1e-5, atol=1e-9)
    alive = [
        m.model.probability_alive(frequency=x, recency=last * f, age=end * f) for m, f in ((before, 1), (after, factor))
    ]
    assert alive[1] == pytest.approx(alive[0], rel=1e-6)
    bought = [
        m.model.expected_purchases(39 * f, frequency=x, recency=last * f, age=end * f)
        for m, f in ((before, 1), (after, factor))
    ]
    assert bought[1] == pytest.approx(bought[0], rel=1e-6)


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "penalised"])
@settings(max_examples=8, deadline=None)
@given(factor=FACTORS)
def test_another_currency_scales_v_and_nothing_else(plain, spend, factor):
    x, mean = spend
    prior = None if plain else weakly_informative(GammaGamma)
    before, after = GammaGamma.fit(x, mean, prior=prior), GammaGamma.fit(x, mean * factor, prior=prior)
    expected = [before.model.p, before.model.q, before.model.v * factor]
    assert list(after.estimates.values()) == pytest.approx(expected, rel=1e-7)
    assert after.log_likelihood == pytest.approx(before.log_likelihood - x.size * np.log(factor), rel=1e-9, abs=1e-6)
    values = [m.model.expected_spend(frequency=x, mean_spend=mean * f) / f for m, f in ((before, 1), (after, factor))]
    assert values[1] == pytest.approx(values[0], rel=1e-6)


@settings(max_examples=8, deadline=None)
@given(order=st.randoms(use_true_random=False), copies=st.integers(2, 9))
def test_order_counting_and_weights_change_nothing(book, order, copies):
    rows = list(range(book[0].size))
    order.shuffle(rows)
    shuffled = tuple(column[rows] for column in book)
    assert BetaGeoNBD.fit(*shuffled) == BetaGeoNBD.fit(*book)
    repeated = ParetoNBD.fit(*(np.repeat(column, copies) for column in book))
    weighed = ParetoNBD.fit(*book, weights=np.full(book[0].size, float(copies)))
    assert repeated.estimates == pytest.approx(weighed.estimates, rel=1e-9)
    assert repeated.n == weighed.n


def _table(fit):
    return np.array(fit.log_covariance, dtype=float)


def _histories():
    rng = np.random.default_rng(1)
    x, end = rng.poisson(3, 300).astype(float), rng.integers(100, 300, 300).astype(float)
    last = np.where(x > 0, np.floor(end * rng.uniform(0.1, 0.9, 300)), 0.0)
    bot = np.r_[x, 5000.0], np.r_[last, 299.0], np.r_[end, 300.0]
    return {
        "five customers": ([0, 1, 0, 4, 2], [0, 12, 0, 30, 9], [38, 38, 36, 35, 31]),
        "one customer": ([2], [12], [30]),
        "300 identical rows": ([3] * 300, [20] * 300, [30] * 300),
        "no churn": (x, np.where(x > 0, end - 1, 0), end),
        "everybody just bought": (x, np.where(x > 0, end, 0), end),
        "a bot": bot,
        "only a bot": ([5000], [299], [300]),
        "all single purchases": (np.zeros(300), np.zeros(300), end),
        "all single purchases at one age": (np.zeros(300), np.zeros(300), np.full(300, 30.0)),
        "one age": (x, np.minimum(last, 200), np.full(300, 200.0)),
        "age zero": (np.zeros(5), np.zeros(5), np.zeros(5)),
        "all at once": (np.full(20, 3.0), np.zeros(20), np.full(20, 30.0)),
    }


def _lifetimes():
    return {
        "five customers": ([1, 2, 3, 3, 1], [1, 1, 0, 0, 1]),
        "nobody lost": ([5] * 20, [False] * 20),
        "all lost at once": ([1] * 20, [True] * 20),
        "one customer": ([3], [True]),
        "one horizon": ([1] * 20, [True] * 5 + [False] * 15),
        "300 identical rows": ([3] * 300, [True] * 300),
    }


DEGENERATE = {
    **{model: _histories() for model in PURCHASES},
    **{model: _lifetimes() for model in (ShiftedBetaGeometric, BetaDiscreteWeibull)},
    GammaGamma: {
        "five customers": ([1, 2, 0, 3, 1], [10.0, 20, 0, 35, 7]),
        "one customer": ([2], [30.0]),
        "300 identical rows": ([3] * 300, [20.0] * 300),
        "one purchase each": (np.ones(50), np.linspace(5, 90, 50)),
        "a bot": ([5000, 1, 2, 3, 1, 1], [11.0, 20, 30, 12, 11, 9]),
    },
    BetaGeoBetaBinomial: {
        "five customers": ([0, 1, 0, 3, 2], [0, 2, 0, 5, 4], [6, 6, 6, 5, 5]),
        "300 identical rows": ([3] * 300, [4] * 300, [6] * 300),
        "nobody bought": ([0] * 9, [0] * 9, [6] * 9),
        "always": ([6] * 50, [6] * 50, [6] * 50),
        "one opportunity": ([0, 1, 1], [0, 1, 1], [1, 1, 1]),
        "no churn": ([3, 4, 2, 6], [6, 6, 6, 6], [6] * 4),
        "no opportunity": ([0], [0], [0]),
        "a bot": ([5000, 1, 0], [5000, 2, 0], [5000, 50, 50]),
    },
}
CASES = [
    pytest.param(model, *case, id=f"{model.__name__}, {case[0]}")
    for model, cases in DEGENERATE.items()
    for case in cases.items()
]
IDENTIFIED = {
    ("BetaGeoNBD", "a bot"),
    ("ModifiedBetaGeoNBD", "a bot"),
    ("BetaGeoBetaBinomial", "a bot"),
    ("ShiftedBetaGeometric", "five customers"),
    *(("NBD", name) for name in ("five customers", "no churn", "everybody just bought", "a bot")),
}
"""Where the data do say what the parameters are, as far as they are many enough to say anything."""


@pytest.mark.parametrize(("model", "case", "data"), CASES)
def test_degenerate_data_give_a_fit_that_says_what_is_not_identified(model, case, data):
    with np.errstate(all="raise", under="ignore"):
        fit = model.fit(*data)
    _check_honest(fit)
    assert bool(fit.not_identified) == ((model.__name__, case) not in IDENTIFIED)


@pytest.mark.parametrize(("model", "case", "data"), CASES)
def test_a_weak_prior_holds_what_the_data_do_not(model, case, data):
    with np.errstate(all="raise", under="ignore"):
        fit = model.fit(*data, prior=weakly_informative(model))
    _check_honest(fit)
    assert fit.prior == weakly_informative(model)
    if case not in {"all at once", "300 identical rows"}:  # an infinite likelihood no prior outweighs
        assert fit.not_identified == ()


def _check_honest(fit):
    assert fit.converged
    assert np.isfinite(list(fit.estimates.values())).all()
    assert min(fit.estimates.values()) > 0
    assert np.isfinite(fit.log_likelihood)
    assert fit.not_identified == tuple(each.parameter for each in fit.unidentified)
    assert fit.warnings[: len(fit.unidentified)] == tuple(str(each) for each in fit.unidentified)
    errors = np.array([fit.log_standard_errors[name] for name in fit.parameters])
    assert np.isnan(errors).tolist() == [name in fit.not_identified for name in fit.parameters]
    assert type(fit).model_validate_json(fit.model_dump_json()) == fit


@pytest.mark.parametrize(
    ("model", "case", "bounds"),
    [
        (BetaGeoNBD, "no churn", {"b": "infinity"}),
        (BetaGeoNBD, "300 identical rows", {"r": "infinity"}),
        (BetaGeoNBD, "all single purchases", {"alpha": "infinity"}),
        (ModifiedBetaGeoNBD, "no churn", {"b": "infinity"}),
        (ParetoNBD, "no churn", {"beta": "infinity"}),
        (GammaGamma, "300 identical rows", {"p": "infinity", "q": "infinity"}),
        (ShiftedBetaGeometric, "nobody lost", {"beta": "infinity"}),
        (BetaGeoBetaBinomial, "no churn", {"delta": "infinity"}),
        (ShiftedBetaGeometric, "one horizon", {"alpha": "flat", "beta": "flat"}),
    ],
)
def test_the_bound_is_named(model, case, bounds):
    found = {each.parameter: each.bound for each in model.fit(*DEGENERATE[model][case]).unidentified}
    assert bounds.items() <= found.items()


def test_what_is_identified_keeps_its_standard_error():
    fit = BetaGeoNBD.fit(*DEGENERATE[BetaGeoNBD]["no churn"])
    assert fit.not_identified == ("a", "b")
    assert 0 < fit.log_standard_errors["r"] < 1
    assert isinstance(fit, ModelFit)
