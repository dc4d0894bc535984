"""One set of facts, for every engine."""

from __future__ import annotations

from datetime import datetime

import pytest

NAN = float("nan")


def _moment(text):
    return None if text is None else datetime.fromisoformat(text)


def _columns(names, rows):
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


BOOK = {
    "customers": _columns(
        ("customer_id", "since", "segment", "tier", "region"),
        [
            ("A", _moment("2023-01-01"), "gold", "1", "north"),
            ("B", _moment("2023-06-01"), "silver", None, None),
            ("C", None, None, "2", " south "),
            ("L", _moment("2025-06-01"), "gold", "1", ""),
        ],
    ),
    "transactions": _columns(
        ("customer_id", "at", "amount"),
        [
            ("A", _moment("2024-01-01 10:00"), 10.0),
            ("A", _moment("2024-01-01 23:59:59"), 5.0),
            ("A", _moment("2024-02-01"), 20.0),
            ("A", _moment("2024-03-01"), 40.0),
            ("A", _moment("2024-03-05"), -7.0),
            ("B", _moment("2024-01-10"), None),
            ("B", _moment("2024-01-11"), NAN),
            ("B", _moment("2024-01-12"), 8.0),
            ("C", _moment("2024-01-05"), -3.0),
            ("D", _moment("2024-06-30"), 0.0),
            ("D", None, 99.0),
            ("E", _moment("2024-07-01"), 12.0),
            ("A", _moment("2024-09-01"), 1.0),
            ("B", _moment("2024-12-31"), 2.0),
            ("L", _moment("2024-01-01"), 2.0),
        ],
    ),
    "complaints": _columns(
        ("customer_id", "opened_at", "closed_at", "topic", "severity"),
        [
            ("A", _moment("2023-02-01"), _moment("2023-02-03"), "delivery", 1),
            ("A", _moment("2024-06-01"), _moment("2024-08-01"), "Late delivery", 3),
            ("C", _moment("2024-06-30 12:00"), None, "billing", 2),
            ("B", _moment("2024-07-02"), None, "billing", 5),
        ],
    ),
    "surveys": _columns(
        ("customer_id", "at", "question", "score"),
        [
            ("A", _moment("2023-07-02"), "nps", 9.0),
            ("A", _moment("2024-07-01"), "NPS", 4.0),
            ("A", _moment("2024-05-01"), "csat", 5.0),
            ("B", _moment("2024-05-01"), "csat", None),
            ("C", _moment("2024-05-01"), "ces", 3.0),
            ("C", _moment("2024-05-01"), "ces", 4.0),
            ("C", _moment("2024-08-01"), "nps", 2.0),
            ("B", _moment("2024-08-01"), "nps", 10.0),
        ],
    ),
    "payments": _columns(
        ("customer_id", "due_at", "amount", "paid_at"),
        [
            ("A", _moment("2024-05-01"), 100.0, _moment("2024-05-01 18:00")),
            ("A", _moment("2024-06-01"), 50.0, _moment("2024-07-05")),
            ("B", _moment("2024-05-01"), 70.0, None),
            ("B", _moment("2024-06-20"), 30.0, _moment("2024-06-25")),
            ("C", _moment("2024-08-01"), 10.0, None),
            ("C", _moment("2024-04-01"), -10.0, None),
        ],
    ),
    "service": _columns(
        ("customer_id", "at", "channel", "answered_at", "resolved_at", "accurate"),
        [
            ("A", _moment("2024-05-01 09:00"), "phone", _moment("2024-05-01 10:30"), _moment("2024-05-02 09:00"), True),
            ("A", _moment("2024-06-01 09:00"), "mail", _moment("2024-06-01 09:30"), _moment("2024-07-09"), False),
            ("B", _moment("2024-06-30 09:00"), "mail", None, None, None),
            ("C", _moment("2024-06-01 09:00"), "mail", _moment("2024-05-01"), _moment("2024-06-01 10:00"), False),
        ],
    ),
    "incidents": _columns(
        ("customer_id", "event", "occurred_at", "loss", "detected_at"),
        [
            ("A", "fraud", _moment("2024-04-01"), 120.0, None),
            ("A", "outage", _moment("2024-05-01"), None, _moment("2024-05-02")),
            ("B", "fraud", _moment("2024-06-01"), 10.0, _moment("2024-07-03")),
            ("C", "fraud", _moment("2024-07-20"), 5.0, None),
            ("E", "outage", _moment("2024-06-01"), None, None),
        ],
    ),
    "renewals": _columns(
        ("customer_id", "at", "renewed", "amount"),
        [
            ("A", _moment("2023-07-01"), True, 10.0),
            ("A", _moment("2024-07-01"), True, 15.0),
            ("B", _moment("2024-06-01"), False, None),
            ("B", _moment("2023-06-01"), True, 30.0),
            ("C", _moment("2024-02-01"), None, None),
            ("E", _moment("2024-07-02"), False, 5.0),
            ("D", None, True, 7.0),
        ],
    ),
}


def _pandas(columns):
    import pandas as pd

    return pd.DataFrame(columns)


def _arrow(columns):
    import pyarrow as pa

    return pa.table(columns)


def _chunked(columns):
    import pyarrow as pa

    table = _arrow(columns)
    return pa.concat_tables([table.slice(row, 1) for row in range(table.num_rows)] or [table])


def _polars(columns):
    import polars as pl

    return pl.from_arrow(_arrow(columns))


def _duckdb(columns):
    import duckdb

    return duckdb.from_arrow(_arrow(columns))


MAKERS = {
    "pandas": _pandas,
    "pyarrow": _arrow,
    "pyarrow chunked": _chunked,
    "polars": _polars,
    "polars lazy": lambda columns: _polars(columns).lazy(),
    "duckdb": _duckdb,
}


@pytest.fixture(scope="session")
def book():
    """Tables as columns of Python values; nobody changes them."""
    return {name: {column: list(values) for column, values in table.items()} for name, table in BOOK.items()}


@pytest.fixture(params=MAKERS)
def engine(request):
    """Make a frame of one engine from columns of Python values."""
    if request.param == "duckdb":
        pytest.importorskip("duckdb")
    if request.param.startswith("polars"):
        pytest.importorskip("polars")
    return MAKERS[request.param]
