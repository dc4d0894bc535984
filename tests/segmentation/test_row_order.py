"""The order of rows decides nothing: every segment and every number is the same, bit for bit."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import RecordError
from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation.baskets import Baskets, association_rules
from crmrisk.segmentation.concentrated import gini
from crmrisk.segmentation.contribution import contributions
from crmrisk.segmentation.demand import DemandSeries, NeedModel, choose_forecast, demand_series
from crmrisk.segmentation.gower import gower_distances
from crmrisk.segmentation.prototypes_clustering import k_prototypes
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.silhouettes import silhouette
from crmrisk.segmentation.transitions import migration_history, transition_matrix
from crmrisk.segmentation.visits import ContactEntitlement, contact_plan

N = 41
AS_OF = date(2026, 1, 31)
RNG = np.random.default_rng(7)
IDS = np.array([f"C{n:02d}" for n in RNG.permutation(N)], dtype=object)
MONEY = np.round(RNG.lognormal(4, 2, N), 2)
SHARES = np.round(RNG.random(N), 2)
SHARES[:20], MONEY[:20] = 0.3, 100.0  # ties, which names settle
ORDERS = [np.arange(N)[::-1], np.random.default_rng(1).permutation(N)]


def book(rows: np.ndarray) -> Portfolio:
    columns = {"total_spend": MONEY[rows], "service_cost": SHARES[rows], "spend": MONEY[rows]}
    return Portfolio(IDS[rows], AS_OF, columns, {"kind": np.array(["x", "y"], dtype=object)[rows % 2]})


def planned(rows: np.ndarray) -> list[pd.DataFrame]:
    columns = {"customer_id": IDS, "value": MONEY, "risk": SHARES, "hours": SHARES + 0.1}
    plan = contact_plan(
        {name: column[rows] for name, column in columns.items()},
        entitlements=ContactEntitlement(0, 3, gap=timedelta(days=10)),
        capacity=30,
        unit="hours",
        as_of=AS_OF,
    )
    parts = pd.DataFrame([{"used": plan.used, "gain": plan.total_gain, "bound": plan.gain_bound}])
    return [plan.frame().sort_values("customer_id").reset_index(drop=True), plan.schedule(), parts]


def laid_out(rows: np.ndarray) -> list[pd.DataFrame]:
    found = contributions(book(rows), currency="EUR", margin=0.37)
    return [found.frame().sort_values("customer_id").reset_index(drop=True), pd.DataFrame([found.totals()])]


def widths(rows: np.ndarray) -> list[pd.DataFrame]:
    table, codes = np.column_stack([MONEY, SHARES])[rows], (np.arange(N) % 3)[rows]
    apart = np.abs(table[:, :1] - table[:, 0])
    both = silhouette(table, codes), silhouette(distances=apart, codes=codes)
    drawn = [silhouette(table.round(-2), codes, sample=20), silhouette(distances=apart, codes=codes, sample=20)]
    each = {str(place): found.values[np.argsort(rows)] for place, found in enumerate(both)}
    return [pd.DataFrame(each), pd.DataFrame([[found.mean, *found.by_cluster] for found in [*both, *drawn]])]


def together(rows: np.ndarray) -> list[pd.DataFrame]:
    held = [[item for item, high in zip("abcd", (SHARES[n] > 0.5, n % 2, n % 3, MONEY[n] > 60), strict=True) if high]
        for n in rows.tolist()]  # fmt: skip
    baskets, owners = Baskets.from_lists(held), [f"k{n % 7}" for n in rows.tolist()]
    rules = association_rules(baskets, min_support=0.1)
    by_basket, by_owner = (rules.with_stability(baskets, resamples=10, clusters=each) for each in (None, owners))
    return [by_basket.frame(), by_owner.frame()]


def drawn_as_a_map(rows: np.ndarray) -> list[pd.DataFrame]:
    settings = {"recency": "service_cost", "frequency": "ones", "monetary": "spend"}
    portfolio = book(rows).with_columns({"ones": np.ones(N)})
    return [RfmSegmenter(**settings).fit(portfolio).chart(portfolio).frame()]


def forecast(rows: np.ndarray) -> list[pd.DataFrame]:
    demand = np.round(MONEY[:, None] * (np.random.default_rng(3).random((N, 10)) < SHARES[:, None]), 2)
    demand[:9, :3] = np.nan
    choices = [choose_forecast(DemandSeries(demand[rows]), methods=["tsb", "mean", "zero"], origins=3, criterion=each)
        for each in ("rmsse", "mae")]  # fmt: skip
    return [choice.frame() for choice in choices]


def bought(rows: np.ndarray) -> list[pd.DataFrame]:
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(N) % 25, unit="D")
    sales = {"customer_id": IDS, "product": np.array(["tea", "jam"])[np.arange(N) % 2], "at": days, "amount": MONEY}
    table = pd.DataFrame(sales).iloc[rows]
    return [demand_series(table, as_of=date(2026, 2, 1), by=by).frame() for by in ("category", "customer_id")]


@pytest.mark.parametrize("rows", ORDERS, ids=["reversed", "shuffled"])
@pytest.mark.parametrize("numbers", [planned, laid_out, widths, drawn_as_a_map, together, forecast, bought])
def test_the_order_of_rows_decides_no_bit(numbers, rows):
    for once, again in zip(numbers(np.arange(N)), numbers(rows), strict=True):
        pd.testing.assert_frame_equal(once, again, check_exact=True)


ONE = pd.Series([1, 2, 3], index=["a", "b", "c"])
OTHER = pd.Series([1, 1, 2], index=["c", "b", "a"])
BASKETS = Baskets.from_pairs(["a", "a", "b", "c"], ["tea", "cup", "tea", "cup"])
PAIRED_WRONGLY = {
    "moves": lambda: transition_matrix(ONE, OTHER),
    "a history": lambda: migration_history(ONE, OTHER, ONE),
    "clusters": lambda: silhouette(ONE, OTHER),
    "names beside numbers": lambda: k_prototypes(ONE, OTHER.astype(str), 2),
    "counts": lambda: gini(ONE, counts=OTHER),
    "columns": lambda: gower_distances({"x": ONE, "y": OTHER}),
    "whose demand": lambda: DemandSeries(ONE.to_frame(), customer_id=OTHER.astype(str)),
    "histories of needs": lambda: NeedModel.fit(OTHER, ONE, ONE),
    "lines": lambda: Baskets.from_pairs(ONE, OTHER),
    "owners of baskets": lambda: association_rules(BASKETS, min_support=0.1).with_stability(BASKETS, clusters=OTHER),
    "wallets": lambda: contributions(
        Portfolio(list("abc"), AS_OF, {"total_spend": [1, 2, 3]}), currency="EUR", wallet=OTHER
    ),
    "a plan": lambda: contact_plan(
        {"customer_id": ONE, "value": ONE, "risk": OTHER / 9}, entitlements=(1, 2), capacity=3, as_of=AS_OF
    ),
}


@pytest.mark.parametrize("call", PAIRED_WRONGLY.values(), ids=PAIRED_WRONGLY)
def test_columns_in_another_order_are_not_paired_by_position(call):
    with pytest.raises(RecordError, match="in another order"):
        call()


def test_columns_of_one_order_are_paired():
    same = OTHER.reindex(ONE.index)
    assert transition_matrix(ONE, same).counts.sum() == 3
    assert gini(ONE, counts=same) == gini(ONE.to_list(), counts=same.to_list())
    book_ = Portfolio(list("abc"), AS_OF, {"total_spend": [1, 2, 3]})
    assert contributions(book_, currency="EUR", wallet=same).wallet.tolist() == [2, 1, 1]
