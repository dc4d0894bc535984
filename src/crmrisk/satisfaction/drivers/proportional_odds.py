"""The check behind ordinal drivers: does one coefficient serve every step of the outcome? (Brant's test)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import chdtrc, expit

from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.survey_design import design_covariance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.satisfaction.drivers.design import SampleDesign

__all__ = ["ProportionalOddsTest", "binary_splits", "brant_tests"]

_STEPS = 50
_SETTLED = 1e-10
_BOUND = 30.0  # log-odds per standard deviation beyond which a split is separated


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ProportionalOddsTest(Value):
    """Hold Brant's Wald test that coefficients are the same at every step of the outcome.

    Parameters
    ----------
    statistic
        Chi-square.
    degrees_of_freedom
        Its degrees of freedom.
    p_value
        Small where one coefficient does not serve every step.

    Examples
    --------
    >>> ProportionalOddsTest(statistic=3.84, degrees_of_freedom=1, p_value=0.05).p_value
    0.05
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float


def binary_splits(
    codes: IntArray, X: FloatArray, sample: SampleDesign | None = None
) -> tuple[FloatArray, FloatArray] | None:
    """Fit one logistic regression per step of the outcome: above it or not.

    Parameters
    ----------
    codes
        Steps of the outcome, 0, 1, ..., ``(n_rows,)``.
    X
        Standardised drivers, ``(n_rows, p)``.
    sample
        What the rows weigh and the units they were drawn in. With it the covariance is linearised from the scores of
        the respondents.

    Returns
    -------
    Coefficients ``(steps, p)`` and their covariance between all splits, ``(steps p, steps p)``; ``None`` where a split
    is separated, so that it has no finite fit.

    References
    ----------
    Brant, R. (1990). Assessing proportionality in the proportional odds model for ordinal logistic regression.
    *Biometrics* 46, 1171-1178.

    Examples
    --------
    >>> x = np.array([[-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0]])
    >>> coefficients, _ = binary_splits(np.array([0, 0, 1, 1, 2, 2, 0, 2]), x)
    >>> coefficients.shape
    (2, 1)
    """
    design = np.column_stack([np.ones(len(X)), X])
    weighing = np.ones(len(X)) if sample is None else sample.weights
    fits = [_logit((codes > step).astype(np.float64), design, weighing) for step in range(int(codes.max()))]
    settled = [fit for fit in fits if fit is not None]
    if len(settled) < len(fits):
        return None
    coefficients = np.array([beta[1:] for beta, _ in settled])
    if sample is None:
        return coefficients, _model_covariance(settled, design)
    moved = [
        weighing[:, None] * ((codes > step) - expit(design @ beta))[:, None] * (design @ inverse)[:, 1:]
        for step, (beta, inverse) in enumerate(settled)
    ]
    covariance, _ = design_covariance(np.hstack(moved), sample.units)
    return None if covariance is None else (coefficients, covariance)


def _model_covariance(settled: Sequence[tuple[FloatArray, FloatArray]], design: FloatArray) -> FloatArray:
    """Return Brant's covariance of the coefficients of all splits, which holds for respondents drawn at random."""
    p = design.shape[1] - 1
    chance = [expit(design @ beta) for beta, _ in settled]
    covariance = np.empty((len(settled) * p, len(settled) * p))
    for low, (_, left) in enumerate(settled):
        for high, (_, right) in enumerate(settled[low:], start=low):
            # P(above both) is P(above the higher): splits are nested
            both = chance[high] * (1.0 - chance[low])
            block = (left @ (design * both[:, None]).T @ design @ right)[1:, 1:]
            covariance[low * p : low * p + p, high * p : high * p + p] = block
            covariance[high * p : high * p + p, low * p : low * p + p] = block.T
    return covariance


def brant_tests(
    coefficients: FloatArray, covariance: FloatArray
) -> tuple[ProportionalOddsTest, tuple[ProportionalOddsTest, ...]]:
    """Test whether the splits share their coefficients: all of them, and driver by driver.

    Parameters
    ----------
    coefficients, covariance
        As `binary_splits` returns them, of at least two splits.

    Returns
    -------
    The overall test and one per driver.

    References
    ----------
    Brant, R. (1990). *Biometrics* 46, 1171-1178.

    Examples
    --------
    >>> overall, each = brant_tests(np.array([[1.0], [1.0]]), np.eye(2))
    >>> overall.p_value
    1.0
    """
    splits, p = coefficients.shape
    every = np.arange(splits * p).reshape(splits, p)
    each = tuple(_wald(coefficients[:, [j]], covariance, every[:, [j]]) for j in range(p))
    return _wald(coefficients, covariance, every), each


def _wald(coefficients: FloatArray, covariance: FloatArray, places: IntArray) -> ProportionalOddsTest:
    splits, p = coefficients.shape
    contrast = np.hstack([np.tile(np.eye(p), (splits - 1, 1)), -np.eye((splits - 1) * p)])
    taken = places.ravel()
    difference = contrast @ coefficients.ravel()
    spread = contrast @ covariance[np.ix_(taken, taken)] @ contrast.T
    statistic = max(float(difference @ np.linalg.pinv(spread, hermitian=True) @ difference), 0.0)
    degrees = (splits - 1) * p
    return ProportionalOddsTest(
        statistic=statistic, degrees_of_freedom=degrees, p_value=float(chdtrc(degrees, statistic))
    )


def _logit(above: FloatArray, design: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Climb by Newton's steps from 0; None where the likelihood has no maximum."""
    beta: FloatArray = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = expit(design @ beta)
        information = (design * (weights * chance * (1.0 - chance))[:, None]).T @ design
        if np.abs(beta).max() > _BOUND or np.linalg.cond(information) > 1.0 / _SETTLED:
            return None
        step = np.linalg.solve(information, design.T @ (weights * (above - chance)))
        if np.abs(step).max() < _SETTLED:
            return beta, np.asarray(np.linalg.inv(information), dtype=np.float64)
        beta += step
    return None
