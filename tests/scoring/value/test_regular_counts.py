"""Sums of few stages and roots of unity for many say the same, and at one stage what BG/NBD says."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.regular_counts import (
    RegularBuyers,
    _integrated,
    _stages_to_sum,
    expected_regular_count,
    probability_of_regular_count,
)
from crmrisk.scoring.value.special import expected_stopped_count
from crmrisk.scoring.value.stages import stages_passed


def _buyers(k, n=600, seed=1):
    rng = np.random.default_rng(seed)
    shape, a, b = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), (3, n)))
    shape += k * rng.choice([0, 1, 9, 90, 5_000], n)
    odds = np.exp(rng.uniform(np.log(1e-8), np.log(1e6), n))
    return RegularBuyers(shape, odds, stages_passed(shape, rng.random(n), k).weights, a, b)


def test_one_stage_is_the_stopped_count():
    buyers = _buyers(1)
    true = expected_stopped_count(buyers.shape, buyers.odds, buyers.a, buyers.b)
    assert expected_regular_count(buyers) == pytest.approx(true, rel=1e-11, abs=0)


@pytest.mark.parametrize("k", [2, 3, 7, 12, 40])
def test_sum_and_integral_agree_where_both_are_possible(k):
    buyers = _buyers(k)
    buyers = buyers.take(np.flatnonzero(_stages_to_sum(buyers) > 0))
    summed, integrated = expected_regular_count(buyers), _integrated(buyers)
    many = summed > 0.01  # below, the roots of unity cancel, which is why the sum is there
    assert many.sum() > 50
    assert integrated[many] == pytest.approx(summed[many], rel=1e-11, abs=0)


@pytest.mark.parametrize("k", [2, 5])
def test_expectations_are_those_of_the_probabilities(k):
    buyers = _buyers(k, n=40, seed=2)
    expected = expected_regular_count(buyers)
    buyers, expected = buyers.take(np.flatnonzero(expected < 4)), expected[expected < 4]
    n = np.arange(1.0, 2_500)
    light = buyers.odds < 30  # the others' counts have no end
    for row in np.flatnonzero(light):
        one = buyers.take(np.full(n.size, row))
        assert probability_of_regular_count(n, one) @ n == pytest.approx(expected[row], rel=1e-9)
    assert light.sum() > 12


def test_no_time_no_purchases():
    buyers = _buyers(3)._replace(odds=np.zeros(600))
    assert (expected_regular_count(buyers) == 0).all()
    assert (probability_of_regular_count(np.ones(600), buyers) == 0).all()


def test_a_row_does_not_depend_on_its_company():
    buyers = _buyers(4)
    whole = expected_regular_count(buyers)
    for row in range(0, 600, 37):
        assert expected_regular_count(buyers.take(np.array([row])))[0] == whole[row]
