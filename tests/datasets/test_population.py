"""Who the customers are."""

from __future__ import annotations

import numpy as np


def test_segments_have_their_shares(book):
    counts = book.customers["segment"].value_counts()
    for name, share in {"consumer": 0.6, "business": 0.3, "public": 0.1}.items():
        assert abs(counts[name] - share * 20_000) < 5 * np.sqrt(share * (1 - share) * 20_000)
