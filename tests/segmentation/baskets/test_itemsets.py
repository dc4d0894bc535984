"""Frequent itemsets: against counting every set by hand, and however rows are ordered."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.baskets import Baskets, frequent_itemsets

# the five baskets of the mlxtend guide (reference, D-bas)
GUIDE = [
    ["Milk", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Dill", "Onion", "Nutmeg", "Kidney Beans", "Eggs", "Yogurt"],
    ["Milk", "Apple", "Kidney Beans", "Eggs"],
    ["Milk", "Unicorn", "Corn", "Kidney Beans", "Yogurt"],
    ["Corn", "Onion", "Kidney Beans", "Ice cream", "Eggs"],
]
some_baskets = st.lists(st.sets(st.integers(0, 7), max_size=8), min_size=1, max_size=40).filter(any)


def by_hand(baskets, least, longest=None):
    """Count every subset of every basket."""
    subsets = chain.from_iterable(
        combinations(sorted(basket), size) for basket in baskets for size in range(1, 1 + (longest or len(basket)))
    )
    counts = {}
    for subset in subsets:
        counts[subset] = counts.get(subset, 0) + 1
    return {subset: count for subset, count in counts.items() if count / len(baskets) >= least}


def test_row_a1a():
    found = frequent_itemsets(GUIDE, min_support=0.6)
    assert len(found) == 11
    assert dict(zip(found.itemsets, found.counts.tolist(), strict=True)) == by_hand(GUIDE, 0.6)


@given(some_baskets, st.sampled_from([0.05, 0.1, 0.2, 0.5, 1.0]), st.sampled_from([None, 1, 2, 3]))
@settings(max_examples=40, deadline=None)
def test_every_set_that_is_frequent_is_found_once(baskets, least, longest):
    found = frequent_itemsets(baskets, min_support=least, max_length=longest)
    assert len(set(found.itemsets)) == len(found)
    assert dict(zip(found.itemsets, found.counts.tolist(), strict=True)) == by_hand(baskets, least, longest)
    assert list(found.itemsets) == sorted(found.itemsets, key=lambda items: (len(items), items))
    assert all(level.counted >= len(level.members) for level in found.levels)


@given(some_baskets, st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_baskets_is_nothing(baskets, random):
    shuffled = random.sample(baskets, len(baskets))
    assert frequent_itemsets(shuffled, min_support=0.1) == frequent_itemsets(baskets, min_support=0.1)


def test_many_items_are_paired_in_blocks_and_many_sets_in_steps(monkeypatch):
    rng = np.random.default_rng(4)
    baskets = Baskets.from_matrix(rng.random((200, 60)) < 0.25, items=range(60))
    whole = frequent_itemsets(baskets, min_support=0.03)
    monkeypatch.setattr("crmrisk.segmentation.baskets.mining._BLOCK", 7)
    monkeypatch.setattr("crmrisk.segmentation.baskets.mining._WORDS", 5)
    assert frequent_itemsets(baskets, min_support=0.03) == whole
    assert whole.length.max() >= 3


def test_a_share_is_met_by_the_count_that_gives_it():
    baskets = [["a"]] * 7 + [["b"]] * 93  # 0.07 * 100 is a little more than 7 in floats
    assert frequent_itemsets(baskets, min_support=0.07).itemsets == (("a",), ("b",))


def test_nothing_frequent_is_an_answer():
    found = frequent_itemsets([["a"], ["b"]], min_support=0.9)
    assert (len(found), found.rules_tried, len(found.frame())) == (0, 0, 0)


def test_rare_pairs_were_tried_too():
    assert frequent_itemsets([["a"], ["b"], ["c"]], min_support=0.3).rules_tried == 6


def test_a_search_without_end_is_stopped():
    with pytest.raises(InvalidValueError, match="more than 1,000 frequent itemsets"):
        frequent_itemsets([range(40)], min_support=1, max_itemsets=1_000)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"min_support": 0}, "min_support: no share"),
        ({"min_support": 1.5}, "min_support: no share"),
        ({"min_support": float("nan")}, "min_support: no share"),
        ({"min_support": "1 %"}, "min_support: no share"),
        ({"min_support": 0.5, "max_length": 0}, "max_length: no length"),
        ({"min_support": 0.5, "max_length": 2.0}, "max_length: no length"),
        ({"min_support": 0.5, "max_itemsets": 0}, "max_itemsets: no number"),
    ],
)
def test_bad_settings_are_named(setting, says):
    with pytest.raises(InvalidValueError, match=says):
        frequent_itemsets(GUIDE, **setting)
