from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.matrix import NO_CURRENCY, RiskMatrix
from crmrisk.core.errors import InvalidValueError
from crmrisk.core.levels import RiskLevel

MATRIX = RiskMatrix(
    likelihood_edges=(0.01, 0.1, 1.0),
    consequence_edges=(10, 100, 1000, 10_000),
    grades=(("low", "low", "moderate"), ("low", "high", "extreme")),
    currency="EUR",
    likelihood_labels=("unlikely", "likely"),
    consequence_labels=("minor", "moderate", "major"),
)


@pytest.mark.parametrize(
    ("likelihood", "consequence", "level"),
    [
        (0.0, 0.0, "low"),
        (0.05, 5_000.0, "moderate"),
        (0.0999, 1_000.0, "moderate"),
        (0.1, 100.0, "high"),
        (0.1, 99.99, "low"),
        (1.0, 10_000.0, "extreme"),
        (1.0, 1e12, "extreme"),
        (float("nan"), 5.0, "unrated"),
        (0.5, float("nan"), "unrated"),
    ],
)
def test_rows_are_likelihood_lowest_first_and_the_outer_cells_are_open(likelihood, consequence, level):
    assert MATRIX.grade(likelihood, consequence) == level


def test_columns_broadcast_and_equal_rows():
    rng = np.random.default_rng(2)
    p, c = rng.random(1000), rng.lognormal(6, 2, 1000)
    codes = MATRIX.codes(p, c)
    assert codes.dtype == np.int8
    assert codes.tolist() == [int(MATRIX.codes(x, y)) for x, y in zip(p, c, strict=True)]
    assert MATRIX.grade(p, 50.0).shape == (1000,)


def test_labels_look_up_a_cell():
    assert MATRIX.grade_labels("likely", "major") is RiskLevel.EXTREME
    with pytest.raises(InvalidValueError, match="unlikely, likely"):
        MATRIX.grade_labels("often", "major")
    with pytest.raises(InvalidValueError, match="no labels"):
        RiskMatrix.canonical(3).grade_labels("often", "major")


def test_intervals_collect_the_cells_they_touch():
    assert MATRIX.grade_interval(0.05, 0.2, 50.0, 500.0) == {"low", "high"}
    found = MATRIX.grade_interval([0.05, 0.5, 0.5], [0.05, 0.5, 0.6], [50.0, 50.0, float("nan")], 50_000.0)
    assert found.tolist() == [{"low", "moderate"}, {"low", "high", "extreme"}, {"unrated"}]
    with pytest.raises(InvalidValueError, match="crossed"):
        MATRIX.grade_interval(0.5, 0.1, 1.0, 2.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"likelihood_edges": (0.1, 0.1, 1.0)}, "do not ascend"),
        ({"likelihood_edges": (0.0, 0.5, 2.0)}, "too high"),
        ({"likelihood_edges": (-0.1, 0.5, 1.0)}, "do not ascend"),
        ({"consequence_edges": (1.0,)}, "do not ascend"),
        ({"consequence_edges": ()}, "do not ascend"),
        ({"consequence_edges": (0.0, 1.0, 2.0, float("inf"))}, "finite"),
        ({"grades": (("low", "low"), ("low", "high"))}, "do not fit"),
        ({"grades": (("low",) * 3, ("low", "unrated", "high"))}, "unrated"),
        ({"grades": (("low",) * 3, ("low", "purple", "high"))}, "unrated|low"),
        ({"likelihood_labels": ("one",)}, "2 different"),
        ({"likelihood_labels": ("one", "one")}, "2 different"),
        ({"currency": ""}, "currency"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    fields = {
        "likelihood_edges": (0.0, 0.1, 1.0),
        "consequence_edges": (0, 100, 1000, 10_000),
        "grades": (("low",) * 3, ("low", "low", "high")),
    }
    with pytest.raises(InvalidValueError, match=message):
        RiskMatrix(**{**fields, **change})


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(InvalidValueError) as caught:
        RiskMatrix((0.5, 0.1), (5, 1), (("unrated",),))
    assert len(caught.value.problems) == 3


def test_arrays_are_welcome():
    matrix = RiskMatrix(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0]), np.array([["low"], ["high"]]))
    assert matrix.grade(0.7, 0.5) == "high"
    assert matrix.currency == NO_CURRENCY


def test_a_falling_matrix_is_allowed_and_reported():
    matrix = RiskMatrix((0, 0.5, 1), (0, 1), (("high",), ("low",)))
    assert matrix.grade(0.9, 0.5) == "low"
    assert not matrix.check().monotone


def test_json_round_trip_and_equality():
    assert RiskMatrix.from_json(MATRIX.to_json()) == MATRIX
    assert hash(RiskMatrix.from_json(MATRIX.to_json())) == hash(MATRIX)


def test_the_picture_has_the_highest_likelihood_on_top():
    assert str(MATRIX).splitlines()[1].startswith("likely")
