from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError, PortfolioError
from crmrisk.scoring.value.checking.holdout import Holdout, RepeatPurchases


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
