"""Maximum likelihood of a factor model of simple structure: each item measures one factor, factors correlate.

The discrepancy ``F = log|Sigma| + tr(S Sigma^-1) - log|S| - p`` does not depend on the units of items, so the search
runs on correlations; errors of the parameters come from the expected information in the units of the covariances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.core.errors import FitError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["LOWEST_UNIQUENESS", "Parameters", "derivatives", "implied", "maximise"]

LOWEST_UNIQUENESS = 1e-4
"""The least share of an item's variance the search leaves to itself; below lie Heywood cases."""

_IMPOSSIBLE = 1e10  # discrepancy of covariances that cannot be


class Parameters(NamedTuple):
    """Hold the parameters of a factor model whose factors have variance 1.

    Parameters
    ----------
    loadings
        Of each item on its factor, ``(n_items,)``.
    uniquenesses
        Variance of each item that its factor leaves, ``(n_items,)``.
    correlations
        Of the factors, ``(n_factors, n_factors)``.

    Examples
    --------
    >>> Parameters(np.array([0.7, 0.8]), np.array([0.51, 0.36]), np.eye(1)).loadings
    array([0.7, 0.8])
    """

    loadings: FloatArray
    uniquenesses: FloatArray
    correlations: FloatArray


def maximise(correlations: FloatArray, factor: IntArray) -> tuple[Parameters, float]:
    """Find the likeliest parameters of correlations.

    Parameters
    ----------
    correlations
        Of the items, ``(n_items, n_items)``, positive definite.
    factor
        Number of each item's factor, ``(n_items,)``.

    Returns
    -------
    The parameters, and the discrepancy that remains.

    Raises
    ------
    FitError
        If the correlations are singular, or the search does not come to an end.

    References
    ----------
    Joreskog, K. G. (1969). A general approach to confirmatory maximum likelihood factor analysis. *Psychometrika* 34.

    Examples
    --------
    >>> three = np.array([[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]])
    >>> found, discrepancy = maximise(three, np.zeros(3, dtype=np.int64))
    >>> print(found.loadings.round(3))
    [0.8 0.7 0.6]
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - takes long to import, and alpha does not need it

    log_determinant = _log_determinant(correlations)
    n_items, n_factors = factor.size, int(factor.max()) + 1
    pairs = n_factors * (n_factors - 1) // 2
    bounds = [(-np.inf, np.inf)] * n_items + [(LOWEST_UNIQUENESS, np.inf)] * n_items + [(-0.999, 0.999)] * pairs
    settings: Any = {"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-9, "maxcor": 30}
    found = minimize(  # type: ignore[call-overload] # the stubs lack a slope that comes with the value
        lambda place: _discrepancy(place, correlations, factor),
        _start(correlations, factor, n_factors),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options=settings,
    )
    if not np.isfinite(found.fun) or found.fun >= _IMPOSSIBLE or np.abs(found.jac[:n_items]).max() > 1e-3:
        raise FitError(Problem(what="the likelihood has no maximum that was found", where="factor model"))
    parameters = _oriented(_unpacked(found.x, n_items, n_factors), factor)
    return parameters, max(float(found.fun) - log_determinant - n_items, 0.0)


def implied(parameters: Parameters, factor: IntArray) -> FloatArray:
    """Compute the covariances a model implies.

    Parameters
    ----------
    parameters
        Of the model.
    factor
        Number of each item's factor, ``(n_items,)``.

    Returns
    -------
    ``(n_items, n_items)``.

    Examples
    --------
    >>> implied(Parameters(np.array([2.0, 1.0]), np.array([1.0, 1.0]), np.eye(1)), np.zeros(2, dtype=np.int64))
    array([[5., 2.],
           [2., 2.]])
    """
    common = np.outer(parameters.loadings, parameters.loadings) * parameters.correlations[np.ix_(factor, factor)]
    return np.asarray(common + np.diag(parameters.uniquenesses), dtype=np.float64)


def derivatives(parameters: Parameters, factor: IntArray) -> FloatArray:
    """Differentiate the implied covariances by each parameter.

    Parameters
    ----------
    parameters
        Of the model.
    factor
        Number of each item's factor, ``(n_items,)``.

    Returns
    -------
    ``(n_parameters, n_items, n_items)``: loadings, uniquenesses, then correlations of factors above the diagonal.

    Examples
    --------
    >>> derivatives(Parameters(np.array([2.0, 1.0]), np.array([1.0, 1.0]), np.eye(1)), np.zeros(2, dtype=np.int64))[0]
    array([[4., 1.],
           [1., 0.]])
    """
    loadings, _, correlations = parameters
    unit = np.eye(factor.size)
    toward = correlations[np.ix_(factor, factor)] * loadings
    by_loading = unit[:, :, None] * toward[:, None, :]
    by_loading = by_loading + by_loading.transpose(0, 2, 1)
    by_uniqueness = unit[:, :, None] * unit[:, None, :]
    belongs = (factor[:, None] == np.arange(len(correlations))) * loadings[:, None]
    first, second = np.triu_indices(len(correlations), 1)
    by_correlation = belongs.T[first][:, :, None] * belongs.T[second][:, None, :]
    by_correlation = by_correlation + by_correlation.transpose(0, 2, 1)
    return np.concatenate([by_loading, by_uniqueness, by_correlation])


def _discrepancy(place: FloatArray, sample: FloatArray, factor: IntArray) -> tuple[float, FloatArray]:
    """Return ``log|Sigma| + tr(S Sigma^-1)`` and its slope."""
    parameters = _unpacked(place, factor.size, int(factor.max()) + 1)
    covariance = implied(parameters, factor)
    try:
        np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return _IMPOSSIBLE, np.zeros(place.size)
    inverse = np.linalg.inv(covariance)
    pull = inverse - inverse @ sample @ inverse
    slope = np.einsum("qij,ij->q", derivatives(parameters, factor), pull)
    return float(np.linalg.slogdet(covariance)[1]) + float((sample * inverse).sum()), slope


def _start(correlations: FloatArray, factor: IntArray, n_factors: int) -> FloatArray:
    """Begin at the first principal axis of each factor's items, and modest correlations of factors."""
    loadings = np.zeros(factor.size)
    for number in range(n_factors):
        mine = factor == number
        axis = np.linalg.eigh(correlations[np.ix_(mine, mine)])[1][:, -1]
        loadings[mine] = 0.7 * np.where(axis * np.copysign(1.0, axis.sum()) < 0.0, -1.0, 1.0)
    sums = np.array([(factor == number) * loadings for number in range(n_factors)])
    between = sums @ correlations @ sums.T
    deviation = np.sqrt(np.diag(between))
    between = 0.7 * between / np.outer(deviation, deviation)
    return np.concatenate([loadings, np.full(factor.size, 0.51), between[np.triu_indices(n_factors, 1)]])


def _unpacked(place: FloatArray, n_items: int, n_factors: int) -> Parameters:
    correlations = np.eye(n_factors)
    first, second = np.triu_indices(n_factors, 1)
    correlations[first, second] = correlations[second, first] = place[2 * n_items :]
    return Parameters(place[:n_items], place[n_items : 2 * n_items], correlations)


def _oriented(parameters: Parameters, factor: IntArray) -> Parameters:
    """Turn factors so that their loadings add up to something positive."""
    totals = np.bincount(factor, weights=parameters.loadings)
    sign = np.where(totals < 0.0, -1.0, 1.0)
    correlations = parameters.correlations * np.outer(sign, sign)
    return parameters._replace(loadings=parameters.loadings * sign[factor], correlations=correlations)


def _log_determinant(correlations: FloatArray) -> float:
    lowest = float(np.linalg.eigvalsh(correlations)[0])
    if lowest < 1e-10:
        remedy = "drop items that are sums of others, or ask more respondents than items"
        raise FitError(Problem(what="items determine each other", where="factor model", remedy=remedy))
    return float(np.linalg.slogdet(correlations)[1])
