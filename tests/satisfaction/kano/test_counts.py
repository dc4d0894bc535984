"""Tests of the numbers that follow from counts, against published tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano import KanoCategory, KanoCounts
from crmrisk.satisfaction.proportions import proportion

APP = (216, 56, 13, 275, 23, 24)
WIFI = (187, 71, 46, 258, 19, 26)


def counts_of(numbers):
    return KanoCounts(**dict(zip(KanoCategory, [*numbers, *[0] * (6 - len(numbers))], strict=True)))


@pytest.mark.parametrize(
    "reference",
    [
        ("K1a", (7, 33, 50, 10), 0.40, -0.83, 1e-12, "Sauerwein et al. 1996 fig. 11 (edge grip)"),
        ("K1c", (63.8, 21.6, 2.9, 8.5), 0.882, -0.25, 6e-3, "Sauerwein et al. 1996 fig. 10 (service), raw shares"),
        ("K2a", APP, 0.486, -0.123, 6e-4, "Brand & Rese 2026 table 1 (app)"),
        ("K2c", WIFI, 0.459, -0.208, 6e-4, "Brand & Rese 2026 table 1 (WiFi)"),
        ("transfers F10", (18, 174, 90, 42, 7, 27), 0.5926, -0.8148, 6e-5, "Reppel 2022 (secure)"),
    ],
    ids=lambda reference: reference[0],
)
def test_better_and_worse(reference):
    row, numbers, better, worse, tolerance, source = reference
    counts = counts_of(numbers)
    assert (counts.better.value, counts.worse.value) == pytest.approx((better, worse), abs=tolerance), (row, source)


@pytest.mark.parametrize(
    "reference",
    [("K4a", APP, 0.4695, 0.0972, 59, 28.22, 36.56, 0.0088), ("K4c", WIFI, 0.5008, 0.1170, 71, 27.70, 34.81, 0.0009)],
    ids=lambda reference: reference[0],
)
def test_strength_and_the_two_leading_categories(reference):
    row, numbers, total, strength, difference, fong, multinomial, p_value = reference
    counts = counts_of(numbers)
    test = counts.leading_test()
    assert (counts.total_strength.value, counts.category_strength.value) == pytest.approx(
        (total, strength), abs=5e-5
    ), row
    assert test.p_value == pytest.approx(p_value, abs=5e-5), row
    assert (test.difference, test.fong_critical) == (difference, pytest.approx(fong, abs=5e-3)), row
    assert test.fong
    leading = max(numbers) + sorted(numbers)[-2]
    assert 1.65 * leading**0.5 == pytest.approx(multinomial, abs=5e-3)
    assert (test.first, test.second) == (KanoCategory.INDIFFERENT, KanoCategory.ATTRACTIVE)


numbers = st.lists(st.integers(0, 400), min_size=6, max_size=6)


@given(numbers)
@settings(max_examples=50, deadline=None)
def test_better_and_worse_are_wilson_proportions_of_the_rateable_answers(numbers):
    a, o, m, i, _, _ = numbers
    counts = counts_of(numbers)
    if a + o + m + i == 0:
        assert (counts.better.value, counts.worse.value, counts.worse.low, counts.better.n) == (None, None, None, 0)
        return
    wilson = proportion(o + m, a + o + m + i)
    assert counts.better == proportion(a + o, a + o + m + i)
    assert (counts.worse.value, counts.worse.low, counts.worse.high) == pytest.approx(
        (-wilson.value, -wilson.high, -wilson.low)
    )
    assert -1 <= counts.worse.low <= counts.worse.value <= counts.worse.high <= 0


def test_worse_is_never_minus_zero():
    assert str(counts_of((1, 0, 0, 0)).worse.value) == "0.0"


def test_a_level_reaches_the_interval():
    counts = counts_of(APP)
    wide, narrow = counts.satisfaction_increase(level=0.99), counts.satisfaction_increase(level=0.5)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert counts.satisfaction_decrease(level=0.5).level == 0.5


def test_category_strength_has_an_interval_and_says_it_is_optimistic():
    strength = counts_of(APP).category_strength
    assert strength.low < strength.value < strength.high
    assert "after looking" in strength.warnings[0]


def test_nothing_answered_is_unrated_everywhere():
    counts = KanoCounts()
    assert (counts.n, counts.category()) == (0, None)
    assert {counts.better.value, counts.worse.value, counts.total_strength.value, counts.category_strength.value} == {
        None
    }
    assert counts.leading_test().p_value == 1.0


def test_categories_are_counted_and_missing_ones_are_not():
    counts = KanoCounts.of([KanoCategory.MUST_BE, "must_be", None, "attractive"])
    assert counts == KanoCounts(must_be=2, attractive=1)
    with pytest.raises(InvalidValueError, match="delight"):
        KanoCounts.of(["delight"])


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), "many", None, 2.0**60])
def test_bad_counts_are_refused(bad):
    with pytest.raises(InvalidValueError):
        KanoCounts(attractive=bad)


def test_counts_survive_json():
    counts = counts_of(APP)
    assert KanoCounts.from_json(counts.to_json()) == counts
