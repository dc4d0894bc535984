"""Tests of the quantiles, the root finder and the seeded generator."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.arguments import seeded
from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.numerics import bisect, student_quantile


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95, float("nan"), "95 %", None, True])
def test_a_level_lies_strictly_between_0_and_1(level):
    with pytest.raises(InvalidValueError, match="confidence level"):
        student_quantile(level, 7)


def test_the_quantile_agrees_with_scipy():
    from scipy.stats import t

    assert student_quantile(0.9, 7) == pytest.approx(t.ppf(0.95, 7), abs=1e-12)


def test_bisect_treats_each_element_as_if_it_were_alone():
    squares = np.array([0.5, 2.0, 3.0])
    together = bisect(lambda x: squares - x * x, np.zeros(3), np.full(3, 2.0))
    alone = bisect(lambda x: squares[1:2] - x * x, np.zeros(1), np.full(1, 2.0))
    assert together == pytest.approx(np.sqrt(squares), abs=1e-15)
    assert together[1] == alone[0]


def test_the_callers_generator_is_used_as_it_is():
    rng = np.random.default_rng(7)
    assert seeded(rng) is rng
