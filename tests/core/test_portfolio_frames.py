from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.errors import PortfolioError
from crmrisk.core.portfolio import Portfolio

DAY = date(2026, 1, 31)
NAN = float("nan")
FACTS = {
    "customer_id": ["C1", "C2", "C3"],
    "idle_days": [3.5, None, 5.0],
    "orders": [1, 2, None],
    "active": [True, None, False],
    "segment": ["retail", None, "trade"],
    "since": [datetime(2020, 1, 1), None, datetime(2021, 5, 1, 12)],
    "tags": [["vip"], [], ["press", "vip"]],
}
WANTED = Portfolio(
    FACTS["customer_id"],
    DAY,
    {"idle_days": [3.5, None, 5], "orders": [1, 2, None], "active": [1, None, 0]},
    {"segment": FACTS["segment"]},
    since=FACTS["since"],
    tags=FACTS["tags"],
)


def chunked() -> pa.Table:
    table = pa.table(FACTS)
    return pa.concat_tables([table.slice(0, 1), table.slice(1)])


def categorical() -> pd.DataFrame:
    frame = pd.DataFrame(FACTS)
    return frame.assign(
        segment=frame["segment"].astype("category"),
        orders=frame["orders"].astype("Int64"),
        active=frame["active"].astype("boolean"),
        idle_days=frame["idle_days"].astype("Float64"),
    )


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(categorical(), id="pandas"),
        pytest.param(pl.DataFrame(FACTS), id="polars"),
        pytest.param(pl.DataFrame(FACTS).with_columns(pl.col("segment").cast(pl.Categorical)), id="polars-categorical"),
        pytest.param(pa.table(FACTS), id="pyarrow"),
        pytest.param(chunked(), id="pyarrow-chunked"),
        pytest.param(
            pl.DataFrame(FACTS).with_columns(pl.col("idle_days").cast(pl.Decimal(10, 2))), id="polars-decimal"
        ),
        pytest.param(pl.DataFrame(FACTS).with_columns(pl.col("orders").cast(pl.UInt8)), id="polars-uint8"),
        pytest.param(pa.table(pl.DataFrame(FACTS).to_arrow()), id="pyarrow-large-string"),
    ],
)
def test_every_engine_gives_the_same_portfolio(frame):
    assert Portfolio.from_frame(frame, DAY) == WANTED


def test_a_frame_of_a_portfolio_is_the_portfolio():
    assert Portfolio.from_frame(WANTED.frame(), DAY) == WANTED
    assert Portfolio.from_frame(WANTED.frame(), DAY, units={"idle_days": "day"}).units == {"idle_days": "day"}


@pytest.mark.parametrize(
    "ids", [[7, 8, 9], np.array([7, 8, 9], dtype=np.uint16), pd.array([7, 8, 9], dtype="Int64"), ["7", "8", "9"]]
)
def test_whole_numbers_as_ids_are_written_as_text(ids):
    assert Portfolio.from_frame(pd.DataFrame({"customer_id": ids}), DAY).customer_id.tolist() == ["7", "8", "9"]


def test_ids_of_an_object_column_may_mix_text_and_whole_numbers():
    frame = pd.DataFrame({"customer_id": pd.Series([7, "C8"], dtype=object)})
    assert Portfolio.from_frame(frame, DAY).customer_id.tolist() == ["7", "C8"]


def test_categories_as_ids():
    frame = pl.DataFrame({"customer_id": ["a", "b"]}, schema={"customer_id": pl.Categorical})
    assert Portfolio.from_frame(frame, DAY).customer_id.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    "since",
    [
        pd.Series([datetime(2020, 7, 1, tzinfo=UTC)] * 2),
        pd.Series([datetime(2020, 7, 1), datetime(2020, 7, 1)], dtype="datetime64[ns]"),
        pl.Series([date(2020, 7, 1)] * 2),
        pl.Series([datetime(2020, 7, 1)] * 2, dtype=pl.Datetime("ms")),
        pd.Series([date(2020, 7, 1)] * 2, dtype=object),
    ],
    ids=["aware", "nanoseconds", "date", "milliseconds", "objects"],
)
def test_since_may_be_any_kind_of_time(since):
    make = pl.DataFrame if isinstance(since, pl.Series) else pd.DataFrame
    mine = Portfolio.from_frame(make({"customer_id": ["a", "b"], "since": since}), DAY)
    assert mine.since.tolist() == [datetime(2020, 7, 1)] * 2


def test_columns_of_other_types_are_all_named():
    frame = pl.DataFrame(
        {
            "customer_id": ["a"],
            "span": pl.Series([1], dtype=pl.Duration("us")),
            "born": [date(1980, 1, 1)],
            "blob": [b"x"],
            "since": [3],
            "tags": ["vip"],
            "age": [3],
        }
    )
    with pytest.raises(PortfolioError) as caught:
        Portfolio.from_frame(frame, DAY)
    assert {problem.where for problem in caught.value.problems} == {"span", "born", "blob", "since", "tags"}


@pytest.mark.parametrize(
    "frame",
    [
        None,
        3,
        [1, 2],
        {"customer_id": ["a"]},
        np.zeros((2, 2)),
        pd.Series(["a"], name="customer_id"),
        pl.DataFrame({"customer_id": ["a"]}).lazy(),
        pd.DataFrame({"id": ["a"]}),
        pd.DataFrame(),
        pd.DataFrame({0: ["a"]}),
        pd.DataFrame([["a", "b"]], columns=["customer_id", "customer_id"]),
        pd.DataFrame({"customer_id": ["a", "a"]}),
        pd.DataFrame({"customer_id": ["a", None]}),
        pd.DataFrame({"customer_id": [1.0, NAN]}),
        pd.DataFrame({"customer_id": [True, False]}),
        pd.DataFrame({"customer_id": ["a"], "age": [np.inf]}),
        pd.DataFrame({"customer_id": ["a"], "tier": [1]}),
        pd.DataFrame({"customer_id": ["a"], "odd": [object()]}),
        pd.DataFrame({"customer_id": ["a"], "tags": ["vip"]}),
        pl.DataFrame({"customer_id": ["a"], "nothing": [None]}),
    ],
    ids=lambda frame: type(frame).__name__,
)
def test_what_is_no_frame_of_customers_is_refused(frame):
    with pytest.raises(PortfolioError):
        Portfolio.from_frame(frame, DAY)


def test_python_objects_of_one_kind_are_numbers_or_text():
    frame = pd.DataFrame({"customer_id": ["a", "b", "c"]})
    frame["active"] = pd.Series([True, None, False], dtype=object)
    frame["price"] = pd.Series([Decimal("1.5"), None, Decimal(2)], dtype=object)
    frame["segment"] = pd.Series(["x", None, pd.NA], dtype=object)
    mine = Portfolio.from_frame(frame, DAY)
    np.testing.assert_array_equal(mine["active"], [1, NAN, 0])
    np.testing.assert_array_equal(mine["price"], [1.5, NAN, 2])
    assert mine.label("segment").tolist() == ["x", None, None]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_the_frame_stays_as_it_was(make):
    frame, twin = make(FACTS), make(FACTS)
    mine = Portfolio.from_frame(frame, DAY)
    assert frame.equals(twin)
    assert not mine["orders"].flags.writeable


def test_a_million_rows_are_read_in_moments():
    n = 1_000_000
    frame = pl.DataFrame({"customer_id": np.arange(n), "age": np.arange(n, dtype=float)})
    assert Portfolio.from_frame(frame, DAY)["age"][-1] == n - 1
