from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from crmrisk.scoring.newton import logistic_maximum


def _data(n=300, seed=3):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, 3))])
    y = (rng.random(n) < expit(X @ np.array([-1.0, 0.5, -0.7, 0.0]))).astype(float)
    return X, y


def test_it_is_the_maximum_a_general_optimiser_finds():
    X, y = _data()
    penalty = np.array([0.0, 2.0, 2.0, 2.0])

    def loss(b):
        eta = X @ b
        return -(y @ eta - np.logaddexp(0, eta).sum()) + 0.5 * penalty @ b**2

    found = logistic_maximum(X, y, penalty)
    other = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    np.testing.assert_allclose(found.coefficients, other.x, atol=1e-5)
    assert found.converged


def test_the_gradient_vanishes_and_the_covariance_inverts_the_information():
    X, y = _data()
    found = logistic_maximum(X, y, np.zeros(4))
    p = expit(X @ found.coefficients)
    np.testing.assert_allclose(X.T @ (y - p), 0, atol=1e-8)
    np.testing.assert_allclose(found.covariance @ ((X.T * (p * (1 - p))) @ X), np.eye(4), atol=1e-9)


def test_fractional_outcomes_count_as_their_parts():
    """n rows with y = e / n have the maximum of e events and n - e others."""
    x = np.array([-1.0, 0.0, 2.0])
    share = np.array([0.1, 0.5, 0.6])
    X = np.column_stack([np.ones(3), x])
    whole = np.vstack([np.repeat(X, 10, axis=0)])
    y = np.concatenate([np.arange(10) < 10 * s for s in share]).astype(float)
    np.testing.assert_allclose(
        logistic_maximum(X, share, np.zeros(2)).coefficients,
        logistic_maximum(whole, y, np.zeros(2)).coefficients,
        atol=1e-9,
    )


def test_a_singular_information_has_no_maximum():
    X, y = _data()
    assert logistic_maximum(np.column_stack([X, np.zeros(len(X))]), y, np.zeros(5)) is None
