"""Tests of waves: calendar periods of every kind of date, names, gaps, broken dates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.wave_periods import labelled_waves

TEXT = ["2018-02-01", "2017-11-30", "2018-07-05", "2018-03-31"]


@pytest.mark.parametrize(
    "at",
    [
        TEXT,
        [date.fromisoformat(day) for day in TEXT],
        [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in TEXT],
        np.array(TEXT, dtype="datetime64[D]"),
        pd.to_datetime(pd.Series(TEXT)),
        pd.to_datetime(pd.Series(TEXT)).dt.tz_localize("UTC"),
        pd.Series(TEXT, dtype="string"),
        [TEXT[0], *(pd.Timestamp(day) for day in TEXT[1:])],
    ],
    ids=["text", "dates", "aware", "numpy", "pandas", "pandas aware", "string", "mixed"],
)
def test_dates_of_every_kind(at):
    found = labelled_waves(at, period="quarter")
    assert found.names == ("2017Q4", "2018Q1", "2018Q3")
    assert found.wave.tolist() == [1, 0, 2, 1]
    assert found.times == (0.0, 1.0, 3.0)  # the second quarter of 2018 is a gap


def test_months_and_years():
    assert labelled_waves(TEXT, period="month").names == ("2017-11", "2018-02", "2018-03", "2018-07")
    assert labelled_waves(TEXT, period="month").times == (0.0, 3.0, 4.0, 8.0)
    assert labelled_waves(TEXT, period="year").names == ("2017", "2018")
    assert labelled_waves(["1969-12-31", "1970-01-01"], period="year").names == ("1969", "1970")


def test_the_calendar_is_that_of_the_customer():
    at = ["2024-01-01 00:30:00+02:00", "2023-12-31T23:59:59Z", "2024-01-01"]
    assert labelled_waves(at, period="year").wave.tolist() == [1, 0, 1]
    aware = pd.to_datetime(pd.Series(at[:1])).dt.tz_convert("Europe/Helsinki")
    assert labelled_waves(aware, period="year").names == ("2024",)


def test_names_of_waves():
    assert labelled_waves([2018, 2017, 2018]).wave.tolist() == [1, 0, 1]
    assert labelled_waves([10, 9]).names == ("9", "10")
    assert labelled_waves(["summer", "spring"], order=["spring", "summer", "autumn"]).names == ("spring", "summer")
    assert labelled_waves([]).names == labelled_waves([], period="month").names == ()


@pytest.mark.parametrize(
    ("at", "settings", "match"),
    [
        (["2018-13-01"], {"period": "month"}, "not dates"),
        (["soon"], {"period": "month"}, "not dates"),
        ([2018], {"period": "year"}, "numbers are no dates"),
        (["2018-01-01", None], {"period": "year"}, "1 answer missing, row 1"),
        (["2018-01-01 10:00", "2018-05-01 10:00Z"], {"period": "year"}, "with and without a time zone"),
        ([datetime(2018, 1, 1), datetime(2018, 5, 1, tzinfo=UTC)], {"period": "year"}, "with and without a time zone"),
        (np.array(["2018-01-01", "NaT"], dtype="datetime64[D]"), {"period": "year"}, "1 answer missing, row 1"),
        (TEXT, {"period": "week"}, "no such period"),
        (TEXT, {"period": "year", "order": ["2018"]}, "dates have their own order"),
        ([date(2018, 1, 1)], {}, "dates need a period"),
        ([1, 2, float("inf")], {}, "names no wave"),
        (np.array(TEXT, dtype="datetime64[D]"), {}, "dates need a period"),
        (["a", None], {}, "1 answer missing, row 1"),
        (["a", "b"], {"order": ["a"]}, "not every wave once"),
        (["a", "b"], {"order": 5}, "not every wave once"),
        (["a", "b"], {"order": ["a", "b", "a"]}, "not every wave once"),
    ],
)
def test_broken_dates_are_named(at, settings, match):
    with pytest.raises(CrmRiskError, match=match):
        labelled_waves(at, **settings)
