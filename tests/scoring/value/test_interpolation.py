"""Polynomials on fixed octaves give the function back, and a point's value does not depend on other points."""

from __future__ import annotations

import numpy as np

from crmrisk.scoring.value.interpolation import by_octaves
from crmrisk.scoring.value.special import expected_stopped_count


def _expected(label, point):
    return expected_stopped_count(0.2 + label, 52 / point, np.full(point.shape, 0.8), 2.4 + label)


def test_an_expectation_comes_back_to_a_rounding():
    rng = np.random.default_rng(8)
    point = np.exp(rng.uniform(np.log(1e-4), np.log(1e6), 3_000))
    label = rng.choice([0.0, 3.0, 40.0, 5_000.0], 3_000)
    assert np.abs(by_octaves(_expected, label, point) / _expected(label, point) - 1).max() < 1e-13


def test_a_point_alone_equals_the_same_among_many_to_the_last_bit():
    point = np.geomspace(0.01, 1e4, 500)
    label = np.arange(500.0) % 3
    together = by_octaves(_expected, label, point)
    for row in range(0, 500, 29):
        assert by_octaves(_expected, label[[row]], point[[row]])[0] == together[row]


def test_octave_ends_belong_to_one_polynomial_each():
    ends = 2.0 ** np.arange(-5, 6)
    assert np.allclose(by_octaves(lambda label, point: label + np.log(point), np.ones(11), ends), 1 + np.log(ends))


def test_no_points():
    assert by_octaves(_expected, np.empty(0), np.empty(0)).size == 0
