"""Bins never split a tie and have no gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.proof.bins import bin_groups, bin_sums, equal_mass_bins, equal_width_bins
from crmrisk.proof.ties import tie_groups


@pytest.mark.parametrize("bins", [1, 2, 5, 10])
def test_without_ties_equal_mass_is_equal(bins):
    assert np.bincount(equal_mass_bins(np.ones(30), bins)).tolist() == [30 // bins] * bins


@pytest.mark.parametrize("bins", [2, 3, 7, 10, 100])
def test_a_probability_on_an_edge_opens_the_bin_above(bins):
    edges = np.arange(bins) / bins
    assert equal_width_bins(edges, bins).tolist() == list(range(bins))
    assert equal_width_bins(np.array([edges[-1], 1.0]), bins).tolist() == [0, 0]


@settings(deadline=None, max_examples=50)
@given(size=st.lists(st.integers(1, 50), min_size=1, max_size=40), bins=st.integers(1, 15))
def test_bins_ascend_without_gaps_and_mirror(size, bins):
    found = equal_mass_bins(np.array(size, dtype=float), bins)
    assert found[0] == 0
    assert set(np.diff(found)) <= {0, 1}
    assert found[-1] < bins
    assert bin_sums(found, np.array(size, dtype=float)).sum() == sum(size)


def test_both_kinds():
    groups = tie_groups(np.array([0.01, 0.02, 0.03, 0.99]), np.zeros(4))
    assert bin_groups(groups, 2, "equal mass").tolist() == [0, 0, 1, 1]
    assert bin_groups(groups, 2, "equal width").tolist() == [0, 0, 0, 1]
