"""Weighted least squares from covariances: coefficients of a whole stack of surveys, and what each respondent moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["coefficient_influences", "coefficients_of"]

_ALIASED = 1e-10


def coefficients_of(covariances: FloatArray) -> FloatArray:
    """Regress the last column on the others.

    Parameters
    ----------
    covariances
        Covariances of the columns, ``(..., q, q)``.

    Returns
    -------
    Coefficients, ``(..., q - 1)``; of least length where columns repeat each other or do not vary.

    Examples
    --------
    >>> coefficients_of(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([0.5])
    """
    inverse = np.linalg.pinv(covariances[..., :-1, :-1], rcond=_ALIASED, hermitian=True)
    found: FloatArray = (inverse @ covariances[..., :-1, -1:])[..., 0]
    return found


def coefficient_influences(columns: FloatArray, weights: FloatArray) -> FloatArray:
    """Return how much each respondent moves the coefficients: the pieces of a sandwich standard error.

    Parameters
    ----------
    columns
        Columns of weighted mean 0, the outcome last, ``(n_rows, q)``.
    weights
        Weights of mean 1, ``(n_rows,)``.

    Returns
    -------
    Influences, ``(n_rows, q - 1)``; the covariance of the coefficients is their cross-product.

    References
    ----------
    White, H. (1980). *Econometrica* 48; under survey weights Binder, D. A. (1983). *International Statistical Review*
    51.

    Examples
    --------
    >>> columns = np.array([[-1.0, -1.0], [0.0, 0.5], [1.0, 0.5]])
    >>> coefficient_influences(columns, np.ones(3)).sum(axis=0).round(12) + 0.0
    array([0.])
    """
    X, y = columns[:, :-1], columns[:, -1]
    inverse = np.linalg.pinv((X * weights[:, None]).T @ X, rcond=_ALIASED, hermitian=True)
    beta = inverse @ (X.T @ (weights * y))
    moved: FloatArray = (X * (weights * (y - X @ beta))[:, None]) @ inverse
    return moved
