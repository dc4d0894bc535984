"""Customers whose every purchase is known: histories, a holdout and what truly made them buy."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from crmrisk.scoring.value.checking.holdout import Holdout, RepeatPurchases
from crmrisk.scoring.value.histories import Histories


def simulate_book(model, *, n=2_000, calibration=39.0, duration=39.0, joined=13.0, seed=1):
    """Draw purchase by purchase from BG/NBD, customers joining evenly over the first weeks."""
    rng = np.random.default_rng(seed)
    rates, dropouts = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    start = rng.uniform(0, joined, n).round(1)
    times = [[] for _ in range(n)]
    for row in range(n):
        now = start[row]
        while True:
            now += rng.exponential(1 / rates[row]) if rates[row] > 1e-12 else np.inf
            if now > calibration + duration:
                break
            times[row].append(now)
            if rng.random() < dropouts[row]:
                break
    return SimpleNamespace(start=start, times=times, calibration=calibration, duration=duration)


def hold_out_of(book):
    def history(end):
        known = [[time for time in times if time <= end] for times in book.times]
        last = [times[-1] if times else start for times, start in zip(known, book.start, strict=True)]
        return Histories(
            np.array([float(len(times)) for times in known]), np.array(last) - book.start, end - book.start
        )

    now, later = history(book.calibration), history(book.calibration + book.duration)
    moments = np.sort(np.concatenate([np.array(times) for times in book.times])) - book.calibration
    return Holdout(
        *now,
        purchases=later.frequency - now.frequency,
        duration=book.duration,
        repeats=RepeatPurchases(moments, np.ones(moments.size)),
        complete=later,
    )


@pytest.fixture(scope="session")
def true_model():
    from crmrisk.scoring.value.beta_geo import BetaGeoNBD

    return BetaGeoNBD(r=0.6, alpha=4.0, a=0.8, b=2.5)


@pytest.fixture(scope="session")
def simulated(true_model):
    return hold_out_of(simulate_book(true_model))


@pytest.fixture(scope="session")
def cdnow_holdout(data_folder):
    """The sample as the literature splits it, in weeks, purchases of 0 dollars included."""
    from datetime import date, timedelta

    import pandas as pd

    from crmrisk.scoring.value.checking.splitting import hold_out

    table = pd.read_parquet(data_folder / "cdnow_sample.parquet")[["customer_id", "date"]]
    week = timedelta(weeks=1)
    return hold_out(table, date(1997, 9, 30), date(1998, 6, 30), time_unit=week, rename={"date": "at"})
