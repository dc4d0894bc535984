from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.evidence.engines.sorting import purchases_of, sorted_rows

WIDE = st.sampled_from([0, 1, 2, 2**40])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), WIDE), max_size=20))
def test_rows_are_in_order_of_customer_day_and_position(pairs):
    """Days 2**40 apart do not fit the packed key, so both ways are taken."""
    codes, days = (np.array([pair[place] for pair in pairs], dtype=np.int64) for place in (0, 1))
    assert sorted_rows(codes, days - 5).tolist() == sorted(range(len(pairs)), key=lambda row: (*pairs[row], row))


def test_sums_do_not_depend_on_other_customers():
    rng = np.random.default_rng(7)
    n = 5000
    customer, day, amount = rng.integers(0, 40, n), rng.integers(0, 60, n), rng.gamma(1.0, 0.1, n)
    everyone = purchases_of(pa.table({"customer_id": customer, "at_day": day, "amount": amount})).to_pylist()
    for row in everyone:
        mine = customer == row["customer_id"]
        alone = pa.table({"customer_id": customer[mine], "at_day": day[mine], "amount": amount[mine]})
        assert purchases_of(alone).to_pylist() == [row]


def test_repeat_spend_keeps_its_digits_beside_a_huge_first_purchase():
    table = pa.table({"customer_id": [1, 1, 1], "at_day": [0, 1, 2], "amount": [1e17, 0.1, 0.2]})
    assert purchases_of(table)["repeat_spend"].to_pylist() == [0.1 + 0.2]


@pytest.mark.parametrize("amount", [[], [-1.0], [0.0], [None]])
def test_customers_without_purchases_are_null(amount):
    table = pa.table(
        {
            "customer_id": pa.array(["A"] * len(amount), pa.string()),
            "at_day": pa.array([3] * len(amount), pa.int32()),
            "amount": pa.array(amount, pa.float64()),
        }
    )
    found = purchases_of(table).to_pylist()
    assert len(found) == len(amount)
    assert all(row["days"] is None and row["total_spend"] is None and row["refunds"] >= 0 for row in found)
