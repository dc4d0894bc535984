"""Non-contractual churn: who was active, who fell silent."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.loyalty import inactivity_threshold, noncontractual_churn
from crmrisk.satisfaction.proportions import proportion

AS_OF, MONTH = date(2026, 3, 2), timedelta(days=30)
#       start of a window of 30 days: 31 January; silent for more than 30 days by then: last purchase before 1 January
WHO = ["lost", "kept", "kept", "gone", "edge", "new", "back", "back"]
WHEN = ["2026-01-10", "2026-01-20", "2026-02-10", "2025-12-31", "2026-01-01", "2026-02-15", "2025-06-01", "2026-02-20"]


def test_who_was_active_and_who_fell_silent():
    churn = noncontractual_churn(WHO, WHEN, as_of=AS_OF, inactivity=MONTH)
    assert (churn.value, churn.n, churn.low) == (2 / 3, 3, proportion(2, 3).low)  # lost and edge, of those and kept
    assert str(churn) == (
        "non-contractual churn 0.6667 [0.2077, 0.9385] (95 % wilson, n 3) of 3 customers active at the start "
        "(silent for at most 30 d), after 2026-01-31 up to 2026-03-02"
    )


def test_a_longer_window_starts_earlier():
    churn = noncontractual_churn(WHO, WHEN, as_of=AS_OF, inactivity=MONTH, window=timedelta(days=60))
    assert (churn.value, churn.n) == (1.0, 2)  # at 1 January: gone and edge


def test_the_line_is_drawn_where_customers_hardly_return():
    who, when = ["a", "a", "a", "b"], ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"]
    threshold = inactivity_threshold(who, when, as_of=AS_OF)  # 20 days
    churn = noncontractual_churn(who, when, as_of=AS_OF)
    assert churn == noncontractual_churn(who, when, as_of=AS_OF, inactivity=timedelta(days=threshold.value))
    assert "silent for at most 20 d" in churn.exposure.cohort


def test_nobody_active_is_unrated_and_no_threshold_is_refused():
    assert noncontractual_churn(["a"], ["2025-01-01"], as_of=AS_OF, inactivity=MONTH).value is None
    with pytest.raises(CrmRiskError, match="no threshold"):
        noncontractual_churn(["a"], ["2025-01-01"], as_of=AS_OF)


@pytest.mark.realdata
def test_cdnow_again_by_pandas(data_folder):
    sales = pd.read_parquet(data_folder / "cdnow_sample.parquet").rename(columns={"date": "at", "spend": "amount"})
    churn = noncontractual_churn(sales, as_of=date(1998, 6, 30), inactivity=timedelta(days=90))
    bought = sales[sales.amount > 0]
    active = set(bought[bought["at"].between("1998-01-01", "1998-04-01")].customer_id)  # 90 days up to 1998-04-01
    later = set(bought[bought["at"] >= "1998-04-01"].customer_id)
    assert (churn.n, churn.value) == (len(active), len(active - later) / len(active))
