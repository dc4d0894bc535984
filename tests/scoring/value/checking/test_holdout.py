from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError, PortfolioError
from crmrisk.scoring.value.checking.holdout import Holdout, RepeatPurchases
from crmrisk.scoring.value.histories import Histories


def make(**changes):
    values = {"frequency": [0, 2], "recency": [0, 20], "age": [38, 35], "purchases": [1, 3], "duration": 39}
    return Holdout(**values | changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"purchases": [1, 0.5]}, "purchases: fractional"),
        ({"purchases": [1, -1]}, "purchases: 1 negative"),
        ({"purchases": [1, np.nan]}, "purchases: 1 missing"),
        ({"purchases": [1]}, "differ in shape"),
        ({"recency": [0, 36]}, "above age"),
        ({"duration": 0}, "duration"),
        ({"duration": np.nan}, "duration"),
        ({"mean_spend": [1.0]}, "differ in length"),
        ({"customer_id": ["A"]}, "differ in length"),
    ],
)
def test_impossible_holdouts_are_refused(changes, says):
    with pytest.raises(InvalidValueError, match=says):
        make(**changes)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"repeats": RepeatPurchases([1.0, 2.0], [1.0])}, "repeats: columns differ in length"),
        ({"repeats": RepeatPurchases([1.0, np.nan], [1.0, 1.0])}, r"repeats\.time: 1 missing"),
        ({"repeats": RepeatPurchases([1.0, 2.0], [1.0, np.nan])}, r"repeats\.purchases: 1 missing or negative"),
        ({"repeats": RepeatPurchases([1.0, 2.0], [1.0, -1.0])}, r"repeats\.purchases: 1 missing or negative"),
        ({"repeats": RepeatPurchases(["a"], [1.0])}, r"repeats\.time: not numbers"),
        ({"repeats": RepeatPurchases([1.0], [np.inf])}, r"repeats\.purchases: 1 infinite"),
        ({"repeats": RepeatPurchases(1.0, 1.0)}, r"repeats\.time: not one value"),
        ({"repeats": 3}, "repeats: not a RepeatPurchases"),
        ({"complete": 3}, "complete: not a Histories"),
        ({"complete": Histories([1], [9], [3])}, "recency: 1 value.* above age"),
        ({"calibration_end": "x"}, "calibration_end: not a datetime"),
        ({"calibration_end": date(2026, 1, 1)}, "calibration_end: not a datetime"),
        ({"duration": "x"}, "duration: no length of time"),
        ({"duration": None}, "duration: no length of time"),
    ],
)
def test_parts_of_another_kind_are_refused(changes, says):
    with pytest.raises((InvalidValueError, PortfolioError), match=says):
        make(**changes)


def test_parts_may_be_lists_and_nobody_need_have_bought_again():
    holdout = make(repeats=RepeatPurchases([], []), complete=Histories([0, 2], [0, 20], [77, 74]))
    assert holdout.repeats.time.size == 0
    assert holdout.complete.age.tolist() == [77, 74]


def test_refunds_are_spend_below_0():
    assert make(mean_spend=[np.nan, -2], spend=[-1, 3]).mean_spend[1] == -2


def test_customers_are_unique_and_there_is_one():
    with pytest.raises(PortfolioError, match="customers repeat"):
        make(customer_id=["A", "A"])
    with pytest.raises(FitError, match="no customers"):
        Holdout([], [], [], purchases=[], duration=1)


def test_it_is_a_value_of_its_own():
    frequency = np.array([0.0, 2.0])
    holdout = make(frequency=frequency)
    frequency[0] = 5
    assert holdout.frequency[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        holdout.purchases[0] = 9
    assert holdout == make()
    assert holdout != make(duration=40)
    assert holdout != make(repeats=RepeatPurchases(np.array([1.0]), np.array([4.0])))
    assert holdout != 3


def test_a_duration_may_be_a_time_span():
    week = timedelta(weeks=1)
    assert make(duration=timedelta(days=273), time_unit=week).duration == 39
    assert "39 weeks" in repr(make(duration=timedelta(days=273), time_unit=week))


def test_times_that_are_spans_are_counted_in_the_unit_asked_for():
    week = timedelta(weeks=1)
    spans = make(
        recency=np.array([0, 140], dtype="m8[D]"), age=[timedelta(weeks=38), timedelta(weeks=35)], time_unit=week
    )
    assert spans == make(time_unit=week)
    with pytest.raises(InvalidValueError, match="beside bare numbers"):
        make(recency=[0, 20], age=[timedelta(weeks=38), timedelta(weeks=35)])
    for unit in (7, timedelta(0)):
        with pytest.raises(InvalidValueError, match="time_unit"):
            make(time_unit=unit)


def test_unknown_spend_is_unrated():
    assert np.isnan(make().frame()["spend"]).all()
    assert make(spend=[3.0, None]).spend.tolist()[0] == 3.0
