"""Sums that do not depend on the order of the records: engines add in parallel, in an order that differs by the run.

Every number is split into whole multiples of three powers of two. Whole numbers add up exactly in any order, and the
three sums are put together once per customer. Nothing is lost of a number from 0.0625 to 1e18; of smaller ones what is
below 2 ** -56.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw

__all__ = ["BINARY_PLACES", "LARGEST", "part_names", "parts", "total"]

LARGEST = 1e18
"""Larger amounts are refused: they could not be added exactly, and are no amounts of money."""

BINARY_PLACES = 56
"""Numbers are added to the multiple of 2 ** -56."""

_HIGH = 2.0**16
_MIDDLES = 2.0**20
"""How many multiples of the middle power make 1. No fraction is written into a query: engines may round it."""

_RATIO = 2**36
"""Of one part to the next."""


def part_names(name: str) -> tuple[str, str, str]:
    """Name the parts of a column.

    Parameters
    ----------
    name
        The column.

    Examples
    --------
    >>> part_names("spend")
    ('spend_high', 'spend_middle', 'spend_low')
    """
    return (f"{name}_high", f"{name}_middle", f"{name}_low")


def parts(values: nw.Expr, name: str, *, scale: float = 1.0) -> list[nw.Expr]:
    """Split numbers into whole numbers, to be summed in any order.

    Parameters
    ----------
    values
        Finite numbers up to `LARGEST`; null stays null.
    name
        The column; see `part_names`.
    scale
        A power of two to multiply by, where numbers are small.

    Examples
    --------
    >>> import pyarrow as pa
    >>> split = nw.from_native(pa.table({"x": [65537.5]})).select(*parts(nw.col("x"), "x"))
    >>> [column.to_list() for column in split.iter_columns()]
    [[1], [1572864], [0]]
    """
    # by magnitude and floor: the remainder of a number below zero, or as some engines compute it, is rounded
    size = (values * scale).abs()
    high = (size / _HIGH).floor()
    fine = (size - high * _HIGH) * _MIDDLES
    middle = fine.floor()
    low = ((fine - middle) * float(_RATIO)).floor()
    sign = nw.when(values < 0.0).then(-1).otherwise(1)
    whole = zip((high, middle, low), part_names(name), strict=True)
    return [(part.cast(nw.Int64) * sign).alias(each) for part, each in whole]


def total(name: str, *, scale: float = 1.0) -> nw.Expr:
    """Put the sums of the parts together.

    Parameters
    ----------
    name
        The column that was split.
    scale
        As for `parts`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> split = nw.from_native(pa.table({"x": [0.1, 1e15, -1e15]})).select(*parts(nw.col("x"), "x"))
    >>> split.select(*(nw.col(name).sum() for name in part_names("x"))).select(total("x"))["x"].to_list()
    [0.1]
    """
    high, middle, low = (nw.col(part).fill_null(0) for part in part_names(name))  # narwhals 2.0: no numbers, no sum
    rest_of_low = _nearest_rest(low)
    middle = middle + (low - rest_of_low) // _RATIO
    rest_of_middle = _nearest_rest(middle)
    high = high + (middle - rest_of_middle) // _RATIO
    small = (rest_of_middle.cast(nw.Float64) + rest_of_low.cast(nw.Float64) / float(_RATIO)) / _MIDDLES
    return ((high.cast(nw.Float64) * _HIGH + small) / scale).alias(name)


def _nearest_rest(whole: nw.Expr) -> nw.Expr:
    """Leave what is no multiple, between minus and plus a half, so that the parts do not cancel each other."""
    half = _RATIO // 2
    return (((whole + half) % _RATIO + _RATIO) % _RATIO) - half  # twice, because engines differ below zero
