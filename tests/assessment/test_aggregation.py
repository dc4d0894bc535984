from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.assessment.aggregation import expected_loss, frechet_bounds, noisy_or, rare_event_sum
from crmrisk.core.errors import InvalidValueError

NAN = float("nan")


@pytest.mark.parametrize(
    ("function", "value"),
    [
        pytest.param(noisy_or, 0.316, id="AG2-noisy-or"),
        pytest.param(rare_event_sum, 0.35, id="AG2-sum"),
        pytest.param(lambda p: frechet_bounds(p).lower, 0.2, id="AG2-lower"),
        pytest.param(lambda p: frechet_bounds(p).upper, 0.35, id="AG2-upper"),
    ],
)
def test_reference_rows(function, value):
    # (.1, .2, .05) by hand, reference table AG2
    assert float(function((0.1, 0.2, 0.05))) == pytest.approx(value, abs=1e-12)
    assert function([[0.1, 0.2, 0.05]] * 2).tolist() == pytest.approx([value] * 2, abs=1e-12)


def test_unrated_risks_are_left_out_and_nothing_rated_is_unrated():
    table = [[0.5, NAN], [NAN, NAN], [0.5, 0.5]]
    assert noisy_or(table)[[0, 2]].tolist() == pytest.approx([0.5, 0.75])
    assert np.isnan(noisy_or(table)[1])
    bounds = frechet_bounds(table)
    assert (bounds.lower[0], bounds.upper[0]) == (0.5, 0.5)
    assert np.isnan(bounds.lower[1])
    assert np.isnan(bounds.upper[1])
    assert np.isnan(rare_event_sum(table)[1])


def test_certain_and_impossible_risks():
    assert noisy_or([[1.0, 0.3], [0.0, 0.0]]).tolist() == [1.0, 0.0]
    assert frechet_bounds([0.9, 0.9]).upper == 1.0
    assert rare_event_sum([0.9, 0.9]) == pytest.approx(1.8)


def test_tiny_probabilities_are_not_rounded_away():
    assert float(noisy_or([1e-20, 1e-20])) == pytest.approx(2e-20)


def test_expected_loss_needs_both_numbers_of_a_risk():
    found = expected_loss([[0.1, 0.2], [NAN, 0.2], [NAN, 0.5]], [[100.0, 10.0], [100.0, 10.0], [1.0, NAN]])
    assert found[:2].tolist() == pytest.approx([12.0, 2.0])
    assert np.isnan(found[2])


@pytest.mark.parametrize("bad", [[1.1, 0.2], [-0.1], [], [[[0.1]]], 0.5, ["a"], [np.inf]])
def test_what_is_no_table_of_probabilities_is_refused(bad):
    for function in (noisy_or, frechet_bounds, rare_event_sum):
        with pytest.raises(InvalidValueError):
            function(bad)


def test_one_row_equals_the_same_row_among_many():
    rng = np.random.default_rng(4)
    table = np.asfortranarray(rng.random((5000, 20)))
    for function in (noisy_or, rare_event_sum, lambda p: frechet_bounds(p).upper, lambda p: expected_loss(p, p * 9)):
        alone = [float(function(table[row])) for row in (0, 17, 4999)]
        assert function(table)[[0, 17, 4999]].tolist() == alone


@settings(deadline=None, max_examples=80)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms())
def test_independence_lies_between_the_bounds_and_order_does_not_matter(p, random):
    bounds, independent = frechet_bounds(p), noisy_or(p)
    assert max(p) <= bounds.lower <= bounds.upper <= 1.0
    assert bounds.lower - 1e-12 <= independent <= bounds.upper + 1e-12
    shuffled = random.sample(p, len(p))
    assert noisy_or(shuffled) == pytest.approx(float(independent), abs=1e-12)
    assert noisy_or([*p, 0.3]) >= independent
