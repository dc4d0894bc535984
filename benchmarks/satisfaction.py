"""Satisfaction: ten million answers to NPS by segment beside each engine's raw group-by, and the bootstrap.

Run ``python benchmarks/satisfaction.py [--answers N] [--repeats N] [--check]``. Both sides start from the same table in
memory (DuckDB: a table of the database) and take turns, so that a busy machine slows both; the figure is the median of
the ratios of each turn. The raw group-by counts answers by segment and answer and checks nothing; ours names bad
answers and ends with scores and intervals. Bars: ratio 1.3; bootstrap of 100,000 answers 1 s. With --check the script
fails beyond a bar.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import numpy as np

from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_table import net_promoter_by_segment

RATIO, SECONDS = 1.3, 1.0


def columns(n, seed=1):
    rng = np.random.default_rng(seed)
    names = np.array([f"country {number:02d}" for number in range(20)])
    return {"segment": names[rng.integers(0, 20, n)], "answer": rng.integers(0, 11, n)}


def engines(n):
    """Yield name, table and the raw group-by of each engine."""
    import duckdb
    import polars as pl

    table = pl.DataFrame(columns(n))
    yield "polars", table, lambda: table.group_by("segment", "answer").len()

    connection = duckdb.connect()
    connection.register("given", table.to_arrow())
    connection.execute("CREATE TABLE facts AS SELECT * FROM given")
    facts = connection.table("facts")
    yield "duckdb", facts, lambda: facts.aggregate("segment, answer, count(*) AS n", "segment, answer").to_arrow_table()

    frame = table.to_pandas()
    yield "pandas", frame, lambda: frame.groupby(["segment", "answer"]).size()


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def by_segment(n, repeats):
    worst = 0.0
    for name, table, raw in engines(n):
        turns = []
        raw()  # the first run of an engine pays for its threads and caches
        for _ in range(repeats):
            ours = seconds(lambda table=table: net_promoter_by_segment(table))
            turns.append((ours, seconds(raw)))
        ratio = statistics.median(ours / theirs for ours, theirs in turns)
        ours, theirs = (statistics.median(column) for column in zip(*turns, strict=True))
        print(f"{name:8} NPS by segment {ours:6.3f} s   raw group-by {theirs:6.3f} s   ratio {ratio:.2f}")
        worst = max(worst, ratio)
    return worst


def bootstrap(repeats):
    rng = np.random.default_rng(2)
    n = 100_000
    answers, weights, customer = rng.integers(0, 11, n), rng.lognormal(0, 0.5, n), rng.integers(0, 40_000, n)
    worst = 0.0
    for name, options in {"plain": {}, "weights": {"weights": weights}, "clusters": {"clusters": customer}}.items():
        for method in ("bootstrap", "bca"):
            taken = statistics.median(
                seconds(lambda options=options, method=method: net_promoter_score(answers, method=method, **options))
                for _ in range(repeats)
            )
            print(f"{method} of {n} answers, 2,000 resamples, {name}: {taken:.3f} s")
            worst = max(worst, taken)
    return worst


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    slowest, ratio = bootstrap(options.repeats), by_segment(options.answers, options.repeats)
    return int(options.check and (slowest > SECONDS or ratio > RATIO))


if __name__ == "__main__":
    sys.exit(main())
