from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.assessment.criteria import Criteria, RiskCriteria
from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.core.errors import InvalidValueError
from crmrisk.core.levels import RiskLevel

CRITERIA = RiskCriteria("GBP", moderate=50, high=200, extreme=600)
probability = st.floats(0, 1)
loss = st.floats(0, 1e6)


@pytest.mark.parametrize(
    ("likelihood", "consequence", "level"),
    [
        (0.0, 1e9, "low"),
        (0.5, 99.99, "low"),
        (0.5, 100.0, "moderate"),
        (0.5, 399.99, "moderate"),
        (0.5, 400.0, "high"),
        (1.0, 600.0, "extreme"),
        (float("nan"), 10.0, "unrated"),
        (0.5, float("nan"), "unrated"),
    ],
)
def test_a_loss_equal_to_an_edge_is_in_the_higher_grade(likelihood, consequence, level):
    found = CRITERIA.grade(likelihood, consequence)
    assert isinstance(found, RiskLevel)
    assert found == level


def test_without_extreme_there_are_three_grades():
    three = RiskCriteria("EUR", moderate=50, high=200)
    assert three.grade(1.0, 1e9) is RiskLevel.HIGH
    assert three.edges == (50.0, 200.0)


def test_arrays_broadcast_and_keep_their_shape():
    grades = CRITERIA.grade(np.array([[0.1], [1.0]]), [100.0, 500.0, float("nan")])
    assert grades.shape == (2, 3)
    assert grades.dtype == object
    assert grades.tolist() == [["low", "moderate", "unrated"], ["moderate", "high", "unrated"]]
    assert CRITERIA.grade([], []).shape == (0,)


def test_codes_of_a_million_are_small_and_equal_one_by_one():
    rng = np.random.default_rng(3)
    p, losses = rng.random(1_000_000), rng.lognormal(5, 2, 1_000_000)
    codes = CRITERIA.codes(p, losses)
    assert codes.dtype == np.int8
    for row in (0, 1, 499_999, 999_999):
        assert CRITERIA.codes(p[row : row + 1], losses[row : row + 1])[0] == codes[row]


@pytest.mark.parametrize(
    ("likelihood", "consequence"), [(1.1, 1.0), (-0.1, 1.0), (0.5, -1.0), (0.5, np.inf), (np.inf, 1.0)]
)
def test_out_of_range_is_refused(likelihood, consequence):
    with pytest.raises(InvalidValueError):
        CRITERIA.grade(likelihood, consequence)
    with pytest.raises(InvalidValueError):
        CRITERIA.codes([0.5, likelihood], [1.0, consequence])


@pytest.mark.parametrize(
    "edges",
    [
        {"moderate": 200, "high": 50},
        {"moderate": 50, "high": 50},
        {"moderate": 0, "high": 50},
        {"moderate": -1, "high": 50},
        {"moderate": 50, "high": 200, "extreme": 100},
        {"moderate": float("nan"), "high": 200},
        {"moderate": 50, "high": float("inf")},
        {"moderate": 50},
    ],
)
def test_edges_are_positive_finite_and_ascend(edges):
    with pytest.raises(InvalidValueError):
        RiskCriteria("EUR", **edges)


def test_the_currency_is_asked_for():
    with pytest.raises(InvalidValueError):
        RiskCriteria("", moderate=1, high=2)


def test_intervals_give_every_grade_between():
    found = CRITERIA.grade_interval([0.1, 0.1, float("nan")], [0.1, 1.0, 0.5], 100.0, [100.0, 700.0, 100.0])
    assert found.tolist() == [{"low"}, {"low", "moderate", "high", "extreme"}, {"unrated"}]
    assert CRITERIA.grade_interval(0.5, 0.5, 100.0, 100.0) == frozenset({RiskLevel.MODERATE})


def test_json_round_trip():
    assert RiskCriteria.from_json(CRITERIA.to_json()) == CRITERIA
    assert hash(CRITERIA) == hash(RiskCriteria("GBP", moderate=50, high=200, extreme=600))


def test_both_kinds_are_criteria():
    assert isinstance(CRITERIA, Criteria)
    assert isinstance(RiskMatrix.preset("5x5"), Criteria)


@settings(deadline=None, max_examples=60)
@given(p=probability, q=probability, x=loss, y=loss)
def test_a_higher_risk_never_has_a_lower_grade(p, q, x, y):
    for criteria in (CRITERIA, RiskMatrix.preset("5x5")):
        low = criteria.codes(min(p, q), min(x, y))
        high = criteria.codes(max(p, q), max(x, y))
        assert low <= high
        assert criteria.grade(p, x) in criteria.grade_interval(min(p, q), max(p, q), min(x, y), max(x, y))


@settings(deadline=None, max_examples=60)
@given(p=st.lists(probability, min_size=1, max_size=20), x=loss, exponent=st.integers(-5, 5))
def test_another_unit_of_money_changes_no_grade(p, x, exponent):
    scale = 2.0**exponent  # exact in floating point
    scaled = RiskCriteria("GBP", moderate=50 * scale, high=200 * scale, extreme=600 * scale)
    if x * min(p) * scale > 1e-290 or x == 0 or min(p) == 0:
        assert scaled.codes(p, x * scale).tolist() == CRITERIA.codes(p, x).tolist()
