from __future__ import annotations

import math
from datetime import timedelta

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.measures import Input, Measure, Quantity

QUARTER = timedelta(days=90)


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (Measure.probability(horizon=QUARTER), "probability in [0, 1] within 90 days"),
        (Measure.money("EUR"), "money in EUR, [0, open]"),
        (Measure.index(-100, 100), "index in [-100, 100]"),
        (Measure.index(None, None, "point"), "index in point, [open, open]"),
        (Measure.share(), "share in [0, 1]"),
    ],
)
def test_a_measure_reads_as_what_it_means_and_survives_json(measure, text):
    assert str(measure) == text
    assert Measure.from_json(measure.to_json()) == measure
    assert hash(measure) == hash(Measure.from_json(measure.to_json()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "probability"},
        {"quantity": "probability", "ge": 0, "le": 1},
        {"quantity": "probability", "horizon": QUARTER},
        {"quantity": "probability", "ge": 0, "le": 2, "horizon": QUARTER},
        {"quantity": "probability", "ge": 0, "le": 1, "horizon": timedelta(0)},
        {"quantity": "probability", "ge": 0, "le": 1, "horizon": -QUARTER},
        {"quantity": "probability", "ge": 0, "le": 1, "horizon": 90},
        {"quantity": "share"},
        {"quantity": "share", "ge": -1, "le": 1},
        {"quantity": "share", "ge": 0, "le": 1, "horizon": QUARTER},
        {"quantity": "money"},
        {"quantity": "money", "unit": "EUR", "ge": math.nan},
        {"quantity": "index", "ge": 2, "le": 1},
        {"quantity": "index", "le": math.inf},
        {"quantity": "colour"},
    ],
    ids=str,
)
def test_an_incoherent_measure_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        Measure(**wrong)


@pytest.mark.parametrize("horizon", [90, "90", None, timedelta(0)])
def test_a_horizon_is_a_positive_time_span(horizon):
    with pytest.raises(InvalidValueError):
        Measure.probability(horizon=horizon)


@pytest.mark.parametrize("name", ["", " ", "a ", " a", "a\nb", "x" * 201, 3, None])
def test_an_input_has_a_name(name):
    with pytest.raises(InvalidValueError):
        Input(name)


@pytest.mark.parametrize("bounds", [(2, 1), (math.nan, None), (None, math.inf), ("low", None)])
def test_bounds_are_finite_and_in_order(bounds):
    with pytest.raises(InvalidValueError):
        Input("idle_days", "day", *bounds)


def test_an_input_is_a_value():
    assert Input("idle_days", "day", ge=0) == Input("idle_days", "day", 0.0)
    assert Input.from_json(Input("idle_days", "day", ge=0).to_json()) == Input("idle_days", "day", ge=0)
    assert Input("idle_days", "day", 0, 0).le == 0.0


def test_quantities_are_text():
    assert Quantity.MONEY == "money"
