from __future__ import annotations

import operator
from itertools import product

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.levels import LEVELS, RiskLevel, levels_from_codes

COMPARE = (operator.lt, operator.le, operator.gt, operator.ge)


def test_the_scale_runs_from_unrated_to_extreme():
    assert [str(level) for level in LEVELS] == ["unrated", "low", "moderate", "high", "extreme"]
    assert [level.code for level in LEVELS] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("compare", COMPARE)
def test_levels_compare_by_place_also_with_text_on_either_side(compare):
    for one, other in product(LEVELS, LEVELS):
        expected = compare(one.code, other.code)
        assert compare(one, other) == compare(one, str(other)) == compare(str(one), other) == expected


def test_levels_sort_and_hash_as_text():
    assert sorted([RiskLevel.HIGH, RiskLevel.UNRATED, RiskLevel.EXTREME, RiskLevel.LOW, RiskLevel.MODERATE]) == list(
        LEVELS
    )
    assert {RiskLevel.HIGH: 1}["high"] == 1
    assert RiskLevel("high") is RiskLevel.HIGH


@pytest.mark.parametrize("compare", COMPARE)
@pytest.mark.parametrize("bad", ["banana", "", "HIGH", 3, None, ["low"]])
def test_what_is_no_level_cannot_be_compared(compare, bad):
    with pytest.raises(InvalidValueError, match="no level of risk"):
        compare(RiskLevel.LOW, bad)


def test_codes_become_levels_of_the_same_shape():
    levels = levels_from_codes(np.array([[0, 4], [1, 3]], dtype=np.int8))
    assert levels.tolist() == [[RiskLevel.UNRATED, RiskLevel.EXTREME], [RiskLevel.LOW, RiskLevel.HIGH]]
    assert levels_from_codes(np.array([], dtype=int)).shape == (0,)


@pytest.mark.parametrize("bad", [[-1], [5], [2.0], [True], ["low"], [None]])
def test_codes_off_the_scale_are_refused(bad):
    with pytest.raises(InvalidValueError, match="no place on the scale"):
        levels_from_codes(np.array(bad))
