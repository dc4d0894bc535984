"""Revenue of two periods out of transactions."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.loyalty import revenue_movement, revenue_retention

MONTH = timedelta(days=30)
DAYS = ["2025-12-31"] * 3


def test_periods_follow_each_other_without_gap_or_overlap():
    when = ["2026-01-31", "2026-01-30", "2026-01-01", "2025-12-31", "2025-12-02", "2025-12-01", "2026-01-05"]
    moved = revenue_movement(
        ["in", "in", "both", "both", "first", "before", "in"],
        when,
        [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, -9.0],
        as_of=date(2026, 1, 30),
        period=MONTH,
    )
    assert moved.customer_id.tolist() == ["both", "first", "in"]
    assert moved.opening.tolist() == [8.0, 16.0, 0.0]  # 2025-12-02 to 2025-12-31
    assert moved.closing.tolist() == [4.0, 0.0, 2.0]  # 2026-01-01 to 2026-01-30
    assert str(revenue_retention(moved).exposure).endswith("after 2025-12-01 up to 2026-01-30")


def test_refunds_reduce_the_period_they_occur_in():
    who = ["a", "a", "b", "b", "c", "c", "x", "d", "d", "d"]
    when = ["2025-12-31", "2026-01-05", "2025-12-30", "2026-01-06", "2026-01-07", "2025-12-31", "2026-01-05", *DAYS]
    money = [10.0, -4.0, 20.0, 5.0, 8.0, -8.0, -99.0, 0.1, 0.2, -0.3]
    moved = revenue_movement(who, when, money, as_of=date(2026, 1, 30), period=MONTH, refunds="net")
    assert moved.customer_id.tolist() == ["a", "b", "c"]  # x never bought; what d bought was given back, to the cent
    assert (moved.opening.tolist(), moved.closing.tolist()) == ([10.0, 20.0, -8.0], [-4.0, 5.0, 8.0])
    found = revenue_retention(moved)
    assert (found.net.value, found.gross.value) == pytest.approx((1 / 30, 1 / 30))
    assert (found.churned.value, found.contraction.value) == pytest.approx((14 / 30, 15 / 30))
    assert (found.logo.value, found.new_revenue) == (0.5, 8.0)
    plain = revenue_retention([10, 20], [-4, 5], refunds="net")
    assert (plain.net.value, plain.net.low) == (found.net.value, found.net.low)


def test_a_period_is_a_time_span():
    with pytest.raises(InvalidValueError, match="whole days"):
        revenue_movement(["a"], ["2026-01-01"], as_of=date(2026, 2, 1), period=30)


@pytest.mark.realdata
def test_cdnow_again_by_pandas(data_folder):
    sales = pd.read_parquet(data_folder / "cdnow_master.parquet")
    moved = revenue_movement(
        sales, as_of=date(1998, 6, 30), period=timedelta(days=90), rename={"date": "at", "spend": "amount"}
    )
    first = sales[(sales.date > "1998-01-01") & (sales.date <= "1998-04-01")].groupby("customer_id").spend.sum()
    second = sales[sales.date > "1998-04-01"].groupby("customer_id").spend.sum()
    both = pd.concat([first, second], axis=1).fillna(0.0)
    base = both[both.iloc[:, 0] > 0]
    found = revenue_retention(moved)
    assert found.net.value == pytest.approx(base.iloc[:, 1].sum() / base.iloc[:, 0].sum(), rel=1e-12)
    assert found.gross.value == pytest.approx(base.min(axis=1).sum() / base.iloc[:, 0].sum(), rel=1e-12)
    assert (found.logo.n, found.logo.value) == (len(base), (base.iloc[:, 1] > 0).mean())
