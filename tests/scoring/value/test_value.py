"""Discounted value: the definition, the units, the peers' quick start done right."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import MONTH, BetaGeoNBD, GammaGamma, discounted_value

WEEK, DAY, YEAR = timedelta(weeks=1), timedelta(days=1), timedelta(days=365)
MODEL = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
HISTORY = {"frequency": [0, 2, 7, 0], "recency": [0.0, 30.43, 22.0, 0.0], "age": [38.86, 38.86, 31.0, 0.0]}
TERMS = {"time_unit": WEEK, "horizon": YEAR, "discount_rate": 0.1, "expected_spend": 20.0}


def _by_definition(history, *, rate=0.1, months=12, model=MODEL):
    total, before = 0.0, 0.0
    for month in range(1, months + 1):
        until = model.expected_purchases(month * 365 / 84, **history)
        total = total + (until - before) / (1 + rate) ** (month / 12)
        before = until
    return total


def test_it_is_its_definition():
    ours = discounted_value(MODEL, **HISTORY, **TERMS, margin=0.3)
    assert ours == pytest.approx(0.3 * 20 * _by_definition(HISTORY), rel=1e-12)


@pytest.mark.parametrize("rate", [0.0, 0.05, 3.0])
def test_continuous_discounting_is_the_limit_of_short_periods(rate):
    terms = {**TERMS, "discount_rate": rate}
    hours = discounted_value(MODEL, **HISTORY, **terms, period=timedelta(hours=6))
    continuous = discounted_value(MODEL, **HISTORY, **terms, period=None)
    # purchases count at the end of 6 hours, on average 3 too late
    assert hours == pytest.approx(continuous * (1 + rate) ** (-3 / 24 / 365), rel=2e-6)


def test_without_a_rate_it_is_spend_times_purchases():
    ours = discounted_value(MODEL, **HISTORY, **{**TERMS, "discount_rate": 0})
    assert ours == pytest.approx(20 * MODEL.expected_purchases(365 / 7, **HISTORY), rel=1e-12)


def test_the_horizon_may_be_days():
    assert np.array_equal(
        discounted_value(MODEL, **HISTORY, **{**TERMS, "horizon": 365}), discounted_value(MODEL, **HISTORY, **TERMS)
    )


def test_the_quick_start_of_a_peer_with_its_units_right():
    # reference/value.md, traps: 140.096 where 36.278 is right; 12 months of 4.345 weeks at 1 % a month
    model = BetaGeoNBD(r=0.242592907, alpha=4.41353156, a=0.792886148, b=2.42575344)
    spend = GammaGamma(p=6.24957227, q=3.74422467, v=15.443521).expected_spend(frequency=2, mean_spend=22.35)
    month = timedelta(weeks=4.345)
    history = {"frequency": 2, "recency": 30.43, "age": 38.86, "expected_spend": spend, "period": month}
    terms = {"horizon": 12 * month, "discount_rate": 1.01 ** (YEAR / month) - 1}
    assert discounted_value(model, **history, **terms, time_unit=WEEK) == pytest.approx(36.278, abs=0.0005)


@given(
    r=st.floats(0.01, 100), alpha=st.floats(0.01, 1e3), a=st.floats(0.01, 100), b=st.floats(0.01, 100),
    x=st.integers(0, 2_000), age=st.floats(0.01, 1e3), share=st.floats(0, 1), rate=st.floats(0, 2),
)  # fmt: skip
@settings(deadline=None, max_examples=25)
def test_it_is_its_definition_for_any_model_unit_and_customer(r, alpha, a, b, x, age, share, rate):  # noqa: PLR0917 - drawn by name
    model, days = BetaGeoNBD(r=r, alpha=alpha, a=a, b=b), BetaGeoNBD(r=r, alpha=alpha * 7, a=a, b=b)
    history = {"frequency": x, "recency": age * share if x else 0.0, "age": age}
    in_days = {"frequency": x, "recency": history["recency"] * 7, "age": age * 7}
    terms = {**TERMS, "discount_rate": rate}
    ours = discounted_value(model, **history, **terms)
    assert ours >= 0
    assert ours == pytest.approx(20 * _by_definition(history, rate=rate, model=model), rel=1e-9, abs=1e-290)
    assert discounted_value(days, **in_days, **{**terms, "time_unit": DAY}) == pytest.approx(ours, rel=1e-9, abs=1e-290)


def test_missing_evidence_is_unrated_and_scalars_stay_scalar():
    unrated = discounted_value(
        MODEL,
        frequency=[2, np.nan, 2, 2],
        recency=5,
        age=[9, 9, np.nan, 9],
        **{**TERMS, "expected_spend": [5, 5, 5, np.nan]},
    )
    assert np.isnan(unrated).tolist() == [False, True, True, True]
    assert np.ndim(discounted_value(MODEL, frequency=0, recency=0, age=5, **TERMS)) == 0
    assert np.isnan(discounted_value(MODEL, frequency=np.nan, recency=0, age=5, **TERMS))
    assert discounted_value(MODEL, frequency=[], recency=[], age=[], **TERMS).size == 0
    assert (discounted_value(MODEL, **HISTORY, **{**TERMS, "expected_spend": 0}) == 0).all()


@pytest.mark.parametrize("terms", [{}, {"period": None}])
def test_a_customer_alone_equals_the_same_among_many_to_the_last_bit(terms):
    rng = np.random.default_rng(6)
    end = rng.uniform(0, 200, 800)
    x = rng.poisson(2, 800).astype(float)
    history = {"frequency": x, "recency": np.where(x > 0, end * rng.random(800), 0.0), "age": end}
    together = discounted_value(MODEL, **history, **TERMS, **terms)
    for row in range(0, 800, 57):
        alone = {name: values[row] for name, values in history.items()}
        assert discounted_value(MODEL, **alone, **TERMS, **terms) == together[row]


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon": -1},
        {"horizon": timedelta(days=-1)},
        {"horizon": np.nan},
        {"horizon": "a year"},
        {"discount_rate": -0.1},
        {"discount_rate": np.nan},
        {"discount_rate": np.inf},
        {"margin": -1},
        {"expected_spend": -1},
        {"expected_spend": np.inf},
        {"time_unit": timedelta(0)},
        {"period": timedelta(0)},
        {"time_unit": 7},
        {"recency": [0.0, 99.0, 22.0, 0.0]},
        {"frequency": [0, 2.5, 7, 0]},
    ],
)
def test_wrong_input_is_refused(changes):
    with pytest.raises(InvalidValueError):
        discounted_value(MODEL, **{**HISTORY, **TERMS, **changes})


def test_a_month_is_a_twelfth_of_the_year():
    assert 12 * MONTH == YEAR


def test_one_customer_equals_the_same_customer_among_others():
    """The one-row path remembers octaves and must not change a bit."""
    model = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
    rng = np.random.default_rng(5)
    frequency = rng.poisson(3, 200).astype(float)
    age = rng.integers(1, 900, 200).astype(float)
    recency = np.where(frequency > 0, np.floor(age * rng.random(200)), 0.0)
    settings = {
        "expected_spend": 20.0,
        "time_unit": timedelta(days=1),
        "horizon": timedelta(days=365),
        "discount_rate": 0.1,
    }
    together = discounted_value(model, frequency=frequency, recency=recency, age=age, **settings)
    alone = [
        discounted_value(model, frequency=frequency[[i]], recency=recency[[i]], age=age[[i]], **settings)[0]
        for i in range(200)
    ]
    np.testing.assert_array_equal(together, alone)
