from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.calendar_periods import check_period, period_names, period_numbers, period_starts
from crmrisk.core.errors import InvalidValueError

DAYS = np.arange(-800, 30_000)


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "year"])
def test_every_day_lies_in_its_period_and_periods_follow_each_other(period):
    numbers = period_numbers(DAYS, period)
    assert (period_starts(numbers, period) <= DAYS).all()
    assert (period_starts(numbers + 1, period) > DAYS).all()
    assert set(np.diff(numbers)) <= {0, 1}
    names = period_names(np.unique(numbers), period)
    assert list(names) == sorted(set(names))


def test_weeks_begin_on_monday():
    starts = period_starts(period_numbers(DAYS, "week"), "week")
    assert {(date(1970, 1, 1) + timedelta(days=int(day))).weekday() for day in starts[:700]} == {0}


def test_an_unknown_period_is_refused():
    with pytest.raises(InvalidValueError, match="'day', 'week', 'month', 'quarter' or 'year'"):
        check_period(["month"])
