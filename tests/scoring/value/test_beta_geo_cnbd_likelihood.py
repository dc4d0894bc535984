"""Derivatives of the likelihood against differences of its values, and values against the model's own."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import BetaGeoCNBD, ModifiedBetaGeoCNBD
from crmrisk.scoring.value.beta_geo_cnbd_likelihood import BetaGeoCNBDLikelihood, log_timing
from crmrisk.scoring.value.counted_histories import CountedHistories

POINTS = [(0.243, 4.414, 0.793, 2.426), (3.0, 0.2, 9.0, 0.05), (150.0, 700.0, 0.01, 40.0)]
NAMES = ("r", "alpha", "a", "b")


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(4)
    end = rng.uniform(1, 60, 80)
    seen = BetaGeoCNBD(k=3, r=1.6, alpha=2, a=0.8, b=3).simulate(end, rng=rng)
    return seen.frequency, seen.recency, end, rng.uniform(0.1, 3, 80)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("k", "early"), [(1, 0), (2, 1), (3, 0), (12, 1)])
def test_derivatives_are_the_differences_of_the_values(columns, point, k, early):
    likelihood, at = BetaGeoCNBDLikelihood.of(k, CountedHistories.of(*columns, early)), np.array(point)
    here = likelihood(at)
    for index, step in enumerate(np.eye(4) * at * 1e-5):
        ahead, behind = likelihood(at + step), likelihood(at - step)
        slope = (ahead.value - behind.value) / (2 * step[index])
        bend = (ahead.gradient - behind.gradient) / (2 * step[index])
        assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-4)
        assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("model", "early"), [(BetaGeoCNBD, 0), (ModifiedBetaGeoCNBD, 1)])
@pytest.mark.parametrize("k", [1, 4])
def test_the_value_is_the_weighted_sum_over_customers(columns, point, model, early, k):
    total = model(k=k, **dict(zip(NAMES, point, strict=True))).log_likelihood(*columns[:3]) @ columns[3]
    likelihood = BetaGeoCNBDLikelihood.of(k, CountedHistories.of(*columns, early))
    assert likelihood(np.array(point)).value == pytest.approx(total, rel=1e-12)


def test_the_moment_of_the_last_purchase_says_nothing_at_random_timing():
    assert log_timing(np.array([0.0, 3.0]), np.array([0.0, 7.0]), 1).tolist() == [0, 0]
    assert log_timing(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0]), 3)[:2].tolist() == [0, -np.inf]
