from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk import Portfolio
from crmrisk.core.errors import CrmRiskError, InvalidValueError, MissingInputsError, PortfolioError
from crmrisk.segmentation.entitlements import ServiceEntitlements
from crmrisk.segmentation.tier_capacity import entitlements_of
from crmrisk.segmentation.tier_presets import institutional_clients
from crmrisk.segmentation.tiers import TierSegmenter
from crmrisk.segmentation.visits import ContactEntitlement, contact_plan

START = date(2026, 1, 1)
TIERS = {"gold": ContactEntitlement(2, 4, gap=timedelta(days=14), hours=2), "basic": ContactEntitlement(0, 1)}


def book(n=40, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:03d}" for number in range(n)],
            "value": rng.lognormal(6, 1, n).round(2),
            "risk": rng.random(n).round(3),
            "tier": rng.choice(["gold", "basic"], n),
            "days_since_contact": rng.integers(0, 60, n).astype(float),
            "consent": rng.random(n) < 0.8,
        }
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    capacity=st.integers(0, 150),
    gap=st.integers(0, 40),
    length=st.integers(1, 120),
    unit=st.sampled_from(["contacts", "hours"]),
)
def test_nobody_is_ever_contacted_too_often_too_soon_or_unasked(seed, capacity, gap, length, unit):
    customers = book(seed=seed).assign(contacts_made=np.random.default_rng(seed).integers(0, 3, 40))
    plan = contact_plan(
        customers, entitlements=TIERS, capacity=capacity, unit=unit, period=timedelta(days=length), as_of=START,
        min_gap=timedelta(days=gap),
    )  # fmt: skip
    most = customers["tier"].map({"gold": 4, "basic": 1}).to_numpy()
    assert (plan.contacts + customers["contacts_made"] <= np.maximum(most, customers["contacts_made"])).all()
    assert not plan.contacts[~customers["consent"].to_numpy()].any()
    hours = customers["tier"].map({"gold": 2, "basic": 1}).to_numpy() if unit == "hours" else 1
    assert plan.used == (plan.contacts * hours).sum() <= capacity
    schedule = plan.schedule().merge(customers, on="customer_id")
    day = (schedule["date"] - pd.Timestamp(START)).dt.days
    assert len(schedule) == plan.contacts.sum()
    assert day.between(0, length - 1).all()
    needed = np.maximum(schedule["tier"].map({"gold": 14, "basic": 0}), max(gap, 1))
    first = schedule["number"] == 1
    assert (day + schedule["days_since_contact"] >= needed)[first].all()
    assert (day.groupby(schedule["customer_id"]).diff().dropna() >= needed[~first]).all()


def test_promises_come_first_and_those_not_kept_are_listed():
    customers = pd.DataFrame(
        {"customer_id": ["poor", "rich"], "value": [1, 1000], "risk": 0.5, "tier": ["gold", "basic"]}
    )
    plan = contact_plan(customers, entitlements=TIERS, capacity=1, as_of=START)
    assert plan.contacts.tolist() == [1, 0]
    assert plan.unmet_minimum().values.tolist() == [["poor", 2, 1, 1, "1 promised, 1 promised not kept: capacity"]]
    assert "1 promised contacts of 1 customers are not kept" in plan.summary()
    assert plan.shadow_price == pytest.approx(1000 * 0.5 * 0.1)
    assert np.isnan(plan.gain_bound)


def test_the_gain_is_the_loss_averted():
    plan = contact_plan(
        {"customer_id": ["A"], "value": [200.0], "risk": [0.5]}, entitlements=(0, 3), capacity=2, effectiveness=0.2,
        as_of=START,
    )  # fmt: skip
    assert plan.gain[0] == pytest.approx(100 * (1 - 0.8**2))
    assert plan.next_gain[0] == pytest.approx(100 * 0.2 * 0.8**2)
    assert plan.total_gain == pytest.approx(plan.gain_bound)


def test_rows_in_another_order_get_the_same_plan():
    customers = book().assign(value=500.0, risk=0.5)  # ties everywhere
    order = np.random.default_rng(1).permutation(len(customers))
    one = contact_plan(customers, entitlements=TIERS, capacity=25, as_of=START)
    other = contact_plan(customers.iloc[order], entitlements=TIERS, capacity=25, as_of=START)
    np.testing.assert_array_equal(one.contacts[order], other.contacts)
    np.testing.assert_array_equal(one.reason[order], other.reason)


def test_portfolio_polars_and_columns_agree():
    customers = book().drop(columns="consent")
    expected = contact_plan(customers, entitlements=TIERS, capacity=30, as_of=START)
    numbers = {name: customers[name] for name in ("value", "risk", "days_since_contact")}
    portfolio = Portfolio(customers["customer_id"], START, numbers, {"tier": customers["tier"]})
    dated = customers.assign(last=pd.Timestamp(START) - pd.to_timedelta(customers["days_since_contact"], unit="D"))
    for given_, settings_ in (
        (portfolio, {}),
        (pl.from_pandas(customers).lazy(), {"as_of": START}),
        (customers.to_dict("list"), {"as_of": datetime(2026, 1, 1)}),
        (dated.drop(columns="days_since_contact"), {"as_of": START, "rename": {"last": "last_contact"}}),
    ):
        found = contact_plan(given_, entitlements=TIERS, capacity=30, **settings_)
        pd.testing.assert_frame_equal(found.frame(), expected.frame())


def test_what_is_unknown_is_never_taken_for_a_yes():
    customers = {
        "customer_id": ["asked", "unasked", "worthless?", "tierless", "refused"],
        "value": [100, 100, None, 100, 100],
        "risk": [0.5] * 5,
        "tier": ["gold", "gold", "gold", None, "gold"],
        "consent": [True, None, True, True, False],
    }
    plan = contact_plan(customers, entitlements=TIERS, capacity=100, as_of=START)
    assert plan.contacts.tolist() == [4, 0, 2, 0, 0]
    assert plan.reason.tolist() == [
        "2 promised, 2 more worth it, no more welcome",
        "consent unknown: 2 promised, none planned",
        "2 promised, value or risk unknown: no more than promised",
        "tier unknown: none planned",
        "no consent: 2 promised, none planned",
    ]
    assert np.isnan(plan.gain[2])
    assert plan.warnings == ("value or risk of 1 customers is unknown: they get no more than is promised",)


def test_service_entitlements_of_a_tier_are_understood():
    service = ServiceEntitlements(12, "visit", timedelta(days=1), hours_per_contact=3)
    plan = contact_plan(
        {"customer_id": ["A"], "value": [100], "risk": [0.5], "tier": ["gold"]}, entitlements={"gold": service},
        capacity=20, unit="hours", as_of=START,
    )  # fmt: skip
    # 90 days of 12 a year are 2.96: two are promised, three are welcome, 31 days apart, three hours each
    assert (plan.minimum[0], plan.contacts[0], plan.used, plan.channel[0]) == (2, 3, 9, "visit")
    assert np.diff(plan.day).tolist() == [31, 31]


@pytest.mark.parametrize(
    ("changes", "settings_", "error", "said"),
    [
        ({"risk": 1.5}, {}, InvalidValueError, "no probability in 40"),
        ({"value": "much"}, {}, CrmRiskError, "not numbers"),
        ({"value": np.inf}, {}, PortfolioError, "infinite"),
        ({"customer_id": "A"}, {}, PortfolioError, "39 duplicate"),
        ({"consent": "yes"}, {}, PortfolioError, "neither yes nor no"),
        ({"tier": "silver"}, {}, InvalidValueError, "no entitlements for 'silver'"),
        ({"hours": 0}, {}, InvalidValueError, "hours: out of range"),
        ({"days_since_contact": -1}, {}, InvalidValueError, "after the start"),
        ({}, {"capacity": -1, "unit": "days", "period": 90, "min_gap": 3}, InvalidValueError, "4 problems"),
        ({}, {"effectiveness": 1.2}, InvalidValueError, "no share"),
        ({}, {"effectiveness": [0.1, 0.2]}, InvalidValueError, "no share"),
        ({}, {"entitlements": {"gold": "often", "basic": (3, 1)}}, InvalidValueError, "2 problems"),
        ({}, {"rename": "value"}, InvalidValueError, "rename"),
        ({}, {"as_of": None}, InvalidValueError, "as_of"),
        ({}, {"rename": {"profit": "value", "risk": "worth"}}, MissingInputsError, "3 problems"),
    ],
)
def test_what_cannot_be_planned_is_named(changes, settings_, error, said):
    usual = {"entitlements": TIERS, "capacity": 10, "as_of": START}
    with pytest.raises(error, match=said):
        contact_plan(book().assign(**changes), **(usual | settings_))


def test_other_things_than_customers_are_refused_and_one_or_none_is_fine():
    with pytest.raises(PortfolioError, match="no customers"):
        contact_plan([1, 2], entitlements=TIERS, capacity=1, as_of=START)
    nobody = contact_plan(book(0), entitlements=TIERS, capacity=5, as_of=START)
    assert len(nobody.frame()) == len(nobody.schedule()) == 0
    assert nobody.shadow_price == 0


def test_entitlements_of_each_customer_follow_need_and_tolerance():
    policy = institutional_clients()
    clients = Portfolio(
        ["trader", "saver", "stranger", "small"],
        date(2026, 1, 31),
        {"assets": [2e8, 2e8, None, 1e5], "value": [900.0, 900, 900, 10], "risk": [0.5, 0.5, 0.5, 0.1]},
        {"business_need": ["trading", "wealth", "wealth", None], "risk_tolerance": ["low", "high", None, None]},
    )
    entitled = entitlements_of(policy, TierSegmenter(policy=policy).segment(clients), clients)
    year = timedelta(days=365)
    plan = contact_plan(clients, entitlements=entitled, capacity=100, period=year, effectiveness=0.2)
    yearly = entitled.contacts_per_year
    assert np.array_equal(plan.minimum[[0, 1, 3]], np.floor(yearly[[0, 1, 3]] * 365 / 365.25))
    assert yearly[0] != yearly[1]  # of one tier, and served by need and tolerance
    assert plan.channel.tolist() == entitled.channel.tolist()
    assert (plan.contacts[2], plan.reason[2]) == (0, "no entitlement: none planned")
    other_order = contact_plan(
        clients.take(np.arange(4)[::-1]), entitlements=entitled, capacity=100, period=year, effectiveness=0.2
    )
    assert np.array_equal(other_order.contacts[::-1], plan.contacts)
    with pytest.raises(
        PortfolioError, match=r"1 customer\(s\) without entitlements; got: 'D'; remedy: entitlements_of"
    ):
        contact_plan({"customer_id": ["D"], "value": [1], "risk": [1]}, entitlements=entitled, capacity=1, as_of=START)
    with pytest.raises(InvalidValueError, match=r"entitlements_of\(policy, tiers, portfolio\)"):
        contact_plan(clients, entitlements=policy, capacity=1)
