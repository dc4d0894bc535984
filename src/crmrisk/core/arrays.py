"""Read-only arrays: the one place where crmrisk copies, freezes and checks numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmrisk.core.errors import PortfolioError, Problem, UnknownCustomerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

__all__ = [
    "LARGEST_COUNT",
    "LARGEST_NUMBER",
    "BoolArray",
    "FloatArray",
    "IntArray",
    "Names",
    "Numbers",
    "ObjectArray",
    "frozen_floats",
    "frozen_objects",
    "or_none",
    "row_of",
    "same_arrays",
]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
ObjectArray: TypeAlias = NDArray[np.object_]
Numbers: TypeAlias = "ArrayLike | Sequence[float | None]"
"""What callers may give as numbers; ``None`` is unrated."""
Names: TypeAlias = "ArrayLike | Sequence[str | None]"
"""What callers may give as names; ``None`` is unrated."""

LARGEST_COUNT = 2.0**53
"""Beyond it whole numbers are no longer exact; it also stands for the endless evidence of a census."""
LARGEST_NUMBER = 1e140
"""Beyond it sums of squares overflow."""


def frozen_floats(values: Numbers, *, where: str) -> FloatArray:
    """Copy numbers into a read-only array of floats; NaN means unrated.

    Parameters
    ----------
    values
        Numbers, ``(n_customers,)``; integers, floats, booleans or ``None``.
    where
        What the array is called in an error.

    Returns
    -------
    A read-only copy, ``(n_customers,)``.

    Raises
    ------
    PortfolioError
        If the values are no one-dimensional numbers, or infinite.

    Examples
    --------
    >>> frozen_floats([1, None, 3], where="age")
    array([ 1., nan,  3.])
    """
    array = _numbers(values, where)
    if array.ndim != 1:
        raise PortfolioError(Problem(what="not one value per customer", where=where, got=f"shape {array.shape}"))
    infinite = np.isinf(array)
    if infinite.any():
        first = int(np.flatnonzero(infinite)[0])
        raise PortfolioError(
            Problem(
                what=f"{int(infinite.sum())} infinite value(s), the first in row {first}",
                where=where,
                allowed="finite numbers, or NaN for unrated",
                got=str(array[first]),
            )
        )
    array.flags.writeable = False
    return array


_NO_NUMBERS = (str, bytes, complex, np.datetime64, np.timedelta64)


def _numbers(values: Numbers, where: str) -> FloatArray:
    try:
        raw = np.ma.filled(values.astype(np.float64), np.nan) if isinstance(values, np.ma.MaskedArray) else values
        raw = np.asarray(raw)
        if raw.dtype == np.float64:  # the usual case, and what scoring one customer in a millisecond rests on
            return np.array(raw)
        _refuse_what_is_no_number(raw)
        if raw.dtype.kind == "O":
            raw = raw.copy()
            raw[np.array([type(value).__name__ == "NAType" for value in raw.ravel()]).reshape(raw.shape)] = np.nan
        with np.errstate(over="ignore"):  # a number too large for a float becomes infinite and is refused as such
            return np.array(raw, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise PortfolioError(Problem(what="not numbers", where=where, allowed="numbers", got=str(error))) from None


def _refuse_what_is_no_number(raw: NDArray[np.generic]) -> None:
    """Refuse what numpy would turn into numbers by itself: text, dates, complex numbers."""
    if raw.dtype.kind not in "biufO":
        message = f"dtype {raw.dtype}"
        raise TypeError(message)
    strange = [value for value in raw.ravel() if isinstance(value, _NO_NUMBERS)] if raw.dtype.kind == "O" else []
    if strange:
        message = f"{type(strange[0]).__name__} {strange[0]!r}"
        raise TypeError(message[:200])


def frozen_objects(values: ArrayLike, *, where: str) -> ObjectArray:
    """Copy values into a read-only array of Python objects.

    Parameters
    ----------
    values
        Any objects, ``(n_customers,)``.
    where
        What the array is called in an error.

    Returns
    -------
    A read-only copy, ``(n_customers,)``.

    Raises
    ------
    PortfolioError
        If the values are not one-dimensional.

    Examples
    --------
    >>> frozen_objects(["a", None], where="segment")
    array(['a', None], dtype=object)
    """
    try:
        array = np.array(values, dtype=object)
    except ValueError as error:
        raise PortfolioError(Problem(what="not one value per customer", where=where, got=str(error))) from None
    if array.ndim != 1:
        raise PortfolioError(Problem(what="not one value per customer", where=where, got=f"shape {array.shape}"))
    array.flags.writeable = False
    return array


def same_arrays(left: NDArray[np.generic] | None, right: NDArray[np.generic] | None) -> bool:
    """Tell whether two arrays hold the same values, NaN equal to NaN.

    Parameters
    ----------
    left, right
        Arrays of one kind, or ``None``.

    Examples
    --------
    >>> import numpy as np
    >>> same_arrays(np.array([1.0, np.nan]), np.array([1.0, np.nan]))
    True
    """
    if left is None or right is None:
        return left is right
    equal_nan = left.dtype.kind in "fM" and right.dtype.kind in "fM"
    return bool(np.array_equal(left, right, equal_nan=equal_nan))


def or_none(value: float) -> float | None:
    """Turn the NaN of an array into the ``None`` of a record: unrated.

    Parameters
    ----------
    value
        One number.

    Examples
    --------
    >>> or_none(float("nan")), or_none(0.5)
    (None, 0.5)
    """
    return None if value != value else float(value)  # noqa: PLR0124 - NaN differs from itself


def row_of(customer_ids: ObjectArray, customer_id: str) -> int:
    """Find the position of a customer.

    Parameters
    ----------
    customer_ids
        Identifiers, ``(n_customers,)``.
    customer_id
        The one looked for.

    Raises
    ------
    UnknownCustomerError
        If it is none of them.

    Examples
    --------
    >>> row_of(np.array(["C1", "C2"], dtype=object), "C2")
    1
    """
    found = np.flatnonzero(customer_ids == customer_id) if isinstance(customer_id, str) else np.empty(0)
    if not len(found):
        allowed = f"one of {len(customer_ids)} customers"
        raise UnknownCustomerError(Problem(what="no such customer", where=repr(customer_id), allowed=allowed))
    return int(found[0])
