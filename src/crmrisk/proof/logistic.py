"""The logistic line behind calibration slope and intercept, fitted on tie groups.

Two parameters need no solver: damped Newton steps on the standardised logit, started from the base rate, climb a
concave likelihood. Whether a maximum exists is decided beforehand by comparing ranges, not by watching it diverge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit, logit

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.proof.ties import TieGroups

__all__ = ["LogisticLine", "logistic_line", "logistic_shift", "no_line"]

_STEPS = 100
_HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticLine:
    """Hold a fitted logistic line.

    Parameters
    ----------
    intercept, slope
        The coefficients.
    intercept_error, slope_error
        Their standard errors, from the observed information.

    Examples
    --------
    >>> LogisticLine(intercept=0.0, slope=1.0, intercept_error=0.1, slope_error=0.2).slope
    1.0
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float


def no_line(groups: TieGroups) -> str | None:
    """Say why a logistic line has no maximum-likelihood estimate.

    Parameters
    ----------
    groups
        Distinct regressor values with rows and events.

    Returns
    -------
    The reason; ``None`` if the estimate exists, which for one regressor is when the ranges of events and non-events
    overlap by more than a point.

    References
    ----------
    Albert, A., Anderson, J. (1984). Biometrika 71, 1-10.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.proof.ties import tie_groups
    >>> no_line(tie_groups(np.array([1.0, 2.0]), np.array([0.0, 1.0])))
    'events and non-events are perfectly separated: the likelihood has no maximum'
    """
    with_event, without = groups.score[groups.events > 0], groups.score[groups.nonevents > 0]
    if with_event.size == 0 or without.size == 0:
        return "one class only: the likelihood has no maximum"
    if groups.score.size == 1:
        return "one distinct probability only: the slope cannot be told"
    if with_event[0] >= without[-1] or without[0] >= with_event[-1]:
        return "events and non-events are perfectly separated: the likelihood has no maximum"
    return None


def logistic_line(groups: TieGroups) -> LogisticLine | None:
    """Fit :math:`logit P(y = 1) = a + b x` by maximum likelihood.

    Parameters
    ----------
    groups
        Distinct values of x with rows and events, for which `no_line` found no reason.

    Returns
    -------
    The line; ``None`` if the steps do not settle.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.proof.ties import tie_groups
    >>> x, y = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    >>> line = logistic_line(tie_groups(x, y))
    >>> round(line.slope, 6)
    0.693147
    """
    total = groups.n.sum()
    centre = np.sum(groups.n * groups.score) / total
    scale = np.sqrt(np.sum(groups.n * (groups.score - centre) ** 2) / total)
    z = (groups.score - centre) / scale
    fit = _climb(groups, z, np.array([logit(groups.events.sum() / total), 0.0]))
    if fit is None:
        return None
    beta, covariance = fit
    back = np.array([[1.0, -centre / scale], [0.0, 1 / scale]])
    (intercept, slope), spread = back @ beta, np.sqrt(np.diag(back @ covariance @ back.T))
    return LogisticLine(
        intercept=float(intercept), slope=float(slope), intercept_error=float(spread[0]), slope_error=float(spread[1])
    )


def logistic_shift(groups: TieGroups) -> tuple[float, float]:
    """Fit :math:`logit P(y = 1) = a + x`, the slope held at one.

    Parameters
    ----------
    groups
        Distinct values of x with rows and events, both classes present.

    Returns
    -------
    The shift a and its standard error.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.proof.ties import tie_groups
    >>> shift, error = logistic_shift(tie_groups(np.zeros(4), np.array([0.0, 1.0, 1.0, 1.0])))
    >>> round(shift, 6), round(error, 6)
    (1.098612, 1.154701)
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - heavy, and only a calibration line needs it

    happened = groups.events.sum()
    start = logit(happened / groups.n.sum())

    def surplus(shift: float) -> float:
        return float(np.sum(groups.n * expit(shift + groups.score)) - happened)

    # The average of P(a + x) is the base rate, so a lies between the shifts that put either end of x there.
    shift = float(brentq(surplus, start - groups.score[-1] - 1, start - groups.score[0] + 1, xtol=1e-13))
    return shift, float(1 / np.sqrt(np.sum(groups.n * _variance(shift + groups.score))))


def _variance(eta: FloatArray) -> FloatArray:
    return expit(eta) * expit(-eta)


def _log_likelihood(groups: TieGroups, eta: FloatArray) -> float:
    return float(np.sum(groups.events * log_expit(eta) + groups.nonevents * log_expit(-eta)))


def _climb(groups: TieGroups, z: FloatArray, beta: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    for _ in range(_STEPS):
        eta = beta[0] + beta[1] * z
        residual, weight = groups.events - groups.n * expit(eta), groups.n * _variance(eta)
        gradient = np.array([residual.sum(), np.sum(residual * z)])
        cross = np.sum(weight * z)
        corner = np.sum(weight * z * z)
        determinant = weight.sum() * corner - cross**2
        if determinant <= 0:
            return None
        inverse = np.array([[corner, -cross], [-cross, weight.sum()]]) / determinant
        step = inverse @ gradient
        if gradient @ step < 1e-18:
            return beta, inverse
        beta = _damped(groups, z, beta, step)
    return None


def _damped(groups: TieGroups, z: FloatArray, beta: FloatArray, step: FloatArray) -> FloatArray:
    before = _log_likelihood(groups, beta[0] + beta[1] * z)
    least = before - 1e-12 * (1 + abs(before))
    for _ in range(_HALVINGS):
        after = beta + step
        if _log_likelihood(groups, after[0] + after[1] * z) >= least:
            return after
        step = step / 2
    return beta
