"""Successes out of n, as the intervals of shares read them: counts no share can have are refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["binomial_counts", "finite_column", "finite_columns"]

_ROUNDING = 1e-9  # weighted successes may exceed weighted n by what adding up in another order makes
_SHOWN = 5


def binomial_counts(*counts: ArrayLike, where: tuple[str, ...] = ("successes", "n")) -> tuple[FloatArray, ...]:
    """Read successes and n, one pair after the other, as arrays of one shape.

    Parameters
    ----------
    *counts
        Successes, n, and so on for each group, of any common shape.
    where
        What they are called in an error.

    Returns
    -------
    The same numbers as new arrays; both of a pair are NaN where n is 0, for nothing has no share, or one is unknown.

    Raises
    ------
    InvalidValueError
        If they are no numbers, shapes do not fit, or not ``0 <= successes <= n <= 2^53``. NaN stands for unknown.

    Examples
    --------
    >>> [each.tolist() for each in binomial_counts([0, 3], 4)]
    [[0.0, 3.0], [4.0, 4.0]]
    >>> binomial_counts(5, 4)
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: successes, n: no share; allowed: 0 <= successes <= n <= 2^53; got: 5.0 of 4.0
    """
    columns = list(finite_columns(*counts, where=where))
    problems = []
    for k in range(0, len(columns), 2):
        x, n = columns[k], columns[k + 1]
        wrong = (x < 0.0) | (n < 0.0) | (n > LARGEST_COUNT) | (x > n * (1.0 + _ROUNDING))
        problems += _no_share(x, n, wrong, where=f"{where[k]}, {where[k + 1]}")
        known = (n > 0.0) & ~np.isnan(x)
        columns[k], columns[k + 1] = np.where(known, np.minimum(x, n), np.nan), np.where(known, n, np.nan)
    if problems:
        raise InvalidValueError(*problems)
    return tuple(columns)


def finite_column(values: ArrayLike, where: str) -> FloatArray:
    """Read numbers of any shape; NaN stands for unknown.

    Parameters
    ----------
    values
        The numbers.
    where
        What they are called in an error.

    Returns
    -------
    A new array.

    Raises
    ------
    InvalidValueError
        If they are no numbers, or infinite.

    Examples
    --------
    >>> finite_column([1, 2], "reward")
    array([1., 2.])
    >>> finite_column("x", "reward")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: reward: no numbers; allowed: finite numbers; got: 'x'
    """
    try:
        raw = np.asarray(values)
        kind_fits = raw.dtype.kind in "iuf" or (raw.dtype.kind == "O" and not _holds_text(raw))
        column = raw.astype(np.float64) if kind_fits else None
    except (TypeError, ValueError, OverflowError):
        column = None
    if column is None or np.isinf(column).any():
        allowed, what = "finite numbers", "no numbers" if column is None else "infinite numbers"
        raise InvalidValueError(Problem(what=what, where=where, allowed=allowed, got=repr(values)[:100]))
    return column


def finite_columns(*values: ArrayLike, where: tuple[str, ...]) -> tuple[FloatArray, ...]:
    """Read several columns of numbers as arrays of one shape; NaN stands for unknown.

    Parameters
    ----------
    *values
        The numbers, of any common shape.
    where
        What each is called in an error.

    Returns
    -------
    The columns.

    Raises
    ------
    InvalidValueError
        If one is no numbers or infinite, or shapes do not fit.

    Examples
    --------
    >>> finite_columns([1, 2], 3, where=("x", "y"))
    (array([1., 2.]), array([3., 3.]))
    """
    columns = [finite_column(each, name) for each, name in zip(values, where, strict=True)]
    try:
        return tuple(np.broadcast_arrays(*columns))
    except ValueError:
        got = ", ".join(f"{name} {column.shape}" for name, column in zip(where, columns, strict=True))
        raise InvalidValueError(
            Problem(what="shapes do not fit", where=", ".join(where), allowed="one common shape", got=got)
        ) from None


def _holds_text(raw: FloatArray) -> bool:
    return any(isinstance(each, str | bytes | bool) for each in raw.ravel().tolist())


def _no_share(x: FloatArray, n: FloatArray, wrong: BoolArray, *, where: str) -> list[Problem]:
    if not wrong.any():
        return []
    pairs = zip(x[wrong].ravel().tolist()[:_SHOWN], n[wrong].ravel().tolist()[:_SHOWN], strict=True)
    got = ", ".join(f"{part} of {whole}" for part, whole in pairs)
    return [Problem(what="no share", where=where, allowed="0 <= successes <= n <= 2^53", got=got)]
