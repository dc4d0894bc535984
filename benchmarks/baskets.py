"""Association rules on Online Retail at a support of 0.5 %, against mlxtend 0.25.0 on this machine.

    python benchmarks/baskets.py [--peer /opt/mlxtend/bin/python] [--data ../shared/data] [--lengths 2 3]
        [--runs 3] [--methods fpgrowth apriori] [--check]

The peer runs in its own interpreter; without one, only our own times are printed. Make it with

    uv venv /opt/mlxtend
    uv pip install --python /opt/mlxtend/bin/python mlxtend pandas pyarrow

Both sides start from the same 20,728 baskets in the form they search (ours a sparse table, mlxtend's a frame of truth
values), take turns, look for itemsets of the same length, and make the rules of a confidence of 0.5 or more; the
numbers of itemsets and rules must agree. Our side computes p, q and intervals on top. The best run of the peer counts,
and the median of ours. Apriori is asked to save memory, since otherwise it wants 23 GB for the pairs.

Bar: at least 5 times faster than the faster of the two. With --check the script fails beyond it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from crmrisk.segmentation.baskets import Baskets, association_rules, frequent_itemsets

RATIO, SUPPORT, CONFIDENCE = 5.0, 0.005, 0.5
COLUMNS = ["InvoiceNo", "StockCode", "Quantity"]

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from mlxtend.frequent_patterns import apriori, association_rules, fpgrowth

path, method, length, support, confidence = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), *map(float, sys.argv[4:])
lines = pd.read_parquet(path, columns=["InvoiceNo", "StockCode", "Quantity"])
lines = lines[~lines.InvoiceNo.str.startswith("C") & (lines.Quantity > 0)]
baskets, _ = pd.factorize(lines.InvoiceNo)
items, names = pd.factorize(lines.StockCode)
table = np.zeros((baskets.max() + 1, len(names)), dtype=bool)
table[baskets, items] = True
frame = pd.DataFrame(table, columns=names)
more = {"low_memory": True} if method == "apriori" else {}
start = time.perf_counter()
found = {"apriori": apriori, "fpgrowth": fpgrowth}[method](
    frame, min_support=support, max_len=length, use_colnames=True, **more)
mined = time.perf_counter()
rules = association_rules(found, metric="confidence", min_threshold=confidence)
print(json.dumps([mined - start, time.perf_counter() - mined, len(found), len(rules)]))
"""


def ours(baskets, length):
    """Return seconds of mining, seconds of rules, and how many there are of both."""
    start = time.perf_counter()
    itemsets = frequent_itemsets(baskets, min_support=SUPPORT, max_length=length)
    mined = time.perf_counter()
    rules = association_rules(itemsets, min_confidence=CONFIDENCE)
    return mined - start, time.perf_counter() - mined, len(itemsets), len(rules)


def theirs(python, path, method, length):
    settings = [str(path), method, json.dumps(length), str(SUPPORT), str(CONFIDENCE)]
    run = subprocess.run([python, "-c", PEER, *settings], capture_output=True, text=True, check=True)  # noqa: S603 - the interpreter the user names
    return tuple(json.loads(run.stdout))


def show(name, length, times):
    mining, ruling, n_itemsets, n_rules = times
    counts = f"{n_itemsets:,} itemsets, {n_rules:,} rules"
    print(f"{name:20} length {length!s:4} {mining:8.2f} s + rules {ruling:6.2f} s   {counts}", flush=True)


def race(baskets, path, length, options):
    """Return how many times faster than the fastest peer; None without one."""
    methods = options.methods
    own, peers = [ours(baskets, length)], []
    for _ in range(options.runs):
        own.append(ours(baskets, length))
        if options.peer:
            peers += [(method, theirs(options.peer, path, method, length)) for method in methods]
    own = own[1:]  # the first run pays for imports
    middle = (*(statistics.median(column) for column in list(zip(*own, strict=True))[:2]), *own[0][2:])
    show("crmrisk", length, middle)
    for method in methods if peers else ():
        best = min((times for name, times in peers if name == method), key=lambda times: times[0] + times[1])
        show(f"mlxtend {method}", length, best)
        assert best[2:] == middle[2:], "the two found different itemsets or rules"
    fastest = min((times[0] + times[1] for _, times in peers), default=None)
    ratio = None if fastest is None else fastest / (middle[0] + middle[1])
    print(f"ratio {ratio:.1f}" if ratio else "no peer", flush=True)
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--lengths", nargs="*", type=lambda text: None if text == "None" else int(text), default=[2, 3])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--methods", nargs="+", choices=["fpgrowth", "apriori"], default=["fpgrowth", "apriori"])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    path = options.data / "online_retail.parquet"
    if not path.exists():
        print(f"Online Retail is not at {path}; name its folder with --data")
        return 0
    import pandas as pd

    lines = pd.read_parquet(path, columns=COLUMNS)
    names = dict(zip(("basket", "item", "quantity"), COLUMNS, strict=True))
    for _ in range(2):  # the first run pays for imports
        start = time.perf_counter()
        baskets = Baskets.from_frame(lines, **names, cancelled_prefix="C")
        seconds = time.perf_counter() - start
    print(f"{baskets!r}\nread from a frame of {len(lines):,} lines in {seconds:.2f} s")
    ratios = [race(baskets, path, length, options) for length in options.lengths]
    return int(options.check and any(ratio is not None and ratio < RATIO for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
