from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crmrisk.scoring.shapley import shapley_values

WORTHS = arrays(np.float64, (16, 3), elements=st.floats(-1e3, 1e3))


def by_orders(worth: np.ndarray, feature: int) -> np.ndarray:
    """The definition: what a feature adds on entering, averaged over all orders of entering."""
    added = []
    for order in permutations(range(4)):
        before = sum(1 << each for each in order[: order.index(feature)])
        added.append(worth[before | 1 << feature] - worth[before])
    return np.mean(added, axis=0)


@settings(max_examples=30, deadline=None)
@given(WORTHS)
def test_shares_are_the_average_over_every_order_and_add_up(worth):
    shares = shapley_values(list(worth))
    for feature in range(4):
        np.testing.assert_allclose(shares[feature], by_orders(worth, feature), atol=1e-9)
    np.testing.assert_allclose(sum(shares), worth[15] - worth[0], atol=1e-9)


def test_a_feature_that_changes_nothing_gets_exactly_nothing():
    worth = [np.array([value]) for value in (0.1, 0.7, 0.1, 0.7)]
    assert shapley_values(worth)[1] == 0.0
    assert shapley_values(worth)[0] == pytest.approx(0.6)


def test_a_row_does_not_depend_on_its_company():
    worth = list(np.random.default_rng(1).normal(size=(8, 1000)))
    alone = shapley_values([each[7:8] for each in worth])
    assert [share[7] for share in shapley_values(worth)] == [share[0] for share in alone]
