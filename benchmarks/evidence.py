"""Evidence.portfolio on ten million transactions beside the same query written by hand for each engine.

Run ``python benchmarks/evidence.py [--transactions N] [--customers N] [--repeats N] [--engines pandas,polars,...]``.
Both sides start from the caller's table in memory (DuckDB: a table of the database) and end with one row per customer.
Our side includes building `Evidence` (validation), aligning, sorting, text identifiers and the `Portfolio`; the hand-
written side ends with the engine's own result. Medians of the repeats, alternating; each engine in its own process, so
that none finds the machine warm, full or fragmented by another.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from datetime import datetime

import numpy as np

AS_OF = datetime(2025, 1, 1)  # noqa: DTZ001 - the facts are naive
MICROSECONDS = 86_400_000_000


def transactions(n, customers, seed=1):
    """Generate gamma amounts, 2 % of them refunds, spread over two years and a month (records after AS_OF exist)."""
    rng = np.random.default_rng(seed)
    seconds = rng.integers(0, 761 * 86_400, n)
    amount = np.round(rng.gamma(2.0, 20.0, n), 2)
    amount[rng.random(n) < 0.02] *= -1
    return {
        "customer_id": rng.integers(1, customers + 1, n),
        "at": np.datetime64("2023-01-01", "us") + seconds.astype("timedelta64[s]"),
        "amount": amount,
    }


def pandas_table(columns):
    import pandas as pd

    return pd.DataFrame(columns)


def pandas_by_hand(table):
    import pandas as pd

    facts = table[table["at"] <= AS_OF]
    today = pd.Timestamp(AS_OF).normalize()
    refunds = -facts[facts["amount"] < 0].groupby("customer_id")["amount"].sum()
    bought = facts[facts["amount"] > 0]
    daily = bought.groupby(["customer_id", bought["at"].dt.normalize()])["amount"].sum().reset_index()
    first = ~daily.duplicated("customer_id")  # group-by sorted them
    grouped = daily.groupby("customer_id")
    days = grouped["at"].agg(["size", "first", "last"])
    repeat = daily["amount"].mask(first, 0.0).groupby(daily["customer_id"]).sum()
    result = pd.DataFrame(
        {
            "frequency": days["size"] - 1,
            "recency": (days["last"] - days["first"]).dt.days,
            "age": (today - days["first"]).dt.days,
            "idle_days": (today - days["last"]).dt.days,
            "mean_spend": repeat / (days["size"] - 1).where(days["size"] > 1),
            "total_spend": grouped["amount"].sum(),
        }
    )
    return result.join(refunds.rename("refunds"), how="outer")


def arrow_table(columns):
    import pyarrow as pa

    return pa.table(columns)


def arrow_by_hand(table):
    import pyarrow as pa
    import pyarrow.compute as pc

    facts = table.filter(pc.less_equal(table["at"], pa.scalar(AS_OF)))
    amount = facts["amount"]
    facts = pa.table(
        {
            "customer_id": facts["customer_id"],
            "day": pc.cast(pc.floor_temporal(facts["at"], unit="day"), pa.date32()).cast(pa.int32()),
            "spend": pc.if_else(pc.greater(amount, 0), amount, 0.0),
            "refunds": pc.if_else(pc.less(amount, 0), pc.negate(amount), 0.0),
        }
    )
    daily = facts.group_by(["customer_id", "day"]).aggregate([("spend", "sum"), ("refunds", "sum")])
    bought = pc.greater(daily["spend_sum"], 0)
    daily = daily.append_column("bought", pc.if_else(bought, daily["day"], pa.scalar(None, pa.int32())))
    first = daily.group_by("customer_id").aggregate([("bought", "min")])
    daily = daily.join(first, "customer_id")
    repeat = pc.if_else(pc.greater(daily["day"], daily["bought_min"]), daily["spend_sum"], 0.0)
    result = (
        daily.append_column("repeat", repeat)
        .group_by("customer_id")
        .aggregate(
            [
                ("bought", "count"),
                ("bought", "min"),
                ("bought", "max"),
                ("repeat", "sum"),
                ("spend_sum", "sum"),
                ("refunds_sum", "sum"),
            ]
        )
    )
    today = int(np.datetime64(AS_OF, "D").astype(int))
    days = result["bought_count"]
    return pa.table(
        {
            "customer_id": result["customer_id"],
            "frequency": pc.subtract(days, 1),
            "recency": pc.subtract(result["bought_max"], result["bought_min"]),
            "age": pc.subtract(today, result["bought_min"]),
            "idle_days": pc.subtract(today, result["bought_max"]),
            "mean_spend": pc.divide(result["repeat_sum"], pc.cast(pc.subtract(days, 1), pa.float64())),
            "total_spend": result["spend_sum_sum"],
            "refunds": result["refunds_sum_sum"],
        }
    )


def polars_table(columns):
    import polars as pl

    return pl.DataFrame(columns).lazy()


def polars_by_hand(table):
    import polars as pl

    amount = pl.col("amount")
    daily = (
        table.filter(pl.col("at") <= AS_OF)
        .with_columns(
            day=pl.col("at").cast(pl.Date),
            spend=pl.when(amount > 0).then(amount),
            refunds=pl.when(amount < 0).then(-amount),
        )
        .group_by("customer_id", "day")
        .agg(pl.col("spend").sum(), pl.col("refunds").sum())
        .with_columns(bought=pl.when(pl.col("spend") > 0).then("day"))
    )
    days, first, last = pl.col("bought").count(), pl.col("bought").min(), pl.col("bought").max()
    return (
        daily.group_by("customer_id")
        .agg(
            days=days,
            first=first,
            last=last,
            total_spend=pl.col("spend").sum(),
            refunds=pl.col("refunds").sum(),
            first_spend=pl.col("spend").get(pl.col("bought").arg_min()),
        )
        .select(
            "customer_id",
            "total_spend",
            "refunds",
            frequency=pl.col("days") - 1,
            recency=(pl.col("last") - pl.col("first")).dt.total_days(),
            age=(pl.lit(AS_OF.date()) - pl.col("first")).dt.total_days(),
            idle_days=(pl.lit(AS_OF.date()) - pl.col("last")).dt.total_days(),
            mean_spend=(pl.col("total_spend") - pl.col("first_spend")) / (pl.col("days") - 1),
        )
        .collect()
    )


def duckdb_table(columns):
    import duckdb

    connection = duckdb.connect()
    facts = arrow_table(columns)
    connection.register("facts", facts)
    connection.execute("CREATE TABLE transactions AS SELECT * FROM facts")
    connection.unregister("facts")
    return connection.table("transactions")


def duckdb_by_hand(table):
    today = AS_OF.date()
    query = f"""
        WITH daily AS (
            SELECT customer_id, CAST("at" AS DATE) AS day,
                   coalesce(sum(amount) FILTER (amount > 0), 0) AS spend,
                   coalesce(sum(-amount) FILTER (amount < 0), 0) AS refunds
            FROM transactions WHERE "at" <= TIMESTAMP '{AS_OF}' GROUP BY ALL
        ), customers AS (
            SELECT customer_id, count(*) FILTER (spend > 0) AS days, min(day) FILTER (spend > 0) AS first,
                   max(day) FILTER (spend > 0) AS last, arg_min(spend, day) FILTER (spend > 0) AS first_spend,
                   sum(spend) AS total_spend, sum(refunds) AS refunds
            FROM daily GROUP BY ALL
        )
        SELECT customer_id, days - 1 AS frequency, last - first AS recency, DATE '{today}' - first AS age,
               DATE '{today}' - last AS idle_days, (total_spend - first_spend) / nullif(days - 1, 0) AS mean_spend,
               total_spend, refunds
        FROM customers"""  # noqa: S608 - a constant of this script
    return table.query("transactions_by_hand", query).to_arrow_table()


ENGINES = {
    "pandas": (pandas_table, pandas_by_hand),
    "polars lazy": (polars_table, polars_by_hand),
    "duckdb": (duckdb_table, duckdb_by_hand),
    "pyarrow": (arrow_table, arrow_by_hand),
}


def ours(table):
    from crmrisk.evidence import Evidence

    return Evidence(transactions=table).portfolio(AS_OF)


def seconds(function, table):
    start = time.perf_counter()
    function(table)
    return time.perf_counter() - start


def measure(engine, n, customers, repeats):
    make, by_hand = ENGINES[engine]
    small = make(transactions(1000, 100))
    ours(small), by_hand(small)  # imports and first calls are not what is compared
    table = make(transactions(n, customers))
    times = [(seconds(ours, table), seconds(by_hand, table)) for _ in range(repeats)]
    mine, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{engine:<12} {mine:>10.2f} {theirs:>10.2f} {mine / theirs:>8.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--transactions", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one, options.transactions, options.customers, options.repeats)
        return
    print(f"{options.transactions:,} transactions, {options.customers:,} customers, medians of {options.repeats} [s]")
    print(f"{'engine':<12} {'portfolio':>10} {'by hand':>10} {'ratio':>8}", flush=True)
    for engine in options.engines.split(","):
        command = [sys.executable, __file__, *sys.argv[1:], "--one", engine]
        subprocess.run(command, check=True)  # noqa: S603 - this very script


if __name__ == "__main__":
    main()
