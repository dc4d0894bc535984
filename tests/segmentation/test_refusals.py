"""What no estimator of segmentation can use is refused in words, never with an error or a warning of numpy or pandas."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation.baskets import Baskets, association_rules
from crmrisk.segmentation.clustering import Clustering
from crmrisk.segmentation.clusters import ClusterSegmenter
from crmrisk.segmentation.conditions import Criterion
from crmrisk.segmentation.contribution import contributions
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.medoids_clustering import k_medoids
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tier_presets import institutional_clients
from crmrisk.segmentation.tier_simulation import autoregressive_history
from crmrisk.segmentation.transitions import migration_history
from crmrisk.segmentation.visits import contact_plan

START = date(2026, 1, 1)


def book(**columns: object) -> Portfolio:
    return Portfolio(["a", "b"], START, {"total_spend": [100, 50]} | columns)


def contributed(portfolio: Portfolio | None = None, **settings: object) -> object:
    return contributions(portfolio or book(), currency="EUR", **settings)


def planned(**columns: object) -> object:
    usual = {"customer_id": ["a", "b"], "value": [9, 5], "risk": [0.1, 0.2]}
    return contact_plan(usual | columns, entitlements=(1, 3), capacity=5, unit="hours", as_of=START)


BASKETS = Baskets.from_lists([["a", "b"], ["a"], ["b", "c"], ["a", "b", "c"]])
RULES = association_rules(BASKETS, min_support=0.25)
TWICE = pd.DataFrame([["a", 1, 2]], columns=["customer_id", "value", "value"])
HISTORY = CustomerHistory(["a", "b"], [START, START + timedelta(days=30)], {"revenue": [[10, 20], [30, 40]]})
TIERS = apply_policy(TierPolicy.from_cuts("revenue", {"gold": 15}), HISTORY)
MOVES = pd.DataFrame({"customer_id": ["a", "a"], "period": [1, 2], "segment": ["x", "y"]})


def ladder(**settings: object) -> TierPolicy:
    return TierPolicy.from_cuts("revenue", {"gold": 15}, **settings)


def wandering(**settings: object) -> CustomerHistory:
    return autoregressive_history(5, 3, correlation=0.5, rng=np.random.default_rng(0), **settings)


def far_away() -> object:
    found = ClusterSegmenter(inputs=["spend"], k=2, replicates=0).fit(book(spend=[1, 2]))
    return found.segment(book(spend=[1, 1e300]))


WRONG = {
    "a customer beyond measure": (far_away, "1e\\+300 for customer 'b'"),
    "a fifth review of two": (lambda: HISTORY.at(5), "review: no such review; allowed: -2 to 1"),
    "reasons of a ninth review": (lambda: TIERS.reasons(9, np.array([0])), "no such review"),
    "reasons of a ninth customer": (lambda: TIERS.reasons(0, np.array([9])), "no such row"),
    "tiers onto nothing": (lambda: TIERS.onto(None), "remedy: Portfolio.from_frame"),
    "no portfolios": (lambda: CustomerHistory.from_portfolios(None), "portfolios: no portfolios"),
    "a history with two columns of one name": (lambda: CustomerHistory.from_frame(TWICE), "give columns unique names"),
    "a band of five hundred per cent": (lambda: ladder(bands="share", demotion_band=5), "0.05 is five per cent"),
    "the same of one column": (lambda: ladder(bands="share", demotion_band={"revenue": 5}), "0.05 is five per cent"),
    "assets below nothing": (lambda: institutional_clients(medium=-1), "medium: not above 0"),
    "above 1 and below 1": (lambda: Criterion("x", gt=1, lt=1), "bounds are crossed"),
    "names that will do and will not": (
        lambda: Criterion("x", one_of=["a"], none_of=["a", "b"]),
        "will do and will not",
    ),
    "values whose sum overflows": (lambda: wandering(mean=1e308, deviation=1e308), "mean, deviation: out of range"),
    "a column to rename that is not there": (lambda: migration_history(MOVES, rename={"q": "period"}), "'q': no such"),
    "a percentage as a share": (lambda: association_rules(BASKETS, min_support=0.1, min_confidence=50), "0 to 1; got"),
    "rules that are not there": (lambda: RULES.take([99]), "no such rules"),
    "half a rule": (lambda: RULES.take([0.5]), "no such rules"),
    "one letter as the owners": (lambda: RULES.with_stability(BASKETS, clusters="abcd"), "clusters: not one per"),
    "lists as items of a basket": (lambda: RULES.recommend([["a"]]), "no item"),
    "a number as items": (lambda: BASKETS.without(5), "items: no collection of items"),
    "a list as an item": (lambda: BASKETS.without([["a"]]), "no item"),
    "one text as names": (lambda: Baskets.from_matrix([[1, 0]], items="ab"), "items: no collection"),
    "rows of different lengths": (lambda: Baskets.from_matrix([[1], [1, 0]]), "rows of different lengths"),
    "baskets that are no column": (lambda: Baskets("x", "a", [0], [0]), "basket_id: not one value"),
    "a frame with two columns of one name": (
        lambda: association_rules(pd.DataFrame([[True, False]], columns=["x", "x"]), min_support=0.5),
        "remedy: give columns unique names",
    ),
    "a wallet of less than nothing": (lambda: contributed(wallet=[-1, 2]), "wallet: below 0"),
    "a risk that brings money": (lambda: contributed(expected_risk_cost=[-5, 1]), "expected_risk_cost: below 0"),
    "a cost that is a gain": (lambda: contributed(book(service_cost=[-5, 0])), "remedy: costs are written as positive"),
    "spend whose sum overflows": (lambda: contributed(book(total_spend=[1e308] * 2)), "revenue: too large to add up"),
    "growth from next to nothing": (
        lambda: contributed(book(spend_recent=[1e300, 1], spend_previous=[1e-300, 1])),
        "growth: 1 infinite",
    ),
    "more contacts than days": (lambda: planned(contacts_made=[1e300, 0]), "contacts_made: out of range"),
    "work beyond a life": (lambda: planned(hours=[1e308, 1]), "hours: out of range"),
    "work of no time": (lambda: planned(hours=[5e-324, 1]), "hours: out of range"),
    "value whose sum overflows": (lambda: planned(value=[1e308, 1]), "value: too large"),
    "two columns of one name": (
        lambda: contact_plan(TWICE, entitlements=(1, 3), capacity=5, as_of=START),
        "customers: no customers",
    ),
}


@pytest.mark.parametrize(("asked", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_used_is_refused_in_words(asked, said):
    with pytest.raises(CrmRiskError, match=said):
        asked()


def test_of_two_last_contacts_the_later_counts():
    both = {"last_contact": [START - timedelta(days=30)] * 2, "days_since_contact": [3, None]}
    usual = {"customer_id": ["a", "b"], "value": [9, 9], "risk": [0.5, 0.5]} | both
    plan = contact_plan(usual, entitlements=(0, 1), capacity=2, min_gap=timedelta(days=20), as_of=START)
    dates = plan.schedule().set_index("customer_id")["date"]
    assert dates["a"] == pd.Timestamp(START) + timedelta(days=17)


def test_one_contact_can_avert_everything():
    plan = contact_plan({"customer_id": ["a"], "value": [900], "risk": [0.5]}, entitlements=(0, 3), capacity=9,
        effectiveness=1, as_of=START)  # fmt: skip
    assert plan.contacts.tolist() == [1]
    assert plan.gain.tolist() == [450.0]


def test_masked_numbers_are_missing():
    table = np.ma.masked_array([[1.0], [2.0], [50.0]], mask=[[0], [1], [0]])
    with pytest.raises(CrmRiskError, match=r"1 row\(s\) with missing numbers"):
        k_medoids(table, 2)
    assert isinstance(k_medoids(table.data, 2), Clustering)


def test_one_text_is_one_item():
    assert BASKETS.without("a") == BASKETS.without(["a"])
    assert repr(Baskets([], [], [], [])) == "Baskets(0 baskets, 0 items, 0 items each)"


def test_no_rules_have_no_stability():
    none = association_rules(BASKETS, min_support=0.25, min_lift=99)
    assert none.with_stability(BASKETS).stability.tolist() == []


def test_one_portfolio_is_a_history_of_one_review():
    assert len(apply_policy(TierPolicy.from_cuts("total_spend", {"gold": 80}), book()).reviews) == 1
