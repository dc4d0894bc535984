"""Spark frames: summaries run inside Spark, whatever the time zone of the session.

A Spark ``timestamp`` is an instant, so it is aware; ``timestamp_ntz`` is naive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmrisk.evidence.engines.base import DAY, NarwhalsEngine, lazily, purchase_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    import narwhals.stable.v2 as nw

__all__ = ["SparkEngine", "engine_of"]

_YEAR_ONE = 719_162


class SparkEngine(NarwhalsEngine):
    """Speak Spark.

    Examples
    --------
    >>> SparkEngine().eager
    False
    """

    name = "spark"

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        return bool(frame.to_native().schema[name].dataType.typeName() in {"void", "null"})

    def moments(self, frame: nw.LazyFrame[Any], times: Mapping[str, nw.dtypes.DType]) -> nw.LazyFrame[Any]:
        """Turn times into whole microseconds since 1970 and add their day numbers."""
        from pyspark.sql import functions as sf  # noqa: PLC0415 - an extra, needed only where it is there

        native = frame.to_native()
        kinds = {name: native.schema[name].dataType.typeName() for name in times}
        native = native.withColumns({name: sf.expr(_microseconds(name, kind)) for name, kind in kinds.items()})
        return lazily(native.withColumns({f"{name}_day": sf.expr(_day(name)) for name in times}))

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Take the first day's spend with ``min_by`` in the same aggregation: no join."""
        from pyspark.sql import functions as sf  # noqa: PLC0415 - an extra, needed only where it is there

        bought = "FILTER (WHERE spend > 0)"
        columns = {
            "days": f"count(*) {bought}",
            "first_day": f"min(day) {bought}",
            "last_day": f"max(day) {bought}",
            "repeat_spend": f"coalesce(sum(spend), 0) - coalesce(min_by(spend, day) {bought}, 0)",
            "total_spend": "sum(spend)",
            "refunds": "sum(refunds)",
        }
        grouped = purchase_days(facts).to_native().groupBy("customer_id")
        return lazily(grouped.agg(*(sf.expr(sql).alias(name) for name, sql in columns.items())))


def _microseconds(name: str, kind: str) -> str:
    column = f"`{name}`"
    match kind:
        case "date":
            return f"CAST(datediff({column}, DATE'1970-01-01') AS BIGINT) * {DAY}L"
        case "timestamp":
            return f"unix_micros({column})"
        case "timestamp_ntz":
            return (  # by its parts, because differences and casts go through the session's time zone
                f"CAST(datediff({column}, DATE'1970-01-01') AS BIGINT) * {DAY}L + hour({column}) * 3600000000L "
                f"+ minute({column}) * 60000000L + CAST(extract(SECOND FROM {column}) * 1000000 AS BIGINT)"
            )
        case _:
            return f"CAST({column} AS BIGINT)"


def _day(name: str) -> str:
    """Count from year one, because integer division truncates towards zero."""
    return f"CAST((`{name}` + {_YEAR_ONE * DAY}L) div {DAY}L - {_YEAR_ONE}L AS INT)"


def engine_of(_native: Any) -> SparkEngine:
    """Return the engine of a Spark frame.

    Parameters
    ----------
    _native
        The frame.

    Examples
    --------
    >>> engine_of(None).name
    'spark'
    """
    return SparkEngine()
