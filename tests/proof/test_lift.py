"""Lift and capture at the top of the list."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.lift import capture, lift


@pytest.mark.parametrize(
    ("score", "outcome", "share", "selected", "events"),
    [
        pytest.param(range(10), [0] * 9 + [1], 0.1, 1, 1.0, id="the one on top"),
        pytest.param([5] * 10, [1, 1] + [0] * 8, 0.5, 5, 1.0, id="all tied: half the list holds half the events"),
        pytest.param([3, 2, 2, 2, 1], [0, 1, 0, 0, 1], 0.4, 2, 1 / 3, id="one of three tied"),
        pytest.param(range(25), [1] * 25, 0.1, 3, 3.0, id="2.5 customers are 3"),
        pytest.param([1, 2, 3], [0, 0, 1], 0.1, 1, 1.0, id="at least one"),
        pytest.param([1, 2, 3], [1, 0, 1], 1, 3, 2.0, id="everybody"),
    ],
)
def test_by_hand(score, outcome, share, selected, events):
    found, lifted = capture(score, outcome, share=share), lift(score, outcome, share=share)
    assert found.n_selected == lifted.n_selected == selected
    assert found.events_selected == pytest.approx(events)
    assert found.value == pytest.approx(events / sum(outcome))
    assert lifted.value == pytest.approx((events / selected) / (sum(outcome) / len(outcome)))
    assert found.low <= found.value <= found.high
    assert lifted.low <= lifted.value <= lifted.high


def test_ties_count_as_the_average_over_all_orders():
    score, outcome = np.array([2, 1, 1, 1, 0]), np.array([1, 1, 0, 1, 0])
    by_order = []
    for order in permutations(range(5)):
        ranked = sorted(order, key=lambda row: -score[row])
        by_order.append(outcome[ranked[:2]].sum() / outcome.sum())
    assert capture(score, outcome, share=0.4).value == pytest.approx(np.mean(by_order))


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=30),
    share=st.floats(0.01, 1.0),
    random=st.randoms(use_true_random=False),
)
def test_rows_may_come_in_any_order(rows, share, random):
    found = lift(*zip(*rows, strict=True), share=share)
    random.shuffle(rows)
    assert lift(*zip(*rows, strict=True), share=share) == found
    if found.value is not None:
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value <= found.high + 1e-12


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=3, max_size=30))
def test_capture_grows_with_the_share(rows):
    score, outcome = zip(*rows, strict=True)
    found = [capture(score, outcome, share=share).value for share in (0.1, 0.3, 0.6, 1.0)]
    if None not in found:
        assert all(left <= right + 1e-12 for left, right in pairwise(found))
        assert found[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(("score", "outcome"), [([1, 2], [0, 0]), ([None, None], [1, 0])])
def test_nothing_happened_is_a_state(score, outcome):
    found = lift(score, outcome)
    assert found.value is None
    assert found.warnings


def test_the_interval_stays_feasible():
    found = capture(range(100), [0] * 50 + [1] * 50, share=0.1)
    assert found.value == pytest.approx(0.2)
    assert found.high == pytest.approx(0.2)  # ten customers cannot hold more than ten of fifty events


@pytest.mark.parametrize("share", [0, -0.1, 1.1, np.nan, "a", None])
def test_bad_shares_are_refused(share):
    with pytest.raises(InvalidValueError, match="share"):
        lift([1, 2], [0, 1], share=share)
