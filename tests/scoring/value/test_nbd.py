from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.scoring.value.beta_geo import BetaGeoNBD
from crmrisk.scoring.value.nbd import NBD


@pytest.mark.realdata
def test_cdnow_estimates_likelihood_and_holdout(cdnow):
    """Weeks rounded to 2 decimals; maximum likelihood in 30-digit arithmetic, as /work/shared/reference/value.md has it."""
    weeks = [np.round(cdnow.weeks(values), 2) for values in (cdnow.recency, cdnow.age)]
    fit = NBD.fit(cdnow.frequency, *weeks)
    assert fit.estimates["r"] == pytest.approx(0.384767674, rel=1e-8)
    assert fit.estimates["alpha"] == pytest.approx(12.072085, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(-9763.660222, abs=1e-6)
    assert fit.converged
    assert not fit.not_identified
    expected = fit.model.expected_purchases(39, frequency=cdnow.frequency, recency=weeks[0], age=weeks[1])
    assert expected.sum() == pytest.approx(2929.8, abs=0.05)
    assert np.abs(expected - cdnow.holdout).mean() == pytest.approx(1.041, abs=0.0005)


@pytest.mark.parametrize("n", [0, 1, 7, 300])
@pytest.mark.parametrize("case", [(0.385, 12.07, 0, 0, 39), (3.0, 0.1, 40, 5, 100.0)])
def test_counts_are_negative_binomial(n, case):
    r, alpha, x, age, time = case
    model = NBD(r=r, alpha=alpha)
    with mp.workdps(40):
        shape, rate = mp.mpf(r) + x, mp.mpf(alpha) + age
        exact = mp.gamma(shape + n) / mp.gamma(shape) / mp.factorial(n)
        exact *= (rate / (rate + time)) ** shape * (mp.mpf(time) / (rate + time)) ** n
    found = model.probability_of_purchases(n, time, frequency=x, recency=0 if x == 0 else age, age=age)
    assert float(found) == pytest.approx(float(exact), rel=1e-9)


def test_it_is_bg_nbd_without_dropout():
    history = {"frequency": [0, 3, 9], "recency": [0, 20, 1], "age": [39, 39, 39]}
    loyal = BetaGeoNBD(r=0.4, alpha=12, a=1e-12, b=1)
    model = NBD(r=0.4, alpha=12)
    for quantity in ("expected_purchases", "probability_of_no_purchase"):
        assert getattr(model, quantity)(13, **history) == pytest.approx(getattr(loyal, quantity)(13, **history))
    assert model.log_likelihood(**history) == pytest.approx(loyal.log_likelihood(**history))
    assert (model.probability_alive(**history) == 1).all()


def test_a_missing_history_is_unrated():
    model = NBD(r=0.4, alpha=12)
    assert np.isnan(model.probability_alive(frequency=2, recency=np.nan, age=5))
    assert np.isnan(model.expected_purchases(5, frequency=[2, 1], recency=[1, 1], age=[3, np.nan])[1])


@settings(max_examples=25, deadline=None)
@given(unit=st.floats(1e-3, 1e3), seed=st.integers(0, 9))
def test_the_unit_of_time_changes_alpha_and_nothing_else(unit, seed):
    rng = np.random.default_rng(seed)
    simulated = NBD(r=0.6, alpha=8).simulate(rng.uniform(20, 40, 200), rng=rng)
    fit = NBD.fit(simulated.frequency, simulated.recency, simulated.age)
    other = NBD.fit(simulated.frequency, simulated.recency * unit, simulated.age * unit)
    assert other.estimates["r"] == pytest.approx(fit.estimates["r"], rel=1e-7)
    assert other.estimates["alpha"] == pytest.approx(fit.estimates["alpha"] * unit, rel=1e-7)


def test_simulated_customers_give_the_parameters_back():
    rng = np.random.default_rng(20261122)
    simulated = NBD(r=0.6, alpha=8).simulate(np.full(20_000, 39.0), rng=rng)
    fit = NBD.fit(simulated.frequency, simulated.recency, simulated.age)
    for name, true in (("r", 0.6), ("alpha", 8.0)):
        assert abs(np.log(fit.estimates[name] / true)) < 4 * fit.log_standard_errors[name]


def test_nobody_bought_again():
    fit = NBD.fit([0, 0, 0], [0, 0, 0], [10, 20, 30])
    assert fit.not_identified
    assert fit.warnings
