"""Tests of comparisons of shares: from counts and from estimates, with sign, test and verdict."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.proportion_comparison import compare_proportions, proportion_difference
from crmrisk.satisfaction.proportions import proportion


def test_the_sign_is_kept_and_decides_the_verdict():
    up, down = compare_proportions((56, 70), (48, 80)), compare_proportions((48, 80), (56, 70))
    assert (up.difference.value, down.difference.value) == pytest.approx((0.2, -0.2))
    assert (up.verdict, down.verdict) == ("higher", "lower")
    assert (up.p_value, up.statistic) == pytest.approx((down.p_value, -down.statistic))
    assert compare_proportions((8, 10), (6, 10)).verdict == "not distinguishable yet"


def test_without_a_target_the_statistic_is_pearsons_up_to_its_factor():
    from statsmodels.stats.proportion import proportions_ztest

    z, p = proportions_ztest([56, 48], [70, 80])
    mee, both = compare_proportions((56, 70), (48, 80), method="mee"), compare_proportions((56, 70), (48, 80))
    assert (mee.statistic, mee.p_value) == pytest.approx((z, p), abs=1e-12)
    assert both.statistic == pytest.approx(z * (149 / 150) ** 0.5, abs=1e-12)


@pytest.mark.parametrize("method", ["miettinen-nurminen", "mee"])
@pytest.mark.parametrize("target", [-0.1, 0.05, 0.0528, 0.0534, 0.3])
def test_test_and_interval_agree(method, target):
    comparison = compare_proportions((56, 70), (48, 80), method=method, target=target)
    inside = comparison.difference.low <= target <= comparison.difference.high
    assert (comparison.verdict == "not distinguishable yet") == inside


def test_newcombes_interval_decides_by_itself():
    comparison = compare_proportions((9, 10), (3, 10), method="newcombe")
    assert (comparison.p_value, comparison.verdict) == (None, "higher")
    assert (comparison.difference.low, comparison.difference.high) == pytest.approx((0.1705, 0.8090), abs=6e-5)


def test_one_sided_questions():
    greater = compare_proportions((56, 70), (48, 80), alternative="greater")
    less = compare_proportions((56, 70), (48, 80), alternative="less")
    assert greater.p_value + less.p_value == pytest.approx(1.0)
    assert (greater.verdict, less.verdict) == ("higher", "not distinguishable yet")


def test_estimates_count_for_what_their_answers_are_worth():
    counted = proportion_difference((56, 70), (48, 80))
    estimated = proportion_difference(proportion(56, 70), proportion(48, 80))
    assert (estimated.low, estimated.high) == pytest.approx((counted.low, counted.high), abs=1e-12)
    worth_less = proportion_difference(proportion(56, 70, effective_n=35), (48, 80))
    half = proportion_difference((28, 35), (48, 80))
    assert (worth_less.low, worth_less.high) == pytest.approx((half.low, half.high), abs=1e-12)
    assert (worth_less.n, worth_less.effective_n) == (150, 115)


def test_without_answers_there_is_nothing_to_tell():
    comparison = compare_proportions((0, 0), (3, 4))
    assert (comparison.difference.value, comparison.verdict) == (None, "not distinguishable yet")
    assert comparison.difference.warnings == ("no answers",)
    assert proportion_difference(proportion(0, 0), (3, 4)).value is None


@pytest.mark.parametrize(
    ("first", "second", "options"),
    [
        ((3, 2), (1, 2), {}),
        ((1, 2), (-1, 2), {}),
        ((float("nan"), 2), (1, 2), {}),
        ((1, float("inf")), (1, 2), {}),
        ("ab", (1, 2), {}),
        ((1, 2, 3), (1, 2), {}),
        (0.5, (1, 2), {}),
        ((1, 2), (1, 2), {"method": "score"}),
        ((1, 2), (1, 2), {"level": 95}),
        ((1, 2), (1, 2), {"target": 1.0}),
        ((1, 2), (1, 2), {"target": float("nan")}),
        ((1, 2), (1, 2), {"alternative": "other"}),
    ],
)
def test_bad_shares_and_settings_are_refused(first, second, options):
    with pytest.raises(InvalidValueError):
        compare_proportions(first, second, **options)


def test_both_shares_are_named_at_once():
    with pytest.raises(InvalidValueError) as caught:
        proportion_difference((3, 2), "text")
    assert [problem.where for problem in caught.value.problems] == ["first", "second"]
