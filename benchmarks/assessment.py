"""Assessing: one customer in a moment, a million in seconds.

Prints the median of several runs. Bars: one customer under 1 ms, a million customers (two scorers, criteria, no rows
built) under 3 s.

    python benchmarks/assessment.py
"""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timedelta

import numpy as np

import crmrisk as cr
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

QUARTER, YEAR = timedelta(days=90), timedelta(days=365)
PURCHASES = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)


def pipeline() -> cr.AssessmentPipeline:
    return cr.AssessmentPipeline(
        name="churn",
        event=cr.RiskEvent("churn", "attrition", QUARTER),
        likelihood=cr.AttritionScorer(horizon=QUARTER, model=PURCHASES),
        consequence=cr.LifetimeValueScorer(
            currency="GBP", horizon=YEAR, discount_rate=0.1, margin=0.3, purchases=PURCHASES, spend=SPEND
        ),
        criteria=cr.RiskCriteria("GBP", moderate=50, high=200, extreme=600),
        controls=[cr.Control("call within 48 h", likelihood_remaining=0.7)],
    )


def portfolio(n: int) -> cr.Portfolio:
    rng = np.random.default_rng(1)
    frequency = rng.poisson(3, n).astype(float)
    age = rng.integers(100, 700, n).astype(float)
    recency = np.where(frequency > 0, np.floor(age * rng.random(n)), 0.0)
    spend = np.where(frequency > 0, rng.gamma(3, 10, n), np.nan)
    columns = {"frequency": frequency, "recency": recency, "age": age, "mean_spend": spend}
    return cr.Portfolio([f"C{i}" for i in range(n)], datetime(2026, 1, 1), columns)  # noqa: DTZ001 - no zone needed


def median_seconds(run, times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    book = portfolio(1_000_000)
    fitted = pipeline().fit(book)
    customer = book.customer("C5")
    fitted.assess_one(customer)
    one = median_seconds(lambda: fitted.assess_one(customer), 500)
    everyone = median_seconds(lambda: (fitted.assess(book).current.codes, fitted.assess(book).levels)[1], 3) / 2
    row_by_row = fitted.assess(book)
    rows = median_seconds(lambda: [row_by_row.row(i) for i in range(2_000)], 3) / 2_000
    print(f"{'assess_one':<28}{one * 1e3:>10.3f} ms   (bar 1 ms)")
    print(f"{'assess a million':<28}{everyone:>10.3f} s    (bar 3 s)")
    print(f"{'build one row of a million':<28}{rows * 1e3:>10.3f} ms")
    print(f"{'one customer : one of million':<28}{one / (everyone / 1e6):>10.0f} times")


if __name__ == "__main__":
    main()
