"""Broken tables: a clear error or an answer, never a crash, never a change of the caller's frame."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.events import RiskEvent
from crmrisk.evidence import Evidence, NoActivity, Occurs
from crmrisk.evidence.schemas import TABLES

AS_OF = datetime(2024, 7, 1)
NAIVE = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
CELLS = {
    "whole": st.integers(-(2**63), 2**63 - 1) | st.none(),
    "small": st.integers(0, 3),
    "real": st.floats(),
    "amount": st.sampled_from([None, float("nan"), -2.5, 0.0, 1e-300, 7, 1e15]),
    "text": st.text(max_size=3) | st.none(),
    "ids": st.sampled_from(["A", "B", " A", "", "1", None]),
    "naive": NAIVE | st.none(),
    "close": st.sampled_from([AS_OF, AS_OF + timedelta(microseconds=1), AS_OF - timedelta(days=3), None]),
    "aware": NAIVE.map(lambda moment: moment.replace(tzinfo=UTC)) | st.none(),
    "date": st.dates() | st.none(),
    "flag": st.booleans() | st.none(),
    "bytes": st.binary(max_size=2),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9),
    "list": st.lists(st.text(max_size=2), max_size=2),
    "span": st.timedeltas(timedelta(0), timedelta(days=9)),
    "nothing": st.none(),
}
MIXED = st.one_of(CELLS["whole"], CELLS["real"], CELLS["text"], CELLS["naive"], CELLS["aware"], CELLS["decimal"])


@st.composite
def tables(draw, *, mixed):
    """Draw columns of any types under declared names, some missing."""
    schema = draw(st.sampled_from(TABLES))
    rows = draw(st.integers(0, 4))
    fitting = {
        "id": "ids",
        "time": "close",
        "number": "amount",
        "text": "text",
        "flag": "flag",
        "value": "small",
        "tags": "list",
    }
    columns = {}
    for column in schema.columns:
        if not draw(st.integers(0, 30)):
            continue
        kind = fitting[column.type] if draw(st.integers(0, 6)) else draw(st.sampled_from(sorted(CELLS)))
        cell = MIXED if mixed and not draw(st.integers(0, 5)) else CELLS[kind]
        columns[column.name] = draw(st.lists(cell, min_size=rows, max_size=rows))
    return schema.name, columns


def _pandas(columns):
    return pd.DataFrame(columns)


def _arrow(columns):
    import pyarrow as pa

    return pa.table(columns)


def _polars(columns):
    import polars as pl

    return pl.DataFrame(columns, strict=False)


def _lazy(columns):
    return _polars(columns).lazy()


def _duckdb(columns):
    import duckdb

    return duckdb.from_arrow(_arrow(columns))


ENGINES = {
    "pandas": (_pandas, 60),
    "pyarrow": (_arrow, 40),
    "polars": (_polars, 30),
    "polars lazy": (_lazy, 20),
    "duckdb": (_duckdb, 20),
}


def _snapshot(frame):
    import narwhals.stable.v2 as nw

    collected = nw.from_native(frame).lazy().collect("pyarrow") if not isinstance(frame, pd.DataFrame) else frame
    return repr(collected.to_dict("list") if isinstance(frame, pd.DataFrame) else collected.to_native().to_pylist())


def _use(table, frame, policy):
    evidence = Evidence(**{table: frame}, unidentified=policy, observed_until=date(2024, 7, 3))
    book = evidence.portfolio(AS_OF)
    for name, column in book.columns.items():
        assert not np.isinf(column).any(), name
        assert book.units[name] != "count" or not (column < 0).any(), name
    assert str(evidence.quality(AS_OF))
    rule = NoActivity(table) if table != "customers" else Occurs("service")
    evidence.outcomes(RiskEvent("churn", category="attrition", horizon=timedelta(days=1), outcome=rule), AS_OF)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # narwhals and arrow comment on odd inputs they are given here
def test_broken_tables_are_answered_or_refused_and_left_alone(engine):
    make, examples = ENGINES[engine]

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn=tables(mixed=engine == "pandas"), policy=st.sampled_from(["error", "exclude"]))
    def check(drawn, policy):
        table, columns = drawn
        try:
            frame = make(columns)
            before = _snapshot(frame)
        except Exception:  # noqa: BLE001 - the engine itself cannot hold such a table
            return
        with suppress(CrmRiskError):  # refused, in words
            _use(table, frame, policy)
        assert _snapshot(frame) == before

    check()


@pytest.mark.parametrize(
    ("amount", "spent"),
    [
        ([Decimal("NaN"), Decimal("1.5")], 1.5),
        ([None, None], float("nan")),
        ([float("nan"), float("nan")], float("nan")),
        ([pd.NA, 1.5], 1.5),
        ([np.float32(1.5), None], 1.5),
        ([0, 1.5], 1.5),
    ],
    ids=repr,
)
def test_odd_amounts_of_pandas_objects_are_numbers(amount, spent):
    frame = pd.DataFrame(
        {"customer_id": ["A", "A"], "at": [date(2024, 1, 1)] * 2, "amount": pd.Series(amount, dtype=object)}
    )
    np.testing.assert_equal(float(Evidence(transactions=frame).portfolio(AS_OF)["total_spend"][0]), spent)
