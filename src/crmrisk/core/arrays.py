"""Read-only arrays: the one place where crmrisk copies, freezes and checks numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmrisk.core.errors import PortfolioError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["BoolArray", "FloatArray", "IntArray", "ObjectArray", "frozen_floats", "frozen_objects", "same_arrays"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
ObjectArray: TypeAlias = NDArray[np.object_]


def frozen_floats(values: ArrayLike, *, where: str) -> FloatArray:
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


def _numbers(values: ArrayLike, where: str) -> FloatArray:
    raw = np.asarray(values)
    if raw.dtype.kind in "USMm":
        raise PortfolioError(Problem(what="not numbers", where=where, allowed="numbers", got=f"dtype {raw.dtype}"))
    if raw.dtype.kind == "O" and any(isinstance(value, str | bytes) for value in raw.ravel()):
        raise PortfolioError(Problem(what="not numbers", where=where, allowed="numbers", got="text"))
    try:
        return np.array(raw, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PortfolioError(Problem(what="not numbers", where=where, allowed="numbers", got=str(error))) from None


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
    array = np.array(values, dtype=object)
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
