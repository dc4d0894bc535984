"""Segmentation: a million customers through RFM, in a portfolio and inside engines beside queries written by hand.

Run ``python benchmarks/segmentation.py [--section rfm] [--customers N] [--repeats N] [--check]``. Where two sides are
compared they start from the same table in memory (DuckDB: a table of the database), end with the same columns, which is
verified first, and take turns, so that a busy machine slows both; the figure is the median of the ratios of each turn.
Bars: scores and segments of a prepared portfolio, fit included, under 1 s; inside polars and DuckDB at most 1.3 times
the query by hand, which learns quantiles, scores and names segments and checks nothing. With --check the script fails
beyond a bar.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import date

import numpy as np

from crmrisk import Portfolio
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.rfm_engine import rfm_table
from crmrisk.segmentation.rfm_presets import complete_segments

RATIO, SECONDS = 1.3, 1.0
NAMES = ("recency", "frequency", "monetary")
LEVELS = (0.2, 0.4, 0.6, 0.8)
BOXES = complete_segments()


def customers(n, seed=1):
    rng = np.random.default_rng(seed)
    return {
        "customer_id": np.arange(n),
        "recency": rng.integers(0, 700, n).astype(float),
        "frequency": rng.poisson(4, n) + 1.0,
        "monetary": rng.gamma(2, 50, n).round(2),
    }


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def polars_by_hand(table):
    """Learn quantiles, score by nested conditions, and name segments by a mapping of the 125 cells."""
    import polars as pl

    cuts = table.select(
        pl.col(name).quantile(level, "linear").alias(f"{name}{level}") for name in NAMES for level in LEVELS
    ).row(0)

    def score(place, name):
        group = pl.lit(5, pl.Int32)
        for k in (3, 2, 1, 0):
            group = pl.when(pl.col(name) <= cuts[4 * place + k]).then(pl.lit(k + 1, pl.Int32)).otherwise(group)
        return (6 - group if name == "recency" else group).alias(f"{name}_score")

    cells = [100 * r + 10 * f + m for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)]
    named = [BOXES.names[code] for code in BOXES.codes()]
    cell = 100 * pl.col("recency_score") + 10 * pl.col("frequency_score") + pl.col("monetary_score")
    return (
        table.lazy()
        .select("customer_id", *(score(place, name) for place, name in enumerate(NAMES)))
        .with_columns(cell.alias("rfm_score"))
        .with_columns(pl.col("rfm_score").replace_strict(cells, named).alias("segment"))
        .collect()
    )


def duckdb_by_hand(connection):
    """Learn quantiles, score and name segments by CASE."""
    lists = ", ".join(f"quantile_cont({name}, [0.2, 0.4, 0.6, 0.8])" for name in NAMES)
    cuts = connection.sql(f"SELECT {lists} FROM facts").fetchall()[0]  # noqa: S608 - no input from outside

    def score(place, name):
        groups = enumerate(cuts[place], start=1)
        cases = " ".join(f"WHEN {name} <= {cut!r} THEN {6 - k if place == 0 else k}" for k, cut in groups)
        return f"CASE {cases} ELSE {1 if place == 0 else 5} END AS {name}_score"

    scores = ", ".join(score(place, name) for place, name in enumerate(NAMES))
    named = " ".join(
        "WHEN "
        + " AND ".join(f"{name}_score BETWEEN {getattr(box, name)[0]} AND {getattr(box, name)[1]}" for name in NAMES)
        + f" THEN '{box.name.replace(chr(39), 2 * chr(39))}'"
        for box in BOXES.boxes
    )
    cell = "100 * recency_score + 10 * frequency_score + monetary_score AS rfm_score"
    query = f"WITH s AS (SELECT customer_id, {scores} FROM facts) SELECT *, {cell}, CASE {named} END AS segment FROM s"  # noqa: S608 - as above
    return connection.sql(query).to_arrow_table()


def engines(columns):
    """Yield name, our way and the way by hand of each engine, both ending in memory."""
    import duckdb
    import polars as pl

    table = pl.DataFrame(columns)
    yield "polars", lambda: rfm_table(table), lambda: polars_by_hand(table)
    connection = duckdb.connect()
    connection.register("given", table.to_arrow())
    connection.execute("CREATE TABLE facts AS SELECT * FROM given")
    facts = connection.table("facts")
    yield "duckdb", lambda: rfm_table(facts).to_arrow_table(), lambda: duckdb_by_hand(connection)


def same(ours, theirs):
    """Verify that both sides agree before racing them."""
    pair = [each if hasattr(each, "column_names") else each.to_arrow() for each in (ours, theirs)]
    order = [np.argsort(each.column("customer_id").to_numpy()) for each in pair]
    for name in ("rfm_score", "segment"):
        left, right = (each.column(name).to_numpy()[rows] for each, rows in zip(pair, order, strict=True))
        if not (left == right).all():
            sys.exit(f"{name} differs from the query by hand for {(left != right).sum()} customers")


def rfm(options):
    columns = customers(options.customers)
    ids = [f"C{row}" for row in range(options.customers)]
    book = Portfolio(ids, date(2026, 1, 31), {name: columns[name] for name in NAMES})
    segmenter = RfmSegmenter(**dict(zip(NAMES, NAMES, strict=True)))

    def through():
        fitted = segmenter.fit(book)
        fitted.scores(book)
        fitted.segment(book)

    taken = statistics.median(seconds(through) for _ in range(options.repeats))
    print(f"portfolio of {options.customers}: fit, scores and segments with reasons {taken:.3f} s")
    worst = 0.0
    for name, ours, by_hand in engines(columns):
        same(ours(), by_hand())  # the first run of an engine also pays for its threads and caches
        turns = [(seconds(ours), seconds(by_hand)) for _ in range(options.repeats)]
        ratio = statistics.median(mine / theirs for mine, theirs in turns)
        mine, theirs = (statistics.median(column) for column in zip(*turns, strict=True))
        print(f"{name:8} rfm_table {mine:6.3f} s   by hand {theirs:6.3f} s   ratio {ratio:.2f}")
        worst = max(worst, ratio)
    return taken <= SECONDS and worst <= RATIO


SECTIONS = {"rfm": rfm}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--section", choices=SECTIONS, action="append")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    met = [SECTIONS[name](options) for name in options.section or SECTIONS]
    return int(options.check and not all(met))


if __name__ == "__main__":
    sys.exit(main())
