"""Areas under the curve against brute force, published rows and their own invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import ks_2samp

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.discrimination import area_under_curve, auc_difference, gini_coefficient, kolmogorov_smirnov

D_CAL_P = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
D_CAL_Y = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]


def naive_placements(score, outcome):
    events = [s for s, y in zip(score, outcome, strict=True) if y == 1]
    others = [s for s, y in zip(score, outcome, strict=True) if y == 0]
    kernel = np.array([[1.0 if e > o else 0.5 if e == o else 0.0 for o in others] for e in events])
    return kernel.mean(axis=1), kernel.mean(axis=0), kernel.mean()


def naive_covariance(scores, outcome):
    parts = [naive_placements(score, outcome) for score in scores]
    events, others = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
    covariance = np.atleast_2d(np.cov(events)) / events.shape[1] + np.atleast_2d(np.cov(others)) / others.shape[1]
    return np.array([part[2] for part in parts]), covariance


@st.composite
def judged(draw, scores=1):
    n = draw(st.integers(4, 25))
    outcome = [0, 0, 1, 1, *draw(st.lists(st.integers(0, 1), min_size=n - 4, max_size=n - 4))]
    columns = [draw(st.lists(st.integers(-4, 4), min_size=n, max_size=n)) for _ in range(scores)]
    return (*columns, outcome)


@settings(deadline=None, max_examples=80)
@given(judged())
def test_area_and_error_agree_with_all_pairs(data):
    score, outcome = data
    (area,), covariance = naive_covariance([score], outcome)
    found = area_under_curve(score, outcome)
    assert found.value == pytest.approx(area, abs=1e-14)
    assert found.standard_error == pytest.approx(np.sqrt(covariance[0, 0]), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@settings(deadline=None, max_examples=80)
@given(judged(scores=2))
def test_difference_agrees_with_delongs_covariance(data):
    a, b, outcome = data
    areas, covariance = naive_covariance([a, b], outcome)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    found = auc_difference(a, b, outcome)
    assert found.value == pytest.approx(areas[0] - areas[1], abs=1e-14)
    assert found.standard_error == pytest.approx(np.sqrt(max(variance, 0)), abs=1e-7)
    if variance > 1e-6:
        assert found.z == pytest.approx((areas[0] - areas[1]) / np.sqrt(variance), rel=1e-6, abs=1e-10)
        assert 0 <= found.p_value <= 1
    else:
        assert found.z is None


@settings(deadline=None, max_examples=50)
@given(judged(), st.randoms(use_true_random=False))
def test_order_of_rows_and_monotone_rescaling_change_no_bit(data, random):
    score, outcome = data
    found = area_under_curve(score, outcome)
    rows = list(zip(score, outcome, strict=True))
    random.shuffle(rows)
    assert area_under_curve(*zip(*rows, strict=True)) == found
    assert area_under_curve(np.exp(np.array(score)) * 1e-9, outcome) == found


@settings(deadline=None, max_examples=50)
@given(judged())
def test_reversing_the_score_mirrors_the_area(data):
    score, outcome = data
    found, mirrored = area_under_curve(score, outcome), area_under_curve([-s for s in score], outcome)
    assert mirrored.value == pytest.approx(1 - found.value, abs=1e-14)
    assert mirrored.low == pytest.approx(1 - found.high, abs=1e-10)
    assert mirrored.standard_error == pytest.approx(found.standard_error, abs=1e-12)


@pytest.mark.parametrize(
    ("score", "outcome", "value", "source"),
    [
        ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75, "hand: 3 of 4 pairs"),
        (D_CAL_P, D_CAL_Y, 16 / 24, "hand: D-cal, 13 of 24 pairs right, 6 tied"),
        ([1, 2, 3], [0, 1, 0], 0.5, "hand: 1 of 2 pairs"),
    ],
)
def test_area_by_hand(score, outcome, value, source):
    assert area_under_curve(score, outcome).value == pytest.approx(value, abs=1e-15), source


def test_published_example_of_hanley_and_mcneil():
    # Hanley & McNeil 1982, Radiology 143, table I: 58 normal, 51 abnormal images rated 1..5; W = .893.
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    score = np.repeat([1, 2, 3, 4, 5] * 2, normal + abnormal)
    outcome = np.repeat([0, 1], [58, 51])
    found = area_under_curve(score, outcome)
    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert found.standard_error == pytest.approx(np.sqrt(naive_covariance([score], outcome)[1][0, 0]), rel=1e-12)


def test_plain_interval_is_symmetric_and_cut():
    plain = area_under_curve(D_CAL_P, D_CAL_Y, interval="plain")
    assert plain.value - plain.low == pytest.approx(1.959963984540054 * plain.standard_error)
    assert plain.high == 1.0
    assert plain.method == "DeLong, plain interval"


@pytest.mark.parametrize("interval", ["logit", "plain"])
def test_perfect_separation_has_a_real_interval(interval):
    found = area_under_curve(range(20), [0] * 10 + [1] * 10, interval=interval)
    assert (found.value, found.standard_error, found.high) == (1.0, 0.0, 1.0)
    assert 0.6 < found.low < 0.95
    assert "perfect separation" in found.warnings[0]


def test_newcombes_interval_solves_its_equation():
    found = area_under_curve(range(12), [0] * 5 + [1] * 7)

    def gap(theta):
        extra = 12 / 2 - 1
        variance = theta * (1 - theta) * (1 + extra * (1 - theta) / (2 - theta) + extra * theta / (1 + theta)) / 35
        return 1 - theta - 1.959963984540054 * np.sqrt(variance)

    assert found.low == pytest.approx(brentq(gap, 0, 0.99), abs=1e-10)


def test_perfect_separation_interval_covers():
    # Normal scores one area apart: of the samples that happen to separate, and of all, the interval must cover.
    rng = np.random.default_rng(7)
    true = 0.95
    shift = np.sqrt(2) * 1.6448536269514722
    outcome = np.repeat([0, 1], [15, 10])
    hits = 0
    for _ in range(400):
        found = area_under_curve(rng.normal(size=25) + shift * outcome, outcome)
        hits += found.low <= true <= found.high
    assert hits / 400 > 0.90


def test_a_constant_score_knows_nothing_and_says_so():
    found = area_under_curve([3, 3, 3, 3], [0, 1, 0, 1])
    assert (found.value, found.standard_error) == (0.5, 0.0)
    assert found.low < 0.5 < found.high
    assert "do not vary" in found.warnings[0]


def test_a_class_of_one_has_no_delong_error():
    found = area_under_curve([1, 2, 3, 4], [0, 0, 1, 0])
    assert found.standard_error is None
    assert found.low < found.value < found.high
    assert "class of one" in found.warnings[0]


@pytest.mark.parametrize("outcome", [[0, 0], [1, 1], [np.nan, np.nan], [1, np.nan]])
def test_one_class_gives_no_area_and_no_error(outcome):
    for found in (
        area_under_curve([1, 2], outcome),
        auc_difference([1, 2], [2, 1], outcome),
        kolmogorov_smirnov([1, 2], outcome),
        gini_coefficient([1, 2], outcome),
    ):
        assert found.value is None
        assert found.warnings


def test_unrated_rows_are_left_out_never_imputed():
    score, outcome = [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]
    found = area_under_curve([*score, np.nan, 9], [*outcome, 0, np.nan])
    assert found.value == 0.75
    assert found.n == 4
    assert found.warnings == ("2 of 6 rows are unrated or of unknown outcome: left out",)


def test_difference_leaves_out_what_either_did_not_rate():
    found = auc_difference([1, 2, 3, 4, None], [1, 3, 2, None, 9], [0, 0, 1, 1, 1])
    assert found.n == 3


def test_a_score_does_not_differ_from_itself_rescaled():
    found = auc_difference(D_CAL_P, [7 * p for p in D_CAL_P], D_CAL_Y)
    assert (found.value, found.standard_error, found.z, found.p_value) == (0.0, 0.0, None, None)
    assert "no test" in found.warnings[0]


def test_difference_with_a_class_of_one_has_no_test():
    found = auc_difference([1, 2, 3], [3, 2, 1], [0, 1, 0])
    assert (found.value, found.standard_error, found.z) == (0.0, None, None)


def test_the_paired_test_keeps_its_size():
    rng = np.random.default_rng(11)
    outcome = np.repeat([0, 1], [60, 40])
    rejected = 0
    for _ in range(300):
        common = rng.normal(size=100) + outcome
        a, b = common + rng.normal(size=100), common + rng.normal(size=100)
        rejected += auc_difference(a, b, outcome).p_value < 0.05
    assert rejected <= 300 * 0.05 + 3 * np.sqrt(300 * 0.05 * 0.95)


@settings(deadline=None, max_examples=40)
@given(judged())
def test_kolmogorov_smirnov_agrees_with_scipy(data):
    score, outcome = np.array(data[0]), np.array(data[1])
    expected = ks_2samp(score[outcome == 1], score[outcome == 0], method="asymp").statistic
    assert kolmogorov_smirnov(score, outcome).value == pytest.approx(expected, abs=1e-14)


def test_gini_is_twice_the_area_less_one():
    area, gini = area_under_curve(D_CAL_P, D_CAL_Y), gini_coefficient(D_CAL_P, D_CAL_Y)
    assert gini.value == pytest.approx(2 * area.value - 1)
    assert gini.standard_error == pytest.approx(2 * area.standard_error)
    assert (gini.low, gini.high) == pytest.approx((2 * area.low - 1, 2 * area.high - 1))


def test_bad_settings_are_refused_together():
    with pytest.raises(InvalidValueError) as error:
        area_under_curve([np.inf], [2], level=2, interval="exact")
    assert len(error.value.problems) == 4


@pytest.mark.slow
def test_a_million_rows():
    rng = np.random.default_rng(0)
    score = rng.random(1_000_000)
    outcome = (rng.random(1_000_000) < score).astype(float)
    found = area_under_curve(score, outcome)
    # P(s1 > s0) for densities 2s and 2(1 - s) is 5/6.
    assert found.low < 5 / 6 < found.high
