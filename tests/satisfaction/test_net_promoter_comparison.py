"""Tests of independent scores compared: reference rows, the traps of other packages, designs, broken input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.effective_counts import effective_counts
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
from crmrisk.satisfaction.net_promoter_counts import NpsCounts

HIGH, LOW = (20, 30, 50), (35, 30, 35)

REFERENCE = [
    ("N7a", "wald", 0.3, 0.11445523, 0.00876434, "R NPS"),
    ("N7b", "adjusted wald", 0.29126214, 0.11249664, 0.00962344, "R NPS"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    row, method, centre, error, p_value, source = reference
    for counts, sign in (((HIGH, LOW), 1.0), ((LOW, HIGH), -1.0)):  # R NPS loses the sign of the second
        found = compare_net_promoter(counts=counts, method=method)
        assert found.difference.value == pytest.approx(sign * 0.3, abs=1e-12), (row, source)
        assert found.statistic * found.difference.standard_error == pytest.approx(sign * centre, abs=1e-7), (
            row,
            source,
        )
        assert found.difference.standard_error == pytest.approx(error, abs=1e-7), (row, source)
        assert found.p_value == pytest.approx(p_value, abs=1e-7), (row, source)
        assert found.verdict == ("higher" if sign > 0 else "lower")
        assert (found.difference.low + found.difference.high) / 2.0 == pytest.approx(sign * centre, abs=1e-7)


def test_each_survey_has_its_own_size():
    # one public implementation divides the variance of the second survey by the n of the first
    counts = ((20, 30, 50), (3500, 3000, 3500))
    error = compare_net_promoter(counts=counts, method="wald").difference.standard_error
    assert error == pytest.approx((0.61 / 100 + 0.70 / 10_000) ** 0.5, abs=1e-12)


def test_limits_stay_in_the_range_of_differences():
    found = compare_net_promoter(counts=((0, 1, 99), (99, 1, 0)), method="wald")
    assert (found.difference.high, found.verdict) == (2.0, "higher")
    assert compare_net_promoter(counts=((99, 1, 0), (0, 1, 99)), method="wald").difference.low == -2.0


counts = st.tuples(*[st.integers(0, 40)] * 3).filter(any)


@given(first=counts, second=counts, method=st.sampled_from(["adjusted wald", "wald", "bonett-price", "agresti-min"]))
@settings(max_examples=60, deadline=None)
def test_swapping_and_mirroring_flip_the_sign(first, second, method):
    here = compare_net_promoter(counts=(first, second), method=method)
    for other in ((second, first), (first[::-1], second[::-1])):
        there = compare_net_promoter(counts=other, method=method)
        assert there.difference.value == pytest.approx(-here.difference.value, abs=1e-12)
        assert there.difference.standard_error == pytest.approx(here.difference.standard_error, abs=1e-12)
        assert there.p_value == (None if here.p_value is None else pytest.approx(here.p_value, abs=1e-12))


def test_the_exact_test_is_for_small_simple_surveys():
    small, large = [10] * 19, [9, 3] * 30
    assert compare_net_promoter(small, large).difference.method == "permutation"
    assert compare_net_promoter([*small, 10], large).difference.method == "adjusted wald"
    assert compare_net_promoter(small, large, weights=([2.0] * 19, None)).difference.method == "adjusted wald"
    assert compare_net_promoter(small, large, target=0.1).difference.method == "adjusted wald"
    assert compare_net_promoter([*small, 10], large, method="permutation").p_value == pytest.approx(
        compare_net_promoter([*small, 10], large, method="adjusted wald").p_value, abs=0.005
    )


def test_answers_counts_and_columns_are_the_same():
    first, second = [10] * 50 + [8] * 30 + [2] * 20, [9] * 35 + [7] * 30 + [0] * 35
    expected = compare_net_promoter(counts=(HIGH, LOW))
    assert compare_net_promoter(first, second) == expected
    assert compare_net_promoter(np.array(first), pd.Series(second)) == expected
    assert compare_net_promoter(NpsCounts(*HIGH), second) == expected
    with_gaps = compare_net_promoter([*first, None], [*second, float("nan"), None], missing="exclude")
    assert with_gaps.difference.warnings == ("first: 1 missing answer excluded", "second: 2 missing answers excluded")
    assert (with_gaps.difference.value, with_gaps.p_value) == (expected.difference.value, expected.p_value)


def test_weights_count_by_their_linearised_error():
    answers, weights = [10, 10, 0, 8] * 30, [1, 1, 2, 1] * 30
    found = compare_net_promoter(answers, NpsCounts(*LOW), weights=(weights, None), method="wald")
    alone = net_promoter_score(answers, weights=weights)
    assert found.difference.value == pytest.approx(alone.value, abs=1e-12)
    assert found.difference.standard_error**2 == pytest.approx(alone.standard_error**2 + 0.7 / 100, abs=1e-12)
    assert (found.difference.n, found.difference.effective_n) == (
        220,
        pytest.approx(0.8 / alone.standard_error**2 + 100),
    )


def test_w2b_strata_enter_by_their_design_variance():
    # W2b: strata W = (.7, .3), NPS .21, SE .060461
    answers = [0] * 20 + [7] * 30 + [10] * 50 + [0] * 35 + [7] * 30 + [10] * 35
    design = {"strata": ["a"] * 100 + ["b"] * 100, "weights": [0.7] * 100 + [0.3] * 100}
    counted = effective_counts(answers, design=Design(**design))
    assert counted.value == pytest.approx(0.21, abs=1e-12)
    pairs = {name: ([*column, column[-1]], None) for name, column in design.items()}
    found = compare_net_promoter([*answers, None], NpsCounts(*LOW), missing="exclude", method="wald", **pairs)
    assert found.difference.standard_error**2 == pytest.approx(0.060461**2 + 0.7 / 100, abs=1e-6)


def test_a_census_has_no_error():
    found = compare_net_promoter([10, 0, 9, 8], NpsCounts(*LOW), population=(4, None), method="wald")
    assert found.difference.standard_error**2 == pytest.approx(0.7 / 100, abs=1e-9)
    assert "a census: no sampling error" in str(found.difference.warnings)


def test_no_answers_decide_nothing():
    found = compare_net_promoter([], [10, 9])
    assert (found.difference.value, found.p_value, found.verdict) == (None, None, "not distinguishable yet")
    alike = compare_net_promoter([10] * 30, [0] * 30, method="wald")
    assert (alike.difference.low, alike.p_value, alike.verdict) == (None, None, "not distinguishable yet")


@pytest.mark.parametrize(
    ("arguments", "settings_", "match"),
    [
        (([10, 11, 3], [9]), {}, "first: 1 answer off the scale, row 1"),
        (([10], [9, "nine"]), {}, "second: 1 answer off the scale, row 1"),
        (([10], [9, None]), {}, "second: 1 answer missing"),
        (([10],), {}, "two columns of answers"),
        (([10], [9]), {"counts": (HIGH, LOW)}, "two columns of answers"),
        ((), {"counts": HIGH}, "counts: not a pair"),
        ((), {"counts": (HIGH, (1, 2))}, "counts, second: no counts"),
        ((), {"counts": (HIGH, (1, -2, 3))}, "no counts"),
        ((), {"counts": (HIGH, (1, "two", 3))}, "no counts"),
        (([10], [9]), {"weights": [1]}, "weights: not a pair"),
        (([10], [9]), {"weights": ([1], [-1])}, "weights"),
        (([10, None], [9]), {"missing": "exclude", "weights": ([1], None)}, "weights: not one weight per answer"),
        ((NpsCounts(1, 2, 3), [9]), {"weights": ([1], None)}, "belong to answers"),
        (([10], [9]), {"method": "score"}, "no such method"),
        (([10], [9]), {"alternative": "bigger"}, "no such alternative"),
        (([10], [9]), {"level": 95}, "level"),
        (([10], [9]), {"target": float("inf")}, "target"),
        (([10], [9]), {"target": 5}, "target: no such difference; allowed: -2 to 2"),
        (([10], [9]), {"missing": ["exclude"]}, "missing: no such policy"),
        (([10], [9]), {"alternative": pd.Series([1, 2])}, "no such alternative"),
        (([10], [9]), {"method": np.array([1, 2])}, "no such method"),
        (([10], [9]), {"method": "permutation", "target": 0.1}, "permutation test has target 0"),
        ((), {"counts": ((0.5, 1, 1), HIGH), "method": "permutation"}, "not whole"),
        (([10], [9]), {"breaks": (6, 8)}, "not a NpsBreaks"),
    ],
)
def test_broken_input_is_named(arguments, settings_, match):
    with pytest.raises(CrmRiskError, match=match):
        compare_net_promoter(*arguments, **settings_)
