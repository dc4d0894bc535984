"""The delta method for linear predictors: how sure a sum of uncertain coefficients is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray

__all__ = ["is_covariance", "predictor_error"]

Rows = tuple[tuple[float, ...], ...]


def predictor_error(covariance: Rows, multipliers: Sequence[FloatArray]) -> FloatArray:
    """Return the standard error of ``sum(b_j d_j)`` for uncertain coefficients b: the root of ``d' V d``.

    Worked out column by column and never by matrix product, so that a row cannot depend on the other rows.

    Parameters
    ----------
    covariance
        V, ``(n_coefficients, n_coefficients)``.
    multipliers
        d, one array per coefficient, each ``(n_customers,)``.

    Returns
    -------
    Standard errors, ``(n_customers,)``.

    Examples
    --------
    >>> predictor_error(((4.0, 1.0), (1.0, 9.0)), [np.array([1.0, 1.0]), np.array([0.0, 2.0])])
    array([2.        , 6.63324958])
    """
    factor = _factor(covariance)
    squares = np.zeros_like(multipliers[0])
    for j, multiplier in enumerate(multipliers):
        along = factor[j][j] * multiplier
        for i in range(j + 1, len(multipliers)):
            along = along + factor[i][j] * multipliers[i]
        squares = squares + along * along
    return np.sqrt(squares)


@lru_cache(maxsize=256)
def _factor(covariance: Rows) -> list[list[float]]:
    """Return the lower triangular factor; once, because for a single customer it takes longer than the rest."""
    factor: list[list[float]] = np.linalg.cholesky(np.array(covariance)).tolist()
    return factor


def is_covariance(rows: Rows, size: int) -> bool:
    """Tell whether rows make a covariance matrix: square, symmetric and positive definite.

    Parameters
    ----------
    rows
        The matrix.
    size
        How many coefficients there are.

    Examples
    --------
    >>> is_covariance(((1.0, 2.0), (2.0, 1.0)), 2)
    False
    """
    if len(rows) != size or any(len(row) != size for row in rows):
        return False
    matrix = np.array(rows)
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return bool(np.allclose(matrix, matrix.T, rtol=1e-9, atol=0))
