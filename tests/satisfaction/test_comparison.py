"""Tests of comparisons: three states, signs, one-sided questions, what decides nothing."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.comparison import Comparison, compare_estimates, normal_comparison, normal_p_value
from crmrisk.satisfaction.means import mean_score


def estimate(value, error=0.1, **fields):
    return Estimate(**{"value": value, "standard_error": error, "method": "wald", "n": 100} | fields)


@pytest.mark.parametrize(
    ("value", "alternative", "verdict"),
    [
        (0.3, "two-sided", "higher"),
        (-0.3, "two-sided", "lower"),
        (0.18, "two-sided", "not distinguishable yet"),
        (0.18, "greater", "higher"),
        (0.18, "less", "not distinguishable yet"),
        (-0.18, "less", "lower"),
    ],
)
def test_verdicts_keep_the_sign(value, alternative, verdict):
    comparison = normal_comparison(estimate(value), alternative=alternative)
    assert comparison.verdict == verdict
    assert comparison.difference.value == value
    assert comparison.statistic == pytest.approx(value / 0.1)
    assert str(comparison).startswith(verdict)


def test_the_target_is_what_the_difference_is_held_against():
    comparison = normal_comparison(estimate(0.3), target=0.6)
    assert comparison.verdict == "lower"
    assert str(comparison) == "lower than 0.6: 0.3 [0.104, 0.496] (95 % wald, n 100), p 0.0027"


def test_the_interval_decides_where_there_is_no_p_value():
    bounded = Estimate(value=0.3, low=0.1, high=0.5, method="bootstrap", n=9)
    assert Comparison(bounded).verdict == "higher"
    assert Comparison(bounded, alternative="less").verdict == "not distinguishable yet"
    assert Comparison(bounded, target=0.6).verdict == "lower"
    assert Comparison(bounded, target=0.2).verdict == "not distinguishable yet"
    assert Comparison(Estimate(value=0.3, method="bootstrap", n=9)).verdict == "not distinguishable yet"


def test_an_adjusted_p_value_has_the_verdict():
    comparison = Comparison(estimate(0.3), 3.0, 0.003, adjusted_p_value=0.08)
    assert comparison.verdict == "not distinguishable yet"
    assert str(comparison).endswith("p 0.003 (0.08 adjusted)")


@pytest.mark.parametrize("error", [None, 0.0])
def test_without_a_standard_error_nothing_is_decided(error):
    comparison = normal_comparison(estimate(0.3, error))
    assert (comparison.verdict, comparison.p_value) == ("not distinguishable yet", None)
    assert "no standard error" in comparison.difference.warnings[0]
    assert normal_comparison(estimate(None, None)).verdict == "not distinguishable yet"


def test_independent_estimates_are_compared_by_their_standard_errors():
    comparison = compare_estimates(estimate(0.4, 0.03, warnings=("few",)), estimate(0.1, 0.04, warnings=("few",)))
    assert comparison.difference.standard_error == pytest.approx(0.05)
    assert comparison.difference.low == pytest.approx(0.3 - 1.959964 * 0.05)
    assert (comparison.difference.n, comparison.difference.warnings) == (200, ("few",))
    assert compare_estimates(estimate(None), estimate(0.1)).verdict == "not distinguishable yet"


def test_a_comparison_survives_json():
    comparison = normal_comparison(estimate(0.3))
    assert Comparison.from_json(comparison.to_json()) == comparison


def test_p_values_of_both_tails_add_up():
    assert normal_p_value(1.3, "greater") + normal_p_value(1.3, "less") == pytest.approx(1.0)
    assert normal_p_value(0.0) == 1.0


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: Comparison(estimate(0.3), 3.0, 1.2), "no probability"),
        (lambda: Comparison(estimate(0.3), float("inf"), 0.0), "finite"),
        (lambda: Comparison("0.3"), "instance of Estimate"),
        (lambda: compare_estimates(0.3, estimate(0.1)), "first: not a Estimate"),
        (lambda: compare_estimates(estimate(0.3, level=0.9), estimate(0.1)), "levels differ"),
        (lambda: normal_comparison(estimate(0.3), alternative="bigger"), "no such alternative"),
        (lambda: normal_comparison(estimate(0.3), target=float("nan")), "no such difference"),
        (lambda: normal_comparison(estimate(0.3), target="0"), "no such difference"),
    ],
)
def test_what_is_no_comparison_is_refused(call, match):
    with pytest.raises(InvalidValueError, match=match) as caught:
        call()
    assert isinstance(caught.value, CrmRiskError)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_means_of_few_answers_get_welchs_test(alternative):
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(3)
    here, there = rng.normal(5.0, 1.0, 7), rng.normal(4.5, 2.0, 12)
    found = compare_estimates(mean_score(here), mean_score(there), alternative=alternative)
    expected = ttest_ind(here, there, equal_var=False, alternative=alternative)
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
    limits = ttest_ind(here, there, equal_var=False).confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx((limits.low, limits.high), rel=1e-9)
    assert found.difference.method == "welch"


def test_a_mean_of_clusters_brings_the_degrees_of_freedom_of_its_interval():
    rng = np.random.default_rng(4)
    here, there = rng.normal(5.0, 1.0, 40), rng.normal(4.0, 1.0, 5000)
    clustered = mean_score(here, clusters=np.repeat(range(4), 10))
    found = compare_estimates(clustered, mean_score(there)).difference
    assert (found.high - found.low) / found.standard_error > 5.5  # about twice the t quantile of 3, not that of 39


def test_a_mean_of_one_answer_decides_nothing():
    assert compare_estimates(mean_score([5]), mean_score([4, 5, 3])).verdict == "not distinguishable yet"
