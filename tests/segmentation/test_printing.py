"""What prints can be read: a record of segmentation says itself in a few words, however many customers are behind it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import crmrisk.segmentation as seg
from crmrisk import Portfolio
from crmrisk.segmentation.means_clustering import k_means

RNG = np.random.default_rng(2)
MOVED = seg.transition_matrix(counts=[[80, 20], [10, 90]], names=("basic", "gold"))
LEAVING = seg.transition_matrix(counts=[[80, 20], [0, 0]], names=("active", "gone"), absorbing=("gone",))
BOOK = Portfolio(
    [f"C{number}" for number in range(300)],
    date(2026, 1, 31),
    {"idle_days": RNG.integers(1, 300, 300), "orders": RNG.integers(1, 9, 300), "revenue": RNG.random(300)},
)

PRINTED = {
    "leaks": (
        seg.money_leaks(MOVED, {"basic": 10, "gold": 100}),
        (
            "net 900 [18.02, 1782] (95 % customers that move as shares of their segment, n 200), lost -900 [-1429, -370.8], "
            "gained 1800 [1094, 2506]\ngold to basic: 10 customers, -900 [-1569.29, -497.062]\n"
            "basic to gold: 20 customers, 1800 [1200.3, 2599.46]"
        ),
    ),
    "book": (
        seg.expected_book(MOVED, {"basic": 100, "gold": 0}, periods=2),
        (
            "customers expected after 2 periods\nbasic: 100 to 66 [50, 80] (95 % simulated moves, n 200)\n"
            "gold: 0 to 34 [20, 50] (95 % simulated moves, n 200)"
        ),
    ),
    "value": (
        seg.markov_lifetime_value(LEAVING, {"active": 100, "gone": 0}, discount_rate=0.1),
        "active: 366.7 [286.7, 474.6] (95 % dirichlet, n 100)\ngone: 0 [0, 0] (95 % dirichlet, n 0)",
    ),
    "absorption": (
        seg.MarkovChain([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0, 0, 1]], ("gold", "silver", "gone")).absorption(),
        "gold: 4 periods until absorption, in gone 1\nsilver: 4 periods until absorption, in gone 1",
    ),
    "boxes": (
        seg.SegmentBoxes([seg.RfmBox("Recent", (2, 2), (1, 2), (1, 2))], groups=2),
        "Recent: recency 2 to 2, frequency 1 to 2, monetary 1 to 2\nOthers: the others of scores 1 to 2",
    ),
    "clustering": (
        k_means(np.repeat([[0.0], [9.0]], [4000, 1000], axis=0), 2),
        "Clustering(5,000 rows, 2 clusters of 4,000, 1,000, cost 0)",
    ),
}


@pytest.mark.parametrize("name", PRINTED)
def test_records_read_like_this(name):
    record, expected = PRINTED[name]
    assert str(record) == expected


def test_a_notebook_shows_clusters_as_print_does():
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    fitted = seg.ClusterSegmenter(inputs=("idle_days", "revenue"), k=2, replicates=20).fit(BOOK)
    assert pretty(fitted) == str(fitted)
    assert str(fitted).startswith("2 clusters of 300 customers by k-means")


def test_what_a_segmenter_remembers_of_resamples_is_not_spelled_out():
    fitted = seg.RfmSegmenter(frequency="orders", monetary="revenue").fit(BOOK)
    assert "samples of 5 groups)" in repr(fitted)
    assert len(repr(fitted)) < 1000
