"""The Lorenz curve: its shape, its other end, ties and counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.lorenz import lorenz_curve, sorted_values


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40).filter(any))
def test_it_bends_one_way_below_the_diagonal(values):
    curve = lorenz_curve(values)
    assert (curve.customers[0], curve.total[0], curve.customers[-1], curve.total[-1]) == (0, 0, 1, 1)
    assert (curve.total <= curve.customers + 1e-12).all()
    slopes = np.diff(curve.total) / np.diff(curve.customers)
    assert (np.diff(slopes) >= -1e-9).all()
    again = lorenz_curve(np.array(values[::-1]) * 4.0)
    assert np.array_equal(again.total, curve.total)


def test_counts_are_customers():
    curve = lorenz_curve([1, 7], counts=[3, 1])
    assert curve.at([0.375, 0.75]) == pytest.approx([0.15, 0.3])
    assert np.array_equal(curve.total, lorenz_curve([1, 7, 1, 1]).total)
    assert len(curve.frame()) == 3


def test_whale():
    customers, total = lorenz_curve([60, 50, 10, -20]).whale
    assert customers == pytest.approx([0, 0.25, 0.5, 0.75, 1])
    assert total == pytest.approx([0, 0.6, 1.1, 1.2, 1.0])


def test_unrated_are_left_out():
    assert sorted_values([3, None, 1], counts=[1, 4, 2])[1] == 4
    assert np.array_equal(lorenz_curve([1, None, 3]).total, lorenz_curve([1, 3]).total)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ([], None),
        ([None], None),
        ([np.inf], None),
        (["a"], None),
        ([[1, 2]], None),
        ([0, 0], None),
        ([1, -1], None),
        ([1e300, 1], None),
        ([1e-300], None),
        ([1, 2], [1]),
        ([1, 2], [1, -1]),
        ([1, 2], [1, 0.5]),
        ([1, 2], [0, 0]),
        ([1, 2], "ab"),
    ],
)
def test_bad_input(values, counts):
    with pytest.raises(CrmRiskError):
        lorenz_curve(values, counts=counts)
