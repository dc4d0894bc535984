"""Score identical rows once: a million customers have far fewer histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.scoring.value.compact import distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray

__all__ = ["once_per_distinct_row"]

WORTH_SHARING = 256
"""Portfolios above this are scored once per distinct row."""


def once_per_distinct_row(function: Callable[..., FloatArray], *columns: FloatArray) -> FloatArray:
    """Evaluate a function of rows where nothing is missing, in a large portfolio once per distinct row.

    Parameters
    ----------
    function
        Maps columns ``(n_rows,)`` to values ``(n_rows,)``, row by row.
    columns
        Its arguments, of one shape.

    Returns
    -------
    The values in that shape, NaN where an argument is.

    Examples
    --------
    >>> once_per_distinct_row(np.add, np.array([1.0, np.nan]), np.array([2.0, 5.0]))
    array([ 3., nan])
    """
    flat = [column.ravel() for column in columns]
    result = np.full(flat[0].shape, np.nan)
    rated = np.flatnonzero(~np.isnan(sum(flat)))
    rows = [column[rated] for column in flat]
    shared = distinct(*rows) if rated.size > WORTH_SHARING else None
    result[rated] = function(*rows) if shared is None else function(*shared.columns)[shared.place]
    unwrapped: FloatArray = result.reshape(columns[0].shape)[()]
    return unwrapped
