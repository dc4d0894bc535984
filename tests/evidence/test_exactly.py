"""Sums are the same bits whatever the order of the records, the number of threads, and what is recorded later."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import fsum

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pytest

from crmrisk.evidence import Evidence, PurchaseTrend
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.summaries import DEFAULTS

AS_OF = datetime(2024, 7, 1)
RECORDS, CUSTOMERS = 250_000, 12_000  # more than two of DuckDB's row groups, so that its threads share the work
FEWER = 130_000  # more than one


def _polars(table):
    return pytest.importorskip("polars").from_arrow(table).lazy()


def _duckdb(table):
    duckdb = pytest.importorskip("duckdb")
    return duckdb.from_arrow(table)


ENGINES = {"pyarrow": lambda table: table, "polars": _polars, "duckdb": _duckdb}


def _tables(rng):
    ids = pa.array(rng.integers(0, CUSTOMERS, RECORDS))
    at = np.datetime64("2024-01-01", "us") + rng.integers(0, 366 * 86_400, RECORDS).astype("timedelta64[s]")
    amount = np.where(rng.random(RECORDS) < 0.1, -1, 1) * rng.gamma(2.0, 20.0, RECORDS)
    sales = pa.table({"customer_id": ids, "at": at, "amount": amount})
    many, few = slice(FEWER), slice(30_000)
    unpaid = pa.nulls(FEWER, pa.timestamp("us"))
    bills = pa.table({"customer_id": ids[many], "due_at": at[many], "amount": amount[many], "paid_at": unpaid})
    scores = rng.integers(0, 11, 30_000).astype(float)
    answers = pa.table({"customer_id": ids[few], "at": at[few], "question": ["nps"] * 30_000, "score": scores})
    losses = {"customer_id": ids[many], "event": ["fraud"] * FEWER, "occurred_at": at[many], "loss": amount[many]}
    incidents = pa.table(losses)
    return {"transactions": sales, "payments": bills, "surveys": answers, "incidents": incidents}


TIMES = {"transactions": "at", "payments": "due_at", "surveys": "at", "incidents": "occurred_at"}


@pytest.mark.parametrize("engine", ENGINES)
def test_at_scale_neither_later_records_nor_another_run_change_a_bit(engine):
    make, tables = ENGINES[engine], _tables(np.random.default_rng(3))
    known = {
        name: table.filter(np.asarray(table[TIMES[name]]) <= np.datetime64(AS_OF)) for name, table in tables.items()
    }
    shuffled = {name: table.take(np.random.default_rng(4).permutation(len(table))) for name, table in known.items()}
    summaries = [*(each for each in DEFAULTS if each.table in tables), PurchaseTrend(window=timedelta(days=60))]
    reordered = [] if engine == "pyarrow" else [shuffled]  # in memory, purchases are added in the order of the records
    first, *others = (
        Evidence(**{name: make(table) for name, table in each.items()}).portfolio(AS_OF, summaries)
        for each in (tables, known, known, *reordered)
    )
    for other in others:
        for name in first.columns:
            assert first[name].tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_are_right_to_the_last_bit_or_two(engine):
    rng = np.random.default_rng(5)
    values = rng.normal(size=2000) * 10.0 ** rng.integers(-3, 12, 2000)
    frame = nw.from_native(ENGINES[engine](pa.table({"x": values}))).lazy()
    split = frame.select(*parts(nw.col("x"), "x")).select(*(nw.col(name).sum() for name in part_names("x")))
    (found,) = split.select(total("x")).collect("pyarrow")["x"].to_list()
    assert found == pytest.approx(fsum(values), rel=1e-15, abs=2000 * 2.0**-56)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("values", [[0.1], [0.1, 0.2, 40.0, -15.0], [-1e-9, 1e15, 0.3, -1e15]])
def test_small_sums_are_the_nearest_float(engine, values):
    frame = nw.from_native(ENGINES[engine](pa.table({"x": values}))).lazy()
    split = frame.select(*parts(nw.col("x"), "x")).select(*(nw.col(name).sum() for name in part_names("x")))
    assert split.select(total("x")).collect("pyarrow")["x"].to_list() == pytest.approx([fsum(values)], rel=1e-16)
