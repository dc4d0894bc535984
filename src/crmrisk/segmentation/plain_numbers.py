"""Numbers as callers give them: one array of floats, or nothing that compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["plain_numbers"]


def plain_numbers(given: ArrayLike) -> FloatArray:
    """Copy numbers into an array of floats; what is none becomes a single NaN, which no check of shape or range passes.

    Parameters
    ----------
    given
        Numbers of any shape; text, dates and ragged lists are none.

    Examples
    --------
    >>> plain_numbers([[1, 2], [3, 4]])
    array([[1., 2.],
           [3., 4.]])
    >>> plain_numbers(["1", "2"])
    array(nan)
    """
    try:
        array = np.asarray(given)
        return np.array(array if array.dtype.kind in "biufO" else np.nan, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return np.array(np.nan)
