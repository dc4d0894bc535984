"""Score identical rows once: a million customers of discrete opportunities have few histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.scoring.value.compact import distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray

__all__ = ["by_history"]


def by_history(function: Callable[..., FloatArray], *columns: FloatArray) -> FloatArray:
    """Evaluate a function once per distinct row; rows with a NaN stay NaN.

    Parameters
    ----------
    function
        Maps columns, ``(n,)`` each, to values, row by row.
    *columns
        Numbers of one shape.

    Examples
    --------
    >>> by_history(lambda n: n + 1, np.array([1.0, np.nan, 1.0]))
    array([ 2., nan,  2.])
    """
    flat = [column.ravel() for column in columns]
    values = np.full(flat[0].shape, np.nan)
    rated = np.flatnonzero(~np.isnan(np.sum(flat, axis=0)))
    flat = [column[rated] for column in flat]
    shared = distinct(*flat)
    values[rated] = function(*flat) if shared is None else function(*shared.columns)[shared.place]
    unwrapped: FloatArray = values.reshape(columns[0].shape)[()]
    return unwrapped
