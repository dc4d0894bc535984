from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest

from crmrisk.core.customers import Customer
from crmrisk.core.errors import InvalidValueError

DAY = date(2026, 1, 31)


def test_a_customer_survives_json():
    customer = Customer(
        customer_id="C1",
        as_of=datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=2))),
        since=date(2020, 5, 1),
        segment="retail",
        tier="gold",
        tags=("vip",),
        features={"idle_days": 12, "age": None, "region": "north"},
    )
    assert Customer.model_validate_json(customer.model_dump_json()) == customer
    assert customer.as_of == datetime(2026, 1, 30, 23, tzinfo=UTC)
    assert customer.since == datetime(2020, 5, 1)
    assert customer.features == {"idle_days": 12.0, "age": None, "region": "north"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer_id": ""},
        {"customer_id": 7},
        {"as_of": None},
        {"as_of": 20260131},
        {"as_of": "20260131"},
        {"as_of": pd.NaT},
        {"segment": ""},
        {"segment": float("nan")},
        {"tags": "vip"},
        {"features": {"idle_days": float("inf")}},
        {"features": {"idle_days": float("nan")}},
        {"features": {"": 1}},
        {"features": {"idle_days": [1]}},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_wrong_field_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        Customer(**{"customer_id": "C1", "as_of": DAY} | wrong)


def test_identifiers_may_be_any_text():
    assert Customer(customer_id=" 0007\n" + "x" * 300, as_of=DAY).customer_id.startswith(" 0007")


def test_text_is_never_read_as_a_number():
    assert Customer(customer_id="C1", as_of=DAY, features={"postcode": "01234"}).features["postcode"] == "01234"


def test_numpy_numbers_are_numbers():
    series = pd.Series([3])
    assert Customer(customer_id="C1", as_of=DAY, features={"idle_days": float(series[0])}).features["idle_days"] == 3.0
