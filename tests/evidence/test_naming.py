from __future__ import annotations

import pytest

from crmrisk.core.errors import SchemaError
from crmrisk.evidence.naming import missing_problems, renaming
from crmrisk.evidence.schemas import TABLES, schema_of


@pytest.mark.parametrize(
    ("table", "given", "column"),
    [
        ("transactions", "CustomerID", "customer_id"),
        ("transactions", "CustomerId", "customer_id"),
        ("transactions", "client_id", "customer_id"),
        ("transactions", "InvoiceDate", "at"),
        ("transactions", "Order Date", "at"),
        ("transactions", "Timestamp", "at"),
        ("transactions", "Amounts", "amount"),
        ("transactions", "Price", "amount"),
        ("surveys", "rating", "score"),
        ("payments", "DueAt", "due_at"),
    ],
)
def test_usual_names_are_suggested(table, given, column):
    problems = missing_problems(schema_of(table), {given: given, "x9": "x9"})
    (found,) = [problem for problem in problems if problem.where == f"{table}.{column}"]
    assert found.remedy == f"rename={{{table!r}: {{{given!r}: {column!r}}}}}"


def test_nothing_is_suggested_where_nothing_is_close():
    (*_, amount) = missing_problems(schema_of("transactions"), {"zzz": "zzz"})
    assert "zzz" not in amount.remedy
    assert amount.got == "zzz"


def test_a_column_in_use_is_not_suggested():
    (problem,) = missing_problems(schema_of("transactions"), {name: name for name in ("customer_id", "at")})
    assert "'at'" not in problem.remedy


def test_customers_may_be_renamed_to_any_label():
    assert renaming(schema_of("customers"), ["Region"], {"Region": "region"}) == {"Region": "region"}


def test_a_renamed_column_may_not_cover_another():
    with pytest.raises(SchemaError, match="two columns under one name"):
        renaming(schema_of("transactions"), ["amount", "net"], {"net": "amount"})


def test_a_swap_is_allowed():
    names = renaming(schema_of("payments"), ["due_at", "paid_at"], {"due_at": "paid_at", "paid_at": "due_at"})
    assert names == {"due_at": "paid_at", "paid_at": "due_at"}


def test_every_table_declares_its_times():
    for schema in TABLES:
        for name in (schema.time, *schema.closings, *([schema.revealed] if schema.revealed else [])):
            assert schema.column(name) is not None
    with pytest.raises(SchemaError, match="no such table"):
        schema_of("orders")
