"""Tests of quadrants and ellipses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.plane import (
    Ellipse,
    QuadrantProbabilities,
    covariance_of,
    ellipse_around,
    quadrant_of,
    quadrant_places,
    quadrant_probabilities,
)


@given(
    first=st.floats(1e-4, 4), second=st.floats(1e-4, 4), correlation=st.floats(-0.99, 0.99), level=st.floats(0.1, 0.99)
)
@settings(max_examples=40, deadline=None)
def test_every_point_of_the_outline_is_equally_far_by_mahalanobis(first, second, correlation, level):
    both = correlation * (first * second) ** 0.5
    ellipse = ellipse_around((0.3, -0.2), ((first, both), (both, second)), level)
    away = ellipse.outline(16) - np.array([0.3, -0.2])
    distance = (away @ np.linalg.inv([[first, both], [both, second]]) * away).sum(axis=1)
    # the chi-squared quantile with two degrees of freedom
    assert distance == pytest.approx(np.full(16, -2 * np.log(1 - level)), rel=1e-6)
    assert ellipse.semi_axes[0] >= ellipse.semi_axes[1]


def test_an_ellipse_without_spread_is_its_centre_and_needs_three_points():
    point = ellipse_around((0.0, -1.0), ((0.0, 0.0), (0.0, 0.0)))
    assert np.unique(point.outline(8), axis=0).tolist() == [[0.0, -1.0]]
    assert Ellipse.from_json(point.to_json()) == point
    for bad in (2, 2.5, "many"):
        with pytest.raises(InvalidValueError, match="points"):
            point.outline(bad)


def test_quadrants_and_their_cut():
    assert quadrant_places(
        np.array([0.5, 0.5, 0.49, 0.49, np.nan]), np.array([0.49, 0.5, 0.5, 0.49, 0.1]), 0.5
    ).tolist() == [0, 1, 2, 3, 4]
    assert quadrant_of(float("nan"), 0.1, 0.5) is None


def test_probabilities_of_quadrants_add_up_and_are_found_by_name():
    found = quadrant_probabilities(np.array([0.9, 0.9, 0.1, np.nan]), np.array([0.1, 0.9, 0.1, np.nan]), 0.5)
    assert found == QuadrantProbabilities(attractive=0.25, one_dimensional=0.25, indifferent=0.25, unrated=0.25)
    assert found["must_be"] == 0.0
    with pytest.raises(InvalidValueError, match="reverse"):
        found["reverse"]


def test_covariance_leaves_undefined_samples_out():
    x, y = np.array([1.0, 2.0, 4.0, np.nan]), np.array([2.0, 1.0, 7.0, 1.0])
    assert np.array(covariance_of(x, y)) == pytest.approx(np.cov(x[:3], y[:3]))
    assert covariance_of(x[:1], y[:1]) is None
