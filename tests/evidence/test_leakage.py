"""Nothing after as_of can influence a portfolio, nothing after the horizon an outcome: not a bit."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmrisk.core.events import RiskEvent
from crmrisk.evidence import Evidence, NoActivity, Occurs, Overdue, PurchaseTrend, Recorded
from crmrisk.evidence.schemas import TABLES, ColumnType
from crmrisk.evidence.summaries import DEFAULTS

AS_OF = datetime(2024, 7, 1, 9, 30)
HORIZON = timedelta(days=30)
SUMMARIES = [*DEFAULTS, PurchaseTrend(window=timedelta(days=20))]
RULES = [
    NoActivity(),
    NoActivity("service"),
    Occurs("complaints"),
    Occurs("surveys", "score", ge=8),
    Overdue(days=5),
    Recorded(),
]

SPANS = st.one_of(
    st.just(timedelta(0)),
    st.integers(-1, 1).map(lambda step: timedelta(microseconds=step)),
    st.integers(-100 * 86_400, 100 * 86_400).map(lambda seconds: timedelta(seconds=seconds)),
)
MOMENTS = SPANS.map(lambda span: AS_OF + span)
LATER = st.integers(1, 10**13).map(lambda step: timedelta(microseconds=step))
VALUES = {
    ColumnType.ID: st.sampled_from("ABCD"),
    ColumnType.NUMBER: st.sampled_from([None, -3.5, 0.0, 0.1, 0.2, 7.0, 1e9]),
    ColumnType.TEXT: st.sampled_from(["fraud", "nps", "csat", None]),
    ColumnType.FLAG: st.sampled_from([None, True, False]),
    ColumnType.VALUE: st.sampled_from([None, 1.0, 5.0]),
    ColumnType.TIME: MOMENTS,
}
KINDS = {
    ColumnType.ID: pa.string(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.TEXT: pa.string(),
    ColumnType.FLAG: pa.bool_(),
    ColumnType.VALUE: pa.float64(),
    ColumnType.TIME: pa.timestamp("us"),
}
FACTS = [schema for schema in TABLES if schema.name != "customers"]


def _values(schema, column):
    if schema.name == "surveys" and column.name == "score":
        return st.sampled_from([None, *map(float, range(11))])
    if column.type is ColumnType.TIME and not column.required:
        return st.none() | MOMENTS
    return VALUES[column.type]


def _rows(schema):
    row = st.fixed_dictionaries({column.name: _values(schema, column) for column in schema.columns})
    return st.lists(row, max_size=8)


BOOKS = st.fixed_dictionaries({schema.name: _rows(schema) for schema in FACTS})


def _changed(draw, schema, row, moment):
    """Return what the row may as well have been, for all that was known at the moment; None where it was not there."""
    time, reveal = row[schema.time], row.get(schema.revealed)
    if time > moment or (reveal is not None and reveal > moment):
        if draw(st.booleans()):
            return None
        other = {column.name: draw(_values(schema, column)) for column in schema.columns}
        return other | {schema.time: moment + draw(LATER)}
    later = {name: draw(st.none() | LATER.map(lambda span: moment + span)) for name in schema.closings}
    unknown = {name for name in schema.closings if row[name] is None or row[name] > moment}
    row = row | {name: when for name, when in later.items() if name in unknown}
    if "resolved_at" in unknown:
        row |= {"accurate": draw(VALUES[ColumnType.FLAG])}
    return row


def _table(schema, rows):
    arrays = {c.name: pa.array([row[c.name] for row in rows], KINDS[c.type]) for c in schema.columns}
    return pa.table(arrays)


def _evidence(maker, book):
    return Evidence(
        **{schema.name: maker(_table(schema, book[schema.name])) for schema in FACTS},
        observed_until=datetime(2030, 1, 1),
    )


def _duckdb(table):
    import duckdb

    return duckdb.from_arrow(table)


def _polars(table):
    import polars as pl

    return pl.from_arrow(table).lazy()


# how many books each engine is tried on: one takes DuckDB seconds, nearly all of them for planning
MAKERS = {
    "pandas": (lambda table: table.to_pandas(), 5),
    "pyarrow": (lambda table: table, 8),
    "polars": (_polars, 4),
    "duckdb": (_duckdb, 2),
}


@pytest.mark.parametrize("engine", MAKERS)
def test_deleting_or_changing_later_records_leaves_every_column_bit_equal(engine):
    maker, examples = MAKERS[engine]

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), book=BOOKS)
    def check(data, book):
        changed = {
            schema.name: [
                other for row in book[schema.name] if (other := _changed(data.draw, schema, row, AS_OF)) is not None
            ]
            for schema in FACTS
        }
        before = _evidence(maker, book).portfolio(AS_OF, SUMMARIES)
        after = _evidence(maker, changed).portfolio(AS_OF, SUMMARIES)
        assert before.customer_id.tolist() == after.customer_id.tolist()
        for name in before.columns:
            assert before[name].tobytes() == after[name].tobytes(), name

    check()


def test_what_happens_after_the_horizon_leaves_outcomes_alone():
    end = AS_OF + HORIZON

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), book=BOOKS, rule=st.sampled_from(RULES))
    def check(data, book, rule):
        book["incidents"] = [row | {"detected_at": None} for row in book["incidents"]]
        changed = {
            schema.name: [
                other for row in book[schema.name] if (other := _changed(data.draw, schema, row, end)) is not None
            ]
            for schema in FACTS
        }
        event = RiskEvent("fraud", category="fraud", horizon=HORIZON, outcome=rule)
        before, after = (_evidence(lambda t: t, each).outcomes(event, AS_OF) for each in (book, changed))
        assert before == after

    check()


def test_the_past_of_outcomes_is_the_portfolio():
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(book=BOOKS, rule=st.sampled_from(RULES))
    def check(book, rule):
        evidence = _evidence(lambda table: table, book)
        event = RiskEvent("fraud", category="fraud", horizon=HORIZON, outcome=rule)
        outcomes, portfolio = evidence.outcomes(event, AS_OF), evidence.portfolio(AS_OF)
        assert outcomes.customer_id.tolist() == portfolio.customer_id.tolist()
        known = outcomes.occurred[~np.isnan(outcomes.occurred)]
        assert set(known.tolist()) <= {0.0, 1.0}

    check()


def test_the_order_of_the_records_changes_no_count():
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), book=BOOKS)
    def check(data, book):
        shuffled = {name: data.draw(st.permutations(rows)) for name, rows in book.items()}
        before, after = (_evidence(lambda t: t, each).portfolio(AS_OF, SUMMARIES) for each in (book, shuffled))
        assert before.customer_id.tolist() == after.customer_id.tolist()
        for name in before.columns:
            np.testing.assert_allclose(before[name], after[name], rtol=1e-12, atol=1e-12, err_msg=name)

    check()
