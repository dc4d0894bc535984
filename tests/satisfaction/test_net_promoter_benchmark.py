"""Tests of scores held against benchmarks."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_benchmark import compare_net_promoter_to_benchmark
from crmrisk.satisfaction.net_promoter_counts import NpsCounts


def test_against_zero_it_is_mcnemar():
    # N4a-t: z -2.121, p .0339; N8: z -4.17 (Agresti, Categorical Data Analysis)
    found = compare_net_promoter_to_benchmark(counts=(7, 13, 1), benchmark=0.0)
    assert (found.statistic, found.p_value) == (pytest.approx(-2.121, abs=6e-4), pytest.approx(0.0339, abs=6e-5))
    assert found.verdict == "lower"
    agresti = compare_net_promoter_to_benchmark(counts=(150, 1364, 86), benchmark=0.0)
    assert agresti.statistic == pytest.approx(-4.17, abs=0.005)


@pytest.mark.parametrize("method", ["score", "adjusted wald", "wald"])
def test_the_interval_is_that_of_the_score_moved(method):
    answers, weights = [10, 10, 0, 8] * 30, [1, 1, 2, 1] * 30
    alone = net_promoter_score(answers, weights=weights, method=method)
    found = compare_net_promoter_to_benchmark(answers, weights=weights, benchmark=0.2, method=method)
    assert found.difference.value == pytest.approx(alone.value - 0.2)
    assert (found.difference.low, found.difference.high) == pytest.approx((alone.low - 0.2, alone.high - 0.2))
    edge = compare_net_promoter_to_benchmark(answers, weights=weights, benchmark=alone.low, method=method)
    assert edge.p_value == pytest.approx(0.05, abs=1e-6)
    assert compare_net_promoter_to_benchmark(answers, benchmark=0.9, method=method).verdict == "lower"


def test_an_uncertain_benchmark_adds_its_variance():
    industry = Estimate(value=0.1, standard_error=0.08, method="published", n=150, level=0.9)
    found = compare_net_promoter_to_benchmark(NpsCounts(20, 30, 50), benchmark=industry, method="wald")
    assert found.difference.standard_error**2 == pytest.approx(0.61 / 100 + 0.08**2)
    assert found.verdict == "not distinguishable yet"
    assert compare_net_promoter_to_benchmark(NpsCounts(20, 30, 50), benchmark=0.1, method="wald").verdict == "higher"


def test_no_answers_decide_nothing():
    assert compare_net_promoter_to_benchmark([], benchmark=0.1).verdict == "not distinguishable yet"
    assert compare_net_promoter_to_benchmark([10] * 9, benchmark=0.1, method="wald").p_value is None
    assert compare_net_promoter_to_benchmark([10] * 9, benchmark=0.1).verdict == "higher"


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"benchmark": 30}, "a score of 30 is 0.3"),
        ({"benchmark": "0.3"}, "benchmark: no score"),
        ({"benchmark": float("nan")}, "benchmark: no score"),
        ({"benchmark": Estimate(value=0.3, method="published", n=10)}, "no standard error"),
        ({"benchmark": Estimate(value=0.3, standard_error=0.1, method="x", n=9), "method": "score"}, "no score test"),
        ({"benchmark": 0.1, "counts": (1, 2, 3)}, "either answers or counts"),
        ({"benchmark": 0.1, "method": "bayes"}, "no such method"),
        ({"benchmark": 0.1, "alternative": "up"}, "no such alternative"),
    ],
)
def test_broken_input_is_named(arguments, match):
    with pytest.raises(CrmRiskError, match=match):
        compare_net_promoter_to_benchmark([10, 9, 3], **arguments)


def test_an_interval_that_does_not_hold_the_difference_says_so():
    found = compare_net_promoter_to_benchmark(NpsCounts(0, 0, 1), benchmark=0.1, method="adjusted wald").difference
    assert found.high < found.value
    assert found.warnings == ("so few answers that the adjusted wald interval does not hold the estimate itself",)
