from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from scipy.stats import beta

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.isotonic import IsotonicCurve, fit_isotonic, ties

samples = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: len({s for s, _ in rows}) > 1 and len({y for _, y in rows}) > 1
)


def _arrays(rows):
    scores, y = zip(*rows, strict=True)
    return np.array(scores, dtype=float), np.array(y, dtype=float)


@given(rows=samples, increasing=st.booleans())
@settings(deadline=None, max_examples=100)
def test_the_staircase_rises_and_never_claims_certainty(rows, increasing):
    scores, y = _arrays(rows)
    curve = fit_isotonic(ties(scores, y), increasing=increasing)
    at = np.linspace(-1, 10, 56)
    got = curve.of(at, level=0.9)
    steps = np.diff(got.values) * (1 if increasing else -1)
    assert np.all(steps >= 0)
    assert np.all((got.values > 0) & (got.values < 1))
    assert np.all((got.low <= got.values) & (got.values <= got.high))
    assert sum(curve.customers) == len(y)
    assert sum(curve.events) == y.sum()


def test_many_customers_give_the_maximum_likelihood_staircase():
    """With a thousand customers per score, shrinking is below 1e-3 and scipy's isotonic regression shows through."""
    scores = np.repeat(np.arange(6.0), 1000)
    rate = np.array([0.1, 0.3, 0.2, 0.4, 0.35, 0.6])
    y = np.concatenate([np.arange(1000) < 1000 * r for r in rate]).astype(float)
    curve = fit_isotonic(ties(scores, y), increasing=True)
    np.testing.assert_allclose(curve.of(np.arange(6.0), level=0.95).values, isotonic_regression(rate).x, atol=1e-3)
    assert curve.customers == (1000, 2000, 2000, 1000)


def test_ties_are_one_score():
    tied = ties(np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0, 0.0]))
    np.testing.assert_array_equal(tied.customers, [2, 2])
    np.testing.assert_array_equal(tied.events, [0, 1])


def test_concordance_counts_ties_half():
    scores, y = np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 1.0])
    assert ties(scores, y).concordance == 3.5 / 4
    assert ties(-scores, y).concordance == 0.5 / 4


def test_steps_are_the_posterior_mean_of_one_customers_worth():
    curve = IsotonicCurve(cuts=(), customers=(99,), events=(0,), base_rate=0.2)
    got = curve.of(np.array([1.0]), level=0.95)
    assert got.values[0] == pytest.approx(0.2 / 100)
    assert got.low[0] == 0
    assert got.high[0] == pytest.approx(beta(0.5, 99.5).ppf(0.975))


def test_an_interval_is_jeffreys():
    curve = IsotonicCurve(cuts=(), customers=(100,), events=(30,), base_rate=0.3)
    got = curve.of(np.array([1.0]), level=0.9)
    np.testing.assert_allclose([got.low[0], got.high[0]], beta(30.5, 70.5).ppf([0.05, 0.95]))


def test_a_score_on_a_cut_is_on_the_later_step_and_nan_is_unrated():
    curve = IsotonicCurve(cuts=(0.5,), customers=(9, 9), events=(0, 9), base_rate=0.5)
    np.testing.assert_allclose(curve.of(np.array([0.5, np.nan]), level=0.95).values, [0.95, np.nan])


def test_shrunken_steps_rise_too():
    """One non-event alone would shrink to 1/4, above the 2 % of those who score higher: they are pooled."""
    scores = np.concatenate([[0.0], np.full(1000, 1.0)])
    y = np.concatenate([[0.0], np.arange(1000) < 20]).astype(float)
    got = fit_isotonic(ties(scores, y), increasing=True).of(np.array([0.0, 1.0]), level=0.95).values
    assert got[0] <= got[1] < 0.05


def test_neighbouring_floats_are_told_apart():
    low = 1.0
    high = np.nextafter(low, 2)
    curve = fit_isotonic(ties(np.repeat([low, high], 50), np.repeat([0.0, 1.0], 50)), increasing=True)
    got = curve.of(np.array([low, high]), level=0.95).values
    assert got[0] < 0.1
    assert got[1] > 0.9


@pytest.mark.parametrize(
    "changes",
    [
        {"cuts": (2.0, 1.0)},
        {"cuts": (1.0,)},
        {"events": (0, 1, 99)},
        {"events": (0, 1)},
        {"base_rate": 0.0},
    ],
)
def test_what_is_no_staircase_is_refused(changes):
    good = {"cuts": (1.0, 2.0), "customers": (5, 5, 5), "events": (0, 1, 2), "base_rate": 0.2}
    with pytest.raises(InvalidValueError, match="staircase"):
        IsotonicCurve(**(good | changes))
