"""Tests of standard errors of functions of covariances."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.satisfaction.reliability import item_covariance
from crmrisk.satisfaction.reliability.normal_theory import coefficient, gradient, normal_theory_error


def test_the_error_of_a_covariance_is_the_published_one():
    """Var s_ij = (s_ii s_jj + s_ij^2)/n for normal answers (Muirhead 1982)."""
    two = item_covariance(covariance=[[2.0, 0.7], [0.7, 3.0]], n=80)
    change = np.array([[0.0, 0.5], [0.5, 0.0]])
    assert normal_theory_error(two, change) == pytest.approx(((2 * 3 + 0.49) / 80) ** 0.5)


def test_gradients_have_no_step_error():
    place = np.array([1.3, 0.2])
    assert gradient(lambda x: np.exp(x[0]) * np.sqrt(x[1]), place) == pytest.approx(
        [np.exp(1.3) * 0.2**0.5, np.exp(1.3) / 0.2**0.5 / 2], rel=1e-14
    )


@pytest.mark.parametrize(("scale", "lowest"), [("complement", -np.inf), ("logit", 0.0)])
def test_intervals_stay_in_their_range(scale, lowest):
    two = item_covariance(covariance=np.eye(2), n=5)
    for value in (0.01, 0.5, 0.99, 1 - 1e-9):
        estimate = coefficient(value, 0.4, two, level=0.99, scale=scale, method="delta")
        assert lowest < estimate.low < value < estimate.high <= 1.0


def test_a_coefficient_off_its_range_has_no_interval():
    two = item_covariance(covariance=np.eye(2), n=5)
    assert coefficient(1.02, 0.4, two, level=0.95, scale="logit", method="delta").low is None
