"""An engine that fails says so in crmrisk's words, with the table it was about, and immense numbers do not make it fail."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk import Evidence
from crmrisk.core.errors import EngineError

AS_OF = datetime(2026, 1, 31)
DAYS = [datetime(2026, 1, 1), datetime(2026, 1, 10), datetime(2026, 1, 5)]
FACTS = {"customer_id": ["a", "a", "b"], "at": DAYS, "amount": [2**53 + 1, 5, 7]}


def test_a_lazy_query_that_fails_is_named():
    facts = pl.LazyFrame(FACTS).with_columns(pl.col("customer_id").cast(pl.Int64))
    with pytest.raises(EngineError, match=r"transactions: the engine failed; got: InvalidOperationError") as caught:
        Evidence(transactions=facts).portfolio(AS_OF)
    assert caught.value.__cause__ is not None


def test_a_closed_connection_is_named():
    connection = duckdb.connect()
    facts = connection.sql("select 'a' as customer_id, now() as at, 1.0 as amount")
    connection.close()
    with pytest.raises(EngineError, match="transactions: the engine failed; got: ConnectionException"):
        Evidence(transactions=facts)


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pa.table, pl.DataFrame, pl.LazyFrame], ids=["pandas", "arrow", "polars", "lazy"]
)
def test_whole_numbers_beyond_exact_floats_are_rounded_alike(make):
    book = Evidence(transactions=make(FACTS)).portfolio(AS_OF)
    assert book["mean_spend"].tolist()[0] == 5.0
    assert book["total_spend"].tolist() == [float(2**53 + 1) + 5, 7.0]
