"""Cohort tables: by hand, and against pandas on real transactions."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.loyalty import cohort_table, purchase_history
from crmrisk.satisfaction.proportions import proportion

WHO = ["a", "a", "a", "b", "b", "c", "d", "e"]
WHEN = ["2026-01-03", "2026-01-30", "2026-03-01", "2026-01-09", "2026-02-28", "2026-03-31", "2026-03-02", "2026-04-01"]
AMOUNT = [10.0, 5.0, 2.0, 1.0, 4.0, 8.0, 16.0, 32.0]
TABLE = cohort_table(WHO, WHEN, AMOUNT, as_of=date(2026, 4, 1))
NAN = np.nan
AS_OF = date(2026, 4, 1)


def test_counts_by_hand():
    assert TABLE.cohort.astype(str).tolist() == ["2026-01-01", "2026-03-01"]  # nobody first bought in February
    assert TABLE.size.tolist() == [2.0, 2.0]
    assert np.array_equal(TABLE.active, [[2, 1, 1], [2, NAN, NAN]], equal_nan=True)
    assert np.array_equal(TABLE.revenue, [[16, 4, 2], [24, NAN, NAN]], equal_nan=True)
    assert TABLE.retention[0].tolist() == [1.0, 0.5, 0.5]


def test_quarters_and_years():
    quarters = cohort_table(WHO, WHEN, as_of=date(2026, 7, 1), period="quarter")
    assert np.array_equal(quarters.active, [[4, 0], [1, NAN]], equal_nan=True)
    assert cohort_table(WHO, WHEN, as_of=date(2027, 1, 1), period="year").active.tolist() == [[5.0]]


def test_weeks_begin_on_monday():
    sunday, monday = "2026-03-01", "2026-03-02"
    weeks = cohort_table(["a", "a", "b"], [sunday, monday, monday], as_of=date(2026, 3, 16), period="week")
    assert weeks.cohort.astype(str).tolist() == ["2026-02-23", monday]
    assert np.array_equal(weeks.active, [[1, 1, 0], [1, 0, NAN]], equal_nan=True)
    assert str(weeks).endswith("by week of first purchase, 2026-02-23 to 2026-03-02, up to 2026-03-16")
    assert cohort_table(["a"], ["1969-12-31"], as_of=date(1970, 1, 12), period="week").active.tolist() == [[1, 0]]


def test_refunds_reduce_the_period_they_occur_in():
    who, when = [*WHO, "a", "b", "c", "x"], [*WHEN, "2026-02-09", "2026-02-09", "2026-01-09", "2026-02-09"]
    money = [*AMOUNT, -3.0, -9.0, -1.0, -50.0]  # c's comes before anything bought, x never bought
    net = cohort_table(who, when, money, as_of=date(2026, 4, 1), refunds="net")
    assert np.array_equal(net.active, TABLE.active, equal_nan=True)
    assert np.array_equal(net.revenue, [[16, 4 - 12, 2], [24, NAN, NAN]], equal_nan=True)
    assert np.array_equal(cohort_table(who, when, money, as_of=date(2026, 4, 1)).revenue, TABLE.revenue, equal_nan=True)
    assert net != TABLE
    history = purchase_history(who, when, money, as_of=date(2026, 4, 1))
    with pytest.raises(CrmRiskError, match="pass the transactions"):
        cohort_table(history, as_of=date(2026, 4, 1), refunds="net")


def test_the_picture_shows_shares_of_the_sums_below():
    chart = TABLE.chart()
    frame = chart.frame()
    assert frame.row.tolist() == ["2026-01 (2)", "2026-01 (2)", "all seen that long", "all seen that long"]
    assert frame.value.tolist() == [0.5, 0.5, 0.5, 0.5]
    assert frame.low.iloc[2] == proportion(1, 2).low
    assert chart.title == "Of 100 new customers 50 (9 to 91) buy in the next month"
    assert TABLE.chart("revenue_per_customer").frame().value.tolist() == [8, 2, 1, 12, 10, 2, 1]
    for broken in (lambda: TABLE.chart("profit"), lambda: cohort_table(["a"], ["2026-03-01"], as_of=AS_OF).chart()):
        with pytest.raises(CrmRiskError):
            broken()


def test_shares_are_of_pooled_counts_with_their_exposure():
    share = TABLE.active_share(1)
    assert (share.value, share.low, share.high) == (0.5, proportion(1, 2).low, proportion(1, 2).high)
    assert str(share.exposure) == "of 2 customers of 1 cohort, up to 2026-04-01"


def test_frames_for_charts():
    frame = TABLE.frame()
    assert frame.columns.tolist() == [
        "cohort",
        "period",
        "size",
        "active",
        "retention",
        "low",
        "high",
        "revenue",
        "revenue_per_customer",
    ]
    assert len(frame) == 4
    assert TABLE.wide("revenue").to_numpy()[0].tolist() == [16.0, 4.0, 2.0]
    assert cohort_table(WHO, WHEN, AMOUNT, as_of=date(2026, 4, 1)) == TABLE


@pytest.mark.parametrize(
    "ask",
    [
        lambda: cohort_table(WHO, WHEN, as_of=date(2026, 1, 20)),
        lambda: cohort_table(WHO, WHEN, as_of=date(2026, 4, 1), period="day"),
        lambda: cohort_table(WHO, WHEN, as_of=date(2026, 4, 1), refunds="all"),
        lambda: cohort_table(["a", "b"], ["0001-01-01", "2026-01-01"], as_of=date(2026, 4, 1)),
        lambda: TABLE.active_share(3),
        lambda: TABLE.active_share(0),
        lambda: TABLE.wide("profit"),
    ],
)
def test_what_cannot_be_answered(ask):
    with pytest.raises(CrmRiskError):
        ask()


@pytest.mark.realdata
def test_online_retail_again_by_pandas(data_folder):
    lines = pd.read_parquet(
        data_folder / "online_retail.parquet", columns=["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"]
    ).dropna()
    lines["amount"] = lines.Quantity * lines.UnitPrice
    table = cohort_table(lines, as_of=date(2011, 12, 1), rename={"CustomerID": "customer_id", "InvoiceDate": "at"})
    bought = lines[(lines.amount > 0) & (lines.InvoiceDate < "2011-12-01")]
    month = bought.InvoiceDate.dt.to_period("M")
    cohort = month.groupby(bought.CustomerID).transform("min")
    groups = bought.groupby([cohort.rename("cohort"), month.rename("month")])
    expected = (
        groups.CustomerID.nunique().reset_index().pivot_table(index="cohort", columns="month", values="CustomerID")
    )
    assert len(table) == len(expected) == 12
    for row in range(12):
        assert table.active[row, : 12 - row].tolist() == expected.iloc[row, row:].fillna(0).tolist()
    assert np.nansum(table.revenue) == pytest.approx(bought.amount.sum(), rel=1e-12)
    assert table.active_share(1).value == pytest.approx(np.nansum(table.active[:, 1]) / table.size[:-1].sum())
