"""How policies behave on a simulated book: the reference row of moves and reversals, and capacity."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.conditions import Criterion
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.entitlements import ServiceEntitlements
from crmrisk.segmentation.tier_policy import Tier, TierPolicy
from crmrisk.segmentation.tier_simulation import autoregressive_history, compare_policies, simulate_policy

PLAIN = TierPolicy.from_cuts("value", {"medium": -0.5, "high": 0.8}, base="low")
BOOK = autoregressive_history(10_000, 36, correlation=0.9, rng=np.random.default_rng(20261122))


@pytest.mark.parametrize(
    ("settings", "moves", "reversals"),
    [
        pytest.param({}, 0.230, 0.070, id="T2-plain"),
        pytest.param({"demotion_band": 0.3}, 0.157, 0.023, id="T2-band"),
        pytest.param({"demotion_band": 0.3, "dwell": 2}, 0.114, 0.005, id="T2-band-dwell"),
    ],
)
def test_moves_and_reversals_of_an_autoregressive_book(settings, moves, reversals):
    tried = simulate_policy(PLAIN.model_copy(update=settings), BOOK)
    assert tried.moves.value == pytest.approx(moves, abs=0.005)
    assert tried.reversals.value == pytest.approx(reversals, abs=0.005)
    assert tried.moves.low < tried.moves.value < tried.moves.high
    assert tried.promotions.value + tried.demotions.value == pytest.approx(tried.moves.value, abs=1e-12)


def test_counts_of_four_customers_by_hand():
    values = [[0, 9, 9, None], [9, 0, 9, 5], [0, 0, 9, 9]]
    history = CustomerHistory(list("ABCD"), [date(2026, m, 1) for m in (1, 2, 3)], {"value": values})
    tried = simulate_policy(TierPolicy.from_cuts("value", {"high": 8}), history)
    frame = tried.frame()
    assert frame["customers"].tolist() == [3, 4, 4]
    assert (frame["promotions"].tolist(), frame["demotions"].tolist()) == ([0, 1, 1], [0, 1, 1])
    assert frame["reversals"].tolist() == [0, 0, 1]
    assert (tried.moves.value, tried.moves.n) == (4 / 7, 7)
    assert (tried.reversals.value, tried.reversals.n) == (1 / 3, 3)


def test_intervals_contain_the_rate_of_a_much_larger_book():
    truth = simulate_policy(PLAIN, BOOK).moves.value
    rng = np.random.default_rng(5)
    tried = [simulate_policy(PLAIN, autoregressive_history(60, 12, correlation=0.9, rng=rng)).moves for _ in range(60)]
    assert sum(each.low <= truth <= each.high for each in tried) >= 52  # of 60, at 95 %


def test_capacity_counts_contacts_and_hours_of_the_entitled():
    visits = ServiceEntitlements(12, "visit", timedelta(days=1), hours_per_contact=3)
    policy = TierPolicy(tiers=[Tier("base"), Tier("gold", Criterion("value", ge=8), visits)])
    history = CustomerHistory(list("AB"), [date(2026, 1, 1), date(2026, 3, 1)], {"value": [[9, 9], [9, 1]]})
    table = simulate_policy(policy, history).capacity().set_index(["at", "tier"])
    gold = table.xs("gold", level="tier")
    assert gold["customers"].tolist() == [2, 1]
    assert gold["contacts"].tolist() == pytest.approx([24 * 59 / 365.25, 12 * 30 / 365.25])
    assert gold["hours"].tolist() == pytest.approx([72 * 59 / 365.25, 36 * 30 / 365.25])
    assert table.xs("base", level="tier")["contacts"].isna().all()


def test_comparison_ranks_policies_by_their_calm():
    small = autoregressive_history(200, 12, correlation=0.9, rng=np.random.default_rng(1))
    table = compare_policies({"plain": PLAIN, "band": PLAIN.model_copy(update={"demotion_band": 0.3})}, small)
    moves = table[table["rate"] == "moves"].set_index("policy")["value"]
    assert moves["band"] < moves["plain"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: simulate_policy(PLAIN, BOOK, level=95),
        lambda: simulate_policy(PLAIN, CustomerHistory(["C1"], [date(2026, 1, 1)], {"value": [[1]]})),
        lambda: compare_policies({}, BOOK),
        lambda: autoregressive_history(0, 2, correlation=0.9, rng=np.random.default_rng(1)),
        lambda: autoregressive_history(2, 2, correlation=1.0, rng=np.random.default_rng(1)),
        lambda: autoregressive_history(2, 2, correlation=0.5, rng=7),
        lambda: autoregressive_history(2, 2, correlation=0.5, rng=np.random.default_rng(1), deviation=np.inf),
    ],
)
def test_what_is_wrong_is_named(call):
    with pytest.raises(InvalidValueError):
        call()


@pytest.mark.realdata
def test_a_band_calms_the_customers_of_a_real_shop(data_folder):
    orders = pd.read_parquet(data_folder / "online_retail.parquet").dropna(subset=["CustomerID"])
    orders = orders.assign(
        amount=orders["Quantity"] * orders["UnitPrice"], month=orders["InvoiceDate"].dt.to_period("M")
    )
    spent = orders.pivot_table(index="month", columns="CustomerID", values="amount", aggfunc="sum", fill_value=0.0)
    quarter = spent.rolling(3).sum().iloc[2:]
    reviews = [(month + 1).to_timestamp() for month in quarter.index]
    history = CustomerHistory([str(int(each)) for each in quarter.columns], reviews, {"revenue": quarter.to_numpy()})
    plain = TierPolicy.from_cuts("revenue", {"silver": 500, "gold": 2000})
    calm = plain.model_copy(update={"demotion_band": 0.2, "bands": "share", "dwell": 2})
    before, after = (simulate_policy(policy, history) for policy in (plain, calm))
    assert (len(history), len(history.reviews)) == (4372, 11)
    assert after.moves.high < before.moves.low
    assert after.reversals.high < before.reversals.low / 3
    plainly = np.searchsorted([500, 2000], quarter.to_numpy(), side="right")
    assert np.array_equal(
        simulate_policy(plain.model_copy(update={"demotion_steps": None}), history).tiers.tiers, plainly
    )
