"""What the engines share: opening through narwhals, and the portable query from transactions to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DAY", "NarwhalsEngine", "lazily", "purchase_days"]

DAY = 86_400_000_000
"""Microseconds in a day."""


def lazily(native: Any) -> nw.LazyFrame[Any]:
    """Wrap a frame of any engine for a query.

    Parameters
    ----------
    native
        Eager or lazy.

    Examples
    --------
    >>> import pyarrow as pa
    >>> lazily(pa.table({"at": [1]})).columns
    ['at']
    """
    frame: nw.LazyFrame[Any] = nw.from_native(native).lazy()
    return frame


def purchase_days(facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Reduce transactions to one row per customer and day.

    Parameters
    ----------
    facts
        Transactions with ``customer_id``, ``at_day`` and ``amount``.

    Returns
    -------
    ``customer_id``, ``day``, ``spend`` (sum of positive amounts) and ``refunds`` (sum of negative ones, positive).

    Examples
    --------
    >>> import pyarrow as pa
    >>> facts = nw.from_native(pa.table({"customer_id": [1, 1], "at_day": [5, 5], "amount": [3.0, -1.0]})).lazy()
    >>> purchase_days(facts).collect("pyarrow").to_native().to_pylist()
    [{'customer_id': 1, 'day': 5, 'spend': 3.0, 'refunds': 1.0}]
    """
    amount = nw.col("amount")
    return (
        facts.select(
            "customer_id",
            nw.col("at_day").alias("day"),
            nw.when(amount > 0.0).then(amount).alias("spend"),
            nw.when(amount < 0.0).then(0.0 - amount).alias("refunds"),
        )
        .group_by("customer_id", "day")
        .agg(nw.col("spend").sum(), nw.col("refunds").sum())
    )


class NarwhalsEngine:
    """Open, query and return frames through narwhals; an engine adds what is its own.

    Examples
    --------
    >>> import pyarrow as pa
    >>> NarwhalsEngine().columns(pa.table({"at": [1]}))
    ['at']
    """

    name = "narwhals"
    eager = False

    def open(self, native: Any, names: Mapping[str, str], where: str) -> nw.LazyFrame[Any]:
        """Return the columns ``source -> name`` under their new names."""
        return lazily(native).select(*(nw.col(source).alias(name) for source, name in names.items()))

    def columns(self, native: Any) -> list[str]:
        """Return the names of all columns."""
        return list(nw.from_native(native).collect_schema().names())

    def empty_type(self, frame: nw.LazyFrame[Any], name: str) -> bool:
        """Tell whether a column has the type of nothing but nulls."""
        return False

    def floats(self, frame: nw.LazyFrame[Any], names: Sequence[str]) -> nw.LazyFrame[Any]:
        """Prepare whole numbers to be read as floats; most engines round large ones by themselves."""
        return frame

    def purchases(self, facts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Reduce transactions to ``days``, ``first_day``, ``last_day``, ``repeat_spend``, ``total_spend``, ``refunds``.

        The first day is joined back, because taking its spend off the total would lose digits.
        """
        bought = nw.when(nw.col("spend") > 0.0)
        daily = purchase_days(facts).with_columns(bought.then(nw.col("day")).alias("day"))
        first = daily.group_by("customer_id").agg(nw.col("day").min().alias("first_day"))
        repeated = nw.when(nw.col("day") > nw.col("first_day")).then(nw.col("spend")).alias("repeat_spend")
        return (
            daily.join(first, on="customer_id", how="left")
            .with_columns(repeated)
            .group_by("customer_id")
            .agg(
                nw.col("day").count().alias("days"),
                nw.col("first_day").min(),
                nw.col("day").max().alias("last_day"),
                nw.col("repeat_spend").sum(),
                nw.col("spend").sum().alias("total_spend"),
                nw.col("refunds").sum(),
            )
        )

    def native(self, frame: nw.LazyFrame[Any]) -> Any:
        """Return what narwhals wraps."""
        return frame.to_native()
