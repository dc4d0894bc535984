from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from crmrisk.core.errors import SchemaError
from crmrisk.evidence import Evidence
from crmrisk.evidence.quality import DIMENSIONS

AS_OF = datetime(2024, 7, 1)


@pytest.fixture
def report():
    customers = pd.DataFrame({"customer_id": ["A", "B", None], "segment": ["gold", None, None]})
    sales = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A", "C", None, "B", "A"],
            "at": pd.to_datetime(
                ["2024-06-30", "2024-06-30", "2024-07-02", "2024-06-01", "2024-06-01", None, "2024-06-29"]
            ),
            "amount": [1.0, 1.0, 5.0, -2.0, 4.0, 0.0, None],
            "cost": [None, None, 1.0, 1.0, 1.0, 1.0, 1.0],
        }
    )
    return Evidence(customers, sales, unidentified="exclude").quality(AS_OF)


def test_every_dimension_is_counted(report):
    sales, customers = report["transactions"], report["customers"]
    assert (sales.rows, sales.known, sales.later) == (7, 4, 1)
    assert (sales.unidentified, sales.undated, sales.missing_amounts, sales.missing["cost"]) == (1, 1, 1, 2)
    assert (sales.refunds, sales.zero_amounts, sales.duplicate_rows) == (1, 1, 1)
    assert (sales.unlisted, sales.latest_age) == (1, 1.0)
    assert (customers.unidentified, customers.missing["segment"], customers.duplicate_customers) == (1, 2, 0)


def test_it_reads_as_text(report):
    assert str(report).splitlines() == [
        "Data quality as of 2024-07-01T00:00:00",
        "customers: 3 records, 2 known",
        "  completeness: unidentified 1, missing segment 2",
        "transactions: 7 records, 4 known, the latest of 2024-07-02T00:00:00",
        "  completeness: unidentified 1, undated 1, missing amount 1, missing cost 2",
        "  validity: refunds 1, zero amounts 1",
        "  uniqueness: duplicate rows 1",
        "  timeliness: later 1, latest age 1 day",
        "  consistency: unlisted 1",
    ]


def test_it_is_a_table_too(report):
    frame = report.frame()
    assert set(frame["dimension"]) <= {"size", *DIMENSIONS}
    found = frame.set_index(["table", "measure"])["value"]
    assert found["transactions", "missing amount"] == 1.0
    assert found["transactions", "rows"] == 7.0


def test_a_table_that_is_not_there_is_named(report):
    with pytest.raises(SchemaError, match="transactions"):
        report["surveys"]


def test_lazy_tables_are_reported_on_rather_than_refused():
    pl = pytest.importorskip("polars")
    customers = pl.LazyFrame({"customer_id": ["A", "A"]})
    report = Evidence(customers).quality(AS_OF)
    assert (report["customers"].duplicate_customers, report["customers"].duplicate_rows) == (1, 1)


def test_a_notebook_shows_the_text_without_reading_it_as_markup():
    report = Evidence(pd.DataFrame({"customer_id": ["A"], "<b>": ["x"]})).quality(AS_OF)
    html = report._repr_html_()
    assert html.startswith("<pre>Data quality as of 2024-07-01")
    assert "<b>" not in html


@pytest.mark.parametrize("name", ["paidAt", "paid_on", "PAID AT"])
def test_a_misspelt_optional_column_is_reported_with_what_it_may_mean(name):
    bills = pd.DataFrame({"customer_id": ["A"], "due_at": [AS_OF], "amount": [1.0], name: [AS_OF], "shop": [3]})
    report = Evidence(payments=bills).quality(AS_OF)
    assert report["payments"].ignored == {name: "paid_at", "shop": None}
    assert f"columns not read: {name} (did you mean paid_at?), shop" in str(report)
