"""Tests of weights of dimensions: for all, or each respondent's own."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.dimension_weights import dimension_weights, shared_out

PARTS = ("staff", "rooms")


def test_points_are_scaled_whatever_they_add_up_to():
    for points in ({"rooms": 25, "staff": 75}, [3, 1], np.array([0.75, 0.25])):
        found = dimension_weights(points, PARTS, 3)
        assert found.shares == pytest.approx((0.75, 0.25))
        assert found.label == "points"
        assert found.score(np.array([[4.0, 8.0], [np.nan, 1.0]])) == pytest.approx([5.0, np.nan], nan_ok=True)


def test_own_points_weigh_own_answers():
    found = dimension_weights({"rooms": [0, 50], "staff": [10, 50]}, PARTS, 2, weights=[3, 1])
    assert found.score(np.array([[4.0, 8.0], [4.0, 8.0]])).tolist() == [4.0, 6.0]
    assert found.shares == pytest.approx((0.875, 0.125))


def test_everything_wrong_with_own_points_is_listed():
    with pytest.raises(RecordError) as caught:
        dimension_weights({"rooms": [0, -5], "noise": [0, 50]}, PARTS, 3)
    assert [problem.what for problem in caught.value.problems] == [
        "not one column per dimension",
        "not the same respondents",
        "negative or no points, rows 0, 1",
    ]


def test_everything_wrong_with_dimensions_is_listed():
    with pytest.raises(InvalidValueError) as caught:
        shared_out({"a": [], "b": ["clean", "noise"], "c": ["clean"]}, ("clean",))
    assert [problem.got for problem in caught.value.problems] == ["a", "noise", "clean"]
