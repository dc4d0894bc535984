from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.segmentation.visits.allocation import Demands, allocate


def worth(gain, decay, contacts):
    return sum(gain * decay**k for k in range(contacts))


def best_of_all(demands, capacity):
    """Try every plan that keeps the minimums."""
    ranges = [range(low, high + 1) for low, high in zip(demands.minimum, demands.maximum, strict=True)]
    plans = [plan for plan in product(*ranges) if np.dot(plan, demands.cost) <= capacity]
    return max(
        (sum(map(worth, demands.gain, demands.decay, plan)) for plan in plans),
        default=None,
    )


@st.composite
def books(draw, costs):
    n = draw(st.integers(1, 4))
    column = lambda each: draw(st.lists(each, min_size=n, max_size=n))  # noqa: E731 - a word for this line only
    minimum = np.array(column(st.integers(0, 2)))
    return Demands(
        np.array(column(st.integers(0, 50)), dtype=float),
        np.array(column(st.sampled_from([0.0, 0.5, 0.9, 1.0]))),
        minimum,
        minimum + np.array(column(st.integers(0, 3))),
        np.array(column(costs)),
    )


@settings(max_examples=80, deadline=None)
@given(demands=books(st.just(1.0)), capacity=st.integers(0, 12))
def test_with_equal_work_no_plan_is_worth_more(demands, capacity):
    found = allocate(demands, float(capacity))
    assert (found.contacts <= demands.maximum).all()
    assert found.used == found.contacts.sum() <= capacity
    if demands.minimum.sum() <= capacity:
        assert (found.contacts >= demands.minimum).all()
        assert found.gain == pytest.approx(best_of_all(demands, capacity))
        assert found.bound == pytest.approx(found.gain)
        # one more unit of capacity is worth what the shadow price says
        assert allocate(demands, capacity + 1.0).gain - found.gain == pytest.approx(found.shadow_price)
    else:
        assert (found.contacts <= demands.minimum).all()
        assert found.contacts.sum() == capacity


@settings(max_examples=80, deadline=None)
@given(demands=books(st.sampled_from([0.5, 1.0, 2.0, 3.5])), capacity=st.integers(0, 12))
def test_with_unequal_work_the_optimum_lies_between_the_plan_and_its_bound(demands, capacity):
    found = allocate(demands, float(capacity))
    assert found.used == pytest.approx(float(np.dot(found.contacts, demands.cost)))
    assert found.used <= capacity
    best = best_of_all(demands, capacity)
    if not np.isnan(found.bound):
        assert found.gain - 1e-9 <= best <= found.bound + 1e-9
        assert found.bound - found.gain <= demands.gain.max(initial=0.0) + 1e-9


def test_nobody_is_called_on_for_nothing():
    demands = Demands(np.array([0.0, 3.0]), np.array([0.5, 0.0]), np.zeros(2, int), np.array([5, 5]), np.ones(2))
    assert allocate(demands, 10.0).contacts.tolist() == [0, 1]
