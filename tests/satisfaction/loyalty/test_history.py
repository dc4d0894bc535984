"""Purchase days: the same facts give the same history, whatever they come in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk import Evidence
from crmrisk.core.errors import CrmRiskError, RecordError, SchemaError
from crmrisk.satisfaction.loyalty import purchase_history

AS_OF = date(2026, 2, 1)
WHO = ["b", "a", "a", "a", "c", "b"]
WHEN = [
    "2026-01-03 23:59",
    "2026-01-01 08:00",
    "2026-01-01 17:00",
    "2026-01-09 00:00",
    "2026-01-05 00:00",
    "2026-02-01 00:00:01",
]
AMOUNT = [5.0, 2.0, 3.0, 7.0, -4.0, 6.0]
SALES = pd.DataFrame({"customer_id": WHO, "at": pd.to_datetime(WHEN, format="ISO8601"), "amount": AMOUNT})


def content(history):
    return history.customer_id.tolist(), history.customer.tolist(), history.day.tolist(), history.spend.tolist()


EXPECTED = (["a", "b"], [0, 0, 1], [20454, 20462, 20456], [5.0, 7.0, 5.0])


def test_same_day_purchases_are_one_and_refunds_and_later_records_are_none():
    assert content(purchase_history(SALES, as_of=AS_OF)) == EXPECTED


def of_duckdb():
    duckdb = pytest.importorskip("duckdb")
    return duckdb.from_df(SALES)


def of_polars(*, lazy):
    polars = pytest.importorskip("polars")
    frame = polars.from_pandas(SALES)
    return frame.lazy() if lazy else frame


@pytest.mark.parametrize(
    "table",
    [
        of_duckdb,
        lambda: of_polars(lazy=False),
        lambda: of_polars(lazy=True),
        lambda: Evidence(transactions=SALES),
        lambda: SALES.to_dict("list"),
    ],
    ids=["duckdb", "polars", "polars lazy", "evidence", "mapping"],
)
def test_every_engine_gives_the_same_history(table):
    assert content(purchase_history(table(), as_of=AS_OF)) == EXPECTED


def test_plain_columns_are_a_table_too():
    assert content(purchase_history(WHO, WHEN, AMOUNT, as_of=AS_OF)) == EXPECTED
    shifted = pd.Series(WHO, index=range(6, 0, -1))  # rows are paired by place, as columns are, never by index
    assert content(purchase_history(shifted, np.array(WHEN, dtype="datetime64[s]"), AMOUNT, as_of=AS_OF)) == EXPECTED
    renamed = purchase_history({"who": WHO, "when": WHEN}, as_of=AS_OF, rename={"who": "customer_id", "when": "at"})
    assert renamed.customer_id.tolist() == ["a", "b", "c"]  # without amounts every record is a purchase


def test_days_are_days_in_utc():
    late = pd.Timestamp("2026-01-01 23:30", tz="America/New_York")
    history = purchase_history(["a"], [late], as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert history.day.tolist() == [20455]


def test_a_history_is_not_read_at_another_time():
    history = purchase_history(SALES, as_of=AS_OF)
    assert purchase_history(history, as_of=datetime(2026, 2, 1)) is history
    with pytest.raises(CrmRiskError, match="another point in time"):
        purchase_history(history, as_of=date(2026, 1, 1))


def test_segments_split_it():
    parts = purchase_history(SALES, as_of=AS_OF).by_segment(["gold", None])
    assert {name: content(part) for name, part in parts.items()} == {
        "gold": (["a"], [0, 0], [20454, 20462], [5.0, 7.0])
    }


@pytest.mark.parametrize(
    ("who", "when", "amount", "error"),
    [
        ([], [], None, RecordError),
        (["a"], ["2027-01-01"], None, RecordError),
        (["a"], ["2026-01-01"], [-1.0], RecordError),
        ([None], ["2026-01-01"], None, RecordError),
        (["a"], ["2026-01-01"], [np.inf], RecordError),
        (["a"], ["2026-01-01"], ["much"], SchemaError),
        (["a"], ["tomorrow"], None, SchemaError),
        (["a"], [20260101], None, SchemaError),
        (["a", "b"], ["2026-01-01"], None, SchemaError),
        (["a", "b"], [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)], None, SchemaError),
    ],
)
def test_bad_records_are_refused(who, when, amount, error):
    with pytest.raises(error):
        purchase_history(who, when, amount, as_of=AS_OF)


def test_the_frame_is_left_alone():
    before = SALES.copy()
    purchase_history(SALES, as_of=AS_OF)
    pd.testing.assert_frame_equal(SALES, before)
