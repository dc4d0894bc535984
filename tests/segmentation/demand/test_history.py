from datetime import date, datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk import Evidence
from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError, SchemaError
from crmrisk.segmentation.demand import demand_series

SALES = pd.DataFrame(
    {
        "customer_id": ["A", "A", "A", "B", "B", "C", "A"],
        "product": ["tea", "tea", "jam", "tea", "jam", "tea", "tea"],
        "at": pd.to_datetime(
            [
                "2026-01-05 09:00",
                "2026-01-05 17:00",
                "2026-03-31",
                "2026-02-09",
                "2026-03-02",
                "2026-04-01",
                "2026-02-01",
            ],
            format="ISO8601",
        ),
        "amount": [5.0, 7.0, 0.1, 2.0, 4.0, 9.0, -3.0],
    }
)
AS_OF = date(2026, 4, 10)


def test_zeros_are_written_and_only_whole_periods_count():
    series = demand_series(SALES, as_of=AS_OF)
    assert series.periods == ("2026-01", "2026-02", "2026-03")  # April is not over
    assert series["A", "tea"].tolist() == [12.0, 0.0, 0.0]  # a refund is no demand, and no negative one
    assert series["A", "jam"].tolist() == [0.0, 0.0, 0.1]  # known since January, when A bought tea
    np.testing.assert_array_equal(series["B", "jam"], [np.nan, 0.0, 4.0])
    assert "C" not in series.customer_id  # bought only in a period that is not over


def test_count_is_of_purchase_days_and_before_may_be_zero():
    series = demand_series(SALES, as_of=AS_OF, measure="count", before_first="zero", by="customer_id")
    assert series["A", None].tolist() == [1.0, 0.0, 1.0]
    assert series["B", None].tolist() == [0.0, 1.0, 1.0]


def test_category_series_add_up_to_the_whole():
    by_category = demand_series(SALES, as_of=AS_OF, by="category", before_first="zero")
    both = demand_series(SALES, as_of=AS_OF, before_first="zero")
    assert by_category.category.tolist() == ["jam", "tea"]
    np.testing.assert_allclose(by_category.demand.sum(axis=0), both.demand.sum(axis=0), rtol=1e-15)


def test_a_period_ends_when_as_of_reaches_its_end():
    assert demand_series(SALES, as_of=date(2026, 4, 1)).periods[-1] == "2026-03"
    assert demand_series(SALES, as_of=datetime(2026, 3, 31, 23)).periods[-1] == "2026-02"


def test_recording_that_began_within_a_period_leaves_it_out():
    assert demand_series(SALES, as_of=AS_OF, since=date(2026, 1, 3)).periods == ("2026-02", "2026-03")
    assert demand_series(SALES, as_of=AS_OF, since=date(2026, 1, 1)).periods[0] == "2026-01"


@pytest.mark.parametrize(
    "convert",
    [
        pa.Table.from_pandas,
        pl.from_pandas,
        lambda frame: pl.from_pandas(frame).lazy(),
        lambda frame: duckdb.from_arrow(pa.Table.from_pandas(frame)),
        lambda frame: frame.iloc[::-1],
        lambda frame: Evidence(transactions=frame),
    ],
    ids=["pyarrow", "polars", "polars lazy", "duckdb", "rows reversed", "evidence"],
)
def test_engines_and_orders_agree(convert):
    found, expected = demand_series(convert(SALES), as_of=AS_OF), demand_series(SALES, as_of=AS_OF)
    assert found.frame().drop(columns="demand").equals(expected.frame().drop(columns="demand"))
    # DuckDB's remainder of a double is off by up to 2 ** -37, so that sums there are exact to 1e-11 only
    np.testing.assert_allclose(found.demand, expected.demand, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"period": "fortnight"}, InvalidValueError, "no such period"),
        ({"by": "shop"}, InvalidValueError, "no such key"),
        ({"by": ()}, InvalidValueError, "no such key"),
        ({"measure": "median", "before_first": "maybe"}, InvalidValueError, "2 problems"),
        ({"category": "shelf"}, SchemaError, "shelf"),
        ({"period": "year"}, RecordError, "no whole period"),
        ({"as_of": date(2020, 1, 1)}, RecordError, "nobody bought"),
        ({"as_of": "2026-04-10"}, InvalidValueError, "point in time"),
    ],
)
def test_what_cannot_be_read_is_named(settings, error, said):
    with pytest.raises(error, match=said):
        demand_series(SALES, **({"as_of": AS_OF} | settings))


def test_a_record_without_a_category_is_refused_and_a_table_without_needs_another_key():
    with pytest.raises(RecordError, match="1 record"):
        demand_series(SALES.assign(product=[*SALES["product"][:-2], None, "tea"]), as_of=AS_OF)
    with pytest.raises(SchemaError, match='by="customer_id"'):
        demand_series(SALES.drop(columns="product"), as_of=AS_OF)
    assert len(demand_series(SALES.drop(columns="product"), as_of=AS_OF, by="customer_id")) == 2
    with pytest.raises(CrmRiskError):
        demand_series([1, 2], as_of=AS_OF)
