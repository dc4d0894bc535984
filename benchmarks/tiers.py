"""Tiers of 100,000 customers over 24 monthly reviews, against a loop over customers in plain Python.

python benchmarks/tiers.py [--check]

The policy has three tiers, criteria over two columns and a label, bands, dwell and grace. The loop decides a far
simpler policy (one column, band and dwell) for the first 2,000 customers, and is scaled up; both must agree where they
decide the same. `--check` fails if applying the policy takes more than 2 seconds.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from crmrisk.segmentation.conditions import AllOf, AnyOf, Criterion
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import Tier, TierPolicy

CUSTOMERS, REVIEWS, LOOPED, BAR = 100_000, 24, 2_000, 2.0
NEEDS = ("wealth", "trading", "service")


def timed(call):
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


def data():
    rng = np.random.default_rng(7)
    assets = 200 + 30 * rng.standard_normal((REVIEWS, CUSTOMERS)).cumsum(axis=0)
    need = np.array(NEEDS, dtype=object)[rng.integers(0, 3, (REVIEWS, CUSTOMERS))]
    reviews = np.datetime64("2024-01-01", "us") + np.arange(REVIEWS) * np.timedelta64(30, "D")
    return [f"C{n:06d}" for n in range(CUSTOMERS)], reviews, assets, need


def looped(assets, *, cuts, band, dwell):
    tiers = np.empty(assets.shape, dtype=int)
    for customer, values in enumerate(assets.T.tolist()):
        tier = below = 0
        for review, value in enumerate(values):
            if review == 0:
                tier = sum(value >= cut for cut in cuts)
            elif (risen := sum(value >= cut for cut in cuts)) > tier:
                tier, below = risen, 0
            elif sum(value >= cut - band for cut in cuts) < tier:
                below += 1
                if below >= dwell:
                    tier, below = tier - 1, 0
            else:
                below = 0
            tiers[review, customer] = tier
    return tiers


def main():
    ids, reviews, assets, need = data()
    rich = AllOf([Criterion("revenue", ge=25), Criterion("need", one_of=["wealth"])])
    policy = TierPolicy(
        tiers=[
            Tier("base"),
            Tier("silver", Criterion("assets", ge=150)),
            Tier("gold", AnyOf([Criterion("assets", ge=300), rich])),
        ],
        demotion_band=0.1,
        bands="share",
        dwell=2,
        grace=np.timedelta64(90, "D").item(),
    )
    columns, labels = {"assets": assets, "revenue": assets / 10}, {"need": need}
    history, build = timed(lambda: CustomerHistory(ids, reviews, columns, labels))
    tiers, applied = timed(lambda: apply_policy(policy, history))
    _, words = timed(tiers.at)
    _, moved = timed(tiers.moves)
    rows = {"customer_id": np.tile(ids, REVIEWS), "at": np.repeat(reviews, CUSTOMERS)}
    flat = {name: table.ravel() for name, table in (columns | labels).items()}
    frame = pd.DataFrame(rows | flat)
    again, framed = timed(lambda: apply_policy(policy, frame))
    assert again == tiers
    plain = TierPolicy.from_cuts("assets", {"silver": 150, "gold": 300}, demotion_band=20, dwell=2)
    mine, fast = timed(lambda: apply_policy(plain, history))
    theirs, slow = timed(lambda: looped(assets[:, :LOOPED], cuts=(150, 300), band=20, dwell=2))
    assert np.array_equal(mine.tiers[:, :LOOPED], theirs)
    slow *= CUSTOMERS / LOOPED
    print(f"{CUSTOMERS} customers x {REVIEWS} reviews")
    print(f"  tables checked and frozen          {build:6.2f} s")
    print(f"  policy applied                     {applied:6.2f} s   bar {BAR:.0f} s")
    print(f"  the same from a long pandas frame  {framed:6.2f} s")
    print(f"  reasons of everyone at one review  {words:6.2f} s")
    print(f"  reasons of all {tiers.moved.sum()} moves        {moved:6.2f} s")
    print(f"  simple policy                      {fast:6.2f} s   loop in Python {slow:6.1f} s, {slow / fast:.0f} times")
    if "--check" in sys.argv and applied > BAR:
        sys.exit("the bar is missed")


if __name__ == "__main__":
    main()
