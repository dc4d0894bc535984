from __future__ import annotations

from datetime import date, datetime

from crmrisk.core.customers import Customer
from crmrisk.core.portfolio_rows import read_customers

DAY = date(2026, 1, 31)


def test_parts_are_ready_for_a_portfolio():
    rows = (Customer(customer_id=name, as_of=DAY, features={"age": place}) for place, name in enumerate(("a", "b")))
    parts = read_customers(rows)
    assert parts.customer_id == ["a", "b"]
    assert parts.as_of == datetime(2026, 1, 31)
    assert parts.columns == {"age": [0.0, 1.0]}
    assert parts.labels == {"segment": [None, None], "tier": [None, None]}
    assert parts.since is None
    assert parts.tags is None


def test_what_one_customer_has_is_kept_for_all():
    rows = [Customer(customer_id="a", as_of=DAY, since=DAY, tags=("vip",)), Customer(customer_id="b", as_of=DAY)]
    parts = read_customers(rows)
    assert parts.since == [datetime(2026, 1, 31), None]
    assert parts.tags == [("vip",), ()]
