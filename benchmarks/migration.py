"""How long migration and concentration take: a million customers over twelve periods, a hundred thousand for Lorenz.

python benchmarks/migration.py
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from crmrisk import Portfolio
from crmrisk.core.segments import Segments
from crmrisk.segmentation.concentrated import concentration
from crmrisk.segmentation.contribution import contributions
from crmrisk.segmentation.future_book import expected_book
from crmrisk.segmentation.markov_value import markov_lifetime_value
from crmrisk.segmentation.transitions import migration_history, transition_matrix

CUSTOMERS, PERIODS, NAMES = 1_000_000, 12, ("gone", "low", "middle", "high", "top")


def timed(what, call):
    start = time.perf_counter()
    found = call()
    print(f"{what:<66} {time.perf_counter() - start:6.2f} s")
    return found


def main() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, len(NAMES), (PERIODS, CUSTOMERS))
    ids = np.array([f"C{number}" for number in range(CUSTOMERS)], dtype=object)
    segments = [Segments(ids, row, NAMES, ordered=True) for row in codes]
    moved = timed("transition_matrix, Segments of 12 periods", lambda: transition_matrix(segments))
    frame = pd.DataFrame({
        "customer_id": np.tile(np.arange(CUSTOMERS), PERIODS),
        "period": np.repeat(np.arange(PERIODS), CUSTOMERS),
        "segment": pd.Categorical.from_codes(codes.ravel(), list(NAMES)),
    })  # fmt: skip
    again = timed(
        "migration_history, a frame of 12,000,000 rows", lambda: migration_history(frame, names=NAMES, ordered=True)
    )
    assert np.array_equal(moved.by_period, again.by_period)
    timed("markov_lifetime_value, 1,000 draws", lambda: markov_lifetime_value(moved, range(5), discount_rate=0.1))
    timed("expected_book, 12 periods, 1,000 draws", lambda: expected_book(moved, periods=12))
    spend = rng.lognormal(4, 1.5, CUSTOMERS)
    book = Portfolio(ids, pd.Timestamp("2026-01-31"), {"total_spend": spend, "service_cost": spend / 9})
    found = timed("contributions, 1,000,000 customers", lambda: contributions(book, currency="EUR", margin=0.3))
    part = found.contribution[:100_000]
    timed("concentration, 100,000 customers, 1,000 resamples", lambda: concentration(part))


if __name__ == "__main__":
    main()
