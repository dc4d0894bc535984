"""Capacity by channel and by stretch of time: never over it, never too often, and what is not served is said."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.visits import ContactEntitlement, contact_plan
from crmrisk.segmentation.visits.allocation import Demands, allocate
from crmrisk.segmentation.visits.calendar import Calendar, place_contacts

START = date(2026, 1, 1)
WEEK = timedelta(days=7)
TIERS = {
    "gold": ContactEntitlement(2, 4, gap=timedelta(days=10), hours=2, channel="visit"),
    "basic": ContactEntitlement(0, 2, gap=timedelta(days=20), channel="telephone"),
}


def book(n=30, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:03d}" for number in range(n)],
            "value": rng.lognormal(6, 1, n).round(2),
            "risk": rng.random(n).round(3),
            "tier": rng.choice(["gold", "basic"], n),
            "days_since_contact": rng.integers(0, 30, n).astype(float),
            "consent": rng.random(n) < 0.9,
        }
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    capacity=st.fixed_dictionaries({"visit": st.integers(0, 20), "telephone": st.integers(0, 20)}),
    length=st.integers(7, 60),
    every=st.integers(1, 30),
    unit=st.sampled_from(["contacts", "hours"]),
)
def test_no_stretch_of_no_team_is_overbooked_and_nobody_contacted_too_often(seed, capacity, length, every, unit):
    customers = book(seed=seed)
    plan = contact_plan(
        customers, entitlements=TIERS, capacity=capacity, unit=unit, as_of=START,
        period=timedelta(days=length), capacity_every=timedelta(days=min(every, length)),
    )  # fmt: skip
    load = plan.workload()
    assert (load["used"] <= load["capacity"] * (1 + 1e-9)).all()
    assert load["contacts"].sum() == plan.contacts.sum()
    assert load["used"].sum() == pytest.approx(plan.used)
    most = customers["tier"].map({"gold": 4, "basic": 2}).to_numpy()
    assert (plan.contacts <= most).all()
    assert not plan.contacts[~customers["consent"].to_numpy()].any()
    schedule = plan.schedule().merge(customers, on="customer_id")
    day = (schedule["date"] - pd.Timestamp(START)).dt.days
    assert day.between(0, length - 1).all()
    gap = np.where(schedule["tier"].to_numpy() == "gold", 10, 20)
    first = schedule["number"] == 1
    assert (day + schedule["days_since_contact"] >= gap)[first].all()
    assert (day.groupby(schedule["customer_id"]).diff()[~first] >= gap[~first]).all()
    assert plan.total_gain <= plan.gain_bound * (1 + 1e-9) or np.isnan(plan.gain_bound)
    # what is promised, welcome and not planned is reported, customer by customer
    short = plan.unmet_minimum()
    assert short["unmet"].sum() == sum(use.unmet for use in plan.channels) == plan.unmet.sum()


def test_nobody_is_contacted_after_the_period_when_its_last_stretch_is_a_short_one():
    plan = contact_plan(
        book(seed=1), entitlements=TIERS, capacity={"visit": 10, "telephone": 0}, as_of=START,
        period=timedelta(days=25), capacity_every=timedelta(days=11),
    )  # fmt: skip
    assert plan.schedule()["date"].max() < pd.Timestamp(START) + timedelta(days=25)


def test_each_channel_has_its_own_capacity_and_says_what_one_more_is_worth():
    customers = {"customer_id": ["A", "B", "C"], "value": [900, 500, 400], "risk": [0.5] * 3, "tier": ["gold"] * 3}
    customers["channel"] = ["telephone", None, None]  # the tier says: a visit
    plan = contact_plan(customers, entitlements=TIERS, capacity={"visit": 3, "telephone": 50}, as_of=START)
    assert plan.contacts.tolist() == [4, 2, 1]  # the two promises to B and one to C are all that three visits keep
    assert [str(use) for use in plan.channels] == [
        "visit: 3 of 3 used for 3 contacts, 1 promised not kept, one more would avert 20.25",
        "telephone: 4 of 50 used for 4 contacts, one more would avert 0",
    ]
    assert plan.unmet_minimum().values.tolist() == [
        ["C", "visit", 2, 1, 1, "1 promised, 1 promised not kept: capacity"]
    ]
    assert plan.shadow_price == 20.25
    assert "visit: 3 of 3 used" in plan.summary()
    assert plan.schedule()["channel"].value_counts().to_dict() == {"telephone": 4, "visit": 3}


def test_what_no_stretch_can_hold_is_not_planned_and_reported():
    customers = {"customer_id": list("ABCDE"), "value": [5, 4, 3, 2, 1], "risk": [1.0] * 5}
    plan = contact_plan(
        customers, entitlements=(1, 1), capacity=1, period=timedelta(days=21), capacity_every=WEEK, as_of=START,
        effectiveness=0.5,
    )  # fmt: skip
    assert plan.schedule()["customer_id"].tolist() == ["A", "B", "C"]
    assert plan.schedule()["date"].dt.day.tolist() == [1, 8, 15]
    assert plan.unmet_minimum()[["customer_id", "reason"]].values.tolist() == [
        ["D", "1 promised not kept: capacity"],
        ["E", "1 promised not kept: capacity"],
    ]
    assert plan.shadow_price == 1.0
    assert np.isnan(plan.gain_bound)


def test_one_stretch_is_the_whole_period():
    usual = {"entitlements": TIERS, "capacity": 25, "as_of": START}
    whole = contact_plan(book(), **usual)
    one = contact_plan(book(), **usual, capacity_every=timedelta(days=90))
    pd.testing.assert_frame_equal(whole.frame(), one.frame())


def test_rows_in_another_order_get_the_same_days():
    customers = book().assign(value=500.0, risk=0.5)  # ties everywhere
    order = np.random.default_rng(1).permutation(len(customers))
    usual = {"entitlements": TIERS, "capacity": {"visit": 3, "telephone": 2}, "as_of": START, "capacity_every": WEEK}
    one, other = contact_plan(customers, **usual), contact_plan(customers.iloc[order], **usual)
    pd.testing.assert_frame_equal(one.schedule(), other.schedule())
    np.testing.assert_array_equal(one.reason[order], other.reason)
    pd.testing.assert_frame_equal(one.workload(), other.workload())


def test_ample_stretches_give_as_much_as_the_whole():
    demands = Demands(np.array([9.0, 5.0]), np.full(2, 0.5), np.zeros(2, int), np.array([3, 3]), np.ones(2))
    found, day = place_contacts(demands, Calendar(np.array([0, 5]), np.array([10, 10]), 30, 10), np.full(3, 9.0))
    assert found.gain == allocate(demands, 27.0).gain == found.bound
    assert day.tolist() == [0, 10, 20, 5, 15, 25]  # each as its gap allows


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"capacity": {"visit": 3}}, "no capacity for 'telephone'"),
        ({"capacity": {"visit": -1, "telephone": "many"}}, "2 problems"),
        ({"capacity": {}}, "no channel"),
        ({"capacity_every": 7}, "whole days"),
        ({"capacity_every": timedelta(days=91)}, "within the period"),
        ({"capacity_every": timedelta(hours=7)}, "whole days"),
    ],
)
def test_teams_that_cannot_be_are_refused(changes, said):
    with pytest.raises(InvalidValueError, match=said):
        contact_plan(book(), **({"entitlements": TIERS, "capacity": 9, "as_of": START} | changes))


def test_without_a_channel_nobody_is_contacted_where_capacity_is_by_channel():
    customers = {"customer_id": ["A", "B"], "value": [9, 5], "risk": [0.5, 0.4], "channel": ["visit", None]}
    plan = contact_plan(customers, entitlements=(1, 2), capacity={"visit": 9}, as_of=START)
    assert plan.contacts.tolist() == [2, 0]
    assert plan.reason[1] == "channel unknown: 1 promised, none planned"
