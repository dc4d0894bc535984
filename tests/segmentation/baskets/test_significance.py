"""Fisher's exact test against exact fractions and scipy; Benjamini-Hochberg against scipy."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact, hypergeom

from crmrisk.segmentation.baskets.measures import RuleCounts
from crmrisk.segmentation.baskets.significance import false_discovery_rates, fisher_p_values


def exact(n, a, c, both):
    ways = sum(comb(a, k) * comb(n - a, c - k) for k in range(both, min(a, c) + 1))
    return float(Fraction(ways, comb(n, c)))


def test_every_table_of_small_numbers():
    n = 12
    tables = [
        (a, c, both)
        for a in range(1, n + 1)
        for c in range(1, n + 1)
        for both in range(max(0, a + c - n), min(a, c) + 1)
    ]
    counts = RuleCounts(n, *np.array(tables).T)
    assert fisher_p_values(counts) == pytest.approx([exact(n, *table) for table in tables], rel=1e-12)


@given(st.integers(20_000, 1_000_000), st.integers(1, 5_000), st.integers(1, 5_000), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_large_tables(n, a, c, share):
    both = round(share * min(a, c, 3 * a * c // n + 20))
    [p] = fisher_p_values(RuleCounts(n, *(np.array([value]) for value in (a, c, both))))
    assert p == pytest.approx(hypergeom.sf(both - 1, n, a, c), rel=1e-7, abs=1e-300)


def test_it_is_scipys_one_sided_fisher_test():
    [p] = fisher_p_values(RuleCounts(100, np.array([20]), np.array([30]), np.array([12])))
    assert p == pytest.approx(fisher_exact([[12, 8], [18, 62]], alternative="greater").pvalue, rel=1e-10)


def test_a_rule_and_its_reverse_have_one_p_and_equal_tables_one_answer():
    p = fisher_p_values(RuleCounts(100, np.array([20, 30, 20]), np.array([30, 20, 30]), np.array([12, 12, 12])))
    assert p[0] == p[1] == p[2]


def test_beyond_the_smallest_float_p_is_zero_without_a_warning():
    counts = RuleCounts(100_000, np.array([5_000]), np.array([5_000]), np.array([5_000]))
    assert fisher_p_values(counts).tolist() == [0.0]


def test_no_rules():
    none = np.empty(0, dtype=np.int64)
    assert fisher_p_values(RuleCounts(5, none, none, none)).size == 0
    assert false_discovery_rates(np.empty(0), tried=0).size == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_false_discovery_rates_are_scipys_with_the_unknown_at_one(p, unknown):
    q = false_discovery_rates(np.array(p), tried=len(p) + unknown)
    assert q == pytest.approx(false_discovery_control([*p, *[1.0] * unknown])[: len(p)], abs=1e-12)
