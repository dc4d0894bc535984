from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.sigmoid import CurveTerm, SigmoidCurve, fit_sigmoid


def _simulate(truth, n=20_000, seed=11):
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.02, 0.98, n)
    return scores, (rng.random(n) < truth(scores)).astype(float)


def test_platt_recovers_a_logistic_curve():
    scores, y = _simulate(lambda s: expit(-2 + 3 * s))
    curve = fit_sigmoid(scores, y, method="platt", increasing=True)
    slope = curve.terms[0].coefficient
    error = np.sqrt(curve.covariance[1][1])
    assert abs(slope - 3) < 4 * error
    at = np.array([0.1, 0.5, 0.9])
    got = curve.of(at, level=0.999)
    assert np.all((got.low < expit(-2 + 3 * at)) & (expit(-2 + 3 * at) < got.high))


def test_beta_recovers_a_beta_curve():
    def truth(s):
        return expit(1.5 * np.log(s) - 0.5 * np.log(1 - s) + 0.3)

    scores, y = _simulate(truth)
    curve = fit_sigmoid(scores, y, method="beta", increasing=True)
    assert [term.feature for term in curve.terms] == ["log", "log_complement"]
    at = np.linspace(0.05, 0.95, 7)
    np.testing.assert_allclose(curve.of(at, level=0.95).values, truth(at), atol=0.02)


def test_beta_leaves_a_calibrated_score_alone():
    """The identity is in the beta family: coefficients 1 and 1, intercept 0."""
    scores, y = _simulate(lambda s: s)
    curve = fit_sigmoid(scores, y, method="beta", increasing=True)
    at = np.linspace(0.05, 0.95, 7)
    np.testing.assert_allclose(curve.of(at, level=0.95).values, at, atol=0.02)


def test_a_feature_that_would_fall_is_left_out():
    scores, y = _simulate(lambda s: np.where(s < 0.5, 0.5 - 0.4 * s, 0.3 + 0.3 * (s - 0.5)))
    curve = fit_sigmoid(scores, y, method="beta", increasing=True)
    assert len(curve.terms) < 2
    assert np.all(np.diff(curve.of(np.linspace(0, 1, 50), level=0.95).values) >= 0)


def test_a_direction_the_data_contradict_gives_a_flat_curve():
    scores, y = _simulate(lambda s: expit(2 - 4 * s), n=2_000)
    curve = fit_sigmoid(scores, y, method="platt", increasing=True)
    assert curve.terms == ()
    np.testing.assert_allclose(curve.of(np.array([0.1, 0.9]), level=0.95).values, y.mean(), atol=1e-3)


def test_perfect_separation_is_no_certainty():
    scores, y = np.arange(20.0), (np.arange(20) >= 10).astype(float)
    got = fit_sigmoid(scores, y, method="platt", increasing=True).of(np.array([-1e308, 0.0, 19.0, 1e308]), level=0.95)
    assert np.all((got.values >= 0.5 / 21) & (got.values <= 20.5 / 21))
    assert np.all((got.low <= got.values) & (got.values <= got.high))


def test_two_distinct_scores_are_enough_for_beta():
    scores, y = np.repeat([0.2, 0.7], 20), np.tile([0.0, 0.0, 0.0, 1.0], 10)
    assert len(fit_sigmoid(scores, y, method="beta", increasing=True).terms) <= 1


def test_scores_of_0_and_1_have_finite_logarithms():
    scores, y = np.tile([0.0, 1.0, 0.5, 0.5], 10), np.tile([0.0, 1.0, 0.0, 1.0], 10)
    got = fit_sigmoid(scores, y, method="beta", increasing=True).of(np.array([0.0, 1.0, np.nan]), level=0.95)
    assert 0 < got.values[0] < got.values[1] < 1
    assert np.isnan(got.values[2])


@pytest.mark.parametrize("method", ["platt", "beta"])
def test_a_falling_curve_mirrors_a_rising_one(method):
    scores, y = _simulate(lambda s: expit(-2 + 3 * s), n=500)
    up = fit_sigmoid(scores, y, method=method, increasing=True)
    down = fit_sigmoid(1 - scores, y, method=method, increasing=False)
    at = np.linspace(0.1, 0.9, 5)
    np.testing.assert_allclose(down.of(1 - at, level=0.95).values, up.of(at, level=0.95).values, rtol=1e-9)


@given(factor=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
@settings(deadline=None, max_examples=25)
def test_platt_does_not_depend_on_the_scale_of_the_score(factor, shift):
    scores, y = _simulate(lambda s: expit(-2 + 3 * s), n=300)
    one = fit_sigmoid(scores, y, method="platt", increasing=True).of(scores, level=0.95)
    moved = factor * scores + shift
    other = fit_sigmoid(moved, y, method="platt", increasing=True).of(moved, level=0.95)
    np.testing.assert_allclose(one.values, other.values, rtol=1e-6)
    np.testing.assert_allclose(one.high, other.high, rtol=1e-6)


def test_platts_targets_match_a_direct_maximisation():
    scores, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
    curve = fit_sigmoid(scores, y, method="platt", increasing=True)
    got = curve.of(scores, level=0.95).values
    targets = np.where(y == 1, 3 / 4, 1 / 4)
    assert got.sum() == pytest.approx(targets.sum())
    assert (got * scores).sum() == pytest.approx((targets * scores).sum())
    assert logit(got[1]) - logit(got[0]) == pytest.approx(curve.terms[0].coefficient)


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": (CurveTerm("log", 1.0),)},
        {"covariance": ((1.0,),)},
        {"lowest": 0.9, "highest": 0.1},
        {"lowest": -0.1},
    ],
)
def test_what_is_no_curve_is_refused(changes):
    good = {
        "method": "platt",
        "intercept": 0,
        "terms": (CurveTerm("score", 1.0),),
        "covariance": ((1.0, 0.0), (0.0, 1.0)),
        "lowest": 0.01,
        "highest": 0.99,
    }
    with pytest.raises(InvalidValueError, match="curve"):
        SigmoidCurve(**(good | changes))


def test_a_falling_coefficient_is_refused():
    with pytest.raises(InvalidValueError):
        CurveTerm("score", -1.0)
