"""The same assembly as in `crmrisk.evidence.assembly`, as one lazy query: for users who stay in their engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.errors import Problem, SchemaError
from crmrisk.evidence.reading import absent_values, derivations, first_records, summarised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crmrisk.evidence.checks import Unlisted
    from crmrisk.evidence.summaries import Summary
    from crmrisk.evidence.tables import Table

__all__ = ["joined", "one_engine"]

_HERE = "_here"
_TEXT_ID = nw.col("customer_id").cast(nw.String)


def one_engine(tables: Mapping[str, Table]) -> None:
    """Check that the tables can be joined where they are.

    Parameters
    ----------
    tables
        All tables.

    Raises
    ------
    SchemaError
        If they live in several engines.

    Examples
    --------
    >>> one_engine({})
    """
    engines = {table.frame.implementation for table in tables.values()}
    if len(engines) > 1:
        got = ", ".join(f"{name}: {table.engine.name}" for name, table in tables.items())
        remedy = "bring them into one engine, or use portfolio(), which collects one row per customer"
        raise SchemaError(Problem(what="tables in several engines cannot be joined there", got=got, remedy=remedy))


def joined(
    tables: Mapping[str, Table], summaries: Sequence[Summary], as_of: datetime, moment: int, unlisted: Unlisted
) -> nw.LazyFrame[Any]:
    """Write one row per customer as a query in the tables' engine.

    Parameters
    ----------
    tables
        All tables, of one engine.
    summaries
        What to compute.
    as_of, moment
        Nothing later is known, as a time and in microseconds since 1970.
    unlisted
        What to do with customers without a row in ``customers``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import datetime
    >>> from crmrisk.evidence.tables import read_tables
    >>> tables = read_tables({"customers": pa.table({"customer_id": [1]})}, {})
    >>> joined(tables, [], datetime(1970, 1, 1), 0, "include").collect("pyarrow").to_native().to_pylist()
    [{'customer_id': '1'}]
    """
    results = [_text(summarised(summary, tables[summary.table], as_of)) for summary in summaries]
    alone = len(tables) == len(summaries) == 1 and getattr(summaries[0], "keeps_everyone", False)
    derived = derivations(summaries, as_of)
    if alone and not derived:
        return results[0]
    frame = _everyone(tables, as_of, moment, unlisted)
    for summary, result in zip(summaries, results, strict=True):
        frame = _with(frame, result, absent_values(summary))
    if derived:
        frame = frame.with_columns(*derived)
    return frame.drop("known_since")


def _text(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Write identifiers as text, so that 17850, 17850.0 and "17850" are one customer in every table."""
    return frame.with_columns(_TEXT_ID)


def _with(frame: nw.LazyFrame[Any], result: nw.LazyFrame[Any], absent: Mapping[str, float]) -> nw.LazyFrame[Any]:
    joined_frame = frame.join(result.with_columns(nw.lit(1).alias(_HERE)), on="customer_id", how="left")
    filled = [
        nw.when(nw.col(_HERE).is_null()).then(nw.lit(value)).otherwise(nw.col(name)).alias(name)
        for name, value in absent.items()
        if not np.isnan(value)
    ]
    return (joined_frame.with_columns(*filled) if filled else joined_frame).drop(_HERE)


def _everyone(tables: Mapping[str, Table], as_of: datetime, moment: int, unlisted: Unlisted) -> nw.LazyFrame[Any]:
    """List the customers with their labels and since when they are known."""
    firsts = [_text(first_records(table, as_of)) for name, table in tables.items() if name != "customers"]
    seen = nw.concat(firsts).group_by("customer_id").agg(nw.col("known_since").min()) if firsts else None
    if "customers" not in tables:
        return cast("nw.LazyFrame[Any]", seen)
    listed = _listed(tables["customers"])
    begun = listed.filter(nw.col("since").is_null() | (nw.col("since") <= moment))
    if seen is None:
        return begun.rename({"since": "known_since"})
    ids = begun.select("customer_id")
    if unlisted == "include":
        strangers = seen.join(listed.select("customer_id"), on="customer_id", how="anti")
        ids = nw.concat([ids, strangers.select("customer_id")])
    frame = ids.join(begun, on="customer_id", how="left").join(seen, on="customer_id", how="left")
    since = nw.when(nw.col("since").is_null()).then(nw.col("known_since")).otherwise(nw.col("since"))
    return frame.with_columns(since.alias("known_since")).drop("since")


def _listed(table: Table) -> nw.LazyFrame[Any]:
    since = nw.col("since") if table.has("since") else nw.lit(None, dtype=nw.Int64).alias("since")
    return table.frame.filter(~nw.col("customer_id").is_null()).select(_TEXT_ID, *table.labels, since)
