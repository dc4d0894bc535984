"""Tests of continuous analysis: points, quadrants, and mixtures that a mean hides."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.continuous import UNIT_SCALE, ContinuousPosition, KanoPoints, continuous_position

REFERENCE = {  # stp25stat survey, raw answers public
    "K5a": ({12: 1, 15: 5, 21: 1, 25: 17, 35: 1, 42: 1, 55: 1}, 2.1111, 3.4074, "one_dimensional"),
    "K5b": ({14: 1, 15: 15, 24: 1, 25: 8, 33: 1}, 3.1538, 3.6923, "one_dimensional"),
    "K5c": ({13: 2, 15: 3, 23: 1, 33: 17, 35: 4}, 0.8148, 1.0370, "indifferent"),
    "K5d": ({52: 27}, -2, -1, None),
    "K5f": ({13: 11, 14: 4, 15: 1, 25: 2, 33: 3, 41: 1, 51: 5}, 2.1111, 0.2963, "attractive"),
}


def table_of(pairs):
    table = np.zeros((5, 5))
    for pair, count in pairs.items():
        table[pair // 10 - 1, pair % 10 - 1] = count
    return table


@pytest.mark.parametrize("row", REFERENCE)
def test_reference(row):
    pairs, functional, dysfunctional, quadrant = REFERENCE[row]
    found = continuous_position(table_of(pairs))
    assert (found.functional.value, found.dysfunctional.value) == pytest.approx((functional, dysfunctional), abs=1e-4)
    assert (found.quadrant and found.quadrant.value) == quadrant
    quarter = continuous_position(table_of(pairs), scale=UNIT_SCALE)
    assert (4 * quarter.functional.value, 4 * quarter.dysfunctional.high) == pytest.approx(
        (found.functional.value, found.dysfunctional.high)
    )
    assert quarter.quadrant_probabilities == found.quadrant_probabilities
    assert ContinuousPosition.from_json(found.to_json()) == found


def test_the_mean_of_safety_hides_that_most_take_it_for_granted():
    found = continuous_position(table_of(REFERENCE["K5a"][0]))
    assert found.agreement == 5 / 27
    assert found.functional_distribution == pytest.approx((6 / 27, 18 / 27, 1 / 27, 1 / 27, 1 / 27))
    assert sum(found.dysfunctional_distribution) == pytest.approx(1.0)


def test_the_bootstrap_agrees_with_t_where_there_are_many_answers():
    pairs = np.random.default_rng(4).integers(5, 60, (5, 5))
    student, drawn = (continuous_position(pairs, interval=interval, level=0.9) for interval in ("t", "bootstrap"))
    for side in ("functional", "dysfunctional"):
        one, other = getattr(student, side), getattr(drawn, side)
        assert (other.method, other.level, other.value) == ("bootstrap", 0.9, one.value)
        # a 5 % percentile of 2,000 draws has a standard error of 0.05 standard errors; four of them
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=0.2 * one.standard_error)
    assert student.covariance[0][0] ** 0.5 == pytest.approx(student.functional.standard_error, rel=0.08)


def test_effective_n_widens_the_interval():
    pairs = np.full((5, 5), 8)
    few = continuous_position(pairs, effective_n=50).functional
    many = continuous_position(pairs).functional
    assert (few.value, few.n, few.effective_n) == (many.value, 200, 50)
    assert few.standard_error == pytest.approx(many.standard_error * (199 / 49) ** 0.5)


def test_without_answers_nothing_is_known():
    found = continuous_position(np.zeros((5, 5)))
    assert (found.functional.value, found.quadrant, found.agreement, found.ellipse()) == (None, None, None, None)


@pytest.mark.parametrize(
    ("pairs", "options"),
    [
        (np.ones((4, 5)), {}),
        (-np.ones((5, 5)), {}),
        (np.full((5, 5), np.nan), {}),
        ("many", {}),
        (np.ones((5, 5)), {"effective_n": 0}),
        (np.ones((5, 5)), {"interval": "z"}),
        (np.ones((5, 5)), {"scale": (1, 2)}),
        (np.ones((5, 5)), {"level": 95}),
        (np.ones((5, 5)), {"replicates": 2.5}),
    ],
)
def test_bad_counts_and_settings_are_refused(pairs, options):
    with pytest.raises(InvalidValueError):
        continuous_position(pairs, **options)


def test_a_scale_of_ones_own_needs_five_points():
    with pytest.raises(InvalidValueError):
        KanoPoints("mine", (1, 2, 3), (1, 2, 3, 4, 5), 1.0)
