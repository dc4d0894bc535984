r"""The mathematics of key drivers: how R² is shared out among correlated drivers, from correlations alone.

Everything here reads correlations among the drivers, ``(..., p, p)``, and of each with the outcome, ``(..., p)``, and
works on any stack of them at once, so that a bootstrap of a thousand surveys is a single call.

*Shapley* (LMG) averages what a driver adds to :math:`R^2` over every order of entry. *Relative weights* (Johnson)
replaces the drivers by the closest uncorrelated ones and hands their :math:`R^2` back. Both sum to :math:`R^2`; for two
drivers they are the same numbers. *First*, *last* and *beta squared* are what naive reports print: alone, after all
others, and the squared standardised coefficient.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "EXACT_DRIVERS",
    "beta_squared_importance",
    "first_importance",
    "last_importance",
    "lmg",
    "relative_weights",
    "shapley_importance",
    "standardised_coefficients",
    "subset_r_squared",
]

EXACT_DRIVERS = 12
"""Up to this many drivers every subset is fitted; beyond, orders of entry are sampled."""

_ALIASED = 1e-10  # what is left of a driver's variance where the drivers before it explain it wholly


def relative_weights(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    r"""Share out R² by Johnson's relative weights.

    With :math:`R = Q L Q'` and :math:`\Lambda = Q L^{1/2} Q'`: :math:`\beta = \Lambda^{-1} r_{xy}`,
    :math:`\varepsilon_j = \sum_k \Lambda_{jk}^2 \beta_k^2`.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Shares of R², ``(..., p)``, not negative; they sum to R².

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or the numbers are no correlations.

    References
    ----------
    Johnson, J. W. (2000). A heuristic method for estimating the relative weight of predictor variables in multiple
    regression. *Multivariate Behavioral Research* 35, 1-19.

    Examples
    --------
    >>> relative_weights([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.315, 0.045])
    """
    R, r = _correlations(drivers, outcome)
    eigenvalues, Q = np.linalg.eigh(R)
    kept = eigenvalues > _ALIASED
    root = np.sqrt(np.where(kept, eigenvalues, 0.0))
    inverse = np.where(kept, 1.0 / np.where(kept, root, 1.0), 0.0)
    transposed = np.swapaxes(Q, -1, -2)
    loadings = (Q * root[..., None, :]) @ transposed
    beta = (Q * inverse[..., None, :]) @ (transposed @ r[..., None])
    shares: FloatArray = (loadings**2 @ beta**2)[..., 0]
    return shares


def shapley_importance(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    r"""Share out R² by Shapley values: the gain of each driver, averaged over every order of entry (LMG).

    .. math:: \phi_j = \sum_{S \not\ni j} \frac{|S|! (p - |S| - 1)!}{p!} [R^2(S \cup j) - R^2(S)]

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``, at most `EXACT_DRIVERS` and one of them.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Shares of R², ``(..., p)``, not negative; they sum to R².

    Raises
    ------
    InvalidValueError
        If the shapes do not fit, the numbers are no correlations, or there are too many drivers for every subset.

    References
    ----------
    Lindeman, R. H., Merenda, P. F. and Gold, R. Z. (1980). *Introduction to Bivariate and Multivariate Analysis*.
    Groemping, U. (2006). Relative importance for linear regression in R. *Journal of Statistical Software* 17(1).

    Examples
    --------
    >>> shapley_importance([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.315, 0.045])
    """
    explained = subset_r_squared(drivers, outcome)
    p = np.shape(outcome)[-1]
    shares: FloatArray = np.moveaxis(np.tensordot(_entry_weights(p), explained, axes=1), 0, -1)
    return np.maximum(shares, 0.0)  # a gain is never negative, but its rounding may be


lmg = shapley_importance


def first_importance(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return the R² of each driver alone, its squared correlation with the outcome.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Squared correlations, ``(..., p)``; correlated drivers make their sum exceed R².

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or the numbers are no correlations.

    Examples
    --------
    >>> first_importance([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.36, 0.09])
    """
    _, r = _correlations(drivers, outcome)
    return r * r


def last_importance(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return the R² that is lost when each driver is left out (its usefulness).

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Losses of R², ``(..., p)``; correlated drivers make their sum fall short of R².

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or the numbers are no correlations.

    Examples
    --------
    >>> last_importance([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.27, 0.  ])
    """
    R, r = _correlations(drivers, outcome)
    inverse = _inverse(R)
    beta = _times(inverse, r)
    diagonal = np.diagonal(inverse, axis1=-2, axis2=-1)
    # an aliased driver has no unique part: the pseudo-inverse does not reproduce its unit vector
    unique = np.abs(np.diagonal(inverse @ R, axis1=-2, axis2=-1) - 1.0) < 1e-6
    return np.where(unique, beta * beta / np.where(diagonal > 0.0, diagonal, 1.0), 0.0)


def beta_squared_importance(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return the squared standardised coefficient of each driver.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Squared coefficients, ``(..., p)``; they sum to R² only where drivers are uncorrelated.

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or the numbers are no correlations.

    Examples
    --------
    >>> beta_squared_importance([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.36, 0.  ])
    """
    beta = standardised_coefficients(drivers, outcome)
    return beta * beta


def standardised_coefficients(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return the coefficients of the regression of the standardised outcome on the standardised drivers.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    Coefficients, ``(..., p)``; of least length where drivers repeat each other.

    Raises
    ------
    InvalidValueError
        If the shapes do not fit or the numbers are no correlations.

    Examples
    --------
    >>> standardised_coefficients([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.6, 0. ])
    """
    R, r = _correlations(drivers, outcome)
    return _times(_inverse(R), r)


def subset_r_squared(drivers: ArrayLike, outcome: ArrayLike) -> FloatArray:
    """Return the R² of the regression on every subset of the drivers.

    Drivers are swept out one after the other, each time for the subsets without and with it, so that p steps fit all
    ``2 ** p`` regressions.

    Parameters
    ----------
    drivers
        Correlations among the drivers, ``(..., p, p)``, at most `EXACT_DRIVERS` and one of them.
    outcome
        Correlation of each driver with the outcome, ``(..., p)``.

    Returns
    -------
    R², ``(2 ** p, ...)``; bit ``j`` of the first index says whether driver ``j`` is in.

    Raises
    ------
    InvalidValueError
        If the shapes do not fit, the numbers are no correlations, or there are too many drivers.

    Examples
    --------
    >>> subset_r_squared([[1.0, 0.5], [0.5, 1.0]], [0.6, 0.3]).round(4)
    array([0.  , 0.36, 0.09, 0.36])
    """
    R, r = _correlations(drivers, outcome)
    p = r.shape[-1]
    if p > EXACT_DRIVERS + 1:  # one more than advertised, for a random predictor among them
        allowed = f"at most {EXACT_DRIVERS}"
        raise InvalidValueError(Problem(what="too many drivers for every subset", where="drivers", allowed=allowed))
    left = np.ones((*r.shape[:-1], p + 1, p + 1))
    left[..., :p, :p], left[..., :p, p], left[..., p, :p] = R, r, r
    left = left[None]
    for _ in range(p):
        column, pivot = left[..., 1:, 0], left[..., 0, 0]
        scale = np.where(pivot > _ALIASED, 1.0 / np.maximum(pivot, _ALIASED), 0.0)
        without = left[..., 1:, 1:]
        taken = column[..., :, None] * (column * scale[..., None])[..., None, :]
        left = np.concatenate([without, without - taken])
    return np.clip(1.0 - left[..., 0, 0], 0.0, 1.0)


def _entry_weights(p: int) -> FloatArray:
    """Weigh the R² of every subset in the Shapley value of every driver, ``(p, 2 ** p)``."""
    subsets = np.arange(2**p)
    inside = (subsets >> np.arange(p)[:, None]) & 1 == 1
    size = inside.sum(axis=0)
    chance = np.array([1.0 / (p * comb(p - 1, k)) for k in range(p)])
    weights: FloatArray = np.where(inside, chance[np.maximum(size - 1, 0)], -chance[np.minimum(size, p - 1)])
    return weights


def _inverse(R: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.pinv(R, rcond=_ALIASED, hermitian=True), dtype=np.float64)


def _times(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    product: FloatArray = (matrices @ vectors[..., None])[..., 0]
    return product


def _correlations(drivers: ArrayLike, outcome: ArrayLike) -> tuple[FloatArray, FloatArray]:
    try:
        R, r = np.asarray(drivers, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(Problem(what="no numbers", where="correlations", got=str(error)[:200])) from None
    if R.ndim < 2 or not r.shape or R.shape != (*r.shape, r.shape[-1]) or not r.shape[-1]:
        allowed = "drivers (..., p, p) and outcome (..., p)"
        remedy = "key_drivers(outcome, drivers) reads answers"
        got = f"drivers {R.shape}, outcome {r.shape}"
        raise InvalidValueError(
            Problem(what="shapes do not fit", where="correlations", allowed=allowed, got=got, remedy=remedy)
        )
    if not (np.abs(R) <= 1.0 + 1e-6).all() or not (np.abs(r) <= 1.0 + 1e-6).all():
        what = "no correlations: missing, or beyond -1 to 1"
        raise InvalidValueError(Problem(what=what, where="correlations"))
    return R, r
