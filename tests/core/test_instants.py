from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.instants import Moment, TimeSpan, days, instant

TWO_HOURS_EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (date(2026, 1, 31), datetime(2026, 1, 31)),
        (datetime(2026, 1, 31, 9, 30), datetime(2026, 1, 31, 9, 30)),
        (datetime(2026, 1, 31, 1, tzinfo=TWO_HOURS_EAST), datetime(2026, 1, 30, 23, tzinfo=UTC)),
        (pd.Timestamp("2026-01-31 09:30"), datetime(2026, 1, 31, 9, 30)),
        (pd.Timestamp("2026-07-01", tz="Europe/Berlin"), datetime(2026, 6, 30, 22, tzinfo=UTC)),
    ],
)
def test_dates_and_datetimes_become_one_kind(given, expected):
    assert instant(given) == expected
    assert type(instant(given)) is datetime
    assert (instant(given).tzinfo is None) == (expected.tzinfo is None)


@pytest.mark.parametrize(
    "bad",
    [None, 20260131, 1.5, "2026-01-31", pd.NaT, np.datetime64("2026-01-31"), datetime(1, 1, 1, tzinfo=TWO_HOURS_EAST)],
)
def test_anything_else_is_refused_by_name(bad):
    with pytest.raises(InvalidValueError, match="since: not a point in time"):
        instant(bad, where="since")


@pytest.mark.parametrize("bad", [20260131, 1.5, "20260131", " 90 ", "-1.5", True])
@pytest.mark.parametrize("kind", [Moment, TimeSpan])
def test_fields_of_time_refuse_bare_numbers(bad, kind):
    with pytest.raises(ValidationError, match="no bare number"):
        TypeAdapter(kind).validate_python(bad)


def test_fields_of_time_read_iso_text():
    assert TypeAdapter(Moment).validate_python("2026-01-31T01:00:00+02:00") == datetime(2026, 1, 30, 23, tzinfo=UTC)
    assert TypeAdapter(TimeSpan).validate_python("P90D") == timedelta(days=90)
    assert TypeAdapter(TimeSpan).validate_json(TypeAdapter(TimeSpan).dump_json(timedelta(hours=36))) == timedelta(
        hours=36
    )


def test_days_are_fractions():
    assert days(timedelta(hours=36)) == 1.5
