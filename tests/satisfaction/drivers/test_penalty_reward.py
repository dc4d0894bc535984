"""Tests of penalty-reward contrast analysis."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError
from crmrisk.satisfaction.drivers import PenaltyRewardAnalysis, impact_asymmetry, penalty_reward
from crmrisk.satisfaction.drivers.impact_asymmetry import asymmetry_class, factor_of


@pytest.mark.parametrize("repeats", [1, 40])
def test_reference_row_pr1(repeats):
    # PR1: dummy regression of one item is cell means; mean y at top/middle/bottom box 8.5/8.0/5.5
    y = np.repeat([8.5, 8.0, 5.5], repeats) + np.tile(np.linspace(-1, 1, repeats) if repeats > 1 else [0.0], 3)
    found = penalty_reward(y, {"item": np.repeat([5, 3, 1], repeats)}, best=5, worst=1, replicates=200)["item"]
    values = [found.reward.value, found.penalty.value, found.range_of_impact.value, found.impact_asymmetry.value]
    assert values == pytest.approx([0.5, 2.5, 3.0, -2 / 3], abs=1e-12)
    assert factor_of(-2 / 3, -2 / 3) == "basic"
    if repeats > 1:
        assert found.factor == "basic"
        assert found.asymmetry_class == "frustrator"
    else:
        assert found.reward.standard_error is None


def ratings(rows: int = 500, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.integers(1, 6, size=(rows, 3))
    y = 5 + 1.0 * (X[:, 0] == 5) - 1.0 * (X[:, 1] == 1) + 0.5 * (X[:, 2] == 5) - 0.5 * (X[:, 2] == 1)
    return y + rng.normal(size=rows), X


def test_coefficients_and_their_errors_are_those_of_statsmodels():
    from statsmodels.regression.linear_model import OLS

    y, X = ratings()
    found = penalty_reward(y, X, best=5, worst=1, interval="delta", replicates=20)
    design = np.column_stack([np.ones(500), X == 5, -1.0 * (X == 1)])
    fit = OLS(y, design).fit(cov_type="HC1")
    effects = [d.reward for d in found.drivers] + [d.penalty for d in found.drivers]
    assert [e.value for e in effects] == pytest.approx(fit.params[1:], abs=1e-10)
    assert [e.standard_error for e in effects] == pytest.approx(fit.bse[1:], rel=1e-6)
    assert [e.low for e in effects] == pytest.approx(fit.conf_int()[1:, 0], abs=1e-6)
    assert found.r_squared == pytest.approx(fit.rsquared, abs=1e-12)


def test_delta_and_bootstrap_agree_and_classes_follow():
    y, X = ratings(4000)
    delta, resampled = (
        penalty_reward(y, X, names=["joy", "pain", "both"], best=5, worst=1, interval=how, replicates=400)
        for how in ("delta", "bootstrap")
    )
    both, again = delta["both"].impact_asymmetry, resampled["both"].impact_asymmetry
    assert (both.low, both.high) == pytest.approx((again.low, again.high), abs=0.06)
    assert [d.factor for d in resampled.drivers] == ["excitement", "basic", "unclassified"]
    assert [d.asymmetry_class for d in resampled.drivers][:2] == ["delighter", "frustrator"]
    assert all(sum(d.factor_probability) == pytest.approx(1.0) for d in resampled.drivers)
    assert resampled.warnings[0].endswith("(Mikulic and Prebezac 2011)")
    assert PenaltyRewardAnalysis.from_json(resampled.to_json()) == resampled
    assert resampled.frame()["driver"].tolist() == ["joy", "pain", "both"]


def test_weights_are_repeated_rows():
    y, X = ratings(200)
    times = np.random.default_rng(0).integers(1, 4, size=200)
    weighted = penalty_reward(y, X, best=5, worst=1, weights=times, replicates=10)
    repeated = penalty_reward(np.repeat(y, times), np.repeat(X, times, axis=0), best=5, worst=1, replicates=10)
    assert [d.reward.value for d in weighted.drivers] == pytest.approx(
        [d.reward.value for d in repeated.drivers], abs=1e-10
    )


def test_the_asymmetry_stays_in_its_range_and_swaps_sign():
    r, q = np.random.default_rng(0).normal(size=(2, 500))
    found = impact_asymmetry(r, q)
    assert (np.isnan(found) == ((r <= 0) & (q <= 0))).all()
    assert (np.abs(found[~np.isnan(found)]) <= 1).all()
    assert impact_asymmetry(q, r) == pytest.approx(-found, nan_ok=True)


def test_an_effect_of_the_wrong_sign_counts_as_none():
    y = np.array([4.0, 4.2, 5.0, 5.2, 3.0, 3.2])
    found = penalty_reward(y, {"odd": [5, 5, 3, 3, 1, 1]}, best=5, worst=1, replicates=50)
    assert found["odd"].impact_asymmetry.value == -1.0
    assert any("reward of the wrong sign" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("low", "high", "factor", "name"),
    [
        (-0.9, -0.5, "basic", "frustrator"),
        (-0.3, -0.2, "basic", "dissatisfier"),
        (-0.05, 0.05, "performance", "hybrid"),
        (0.2, 0.3, "excitement", "satisfier"),
        (0.5, 0.9, "excitement", "delighter"),
        (0.2, 0.5, "excitement", "unclassified"),
        (0.0, 0.2, "unclassified", "unclassified"),
        (np.nan, np.nan, "unclassified", "unclassified"),
    ],
)
def test_an_interval_across_a_cut_is_unclassified(low, high, factor, name):
    assert (factor_of(low, high), asymmetry_class(low, high)) == (factor, name)


@pytest.mark.parametrize(
    ("drivers", "settings", "error", "says"),
    [
        ({"a": [5, 5, 5, 4, 4, 4]}, {}, FitError, "no worst answers"),
        ({"a": [5, 5, 5, 1, 1, 1]}, {}, FitError, "no middle answers"),
        ({"a": [5, 3, 1, 5, 3, 1], "b": [5, 3, 1, 5, 3, 1]}, {}, FitError, "go together"),
        ({"a": [5, 3, 1, 5, 3, 1]}, {"best": 1}, InvalidValueError, "worst < best"),
        ({"a": [5, 3, 1, 5, 3, 1]}, {"cuts": (0.1, 0.2, 0.3)}, InvalidValueError, "cuts"),
        ({"a": [5, 3, 1, 5, 3, 1]}, {"interval": "bca"}, InvalidValueError, "method"),
        ({"a": [5, 3, 1, 5, 3, 1]}, {"replicates": 0}, InvalidValueError, "replicates"),
    ],
)
def test_what_cannot_be_used_is_named(drivers, settings, error, says):
    with pytest.raises(error, match=says):
        penalty_reward([9, 8, 6, 8, 7, 5], drivers, **({"best": 5, "worst": 1} | settings))


def test_no_driver_of_that_name():
    with pytest.raises(CrmRiskError, match="no such driver"):
        penalty_reward(*ratings(50), best=5, worst=1, replicates=5)["price"]
