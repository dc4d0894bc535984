"""Tests of equivalence: three states, the interval behind them, broken margins."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.comparison import Comparison, compare_estimates
from crmrisk.satisfaction.equivalence_tests import equivalence
from crmrisk.satisfaction.means import mean_score
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter


def test_equivalence_has_three_states():
    same, other = ((2000, 3000, 5000), (2040, 2980, 4980)), ((2000, 3000, 5000), (3000, 3000, 4000))
    shown = equivalence(compare_net_promoter(counts=same), margin=0.05)
    assert shown.verdict == "equivalent"
    assert -0.05 < shown.difference.low < shown.difference.high < 0.05
    assert shown.difference.level == pytest.approx(0.9)
    assert equivalence(compare_net_promoter(counts=other), margin=0.05).verdict == "not equivalent"
    few = equivalence(compare_net_promoter(counts=((20, 30, 50), (20, 30, 50))), margin=0.05)
    assert few.verdict == "not distinguishable yet"
    assert str(few).startswith("not distinguishable yet within 0.05: 0 [")


@pytest.mark.parametrize("margin", [0.0361, 0.0363])
def test_the_two_one_sided_tests_are_the_narrower_interval(margin):
    here, there = (Estimate(value=value, standard_error=0.01, method="x", n=9) for value in (0.313, 0.3))
    found = equivalence(compare_estimates(here, there), margin=margin)
    # D .013, SE .014142, z_.95 1.644854: the upper limit is .036262
    assert found.difference.high == pytest.approx(0.036262, abs=1e-6)
    assert found.verdict == ("equivalent" if margin > 0.03627 else "not distinguishable yet")


@pytest.mark.parametrize("margin", [0, -0.1, float("nan"), float("inf"), "5 %", None])
def test_a_margin_is_a_number_above_zero(margin):
    with pytest.raises(CrmRiskError, match="no margin"):
        equivalence(compare_net_promoter(counts=((1, 2, 30), (3, 2, 20))), margin=margin)


def test_equivalence_needs_a_comparison_with_an_error():
    with pytest.raises(CrmRiskError, match="not a Comparison"):
        equivalence(0.1, margin=0.1)
    found = equivalence(Comparison(Estimate(value=0.0, method="x", n=9)), margin=0.1)
    assert (found.p_value, found.verdict) == (None, "not distinguishable yet")


@pytest.mark.parametrize("margin", [10, 2.5])
def test_a_margin_in_points_is_refused_where_every_difference_would_lie_within_it(margin):
    with pytest.raises(CrmRiskError, match=r"a margin of 10 points is 0\.1"):
        equivalence(compare_net_promoter(counts=((20, 30, 50), (35, 30, 35))), margin=margin)
    means = compare_estimates(mean_score([3, 5, 9, 4]), mean_score([4, 5, 8, 3]))
    assert equivalence(means, margin=margin).margin == margin
