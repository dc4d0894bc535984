"""Tests of the SWOT table of a Kano survey."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.requirement import requirement_from_pairs
from crmrisk.satisfaction.kano.swot import kano_swot


def requirement(name, row, column, **options):
    pairs = np.zeros((5, 5))
    pairs[row - 1, column - 1], pairs[2, 2] = 200, 20
    return requirement_from_pairs(name, pairs, replicates=50, **options)


BOOK = (
    requirement("secure", 2, 5),
    requirement("speed", 1, 5),
    requirement("gift", 1, 3),
    requirement("colour", 3, 3),
    requirement("adverts", 5, 2),
)


def placed(performance, **options):
    table = kano_swot(BOOK, performance, **options)
    return {heading: [entry.text for entry in entries] for heading, entries in table if entries}


@pytest.mark.parametrize(
    ("performance", "expected"),
    [
        ({"secure": 0.8, "speed": 1.0, "gift": 0.9}, {"strengths": ["gift", "secure", "speed"]}),
        ({"secure": 0.49, "speed": 0.0}, {"weaknesses": ["secure", "speed"]}),
        ({"gift": 0.79}, {"opportunities": ["gift"]}),
        ({"secure": 0.5, "speed": 0.79}, {"threats": ["secure", "speed"]}),
        ({"adverts": 0.6}, {"weaknesses": ["adverts"]}),
        ({"adverts": 0.1, "colour": 1.0}, {}),
    ],
)
def test_the_rule(performance, expected):
    assert {name: sorted(texts) for name, texts in placed(performance).items()} == expected


def test_a_competitor_ahead_is_a_threat_beside_what_else_it_is():
    found = placed({"secure": 0.85, "gift": 0.2}, competitors={"secure": 0.95, "gift": 0.25})
    assert found == {"strengths": ["secure"], "opportunities": ["gift"], "threats": ["secure"]}
    table = kano_swot(BOOK, {"secure": 0.85}, competitors={"secure": 0.95})
    assert table.threats[0].evidence.endswith("met 85 %, best competitor 95 %")
    assert "competitor" not in table.strengths[0].evidence
    assert table.unrated == ("speed", "gift", "colour", "adverts")


def test_what_weighs_most_comes_first_and_the_limits_can_be_moved():
    assert placed({"secure": 0.3, "adverts": 0.9})["weaknesses"] == ["secure", "adverts"]
    assert placed({"secure": 0.3}, met=0.3, unmet=0.1) == {"strengths": ["secure"]}


def test_what_was_swapped_is_about_being_without():
    rust = requirement("rust", 5, 2, reverse="swap")
    assert kano_swot([rust], {"rust": 0.95}).strengths[0].text == "without rust"


@pytest.mark.parametrize(
    ("performance", "options"),
    [
        ({"typo": 0.5}, {}),
        ({"gift": 2}, {}),
        ({"gift": None}, {}),
        ({}, {"met": "high"}),
        ({}, {"met": 0.2, "unmet": 0.5}),
        ({}, {"competitors": {"gift": -1}}),
    ],
)
def test_bad_performance_is_refused(performance, options):
    with pytest.raises(InvalidValueError):
        kano_swot(BOOK, performance, **options)
