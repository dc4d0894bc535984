"""The log-likelihood of a model with covariates at its base parameters and coefficients, with both derivatives.

Every parameter of a customer is ``θ exp(D γ)``, so derivatives by the logarithms of the customers' parameters, row by
row, are chained to those of the base and to the coefficients by the columns of D.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from crmrisk.scoring.value.fitting import Derivatives
from crmrisk.scoring.value.histories import Histories

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.scoring.value.covariates_rows import RowDerivatives

__all__ = ["ProportionalLikelihood"]

BLOCK = 4_096
"""Rows worked on at once: their columns stay in the processor's cache, and matrix products start no threads."""
FARTHEST = 60.0
"""A step of the search may try absurd coefficients; parameters stay finite."""


@dataclass(frozen=True, eq=False)
class ProportionalLikelihood:
    """Evaluate the likelihood at four base parameters and exp(coefficients).

    Parameters
    ----------
    rows
        Computes log-likelihoods with derivatives by a customer's parameters, row by row.
    histories
        The histories, ``(n_rows,)`` each.
    weight
        How many customers each row stands for, ``(n_rows,)``.
    designs
        What multiplies the coefficients of each of the four parameters, ``(n_rows, n_coefficients)``, signs included.

    Examples
    --------
    >>> from crmrisk.scoring.value.covariates_rows import pareto_rows
    >>> history, z = Histories(*np.array([[2.0], [30.43], [38.86]])), np.ones((1, 1))
    >>> likelihood = ProportionalLikelihood(pareto_rows, history, np.ones(1), (z[:, :0], -z, z[:, :0], z[:, :0]))
    >>> round(likelihood(np.array([0.553, 10.578 * 2, 0.606, 11.669, 2.0])).value, 6)
    -9.554283
    """

    rows: Callable[[FloatArray, Histories], RowDerivatives]
    histories: Histories
    weight: FloatArray
    designs: tuple[FloatArray, ...]

    def __call__(self, parameters: FloatArray) -> Derivatives:
        """Evaluate the log-likelihood and its derivatives.

        Parameters
        ----------
        parameters
            The base parameters, then exp(coefficient) of the first parameter's covariates, the second's and so on.
        """
        logs = np.log(parameters)
        on_logs = Derivatives(0.0, np.zeros(logs.size), np.zeros((logs.size, logs.size)))
        for start in range(0, self.weight.size, BLOCK):
            on_logs = on_logs + self._block(logs, slice(start, start + BLOCK))
        gradient = on_logs.gradient / parameters
        hessian = (on_logs.hessian - np.diag(on_logs.gradient)) / np.outer(parameters, parameters)
        return Derivatives(on_logs.value, gradient, hessian)

    def _block(self, logs: FloatArray, part: slice) -> Derivatives:
        weight, designs = self.weight[part], [design[part] for design in self.designs]
        places = self._places()
        own = np.stack([
            logs[one] + design @ logs[place] for one, (design, place) in enumerate(zip(designs, places, strict=True))
        ])  # fmt: skip
        parameters = np.exp(np.clip(own, -FARTHEST, FARTHEST))
        found = self.rows(parameters, Histories(*(column[part] for column in self.histories))).on_logs(parameters)
        gradient, hessian = np.zeros(logs.size), np.zeros((logs.size, logs.size))
        full = [np.column_stack([np.ones(weight.size), design]) for design in designs]
        index = [np.concatenate([[one], place]) for one, place in enumerate(places)]
        for one in range(4):
            gradient[index[one]] += full[one].T @ (weight * found.gradient[one])
            for other in range(one, 4):
                chained = (full[one] * (weight * found.hessian[one, other])[:, np.newaxis]).T @ full[other]
                hessian[np.ix_(index[one], index[other])] = chained
                hessian[np.ix_(index[other], index[one])] = chained.T
        return Derivatives(float(weight @ found.value), gradient, hessian)

    def thinned(self, step: int) -> Self:
        """Give the likelihood of every so-manieth row.

        Parameters
        ----------
        step
            So many.

        Examples
        --------
        >>> from crmrisk.scoring.value.covariates_rows import pareto_rows
        >>> history, none = Histories(*np.ones((3, 9))), np.ones((9, 0))
        >>> ProportionalLikelihood(pareto_rows, history, np.ones(9), (none,) * 4).thinned(3).weight.size
        3
        """
        part = slice(None, None, step)
        histories = Histories(*(column[part] for column in self.histories))
        return type(self)(self.rows, histories, self.weight[part], tuple(design[part] for design in self.designs))

    def _places(self) -> list[IntArray]:
        """Give where the coefficients of each parameter are."""
        ends = np.cumsum([4, *(design.shape[1] for design in self.designs)])
        return [np.arange(start, end) for start, end in pairwise(ends.tolist())]
