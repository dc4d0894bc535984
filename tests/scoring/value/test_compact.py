"""Counting identical rows is exact, whatever grid they are on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.scoring.value.compact import compact, distinct

GRIDS = st.sampled_from([1, 7, 10, 100, 1_000, 24, 86_400])


@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(0, 4)), min_size=1, max_size=60),
    grid=GRIDS,
    weighted=st.booleans(),
    sparse=st.sampled_from([1, 10**6]),
)
@settings(deadline=None, max_examples=150)
def test_counts_are_those_of_a_dictionary(rows, grid, weighted, sparse):
    x, days, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    last = days * sparse / grid
    columns, counts = compact([x, last], weights if weighted else None)
    expected: dict[tuple[float, float], float] = {}
    for key, weight in zip(zip(x, last, strict=True), weights if weighted else np.ones(x.size), strict=True):
        expected[key] = expected.get(key, 0.0) + weight
    expected = {key: weight for key, weight in expected.items() if weight > 0}
    assert dict(zip(zip(*columns, strict=True), counts, strict=True)) == expected


@given(values=st.lists(st.integers(-50, 50), min_size=1, max_size=60), grid=GRIDS, sparse=st.sampled_from([1, 10**6]))
@settings(deadline=None, max_examples=100)
def test_distinct_rows_rebuild_the_column_bit_for_bit(values, grid, sparse):
    column = np.array(values, dtype=float) * sparse / grid
    found = distinct(column)
    assert found is not None
    assert np.array_equal(found.columns[0][found.place], column)
    assert np.unique(found.columns[0]).size == found.columns[0].size


def test_numbers_on_no_grid_come_back_as_they_are():
    column = np.random.default_rng(1).random(500)
    (same,), counts = compact([column])
    assert np.array_equal(same, column)
    assert counts.sum() == 500
    assert distinct(column) is None


@pytest.mark.parametrize("huge", [1e13, 1e300])
def test_numbers_too_large_to_pack_come_back_as_they_are(huge):
    column = np.array([huge, huge, 1.0])
    assert compact([column])[1].tolist() == [1, 1, 1]


def test_spans_whose_product_overflows_are_not_packed():
    wide = np.array([0.0, 2.0**39, 0.0])
    assert compact([wide, wide])[1].tolist() == [1, 1, 1]


def test_a_late_value_off_the_grid_is_noticed():
    column = np.append(np.arange(5_000.0), np.pi)
    assert distinct(column) is None


def test_no_rows():
    columns, counts = compact([np.empty(0), np.empty(0)])
    assert counts.size == columns[0].size == 0
