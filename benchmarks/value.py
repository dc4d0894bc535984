"""Lifetime value against lifetimes 0.11.3 and PyMC-Marketing 0.19.2 on this machine: medians of several runs, ratios.

    python benchmarks/value.py [--peer /opt/lifetimes/bin/python] [--pymc /opt/pymc/bin/python]
        [--customers 1000000] [--runs 3]

Each peer runs in its own interpreter (lifetimes needs pandas < 3); without one, only our own times are printed. Make
them with

    uv venv /opt/lifetimes
    uv pip install --python /opt/lifetimes/bin/python lifetimes 'pandas<3' 'numpy<2.3' 'scipy<1.16'
    uv venv /opt/pymc
    uv pip install --python /opt/pymc/bin/python pymc-marketing

Bars: fits and values at least 10 times faster than lifetimes, the value at least 4 times faster than PyMC-Marketing,
2,357 customers fitted in 30 ms, a million customers scored in 500 MB above the input. Memory is what a fresh process
held at its peak beyond what it held with the portfolio in it, and what the allocator counted. `value_fit.py` has the
fits of Pareto/NBD.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

FIT_SMALL, FIT_100K, FIT_LARGE = "fit, 2,357 customers", "fit, 100,000 customers", "fit, {n:,} customers"
EXPECTED, ALIVE, VALUE = "expected purchases, {n:,}", "P(alive), {n:,}", "12-month value, {n:,}"
SIZES = {FIT_SMALL: 2_357, FIT_100K: 100_000}

PEER = """
import json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
folder, runs, jobs = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
data = {name: np.load(f"{folder}/{name}.npy") for name in ("frequency", "recency", "age", "mean_spend")}
x, last, end, spend = (pd.Series(column) for column in data.values())

def median(work):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)

model = BetaGeoFitter()
model.fit(x[:2357], last[:2357], end[:2357])
amounts = GammaGammaFitter()
some = (x > 0) & (spend > 0)
amounts.fit(x[some][:5000], spend[some][:5000])
work = {
    "fit": lambda n: BetaGeoFitter().fit(x[:n], last[:n], end[:n]),
    "expected": lambda n: model.predict(365, x[:n], last[:n], end[:n]),
    "alive": lambda n: model.conditional_probability_alive(x[:n], last[:n], end[:n]),
    "value": lambda n: amounts.customer_lifetime_value(
        model, x[:n], last[:n], end[:n], spend[:n], time=12, discount_rate=0.008, freq="D"),
}
print(json.dumps({name: median(lambda: work[kind](n)) for name, (kind, n) in jobs.items()}))
"""

PYMC = """
import json, logging, sys, time, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import numpy as np, pandas as pd
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel
folder, n = sys.argv[1], int(sys.argv[2])
names = {"frequency": "frequency", "recency": "recency", "age": "T", "mean_spend": "monetary_value"}
data = pd.DataFrame({name: np.load(f"{folder}/{file}.npy") for file, name in names.items()})[:n]
data.insert(0, "customer_id", np.arange(len(data)))
few = data[:2357]
model = BetaGeoModel(data=few[["customer_id", "frequency", "recency", "T"]])
model.fit(method="map", progressbar=False)
amounts = GammaGammaModel(data=few[(few.frequency > 0) & (few.monetary_value > 0)])
amounts.fit(method="map", progressbar=False)
work = lambda rows: amounts.expected_customer_lifetime_value(
    transaction_model=model, data=rows, future_t=12, discount_rate=0.008, time_unit="D")
work(few)
start = time.perf_counter()
work(data)
print(json.dumps(time.perf_counter() - start))
"""

MEMORY = """
import json, sys
from datetime import date, timedelta
import numpy as np
import crmrisk as cr
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

def status(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith(name))

columns = {name: np.load(f"{sys.argv[1]}/{name}.npy") for name in ("frequency", "recency", "age", "mean_spend")}
n = columns["age"].size
purchases = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
scorers = (
    cr.LifetimeValueScorer(currency="EUR", horizon=timedelta(days=365), discount_rate=0.1, purchases=purchases,
        spend=GammaGamma(p=6.25, q=3.74, v=15.44)),
    cr.AttritionScorer(horizon=timedelta(days=90), model=purchases),
)
book = cr.Portfolio([f"C{row}" for row in range(n)], date(2026, 1, 31), columns)
few = book.take(slice(0, 1000))
fitted = [scorer.fit(few) for scorer in scorers]
for each in fitted:
    each.score(few)
before = status("VmRSS")
with open("/proc/self/clear_refs", "w") as reset:
    reset.write("5")
for each in fitted:
    each.score(book)
print(json.dumps(status("VmHWM") - before))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="/opt/lifetimes/bin/python")
    parser.add_argument("--pymc", default="/opt/pymc/bin/python")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    n = options.customers
    data = _customers(n)
    jobs = {
        FIT_SMALL: ("fit", 2_357),
        FIT_100K: ("fit", 100_000),
        FIT_LARGE.format(n=n): ("fit", n),
        ALIVE.format(n=n): ("alive", n),
        EXPECTED.format(n=n): ("expected", n),
        VALUE.format(n=n): ("value", n),
    }
    ours = _ours(data, jobs, options.runs)
    theirs = _theirs(data, jobs, options.peer)
    print(f"{'':36}{'crmrisk [s]':>14}{'lifetimes [s]':>16}{'ratio':>10}")
    for name, seconds in ours.items():
        peer = f"{theirs[name]:16.4f}{theirs[name] / seconds:9.1f}x" if name in theirs else f"{'-':>16}"
        print(f"{name:36}{seconds:14.4f}{peer}")
    seconds, other = ours[VALUE.format(n=n)], _alone(data, PYMC, options.pymc, str(n))
    if other is not None:
        print(f"{'12-month value by PyMC-Marketing':36}{seconds:14.4f}{other:16.4f}{other / seconds:9.1f}x")
    print(f"memory of the value of {n:,} customers above the input: {_peak(data):.0f} MB allocated")
    resident = _alone(data, MEMORY, sys.executable)
    if resident is not None:
        print(f"memory of both scorers on {n:,} customers above the portfolio: {resident:.0f} MB resident at the peak")


def _customers(n: int) -> dict[str, np.ndarray]:
    from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

    rng = np.random.default_rng(20261122)
    end = rng.integers(28, 366, n).astype(float)
    simulated = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426).simulate(end, rng=rng)
    last = np.minimum(np.ceil(simulated.recency), end)
    spend = np.nan_to_num(GammaGamma(p=6.25, q=3.74, v=15.44).simulate(simulated.frequency, rng=rng))
    return {"frequency": simulated.frequency, "recency": last, "age": end, "mean_spend": np.round(spend, 2)}


def _ours(data: dict[str, np.ndarray], jobs: dict[str, tuple[str, int]], runs: int) -> dict[str, float]:
    from crmrisk.scoring.value import BetaGeoNBD

    x, last, end, _ = data.values()
    model = BetaGeoNBD.fit(x[:2_357], last[:2_357], end[:2_357]).model
    work: dict[str, Callable[[int], object]] = {
        "fit": lambda n: BetaGeoNBD.fit(x[:n], last[:n], end[:n]),
        "expected": lambda n: model.expected_purchases(365.0, frequency=x[:n], recency=last[:n], age=end[:n]),
        "alive": lambda n: model.probability_alive(frequency=x[:n], recency=last[:n], age=end[:n]),
        "value": lambda n: _value(data, n),
    }
    return {name: _median(lambda job=work[kind], n=n: job(n), 3 * runs) for name, (kind, n) in jobs.items()}


def _value(data: dict[str, np.ndarray], n: int) -> np.ndarray:
    from crmrisk.scoring.value import BetaGeoNBD, GammaGamma, discounted_value

    x, last, end, mean = (column[:n] for column in data.values())
    spend = GammaGamma(p=6.25, q=3.74, v=15.44).expected_spend(frequency=x, mean_spend=mean)
    return discounted_value(
        BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426), frequency=x, recency=last, age=end, expected_spend=spend,
        time_unit=timedelta(days=1), horizon=timedelta(days=365), discount_rate=0.1,
    )  # fmt: skip


def _median(work: Callable[[], object], runs: int) -> float:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _theirs(data: dict[str, np.ndarray], jobs: dict[str, tuple[str, int]], peer: str) -> dict[str, float]:
    if not Path(peer).exists():
        print(f"no peer at {peer}: only our own times", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name, column in data.items():
            np.save(f"{folder}/{name}.npy", column)
        # the peer needs minutes for what takes us a second: one run of each
        done = subprocess.run(  # noqa: S603 - the interpreter the user named
            [peer, "-c", PEER, folder, "1", json.dumps(jobs)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"the peer failed: {done.stderr[-500:]}", file=sys.stderr)
        return {}
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return times


def _alone(data: dict[str, np.ndarray], script: str, interpreter: str, *arguments: str) -> float | None:
    """Run a script that prints one number in an interpreter of its own."""
    if not Path(interpreter).exists():
        print(f"no interpreter at {interpreter}", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory() as folder:
        for name, column in data.items():
            np.save(f"{folder}/{name}.npy", column)
        done = subprocess.run(  # noqa: S603 - the interpreter the user named
            [interpreter, "-c", script, folder, *arguments], capture_output=True, text=True, check=False
        )
    if done.returncode:
        print(f"{interpreter} failed: {done.stderr[-500:]}", file=sys.stderr)
        return None
    return float(json.loads(done.stdout.splitlines()[-1]))


def _peak(data: dict[str, np.ndarray]) -> float:
    tracemalloc.start()
    _value(data, data["age"].size)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    main()
