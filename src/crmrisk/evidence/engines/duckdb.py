"""DuckDB relations: everything stays in the database until one row per customer is left.

Only the relation's own methods are used: no view, table or setting of the caller's connection is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmrisk.evidence.engines.base import NarwhalsEngine, lazily
from crmrisk.evidence.exactly import BINARY_PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DuckDBEngine", "engine_of"]


class DuckDBEngine(NarwhalsEngine):
    """Speak DuckDB.

    Examples
    --------
    >>> DuckDBEngine().eager
    False
    """

    name = "duckdb"

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        relation = frame.to_native()
        kind = str(relation.types[relation.columns.index(name)])
        return kind.strip('"').upper() == "NULL"

    def moments(self, frame: nw.LazyFrame[Any], times: Mapping[str, nw.dtypes.DType]) -> nw.LazyFrame[Any]:
        """Turn times into whole microseconds since 1970 and add their day numbers."""
        relation = frame.to_native()
        kept = [_quoted(name) for name in relation.columns if name not in times]
        ticks = [f"{_microseconds(name, kind)} AS {_quoted(name)}" for name, kind in times.items()]
        days = [f"{_day(name, kind)} AS {_quoted(name + '_day')}" for name, kind in times.items()]
        return lazily(relation.project(", ".join([*kept, *ticks, *days])))

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Take the first day's spend with ``arg_min``: no join; add whole numbers, because threads add in no order."""
        days = (
            facts.to_native()
            .project(
                "customer_id, CASE WHEN amount > 0 THEN at_day END AS bought, "
                f"CASE WHEN amount > 0 THEN {_whole('amount')} END AS spend, "
                f"CASE WHEN amount < 0 THEN {_whole('-amount')} END AS refunds"
            )
            .aggregate("customer_id, bought, sum(spend) AS spend, sum(refunds) AS refunds", "customer_id, bought")
        )
        repeated = "coalesce(sum(spend), 0) - coalesce(arg_min(spend, bought), 0)"
        customers = days.aggregate(
            "customer_id, count(bought) AS days, min(bought) AS first_day, max(bought) AS last_day, "
            f"{_amount(repeated)} AS repeat_spend, {_amount('sum(spend)')} AS total_spend, "
            f"{_amount('coalesce(sum(refunds), 0)')} AS refunds",
            "customer_id",
        )
        return lazily(customers)


def _whole(amount: str) -> str:
    """Count in multiples of the last binary place; what is positive stays so."""
    return f"CAST(ceil(({amount}) * {2**BINARY_PLACES}::DOUBLE) AS HUGEINT)"


def _amount(whole: str) -> str:
    return f"CAST({whole} AS DOUBLE) / {2**BINARY_PLACES}::DOUBLE"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _microseconds(name: str, kind: nw.dtypes.DType) -> str:
    column = _quoted(name)
    if isinstance(kind, nw.Datetime) and kind.time_unit == "ns":
        ticks = f"epoch_ns({column})"
        return f"divide({ticks} - (({ticks} % 1000) + 1000) % 1000, 1000)"
    if kind == nw.Date or isinstance(kind, nw.Datetime):
        return f"epoch_us({column})"
    return f"CAST({column} AS BIGINT)"


def _day(name: str, kind: nw.dtypes.DType) -> str:
    column = _quoted(name)
    aware = isinstance(kind, nw.Datetime) and kind.time_zone is not None
    moment = f"make_timestamp(epoch_us({column}))" if aware else column  # the session's zone plays no part
    typed = kind == nw.Date or isinstance(kind, nw.Datetime)
    return f"CAST(CAST({moment} AS DATE) - DATE '1970-01-01' AS INTEGER)" if typed else "CAST(NULL AS INTEGER)"


def engine_of(_native: Any) -> DuckDBEngine:
    """Return the engine of a DuckDB relation.

    Parameters
    ----------
    _native
        The relation.

    Examples
    --------
    >>> import duckdb
    >>> engine_of(duckdb.sql("SELECT 1")).name
    'duckdb'
    """
    return DuckDBEngine()
