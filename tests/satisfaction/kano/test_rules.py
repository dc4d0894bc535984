"""Tests of the classification rules and of the tests of the two leading categories."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.rules import (
    ClassificationRule,
    categories_of_counts,
    exact_p_value,
    fong_critical,
    leading_two,
)

RULES = get_args(ClassificationRule)


def letter(counts, rule):
    return "AOMIRQ"[int(categories_of_counts(np.array(counts, dtype=float), rule))]


@pytest.mark.parametrize(
    ("rule", "counts", "expected", "why"),
    [
        ("mode", (216, 56, 13, 275, 23, 24), "I", "most frequent"),
        ("mode", (9, 9, 9, 9, 9, 9), "M", "ties: M > O > A > I > R > Q"),
        ("mode", (9, 9, 8, 9, 9, 9), "O", "ties"),
        ("mode", (9, 8, 8, 9, 9, 9), "A", "ties"),
        ("mode", (8, 8, 8, 9, 9, 9), "I", "ties"),
        ("mode", (8, 8, 8, 8, 9, 9), "R", "ties"),
        ("mode", (1, 1, 1, 1, 1, 9), "Q", "questionable can be the mode"),
        ("lee-newcomb", (216, 56, 13, 275, 23, 24), "I", "strength 9.7 %"),
        ("lee-newcomb", (47, 0, 0, 53, 0, 0), "A", "strength exactly 6 %: priority"),
        ("lee-newcomb", (46, 0, 0, 53, 1, 0), "I", "strength 7 %"),
        ("lee-newcomb", (16, 0, 0, 17, 0, 67), "A", "percentages of all answers; Q is neither top nor second"),
        ("lee-newcomb", (0, 0, 0, 3, 0, 97), "I", "nothing was second"),
        ("lee-newcomb", (0, 0, 0, 0, 0, 5), "Q", "nothing else was answered"),
        ("lee-newcomb", (0, 49, 49, 50, 0, 0), "M", "a tie for second place goes by priority"),
        ("lee-newcomb", (0, 0, 50, 47, 0, 0), "M", "the top already has priority"),
        ("berger", (20, 15, 16, 50, 0, 0), "A", "A + O + M = 51 > 50"),
        ("berger", (20, 15, 15, 50, 0, 0), "I", "50 is not more than 50"),
        ("berger", (0, 20, 20, 30, 5, 4), "M", "ties"),
        ("berger", (1, 0, 0, 3, 5, 5), "R", "ties"),
        ("priority", (30, 20, 10, 31, 5, 4), "A", "30 and 31 cannot be told apart"),
        ("priority", (10, 0, 0, 90, 0, 0), "I", "they can"),
        ("priority", (0, 0, 0, 1, 0, 0), "I", "nothing was second"),
        ("priority", (0, 0, 0, 0, 0, 2), "Q", "nothing else was answered"),
    ],
)
def test_rules(rule, counts, expected, why):
    assert letter(counts, rule) == expected, why


@pytest.mark.parametrize("rule", RULES)
def test_without_answers_there_is_no_category(rule):
    assert categories_of_counts(np.zeros((2, 6)), rule).tolist() == [-1, -1]


@pytest.mark.parametrize("rule", RULES)
def test_a_row_equals_its_column(rule):
    counts = np.random.default_rng(2).integers(0, 12, (300, 6)).astype(float)
    together = categories_of_counts(counts, rule)
    assert together.tolist() == [int(categories_of_counts(row, rule)) for row in counts]


@given(counts=st.lists(st.integers(0, 50), min_size=6, max_size=6).filter(any), rule=st.sampled_from(RULES))
@settings(max_examples=60, deadline=None)
def test_a_rule_only_finds_what_was_answered_and_a_clear_majority_wins(counts, rule):
    assert counts["AOMIRQ".index(letter(counts, rule))] > 0
    clear = [500 if place == 1 else count for place, count in enumerate(counts)]
    assert letter(clear, rule) == "O"


def test_an_unknown_rule_is_refused():
    with pytest.raises(
        InvalidValueError, match=r"rule: no such method; allowed: .mode., .lee-newcomb., .berger., .priority. or"
    ):
        categories_of_counts(np.ones(6), "majority")


def test_the_exact_test_agrees_with_scipy():
    from scipy.stats import binomtest

    for first, second in ((275, 216), (5, 5), (0, 9), (1, 0), (33, 20)):
        expected = binomtest(first, first + second).pvalue
        assert float(exact_p_value(np.array(float(first)), np.array(float(second)))) == pytest.approx(
            expected, rel=1e-10
        )
    assert exact_p_value(np.array(0.0), np.array(0.0)) == 1.0


def test_the_leading_two_leave_questionable_answers_out():
    first, second = leading_two(np.array([[1, 2, 3, 4, 5, 99], [9, 9, 9, 0, 0, 0]]))
    assert [("AOMIRQ"[i], "AOMIRQ"[j]) for i, j in zip(first, second, strict=True)] == [("R", "I"), ("M", "O")]


def size_of(rejects, n, share):
    """Sum the probability of all surveys of n answers, in which a fixed pair has equal shares, that a test rejects."""
    from scipy.stats import binom

    both = np.arange(n + 1)
    a = np.arange(n + 1)[:, np.newaxis]
    probability = binom.pmf(both, n, 2 * share) * binom.pmf(a, both, 0.5)
    pairs = np.broadcast_arrays(a.astype(float), (both - a).astype(float))
    return float((probability * rejects(*pairs))[pairs[1] >= 0].sum())


@pytest.mark.parametrize(("share", "size"), [(0.4, 0.194), (0.3, 0.163), (0.25, 0.153)])
def test_fong_is_liberal(share, size):
    # reference row K6, summed exactly: size at nominal 10 %, N = 200; its source simulated, .006
    n = np.full((201, 201), 200.0)
    found = size_of(lambda a, b: np.abs(a - b) >= fong_critical(a, np.maximum(b, 0), n), 200, share)
    multinomial = size_of(lambda a, b: np.abs(a - b) >= 1.65 * np.sqrt(np.maximum(a + b, 0)), 200, share)
    assert found == pytest.approx(size, abs=6e-3)
    assert 0.097 - 6e-3 <= multinomial <= 0.100 + 6e-3


def test_the_exact_test_keeps_its_level_where_fong_does_not():
    assert size_of(lambda a, b: exact_p_value(a, np.maximum(b, 0)) <= 0.10, 200, 0.4) <= 0.10


def test_priority_is_called_by_its_formula_too():
    counts = np.random.default_rng(3).integers(0, 60, (200, 6)).astype(float)
    assert categories_of_counts(counts, "M>O>A>I").tolist() == categories_of_counts(counts, "priority").tolist()
