"""Association rules: the rows of the mlxtend guide, definitions by hand, tests and false discoveries, policies."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.baskets import AssociationRule, Baskets, association_rules, frequent_itemsets

GUIDE = [
    ["Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Milk", "Apple", "Kidney Beans", "Eggs"],
    ["Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"],
    ["Corn", "Onion", "Kidney Beans", "Ice cream", "Eggs"],
]
INF = float("inf")
some_baskets = st.lists(st.sets(st.integers(0, 4), max_size=5), min_size=1, max_size=30).filter(any)


def guide_rule(antecedents, consequents):
    rules = association_rules(GUIDE, min_support=0.6)
    [row] = np.flatnonzero(
        [sides == (antecedents, consequents) for sides in zip(rules.antecedents, rules.consequents, strict=True)]
    )
    return {name: column[row] for name, column in rules.frame().items()}


def test_row_a1a_counts_of_rules():
    assert len(association_rules(GUIDE, min_support=0.6, min_confidence=0.7)) == 12
    assert len(association_rules(GUIDE, min_support=0.6, min_lift=1.2)) == 6


@pytest.mark.parametrize(
    ("antecedents", "consequents", "values"),
    [
        pytest.param(("Onion",), ("Eggs",), (0.6, 1, 1.25, 0.12, INF, 0.5), id="A1b mlxtend guide"),
        pytest.param(("Eggs",), ("Onion",), (0.6, 0.75, 1.25, 0.12, 1.6, 1.0), id="A1c mlxtend guide"),
        pytest.param(("Kidney Beans",), ("Eggs",), (0.8, 0.8, 1, 0, 1, 0), id="A1d mlxtend"),
        pytest.param(("Eggs",), ("Kidney Beans", "Onion"), (0.6, 0.75, 1.25, 0.12, 1.6, 1.0), id="A1d mlxtend, three"),
    ],
)
def test_rows_a1b_to_a1d(antecedents, consequents, values):
    rule = guide_rule(antecedents, consequents)
    names = ("support", "confidence", "lift", "leverage", "conviction", "zhang")
    assert [rule[name] for name in names] == pytest.approx(values, abs=1e-9)


@given(some_baskets)
@settings(max_examples=15, deadline=None)
def test_measures_are_their_definitions(baskets):
    n = len(baskets)

    def share(items):
        return sum(set(items) <= basket for basket in baskets) / n

    rules = association_rules(baskets, min_support=0.2)
    frame = rules.frame()
    assert (np.asarray(rules.lift) >= 0).all()
    assert (np.abs(rules.zhang) <= 1.0).all()
    for row in frame.itertuples():
        a, c, both = share(row.antecedents), share(row.consequents), share(row.antecedents + row.consequents)
        assert (row.antecedent_support, row.consequent_support, row.support) == pytest.approx((a, c, both))
        assert (row.confidence, row.lift) == pytest.approx((both / a, both / a / c))
        assert row.leverage == pytest.approx(both - a * c, abs=1e-12)
        assert row.conviction == (INF if both == a else pytest.approx((1 - c) / (1 - both / a)))
        largest = max(both * (1 - a), a * (c - both))
        assert row.zhang == pytest.approx((both - a * c) / largest if largest > 1e-12 else 0.0, abs=1e-9)
        assert row.confidence_low <= row.confidence <= row.confidence_high
        assert row.lift_low <= row.lift * (1 + 1e-12)
        assert row.lift_high >= row.lift * (1 - 1e-12)


def test_every_split_of_every_itemset_is_there_once():
    rules = association_rules(GUIDE, min_support=0.2)
    sides = list(zip(rules.antecedents, rules.consequents, strict=True))
    assert len(sides) == len(set(sides)) == sum(2 ** len(items) - 2 for items in rules.itemsets.itemsets)
    assert all(not set(a) & set(c) for a, c in sides)


def test_the_order_of_baskets_is_nothing():
    rng = np.random.default_rng(2)
    ones = rng.random((300, 12)) < rng.uniform(0.05, 0.5, 12)
    order = rng.permutation(300)
    rules, shuffled = (
        association_rules(Baskets.from_matrix(table, items=range(12)), min_support=0.05)
        for table in (ones, ones[order])
    )
    assert rules == shuffled


class TestFalseDiscoveries:
    def test_q_of_the_frequent_family_is_scipys(self):
        rules = association_rules(GUIDE, min_support=0.4, family="frequent")
        assert rules.tried == len(rules)
        assert rules.q_value == pytest.approx(false_discovery_control(rules.p_value), abs=1e-12)

    def test_what_was_counted_counts_as_tried_with_a_p_of_one(self):
        rules = association_rules(GUIDE, min_support=0.6)
        others = np.ones(rules.tried - len(rules))
        assert rules.tried > len(rules)
        assert rules.q_value == pytest.approx(false_discovery_control([*rules.p_value, *others])[: len(rules)])

    def test_no_filter_makes_a_rule_more_certain(self):
        everything = association_rules(GUIDE, min_support=0.4)
        few = association_rules(GUIDE, min_support=0.4, min_confidence=0.9, min_lift=1.1)
        assert 0 < len(few) < len(everything)
        assert few.tried == everything.tried
        assert few == everything.filter(min_confidence=0.9, min_lift=1.1)

    def test_a_support_far_above_chance_selects_noise_and_only_the_whole_family_sees_it(self):
        rng = np.random.default_rng(6)
        baskets = Baskets.from_matrix(rng.random((2_000, 300)) < 0.06, items=range(300))  # 7.2 baskets per pair
        itemsets = frequent_itemsets(baskets, min_support=0.0075)  # 15 baskets
        naive = association_rules(itemsets, max_q_value=0.05, family="frequent")
        assert len(naive) > 0.9 * len(association_rules(itemsets)) > 100
        assert len(association_rules(itemsets, max_q_value=0.05)) == 0


class TestTables:
    rules = association_rules(GUIDE, min_support=0.6)

    def test_sorting_is_stable_and_both_ways(self):
        assert (np.diff(self.rules.sort("lift").lift) <= 0).all()
        assert (np.diff(self.rules.sort("p_value", descending=False).p_value) >= 0).all()
        once = self.rules.sort("support")
        assert once.sort("support") == once

    def test_filters_by_item(self):
        found = self.rules.filter(item="Onion")
        assert all("Onion" in a + c for a, c in zip(found.antecedents, found.consequents, strict=True))
        assert (
            len(found) + len(self.rules.take(["Onion" not in r.antecedents + r.consequents for r in self.rules])) == 16
        )
        assert len(self.rules.filter(item="Beer")) == 0

    def test_rows_go_through_json(self):
        row = next(rule for rule in self.rules if rule.conviction is None)
        assert row.confidence == 1.0
        assert AssociationRule.from_json(row.to_json()) == row
        assert json.loads(row.to_json())["conviction"] is None
        assert self.rules[-1] == self.rules.rows()[-1]
        with pytest.raises(IndexError):
            self.rules[16]

    def test_a_q_below_every_float_is_not_called_zero(self):
        orders = [["tea", "cup"]] * 3_000 + [["pot"]] * 3_000
        rule = association_rules(orders, min_support=0.3)[0]
        assert rule.q_value == 0.0
        assert str(rule).endswith("q < 1e-307")

    def test_frames_are_copies(self):
        frame = self.rules.frame()
        frame.loc[0, "lift"] = -1.0
        assert self.rules.lift[0] > 0
        with pytest.raises(ValueError, match="read-only"):
            self.rules.p_value[0] = 0.0

    def test_no_rules_are_a_table_too(self):
        none = association_rules([["a"], ["b"]], min_support=0.5)
        assert (len(none), none.tried, len(none.frame()), none.rows(), none.recommend(["a"])) == (0, 2, 0, [], ())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: association_rules(GUIDE), "min_support: missing"),
        (lambda: association_rules(GUIDE, min_support=0), "no share"),
        (lambda: association_rules(GUIDE, min_support=0.5, min_confidence=-1), "min_confidence: no bound"),
        (lambda: association_rules(GUIDE, min_support=0.5, min_lift=float("nan")), "min_lift: no bound"),
        (lambda: association_rules(GUIDE, min_support=0.5, max_q_value="5 %"), "max_q_value: no bound"),
        (lambda: association_rules(GUIDE, min_support=0.5, family="all"), "no such family"),
        (lambda: association_rules(GUIDE, min_support=0.5, level=95), "level"),
        (
            lambda: association_rules(frequent_itemsets(GUIDE, min_support=0.5), min_support=0.6),
            "the itemsets have one",
        ),
        (lambda: TestTables.rules.sort("luck"), "no such measure"),
        (lambda: TestTables.rules.sort("stability"), "with_stability"),
        (lambda: TestTables.rules["lift"], "no row"),
        (lambda: TestTables.rules.recommend("Onion"), "no collection of items"),
        (lambda: TestTables.rules.recommend(["Onion"], n=0), "no number of items"),
        (lambda: TestTables.rules.recommend(["Onion"], by="luck"), "no such measure"),
        (lambda: association_rules([range(15)], min_support=1), "rules; allowed: up to 10,000,000"),
    ],
)
def test_bad_input_is_named(call, says):
    with pytest.raises(InvalidValueError, match=says):
        call()


class TestRecommend:
    rules = association_rules(GUIDE, min_support=0.6)

    def test_the_best_rule_of_each_item_comes_first(self):
        [eggs] = self.rules.recommend(["Onion", "Kidney Beans"])
        assert (eggs.item, eggs.because.antecedents, eggs.because.confidence) == ("Eggs", ("Onion",), 1.0)

    def test_nothing_in_the_basket_is_named_and_strangers_are_ignored(self):
        assert self.rules.recommend(["Eggs", "Onion", "Beer"]) == ()
        assert self.rules.recommend([]) == ()

    def test_a_rule_that_is_no_better_than_chance_recommends_nothing(self):
        assert self.rules.recommend(["Kidney Beans"]) == ()  # lift 1 with everything

    def test_as_many_as_asked(self):
        rules = association_rules([list("abcd")] * 5 + [["e"]] * 5, min_support=0.5)
        assert [each.item for each in rules.recommend(["a"], n=2)] == ["b", "c"]


@pytest.mark.realdata
def test_online_retail_at_half_a_percent(data_folder):
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=["InvoiceNo", "StockCode", "Quantity"])
    names = {"basket": "InvoiceNo", "item": "StockCode", "quantity": "Quantity"}
    baskets = Baskets.from_frame(lines, **names, cancelled_prefix="C")
    assert (len(baskets), len(baskets.items), len(baskets.rows)) == (20_728, 3_941, 520_750)  # counted with pandas
    assert sum(baskets.left_out.values()) == 10_624
    itemsets = frequent_itemsets(baskets, min_support=0.005, max_length=3)
    assert len(itemsets) == 13_982  # mlxtend 0.25.0, fpgrowth
    assert len(association_rules(itemsets, min_confidence=0.5)) == 9_385  # mlxtend 0.25.0
