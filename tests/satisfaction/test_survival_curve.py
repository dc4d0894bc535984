"""The record of a survival curve: compared, printed, kept."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.survival import kaplan_meier
from crmrisk.satisfaction.survival_curve import SurvivalCurve

CURVE = kaplan_meier([2, 3, 3, 5], [True, True, False, True])


def test_it_is_read_only_and_comes_back_from_plain_lists():
    assert SurvivalCurve.from_dict(CURVE.to_dict()) == CURVE
    assert kaplan_meier([2, 3, 3, 6], [True, True, False, True]) != CURVE
    with pytest.raises(ValueError, match="read-only"):
        CURVE.survival[0] = 1.0


def test_it_says_how_many_cases_it_is_of():
    assert str(CURVE) == "Kaplan-Meier of 4 cases, 3 of them observed to happen; 0 are left at 5"


def test_incidence_mirrors_survival():
    left, gone = CURVE.survival_at(3), CURVE.incidence_at(3)
    assert (gone.value, gone.low, gone.high) == (1.0 - left.value, 1.0 - left.high, 1.0 - left.low)


def test_no_curve_of_unequal_columns():
    with pytest.raises(InvalidValueError, match="one length"):
        SurvivalCurve(
            **{
                name: np.ones(2 if name == "low" else 1)
                for name in ("time", "at_risk", "events", "survival", "standard_error", "low", "high")
            }
        )


def test_the_chart_steps_down_where_something_happened():
    found = CURVE.chart().frame()
    assert found["x"].tolist() == [0, 2, 2, 3, 3, 5, 5]
    assert found["y"].tolist() == pytest.approx([1, 1, 0.75, 0.75, 0.5, 0.5, 0])
    assert found["low"].tolist()[:4] == [1, 1, CURVE.low[0], CURVE.low[0]]
    assert np.isnan(found["low"].iloc[-1])  # no interval where nobody is left
    assert CURVE.chart().title == "0 % of 4 cases are left after 5"
