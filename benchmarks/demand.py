"""How long demand takes: forecasts and classes of 100,000 series of 24 periods, and a plan for 100,000 customers.

Run ``python benchmarks/demand.py``; takes about twenty seconds.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np

from crmrisk.segmentation.demand import classify_demand, croston, need_forecast, rolling_origin_error, sba, tsb
from crmrisk.segmentation.visits import ContactEntitlement, contact_plan

N, PERIODS = 100_000, 24


def timed(name, work):
    start = time.perf_counter()
    work()
    print(f"{name:<55}{time.perf_counter() - start:8.2f} s")


def main():
    rng = np.random.default_rng(0)
    demand = (rng.random((N, PERIODS)) < 0.3) * rng.gamma(2.0, 5.0, (N, PERIODS))
    for method in (croston, sba, tsb, need_forecast):
        timed(f"{method.__name__}, {N:,} series", lambda method=method: method(demand))
    timed(f"tsb, {N:,} series, 36 pairs of parameters tried", lambda: tsb(demand, alpha="fit", beta="fit"))
    timed(f"classify_demand, {N:,} series, 200 resamples", lambda: classify_demand(demand))
    methods = ["croston", "sba", "tsb", "mean", "naive", "zero"]
    timed(f"rolling_origin_error, {N:,} series, 6 origins", lambda: rolling_origin_error(demand, methods=methods))
    customers = {
        "customer_id": [f"C{number}" for number in range(N)],
        "value": rng.lognormal(5.0, 1.0, N),
        "risk": rng.random(N),
        "tier": rng.choice(["gold", "silver", "basic"], N),
        "days_since_contact": rng.integers(0, 200, N),
        "consent": rng.random(N) < 0.9,
    }
    tiers = {"gold": ContactEntitlement(1, 6, timedelta(days=14)), "silver": (0, 3), "basic": (0, 1)}
    plan = {"entitlements": tiers, "capacity": 60_000, "as_of": date(2026, 1, 1)}
    timed(f"contact_plan, {N:,} customers, 60,000 contacts", lambda: contact_plan(customers, **plan))


if __name__ == "__main__":
    main()
