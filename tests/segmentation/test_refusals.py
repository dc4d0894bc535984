"""What no estimator of segmentation can use is refused in words, never with an error or a warning of numpy or pandas."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

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
from crmrisk.segmentation.demand import (
    DemandSeries,
    NeedModel,
    choose_forecast,
    classify_demand,
    classify_needs,
    croston,
    demand_series,
    forecast_demand,
    rolling_origin_error,
)
from crmrisk.segmentation.medoids_clustering import k_medoids
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_capacity import entitlements_of
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


SERIES = DemandSeries([[0, 4, 0, 4, 0, 4], [5, 6, 5, 6, 5, 6]], customer_id=["a", "b"], category=["tea", "jam"])
ERRORS = rolling_origin_error(SERIES, methods=["tsb", "zero"], origins=2)
SALES = pd.DataFrame({"customer_id": ["a"], "product": ["tea"], "at": pd.to_datetime(["2026-01-05"]), "amount": [5.0]})


def sold(**settings: object) -> DemandSeries:
    return demand_series(SALES, **{"as_of": date(2026, 3, 1)} | settings)


def alive(opportunities: int, horizon: object = 1) -> object:
    model = NeedModel(alpha=1, beta=1, ending=0.1)
    return model.probability_bought(horizon, frequency=[1], recency=[1], opportunities=[opportunities])


def together() -> object:
    begins = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1))
    return apply_policy([ladder(effective_from=begin) for begin in begins], HISTORY)


WRONG = {
    "two versions that begin together": (together, "begin together"),
    "a season of no method": (lambda: forecast_demand(SERIES, method="croston", season="x"), "season: no season"),
    "entitlements of no policy": (lambda: entitlements_of(None, None, book()), "entitlements_of: policy"),
    "more capacity than counts": (
        lambda: contact_plan(
            {"customer_id": [], "value": [], "risk": []}, entitlements=(1, 3), capacity=1e308, as_of=START
        ),
        "0 to 1e12",
    ),
    "a forecast for three million years": (lambda: croston(SERIES, horizon=10**9), "1 to 10,000; got: 1000000000"),
    "errors of no method": (lambda: ERRORS.loss("q", "mae"), "method: no errors of it"),
    "errors by no criterion": (lambda: ERRORS.loss("tsb", ["mae"]), "criterion: no such criterion"),
    "progress of no kind": (lambda: choose_forecast(SERIES, progress=5), "progress: no way to show progress"),
    "a cut no interval reaches": (lambda: classify_demand(SERIES, adi_cut=np.inf), "adi_cut: no cut"),
    "a number as names of periods": (lambda: DemandSeries([1, 2], periods=5), "periods: no names of periods"),
    "half a period": (lambda: SERIES.until(2.5), "n_periods: no such periods"),
    "a fifth series of two": (lambda: SERIES.take([5]), "no such row"),
    "half a series": (lambda: SERIES.take([0.5]), "no such row"),
    "no model of who is alive": (lambda: classify_needs(SERIES, model=object()), "model: no model"),
    "needs without end": (lambda: NeedModel(alpha=1e308, beta=1e308, ending=0.5), "alpha"),
    "a horizon in words": (lambda: alive(5, "a"), "horizon: no horizon"),
    "a history without end": (lambda: alive(10**9), "impossible histories"),
    "days until the year 9999": (lambda: sold(as_of=date(9999, 1, 1), period="day"), "more periods than make a series"),
    "only sales that are yet to come": (lambda: sold(as_of=date(2025, 1, 1)), "positive amounts before as_of"),
    "a number as the column of categories": (lambda: sold(category=5), "category: not what is expected"),
    "no keys of series": (lambda: sold(by=None), "by: no such key"),
    "names that map nothing": (lambda: sold(rename=5), "rename: not what is expected"),
    "masked demand in the middle": (
        lambda: DemandSeries(np.ma.masked_array([1, 2, 3], mask=[0, 1, 0])),
        "missing after demand was known",
    ),
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
    "numbers of no type": (lambda: BASKETS.matrix("x"), "dtype: no type of numbers"),
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
