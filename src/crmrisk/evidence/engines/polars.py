"""polars, eager and lazy: eager frames are validated at once, both are queried lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import polars as pl

from crmrisk.evidence.engines.base import DAY, NarwhalsEngine, lazily
from crmrisk.evidence.exactly import BINARY_PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PolarsEngine", "engine_of"]

_SUBTRACTS = tuple(map(int, pl.__version__.split(".")[:2])) >= (1, 33)
"""Whether integers of 128 bits can be subtracted; older releases only add them."""


class PolarsEngine(NarwhalsEngine):
    """Speak polars.

    Parameters
    ----------
    eager
        Whether the caller's frame is in memory.

    Examples
    --------
    >>> PolarsEngine(eager=True).name
    'polars'
    """

    name = "polars"

    def __init__(self, *, eager: bool) -> None:
        self.eager = eager

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        return bool(frame.to_native().collect_schema()[name] == pl.Null)

    def moments(self, frame: nw.LazyFrame[Any], times: Mapping[str, nw.dtypes.DType]) -> nw.LazyFrame[Any]:
        """Turn times into whole microseconds since 1970 and add their day numbers."""
        lazy: pl.LazyFrame = frame.to_native()
        lazy = lazy.with_columns(_microseconds(name, kind) for name, kind in times.items())
        return lazily(lazy.with_columns((pl.col(name) // DAY).cast(pl.Int32).alias(f"{name}_day") for name in times))

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Reduce transactions to customers, adding whole numbers, because threads add in no order."""
        amount, spend, bought = pl.col("amount"), pl.col("spend"), pl.col("bought")
        daily = (
            facts.to_native()
            .select(
                "customer_id",
                pl.when(amount > 0.0).then(pl.col("at_day")).alias("bought"),
                pl.when(amount > 0.0).then(_whole(amount)).alias("spend"),
                pl.when(amount < 0.0).then(_whole(-amount)).alias("refunds"),
            )
            .group_by("customer_id", "bought")
            .agg(spend.sum(), pl.col("refunds").sum())
        )
        if _SUBTRACTS:
            repeated = spend.sum() - spend.get(bought.arg_min()).fill_null(0)
        else:
            repeated = spend.filter(bought > bought.min()).sum()
        customers = daily.group_by("customer_id").agg(
            bought.count().alias("days"),
            bought.min().alias("first_day"),
            bought.max().alias("last_day"),
            _amount(repeated).alias("repeat_spend"),
            _amount(spend.sum()).alias("total_spend"),
            _amount(pl.col("refunds").sum()),
        )
        return lazily(customers)


def _whole(amount: pl.Expr) -> pl.Expr:
    """Count in multiples of the last binary place; what is positive stays so."""
    return (amount * 2.0**BINARY_PLACES).ceil().cast(pl.Int128)


def _amount(whole: pl.Expr) -> pl.Expr:
    return whole.cast(pl.Float64) / 2.0**BINARY_PLACES


def _microseconds(name: str, kind: nw.dtypes.DType) -> pl.Expr:
    column = pl.col(name)
    if kind == nw.Date:
        return column.cast(pl.Int32).cast(pl.Int64) * DAY
    if isinstance(kind, nw.Datetime):
        ticks = column.cast(pl.Int64)  # the physical value counts from 1970 in UTC, whatever the zone
        per = {"ns": ticks // 1_000, "us": ticks, "ms": ticks * 1_000, "s": ticks * 1_000_000}
        return per[kind.time_unit]
    return column.cast(pl.Int64)


def engine_of(native: Any) -> PolarsEngine:
    """Return the engine of a polars frame.

    Parameters
    ----------
    native
        Eager or lazy.

    Examples
    --------
    >>> engine_of(pl.LazyFrame({"at": [1]})).eager
    False
    """
    return PolarsEngine(eager=isinstance(native, pl.DataFrame))
