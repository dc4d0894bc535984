"""How far a parameter may move before the likelihood falls by as much as chance explains: profile intervals.

The other parameters follow it to wherever they fit best. Where two are nearly tied to each other, as r and alpha of the
models of buying often are, the likelihood along their ridge is no parabola: Wald intervals then are too short on one
side and too long on the other, and profile intervals are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import dataclasses as pydantic_dataclasses
from scipy import special

from crmrisk.core.arguments import checked_level
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.scoring.value.fit_task import task_of
from crmrisk.scoring.value.fitting import BOUND, Derivatives, maximise
from crmrisk.scoring.value.prior import Prior, penalised

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.model import Model
    from crmrisk.scoring.value.fitting import LogLikelihood, Maximum

__all__ = ["ProfileInterval", "profile_interval"]

CLOSE = 1e-6
"""The ends are found when the likelihood there is right to this."""
FIRST_STEP = 1.0
"""The first step on the log scale where the curvature says nothing about the right one."""
STEPS = 60


@pydantic_dataclasses.dataclass(frozen=True, config=VALUE)
class ProfileInterval(Value):
    """Hold the profile interval of one parameter.

    Parameters
    ----------
    parameter, estimate
        The parameter and its estimate.
    low, high
        The ends; ``None`` where the likelihood never falls far enough: the data do not bound it on that side.
    level
        The share of such intervals that is to contain the truth.

    Examples
    --------
    >>> ProfileInterval("r", 0.24, 0.21, 0.28, 0.95).low
    0.21
    """

    parameter: str
    estimate: float
    low: float | None
    high: float | None
    level: float


def profile_interval(
    model: type[Model],
    *columns: ArrayLike,
    parameter: str,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    prior: Prior | None = None,
) -> ProfileInterval:
    """Find the profile-likelihood interval of a parameter.

    Parameters
    ----------
    model
        The kind of model.
    *columns
        The data as its ``fit`` takes them.
    parameter
        The parameter.
    weights
        How many customers each row stands for, ``(n_rows,)``.
    level
        The level of confidence.
    prior
        As for ``fit``; the interval is then of the posterior.

    Returns
    -------
    The interval, in the caller's units; with several parameters unidentified it may be open on both sides.

    Raises
    ------
    FitError
        If the data cannot be fitted at all, or the model has no likelihood to climb.
    InvalidValueError
        If values are not what they should be, there is no such parameter, or the level is not within (0, 1).

    References
    ----------
    D. J. Venzon and S. H. Moolgavkar (1988), A method for computing profile-likelihood-based confidence intervals,
    Applied Statistics 37(1), 87-94.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> found = profile_interval(
    ...     ShiftedBetaGeometric, [1, 2, 3, 3], [1, 1, 1, 0], weights=[369, 163, 86, 382], parameter="alpha")
    >>> round(found.low, 3), round(found.estimate, 3), round(found.high, 3)
    (0.589, 0.784, 1.102)
    """
    cutoff = float(special.chdtri(1, 1 - checked_level(level)))
    task = task_of(model, columns, weights)
    if parameter not in task.names:
        allowed = ", ".join(task.names)
        raise InvalidValueError(
            Problem(what="no such parameter", where="parameter", allowed=allowed, got=str(parameter))
        )
    likelihood = penalised(task.likelihood, task.names, prior)
    top = maximise(likelihood, task.starts)
    index = task.names.index(parameter)
    profile = _Profile(likelihood, top, index, cutoff)
    scale = float(task.scales[index])
    low, high = (_unlogged(profile.end(direction), scale) for direction in (-1.0, 1.0))
    return ProfileInterval(parameter, float(top.parameters[index]) * scale, low, high, level)


def _unlogged(log: float | None, scale: float) -> float | None:
    return None if log is None else float(np.exp(log)) * scale


@dataclass(frozen=True, eq=False)
class _Profile:
    """The likelihood along one log-parameter, the others at their best."""

    likelihood: LogLikelihood
    top: Maximum
    index: int
    cutoff: float

    def end(self, direction: float) -> float | None:
        """Find where twice the fall reaches the cutoff: bracket it, then regula falsi on its square root."""
        at = float(np.log(self.top.parameters[self.index]))
        inner, outer, others = at, at, np.delete(self.top.parameters, self.index)
        inner_root, outer_root = -np.sqrt(self.cutoff), -np.sqrt(self.cutoff)
        step = self._first_step()
        while outer_root < 0:
            if abs(outer) >= BOUND and np.sign(outer) == direction:
                return None
            inner, inner_root = outer, outer_root
            outer = float(np.clip(outer + direction * step, -BOUND, BOUND))
            outer_root, others = self._root(outer, others)
            step *= 1.6
        return self._between((inner, inner_root), (outer, outer_root), others)

    def _between(self, low: tuple[float, float], high: tuple[float, float], others: FloatArray) -> float:
        place, last_side = high[0], 0
        for _ in range(STEPS):
            place = (low[0] * high[1] - high[0] * low[1]) / (high[1] - low[1])
            root, others = self._root(place, others)
            if abs(root) <= CLOSE:
                break
            side = 1 if root > 0 else -1
            # the Illinois rule: an end that stays twice counts half, so that both ends close in
            halved = 0.5 if side == last_side else 1.0
            if side > 0:
                low, high = (low[0], low[1] * halved), (place, root)
            else:
                low, high = (place, root), (high[0], high[1] * halved)
            last_side = side
        return place

    def _root(self, log: float, others: FloatArray) -> tuple[float, FloatArray]:
        """Give √(twice the fall) - √cutoff, which is nearly linear, and the best of the other parameters."""
        found = maximise(self._rest(float(np.exp(log))), [others]) if others.size else None
        value = found.value if found else self.likelihood(np.exp([log])).value
        fall = max(2 * (self.top.value - value), 0.0)
        return float(np.sqrt(fall) - np.sqrt(self.cutoff)), found.parameters if found else others

    def _rest(self, value: float) -> LogLikelihood:
        free = np.delete(np.arange(self.top.parameters.size), self.index)

        def likelihood(others: FloatArray) -> Derivatives:
            whole = self.likelihood(np.insert(others, self.index, value))
            return Derivatives(whole.value, whole.gradient[free], whole.hessian[np.ix_(free, free)])

        return likelihood

    def _first_step(self) -> float:
        error = float(self.top.log_standard_errors[self.index])
        return FIRST_STEP if np.isnan(error) else min(error * float(np.sqrt(self.cutoff)), FIRST_STEP * 3)
