"""Fitting Pareto/NBD and BG/NBD beside lifetimes 0.11.3 on this machine: seconds, ratios, and that both found the same.

    python benchmarks/value_fit.py [--peer /opt/lifetimes/bin/python] [--customers 100000] [--runs 5]

Histories are simulated twice: with purchases at any moment, where next to nothing can be counted, and by the day, as
records have them. The peer runs once, in its own interpreter (how to make one is in `benchmarks/value.py`), and on the
moments alone, since counting does not help it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from lifetimes import BetaGeoFitter, ParetoNBDFitter
x, last, end = np.load(sys.argv[1])
found = {}
for name, model in (("ParetoNBD", ParetoNBDFitter()), ("BetaGeoNBD", BetaGeoFitter())):
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        model.fit(x, last, end)
    except Exception as error:
        print(f"lifetimes, {name}: {error}"[:200], file=sys.stderr)
        continue
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    found[name] = seconds, [float(value) for value in dict(model.params_).values()]
print(json.dumps(found))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="/opt/lifetimes/bin/python")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    moments = _book(options.customers)
    days = np.stack([moments[0], np.minimum(np.ceil(moments[1] * 7) / 7, moments[2]), moments[2]])
    theirs = _theirs(moments, options.peer)
    for name in ("ParetoNBD", "BetaGeoNBD"):
        for kind, book in (("days", days), ("moments", moments)):
            wall, cpu, estimates = _ours(name, book, options.runs)
            line = f"{name:11}{book.shape[1]:9,} customers, {kind:8}{wall:8.3f} s (cpu {cpu:.3f})"
            if name in theirs:
                (peer_wall, peer_cpu), peer = theirs[name]
                line += f"  lifetimes {peer_wall:7.2f} s (cpu {peer_cpu:.2f}):"
                line += f" {peer_wall / wall:4.0f}x (cpu {peer_cpu / cpu:.0f}x)"
                line += f"; estimates agree to {_furthest(estimates, peer):.0e}" if kind == "moments" else ""
            print(line)
    small = _ours("BetaGeoNBD", days[:, :2_357], 20)
    print(f"BetaGeoNBD     2,357 customers, days    {small[0]:8.4f} s (cpu {small[1]:.4f}), warm")


def _book(n: int) -> np.ndarray:
    from crmrisk.scoring.value import ParetoNBD

    rng = np.random.default_rng(7)
    ages = rng.integers(26 * 7, 52 * 7 + 1, n) / 7
    return np.stack(ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669).simulate(ages, rng=rng)[:3])


def _ours(name: str, book: np.ndarray, runs: int) -> tuple[float, float, list[float]]:
    from crmrisk.scoring import value

    model = getattr(value, name)
    model.fit(*book)
    walls, cpus, estimates = [], [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        estimates = list(model.fit(*book).estimates.values())
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus), estimates


def _theirs(book: np.ndarray, peer: str) -> dict[str, tuple[tuple[float, float], list[float]]]:
    if not Path(peer).exists():
        print(f"no peer at {peer}: only our own times", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/book.npy", book)
        done = subprocess.run(  # noqa: S603 - the interpreter the user named
            [peer, "-c", PEER, f"{folder}/book.npy"], capture_output=True, text=True, check=True
        )
    print(done.stderr, end="", file=sys.stderr)
    found: dict[str, tuple[tuple[float, float], list[float]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _furthest(ours: list[float], theirs: list[float]) -> float:
    return float(np.max(np.abs(np.array(ours) / np.array(theirs) - 1)))


if __name__ == "__main__":
    main()
