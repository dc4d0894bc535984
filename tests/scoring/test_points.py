from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import Characteristic, PointsScorer

DAY = date(2026, 1, 31)
IDLE, AGE = Input("idle_days", "day", ge=0), Input("age", "day", ge=0)


def test_a_value_on_an_edge_belongs_to_the_band_above():
    card = Characteristic(IDLE, bins=(30, 90), points=(0, 10, 25))
    np.testing.assert_array_equal(card.of(np.array([0, 29.9, 30, 89.9, 90, 1e9])), [0, 0, 10, 10, 25, 25])


def test_one_band_needs_no_edge():
    np.testing.assert_array_equal(Characteristic(IDLE, bins=(), points=(7,)).of(np.array([0.0, 5.0])), [7, 7])


def test_points_add_to_the_base():
    card = PointsScorer(
        characteristics=(Characteristic(IDLE, (30,), (0, 10)), Characteristic(AGE, (365,), (5, -5))), base=100
    )
    book = Portfolio(["C1", "C2"], DAY, {"idle_days": [10, 40], "age": [100, 400]})
    np.testing.assert_array_equal(card.score(book).values, [105, 105])
    assert card.measure == Measure.index(95, 115, "point")


def test_missing_is_unrated_unless_it_has_points():
    unstated = PointsScorer(characteristics=(Characteristic(IDLE, (30,), (0, 10)),))
    stated = PointsScorer(characteristics=(Characteristic(IDLE, (30,), (0, 10), missing=-4),))
    book = Portfolio(["C1"], DAY, {"idle_days": [None]})
    np.testing.assert_array_equal(unstated.score(book).values, [np.nan])
    np.testing.assert_array_equal(stated.score(book).values, [-4])
    np.testing.assert_array_equal(stated.score(Portfolio(["C1"], DAY, {})).values, [-4])
    assert stated.measure.ge == -4
    assert stated.inputs[0].optional
    assert not unstated.inputs[0].optional


@pytest.mark.parametrize(("reference", "baseline", "expected"), [("fewest", 1.0, 10.0), ("most", 26.0, -15.0)])
def test_explanations_compare_with_the_reference(reference, baseline, expected):
    card = PointsScorer(
        characteristics=(Characteristic(IDLE, (30, 90), (0, 10, 25)),), base=1, reference=reference, unit="pt"
    )
    explanation = card.explain(Portfolio(["C1"], DAY, {"idle_days": [50]}))
    assert explanation.baseline[0] == baseline
    assert explanation.contributions[0, 0] == expected
    assert explanation.scale == "pt"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bins": (30, 30), "points": (1, 2, 3)}, "ascend"),
        ({"bins": (30,), "points": (1, 2, 3)}, "do not match"),
        ({"bins": (30,), "points": ()}, "points"),
        ({"bins": (30,), "points": (2, 1), "monotone": "increasing"}, "direction"),
        ({"bins": (30,), "points": (1, 2), "monotone": "decreasing"}, "direction"),
        ({"bins": (float("nan"),), "points": (1, 2)}, "finite"),
    ],
)
def test_incoherent_characteristics_are_refused(settings, message):
    with pytest.raises(InvalidValueError, match=message):
        Characteristic(IDLE, **settings)


def test_an_optional_input_needs_points_for_missing():
    with pytest.raises(InvalidValueError, match="missing"):
        Characteristic(Input("idle_days", "day", optional=True), bins=(), points=(1,))


def test_names_cannot_be_binned():
    with pytest.raises(InvalidValueError, match="names"):
        Characteristic(Input("segment", "label"), bins=(), points=(1,))


def test_everything_wrong_is_listed():
    with pytest.raises(InvalidValueError) as caught:
        Characteristic(IDLE, bins=(2, 1), points=(1,), monotone="increasing")
    assert len(caught.value.problems) == 2


def test_two_characteristics_of_one_input_are_refused():
    one = Characteristic(IDLE, (), (1,))
    with pytest.raises(InvalidValueError, match="idle_days"):
        PointsScorer(characteristics=(one, one))


def test_a_card_needs_a_characteristic():
    with pytest.raises(InvalidValueError):
        PointsScorer(characteristics=())


def test_json_keeps_a_characteristic():
    one = Characteristic(IDLE, (30,), (0, 10), missing=3, monotone="increasing")
    assert Characteristic.from_json(one.to_json()) == one


@given(
    edges=st.lists(st.floats(0, 1e6), min_size=0, max_size=5, unique=True).map(sorted),
    values=st.lists(st.floats(0, 1e7), min_size=1, max_size=20),
    data=st.data(),
)
@settings(deadline=None, max_examples=60)
def test_scores_stay_inside_the_measure_and_rise_where_declared(edges, values, data):
    points = sorted(data.draw(st.lists(st.floats(-1e3, 1e3), min_size=len(edges) + 1, max_size=len(edges) + 1)))
    card = PointsScorer(
        characteristics=(Characteristic(IDLE, tuple(edges), tuple(points), monotone="increasing"),), base=0.1
    )
    idle = sorted(values)
    scores = card.score(Portfolio([f"C{i}" for i in range(len(idle))], DAY, {"idle_days": idle}))
    assert np.all(np.diff(scores.values) >= 0)
    assert card.monotone == {"idle_days": 1}
