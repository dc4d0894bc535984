"""The engine every value model is fitted with: Newton's method on the logarithms of positive parameters.

A model hands over its log-likelihood with first and second derivatives; the engine climbs it inside a generous box,
so that data which send a parameter to 0 or to infinity end at a named bound and not in an exception, and turns the
curvature at the top into standard errors, a condition number and the list of what the data do not identify.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["Derivatives", "LogLikelihood", "Maximum", "inverted", "maximise"]

BOUND = float(np.log(1e6))
"""Parameters stay within a factor of a million of 1; models scale time and money so that 1 is the ordinary size."""
AT_THE_WALL = 1e-2
"""A parameter whose logarithm is this close to a bound is at it, and put on it if the likelihood drives it there."""
LONGEST_STEP = 3.0
TOLERANCE = 1e-18
"""The climb ends when a step promises no more than this: parameters right to 1e-9 of their standard error."""
RIDGE = 1e-8
"""On a ridge, where the promise hardly shrinks from step to step, this little is the end of it."""
STALLED = 1e-7
"""Where rounding stops the climb, less than this share of the log-likelihood may be left to gain."""
MAX_STEPS = 200
WIDE = 3.0
"""A log standard error above this leaves a factor of 400 to either side within the 95 % interval: not identified."""


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Hold a log-likelihood with its gradient and Hessian; parts add up.

    Parameters
    ----------
    value
        The log-likelihood.
    gradient
        Its first derivatives, ``(n_parameters,)``.
    hessian
        Its second derivatives, ``(n_parameters, n_parameters)``.

    Examples
    --------
    >>> part = Derivatives(-1.0, np.zeros(1), -np.eye(1))
    >>> (part + part).value
    -2.0
    """

    value: float
    gradient: FloatArray
    hessian: FloatArray

    def __add__(self, other: Self) -> Self:
        gradient, hessian = self.gradient + other.gradient, self.hessian + other.hessian
        return type(self)(self.value + other.value, gradient, hessian)

    def on_logs(self, parameters: FloatArray) -> Self:
        """Take the derivatives with respect to the logarithms of the parameters instead.

        Parameters
        ----------
        parameters
            Where they were taken.

        Examples
        --------
        >>> Derivatives(0.0, np.ones(1), np.zeros((1, 1))).on_logs(np.array([2.0])).hessian
        array([[2.]])
        """
        gradient = self.gradient * parameters
        hessian = self.hessian * np.outer(parameters, parameters) + np.diag(gradient)
        return type(self)(self.value, gradient, hessian)


LogLikelihood = Callable[["FloatArray"], Derivatives]
"""A log-likelihood and its derivatives at positive parameters, both in the models' own scale."""


@dataclass(frozen=True, eq=False)
class Maximum:
    """Hold the top of a log-likelihood and what its curvature says.

    Parameters
    ----------
    parameters
        Where it is, ``(n_parameters,)``.
    value
        The log-likelihood there.
    information
        The negative Hessian on the logarithms, ``(n_parameters, n_parameters)``.
    at_low, at_high
        Which parameters ended at the bound near 0, near infinity.
    converged
        Whether the climb ended by itself.
    steps
        How many steps it took.

    Examples
    --------
    >>> def waiting(rate):  # four waiting times that sum to 2
    ...     return Derivatives(4 * np.log(rate[0]) - 2 * rate[0], 4 / rate - 2, np.diag(-4 / rate**2))
    >>> maximise(waiting, [np.ones(1)]).log_standard_errors
    array([0.5])
    """

    parameters: FloatArray
    value: float
    information: FloatArray
    at_low: BoolArray
    at_high: BoolArray
    converged: bool
    steps: int

    @property
    def log_covariance(self) -> FloatArray:
        """Give the covariance of the logarithms; NaN where a parameter is not identified."""
        known = np.flatnonzero(self.identified)
        free = np.flatnonzero(~(self.at_low | self.at_high))
        full = np.full(self.information.shape, np.nan)
        inside = inverted(self.information[np.ix_(free, free)])
        place = np.searchsorted(free, known)
        full[np.ix_(known, known)] = inside[np.ix_(place, place)]
        return full

    @property
    def log_standard_errors(self) -> FloatArray:
        """Give the standard errors of the logarithms; NaN where a parameter is not identified."""
        return np.sqrt(np.diag(self.log_covariance))

    @property
    def identified(self) -> BoolArray:
        """Tell which parameters the data identify: off the bounds, and not lost along a flat direction."""
        spread = np.sqrt(np.diag(inverted(self.information)))
        known: BoolArray = ~(self.at_low | self.at_high) & (spread <= WIDE)
        return known

    @property
    def condition_number(self) -> float | None:
        """Give the condition number of the information; ``None`` where it is not positive definite."""
        sizes = np.linalg.eigvalsh(self.information)
        return float(sizes[-1] / sizes[0]) if sizes[0] > 0 else None


def maximise(likelihood: LogLikelihood, starts: Sequence[FloatArray]) -> Maximum:
    """Find the highest maximum of a log-likelihood over positive parameters.

    Parameters
    ----------
    likelihood
        The log-likelihood with its derivatives.
    starts
        Where to begin, at least one; later ones are tried only while some parameter is not identified.

    Returns
    -------
    The best maximum found; it never raises for want of convergence.

    Examples
    --------
    >>> def waiting(rate):  # four waiting times that sum to 2
    ...     return Derivatives(4 * np.log(rate[0]) - 2 * rate[0], 4 / rate - 2, np.diag(-4 / rate**2))
    >>> maximise(waiting, [np.ones(1)]).parameters.round(9)
    array([2.])
    """
    best = _climb(likelihood, starts[0])
    for start in starts[1:]:
        if best.converged and best.identified.all():
            break
        best = max(best, _climb(likelihood, start), key=lambda maximum: maximum.value)
    return best


def _climb(likelihood: LogLikelihood, start: FloatArray) -> Maximum:
    logs = np.clip(np.log(start), -BOUND, BOUND)
    here = likelihood(np.exp(logs)).on_logs(np.exp(logs))
    before, converged, steps = np.inf, False, 0
    for steps in range(1, MAX_STEPS + 1):  # noqa: B007 - the count is reported
        step, promise = _newton_step(logs, here)
        slow = promise > before / 4  # towards a proper top every step promises far less than the one before
        if promise <= TOLERANCE or (slow and promise <= RIDGE):
            converged = True
            break
        moved = _search(likelihood, logs, here, step, promise)
        if moved is None or (slow and moved[1].value <= here.value + _rounding(here.value)):
            converged = promise <= STALLED * max(1.0, abs(here.value))  # the rest drowns in rounding
            break
        (logs, here), before = moved, promise
    at_low, at_high = logs <= AT_THE_WALL - BOUND, logs >= BOUND - AT_THE_WALL
    return Maximum(np.exp(logs), here.value, -here.hessian, at_low, at_high, converged, steps)


def _newton_step(logs: FloatArray, here: Derivatives) -> tuple[FloatArray, float]:
    step, free = np.zeros(logs.size), np.ones(logs.size, dtype=np.bool_)
    while free.any():
        step[free] = _uphill(here.gradient[free], here.hessian[np.ix_(free, free)])
        wall = np.where(step < 0, -BOUND, BOUND)
        leaving = free & (np.abs(wall - logs) <= AT_THE_WALL) & (step != 0)
        if not leaving.any():
            break
        # who leaves the box goes to its wall and no further, and the others step as if it were there
        step[leaving] = (wall - logs)[leaving]
        free &= ~leaving
    longest = float(np.max(np.abs(step)))
    if longest > LONGEST_STEP:
        step *= LONGEST_STEP / longest
    return step, float(here.gradient @ step)


def _uphill(gradient: FloatArray, hessian: FloatArray) -> FloatArray:
    """Step to the top of the parabola, or away from its bottom."""
    sizes, axes = np.linalg.eigh(-hessian)
    step: FloatArray = axes @ (axes.T @ gradient / _away_from_zero(np.abs(sizes)))
    return step


def _search(
    likelihood: LogLikelihood, logs: FloatArray, here: Derivatives, step: FloatArray, promise: float
) -> tuple[FloatArray, Derivatives] | None:
    for halvings in range(40):
        share = 0.5**halvings
        there = np.clip(logs + share * step, -BOUND, BOUND)
        found = likelihood(np.exp(there))
        if found.value >= here.value + 1e-4 * share * promise - _rounding(here.value):
            return there, found.on_logs(np.exp(there))
    return None


def _rounding(value: float) -> float:
    return 1e-13 * max(1.0, abs(value))


def inverted(information: FloatArray) -> FloatArray:
    """Invert an information matrix; directions without any get a variance beyond every threshold.

    Parameters
    ----------
    information
        Symmetric, ``(n, n)``.

    Examples
    --------
    >>> inverted(np.diag([4.0, 0.0]))
    array([[2.5e-01, 0.0e+00],
           [0.0e+00, 2.5e+11]])
    """
    if not information.size:
        return information
    sizes, axes = np.linalg.eigh(information)
    inverse: FloatArray = (axes / _away_from_zero(sizes)) @ axes.T
    return (inverse + inverse.T) / 2


def _away_from_zero(sizes: FloatArray) -> FloatArray:
    floor = max(1e-12 * float(np.max(np.abs(sizes))), 1e-12)
    return np.maximum(sizes, floor)
