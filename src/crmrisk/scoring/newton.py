"""Maximum likelihood of a logistic regression by Newton's method, with a quadratic penalty.

The penalised log-likelihood is concave, so that damped Newton steps climb to its only maximum:
``sum(y eta - log(1 + exp(eta))) - 1/2 sum(penalty beta ** 2)`` with ``eta = X beta``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["LogisticMaximum", "logistic_maximum"]

_STEPS = 100
_HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticMaximum:
    """Hold where the climb ended.

    Parameters
    ----------
    coefficients
        The maximum, ``(n_coefficients,)``.
    covariance
        The inverse of the penalised information there, ``(n_coefficients, n_coefficients)``.
    log_likelihood
        Without the penalty.
    converged
        Whether the last step gained nothing that matters.

    Examples
    --------
    See `logistic_maximum`.
    """

    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    converged: bool


def logistic_maximum(X: FloatArray, y: FloatArray, penalty: FloatArray) -> LogisticMaximum | None:
    """Climb to the maximum of the penalised likelihood.

    Parameters
    ----------
    X
        The design, ``(n_rows, n_coefficients)``.
    y
        What happened, each in [0, 1], ``(n_rows,)``.
    penalty
        The precision of the prior of each coefficient, ``(n_coefficients,)``; 0 is none.

    Returns
    -------
    The maximum; ``None`` if the information matrix is singular, so that it does not exist.

    Examples
    --------
    >>> X = np.column_stack([np.ones(6), [-1, -1, -1, 1, 1, 1]])
    >>> fit = logistic_maximum(X, np.array([0.0, 0, 1, 0, 1, 1]), np.zeros(2))
    >>> fit.coefficients.round(6), fit.converged
    (array([0.      , 0.693147]), True)
    """
    beta = np.zeros(X.shape[1])
    height = _objective(X, y, penalty, beta)
    converged = False
    for _ in range(_STEPS):
        step, gain = _newton_step(X, y, penalty, beta)
        if step is None:
            return None
        beta, height = _damped(X, y, penalty, (beta, step, height))
        converged = gain <= 1e-13 * len(y)
        if converged:
            break
    covariance = _inverse(_information(X, penalty, expit(X @ beta)))
    if covariance is None:
        return None
    return LogisticMaximum(
        coefficients=beta,
        covariance=covariance,
        log_likelihood=_objective(X, y, np.zeros_like(penalty), beta),
        converged=bool(converged),
    )


def _objective(X: FloatArray, y: FloatArray, penalty: FloatArray, beta: FloatArray) -> float:
    eta = X @ beta
    return float(np.sum(y * eta - np.logaddexp(0.0, eta)) - 0.5 * np.sum(penalty * beta**2))


def _information(X: FloatArray, penalty: FloatArray, p: FloatArray) -> FloatArray:
    return (X * (p * (1 - p))[:, None]).T @ X + np.diag(penalty)


def _newton_step(
    X: FloatArray, y: FloatArray, penalty: FloatArray, beta: FloatArray
) -> tuple[FloatArray, float] | tuple[None, float]:
    """Return the Newton step, and the gain it promises."""
    p = expit(X @ beta)
    gradient = X.T @ (y - p) - penalty * beta
    inverse = _inverse(_information(X, penalty, p))
    if inverse is None:
        return None, 0.0
    step = inverse @ gradient
    return step, float(gradient @ step) / 2


def _inverse(information: FloatArray) -> FloatArray | None:
    """Invert through the Cholesky factor, which exists just where the information is positive."""
    try:
        root = np.linalg.inv(np.linalg.cholesky(information))
    except np.linalg.LinAlgError:
        return None
    return root.T @ root


def _damped(
    X: FloatArray, y: FloatArray, penalty: FloatArray, move: tuple[FloatArray, FloatArray, float]
) -> tuple[FloatArray, float]:
    """Take the step, halved until it does not lose; return where it leads and how high that is."""
    beta, step, before = move
    least = before - 1e-12 * (1 + abs(before))
    for _ in range(_HALVINGS):
        after = _objective(X, y, penalty, beta + step)
        if after >= least:
            return beta + step, after
        step = step / 2
    return beta, before
