"""One table by a schema of one's own: read, refused and named as those of Evidence are."""

from __future__ import annotations

import pandas as pd
import pytest

from crmrisk.core.errors import EngineError, SchemaError
from crmrisk.evidence.schemas import Column, ColumnType, TableSchema
from crmrisk.evidence.tables import read_table

VISITS = TableSchema("visits", (Column("customer_id", ColumnType.ID), Column("at", ColumnType.TIME)), time="at")


def test_a_schema_of_ones_own_is_read():
    frame = pd.DataFrame({"client": ["C1", "C2"], "at": pd.to_datetime(["2026-01-01", None]), "note": ["", ""]})
    table = read_table(VISITS, frame, {"client": "customer_id"})
    assert (table.name, table.content.rows, set(table.ignored)) == ("visits", 2, {"note"})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"customer_id": [1]}), "visits.at: missing column"),
        (
            pd.DataFrame([[1, 2, 3]], columns=["customer_id", "at", "at"]),
            "visits: not a usable table; got: .*unique column names",
        ),
        (pd.DataFrame({"customer_id": [1], "at": [2.5]}), r"visits\.at"),
        ([1, 2], "visits"),
    ],
)
def test_what_is_no_such_table_is_named(frame, message):
    with pytest.raises(SchemaError, match=message):
        read_table(VISITS, frame, {})


def test_an_engine_that_fails_is_named_by_the_table(monkeypatch):
    def fail(*_):
        raise OSError("connection closed")

    monkeypatch.setattr("crmrisk.evidence.tables._canonical", fail)
    with pytest.raises(EngineError, match="visits: the engine failed"):
        read_table(VISITS, pd.DataFrame({"customer_id": [1], "at": pd.to_datetime(["2026-01-01"])}), {})
