"""Derivatives of the likelihood against differences of its values, and values against the paper's formula."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import BetaGeoNBD
from crmrisk.scoring.value.beta_geo_likelihood import BetaGeoLikelihood

POINTS = [(0.243, 4.414, 0.793, 2.426), (3.0, 0.2, 9.0, 0.05), (150.0, 700.0, 0.01, 40.0)]


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(4)
    end = rng.uniform(1, 60, 80)
    simulated = BetaGeoNBD(r=0.6, alpha=5, a=0.8, b=3).simulate(end, rng=rng)
    return simulated.frequency, simulated.recency, end, rng.uniform(0.1, 3, 80)


@pytest.mark.parametrize("point", POINTS)
def test_derivatives_are_the_differences_of_the_values(columns, point):
    likelihood, at = BetaGeoLikelihood.of(*columns), np.array(point)
    here = likelihood(at)
    for index, step in enumerate(np.eye(4) * at * 1e-5):
        ahead, behind = likelihood(at + step), likelihood(at - step)
        slope = (ahead.value - behind.value) / (2 * step[index])
        bend = (ahead.gradient - behind.gradient) / (2 * step[index])
        assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("point", POINTS)
def test_the_value_is_the_weighted_sum_over_customers(columns, point):
    model = BetaGeoNBD(**dict(zip(("r", "alpha", "a", "b"), point, strict=True)))
    total = model.log_likelihood(*columns[:3]) @ columns[3]
    assert BetaGeoLikelihood.of(*columns)(np.array(point)).value == pytest.approx(total, rel=1e-12)


def test_without_repeat_purchases_only_the_rate_is_felt():
    found = BetaGeoLikelihood.of(*np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 8.0], [1.0, 2.0]]))(np.ones(4))
    assert found.gradient[2:].tolist() == [0, 0]
    assert found.value == pytest.approx(-np.log(6) - 2 * np.log(9))
