"""Tests of the quantiles, the root finder and the seeded generator."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.arguments import seeded
from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.box_shares import csat
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
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


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("score", "score"),
        ("Adjusted_Wald", "adjusted wald"),
        ("AW3", "adjusted wald"),
        ("BCa", "bca"),
        ("percentile", "bootstrap"),
        ("tango", "score"),
    ],
)
def test_methods_are_found_however_they_are_spelt(asked, known):
    spelt, plain = (net_promoter_score(counts=(20, 30, 50), method=name) for name in (asked, known))
    assert spelt == plain


def test_the_exact_method_is_that_of_the_question():
    assert csat(counts=[1, 2, 3, 4, 5], method="exact").method == "clopper-pearson"
    assert compare_net_promoter(counts=((1, 2, 3), (3, 2, 1)), method="exact").difference.method == "permutation"


@pytest.mark.parametrize("asked", ["", "-", "walds", None, ["score"]])
def test_what_is_no_method_is_refused(asked):
    with pytest.raises(InvalidValueError, match="no such method"):
        net_promoter_score(counts=(20, 30, 50), method=asked)
