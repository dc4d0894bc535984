import numpy as np
import pytest

from crmrisk.segmentation.demand import tsb
from crmrisk.segmentation.demand.intervals import occurrence_interval


def test_the_limits_are_those_a_bootstrap_converges_to():
    rng = np.random.default_rng(5)
    demand = np.array([[0.0, 4, 0, 8, 2, 0, 0, 6, 0, 0]])
    cautious = (0.4 * 10 + 0.5) / 11
    n = 400_000
    draws = (rng.random(n) < cautious) * np.array([2.0, 4.0, 6.0, 8.0])[rng.integers(0, 4, n)]
    low, high = occurrence_interval(demand, np.array([5.0]), np.array([0.4]), 0.7)
    assert low[0] == np.quantile(draws, 0.15) == 0.0
    assert np.quantile(draws, 0.85 - 0.15) <= high[0] <= np.quantile(draws, 0.85 + 0.08)  # between neighbouring sizes
    assert occurrence_interval(demand, np.array([10.0]), np.array([0.4]), 0.7)[1] == 2.0 * high  # sizes are scaled


def test_intervals_cover_about_what_they_promise():
    rng = np.random.default_rng(11)
    demand = (rng.random((4_000, 25)) < 0.4) * rng.gamma(3.0, 2.0, (4_000, 25))
    result = tsb(demand[:, :24], level=0.9)
    coming = demand[:, 24]
    covered = ((coming >= result.low[:, 0]) & (coming <= result.high[:, 0])).mean()
    # never below zero demand, so only the upper 5 % can be missed, and the largest of ten sizes is missed too often
    assert 0.90 < covered < 0.97


@pytest.mark.parametrize(("level", "least"), [(0.8, 0.79), (0.95, 0.915)])
def test_intervals_of_demand_in_every_period_cover_what_they_promise(level, least):
    """Quantiles as among the sizes seen cover 0.75 and 0.89."""
    demand = np.random.default_rng(0).poisson(5.0, (4_000, 31)).astype(np.float64)
    result = tsb(demand[:, :30], level=level)
    covered = ((demand[:, 30] >= result.low[:, 0]) & (demand[:, 30] <= result.high[:, 0])).mean()
    assert least < covered < level + 0.02


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_nothing_known_and_nothing_bought(level):
    demand = np.array([[np.nan, np.nan], [0.0, 0.0]])
    low, high = occurrence_interval(demand, np.array([np.nan, 0.0]), np.array([np.nan, 0.0]), level)
    assert np.isnan([low[0], high[0]]).all()
    assert low[1] == high[1] == 0.0
