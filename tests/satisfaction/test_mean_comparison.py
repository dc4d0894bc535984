"""Tests of comparisons of means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind, ttest_rel

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.mean_comparison import compare_means, compare_paired_means
from crmrisk.satisfaction.means import mean_score

RNG = np.random.default_rng(12)
HERE, THERE = RNG.integers(1, 8, 15).astype(float), RNG.integers(1, 7, 15).astype(float)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_scipy_is_the_other_route(alternative):
    for compare, test in ((compare_means, ttest_ind), (compare_paired_means, ttest_rel)):
        settings = {"equal_var": False} if test is ttest_ind else {}
        found = compare(HERE, THERE, alternative=alternative)
        expected = test(HERE, THERE, alternative=alternative, **settings)
        assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
        limits = test(HERE, THERE, **settings).confidence_interval(0.95)
        assert (found.difference.low, found.difference.high) == pytest.approx((limits.low, limits.high), rel=1e-7)


def test_estimates_of_a_design_are_compared_as_answers_are():
    weights = RNG.uniform(0.5, 2.0, 15)
    weighted = mean_score(HERE, weights=weights)
    found = compare_means(weighted, THERE)
    assert found.difference.value == pytest.approx(weighted.value - THERE.mean())
    assert compare_means(mean_score(HERE), mean_score(THERE)) == compare_means(HERE, THERE)


def test_a_target_moves_the_test_of_pairs_and_the_design_its_error():
    found = compare_paired_means(HERE, THERE, target=0.5, clusters=np.arange(15) // 3)
    differences = mean_score(HERE - THERE, clusters=np.arange(15) // 3)
    assert found.statistic == pytest.approx((differences.value - 0.5) / differences.standard_error)
    assert (found.difference.low, found.difference.high) == pytest.approx((differences.low, differences.high))


def test_incomplete_pairs_and_other_rows_are_told():
    here, there = pd.Series([5, 6, None, 7], index=list("abcd")), pd.Series([4, None, 3, 5], index=list("efgh"))
    found = compare_paired_means(here, there, missing="exclude", weights=[1, 1, 1, 2])
    assert found.difference.n == 2
    assert found.difference.warnings[0] == "2 incomplete pairs excluded"
    assert "paired by position" in found.difference.warnings[1]


@pytest.mark.parametrize(
    ("first", "second", "settings", "match"),
    [
        ([1, 2], [1], {}, "not the same people twice"),
        ([1, None], [1, 2], {}, "first: 1 answer missing"),
        ([1, "x"], [1, 2], {}, "first: 1 answer off the scale"),
        ([1, 2], [1, 3], {"alternative": "up"}, "no such alternative"),
        ([1, 2], [1, 3], {"level": 95}, "confidence level"),
        ([1, 2], [1, 3], {"target": float("nan")}, "no such difference"),
        ([1, 2], [1, 3], {"weights": [1]}, "weights: not one per answer"),
    ],
)
def test_broken_input_is_named(first, second, settings, match):
    with pytest.raises(CrmRiskError, match=match):
        compare_paired_means(first, second, **settings)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1], [2]), ([1, 2], [0, 1])])
def test_few_pairs_decide_nothing(first, second):
    assert compare_paired_means(first, second).verdict == "not distinguishable yet"
