"""Who the customers are."""

from __future__ import annotations

import numpy as np


def test_segments_have_their_shares(book):
    counts = book.customers["segment"].value_counts()
    for name, share in {"consumer": 0.6, "business": 0.3, "public": 0.1}.items():
        assert abs(counts[name] - share * 20_000) < 5 * np.sqrt(share * (1 - share) * 20_000)


def test_tags_have_their_shares(book):
    given = book.customers["tags"].str.split(",").explode().value_counts()
    for tag, share in {"newsletter": 0.5, "loyalty card": 0.3, "online only": 0.2}.items():
        assert abs(given[tag] - share * 20_000) < 5 * np.sqrt(share * (1 - share) * 20_000)


def test_tiers_follow_true_spend(book):
    yearly = (book.truth["mean_spend"] * book.truth["purchase_rate"] * 365.25).groupby(book.customers["tier"]).median()
    assert yearly["bronze"] < 600 < yearly["silver"] < 3000 < yearly["gold"]
