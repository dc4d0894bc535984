"""Contractual churn: who is at risk, who is lost, on every engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError, SchemaError
from crmrisk.satisfaction.loyalty import churn_of_counts, contractual_churn
from crmrisk.satisfaction.proportions import proportion

AS_OF, JANUARY = date(2026, 2, 1), timedelta(days=31)
CONTRACTS = pd.DataFrame(
    [
        ("a", "2025-01-01", "2026-01-10"),  # lost as a contract; a has another
        ("a", "2025-06-01", None),
        ("b", "2025-01-01", "2026-02-01"),  # ended at the last moment of the window
        ("c", "2025-01-01", "2026-01-01"),  # had ended by the start
        ("d", "2026-01-02", "2026-01-20"),  # joined after the start
        ("e", "2025-01-01", "2026-03-01"),  # will end later
        ("f", "2026-01-01", None),  # began at the start
        ("g", "2025-01-01", "2026-01-05"),  # left and came back
        ("g", "2026-01-25", None),
    ],
    columns=["customer_id", "started_at", "ended_at"],
).astype({"started_at": "datetime64[us]", "ended_at": "datetime64[us]"})


def of_polars(*, lazy):
    polars = pytest.importorskip("polars")
    frame = polars.from_pandas(CONTRACTS)
    return frame.lazy() if lazy else frame


@pytest.mark.parametrize(
    "table",
    [lambda: CONTRACTS, lambda: of_polars(lazy=False), lambda: of_polars(lazy=True), lambda: CONTRACTS.to_dict("list")],
    ids=["pandas", "polars", "polars lazy", "mapping"],
)
def test_contracts_and_customers(table):
    contracts = contractual_churn(table(), as_of=AS_OF, window=JANUARY)
    assert (contracts.value, contracts.n) == (3 / 6, 6)  # a, b and g of a, a, b, e, f, g
    customers = contractual_churn(table(), as_of=AS_OF, window=JANUARY, unit="customer")
    assert (customers.value, customers.n, customers.low) == (1 / 5, 5, proportion(1, 5).low)  # b of a, b, e, f, g
    assert str(customers.exposure) == "of 5 customers under way at the start, after 2026-01-01 up to 2026-02-01"


def test_columns_with_and_without_customers():
    starts, ends, who = (CONTRACTS[name].tolist() for name in ("started_at", "ended_at", "customer_id"))
    assert contractual_churn(starts, ends, as_of=AS_OF, window=JANUARY).value == 0.5
    found = contractual_churn(starts, ends, customer_id=who, as_of=AS_OF, window=JANUARY, unit="customer")
    assert found.value == 0.2


def test_aware_times():
    starts = [datetime(2025, 1, 1, tzinfo=UTC)] * 2
    ends = [datetime(2026, 1, 31, 23, tzinfo=UTC), None]
    assert contractual_churn(starts, ends, as_of=AS_OF, window=JANUARY).value == 0.5


def test_nobody_at_risk_is_unrated():
    assert contractual_churn(["2026-01-15"], [None], as_of=AS_OF, window=JANUARY).value is None
    assert churn_of_counts(0, 0).value is None


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda: contractual_churn(["2026-01-01"], ["2025-01-01"], as_of=AS_OF, window=JANUARY), RecordError),
        (lambda: contractual_churn(CONTRACTS[["customer_id"]], as_of=AS_OF, window=JANUARY), SchemaError),
        (lambda: contractual_churn(["2025-01-01", "2025-01-01"], [None], as_of=AS_OF, window=JANUARY), SchemaError),
        (lambda: contractual_churn(["soon"], [None], as_of=AS_OF, window=JANUARY), SchemaError),
        (lambda: contractual_churn(CONTRACTS, as_of=AS_OF, window=31), InvalidValueError),
        (lambda: contractual_churn(CONTRACTS, as_of=AS_OF, window=JANUARY, unit="euro"), InvalidValueError),
        (
            lambda: contractual_churn(CONTRACTS, as_of=datetime(2026, 2, 1, tzinfo=UTC), window=JANUARY),
            InvalidValueError,
        ),
        (lambda: churn_of_counts(5, 3), CrmRiskError),
        (lambda: churn_of_counts("5", 30), CrmRiskError),
    ],
)
def test_bad_contracts_are_refused(ask, error):
    with pytest.raises(error):
        ask()


@pytest.mark.realdata
def test_telco_churn_is_its_published_share(data_folder):
    churn = (
        pd.read_parquet(data_folder / "telco_churn_ibm.parquet", columns=["Churn"])
        .Churn.astype(str)
        .isin(["Yes", "1", "True"])
    )
    assert round(100 * churn_of_counts(int(churn.sum()), len(churn)).value, 2) == 26.54  # fictional data
