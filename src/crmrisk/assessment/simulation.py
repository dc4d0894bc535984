"""The loss of customers under a common shock, by Monte Carlo in chunks of bounded memory."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.special import ndtr, ndtri

from crmrisk.assessment.loss_distribution import LossDistribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.assessment.exposures import Exposures
    from crmrisk.core.arrays import FloatArray

__all__ = ["MAX_SIMULATED_GROUPS", "Simulation"]

MAX_SIMULATED_GROUPS = 1_024
"""Number of customers above which like ones are gathered."""

_CELLS_PER_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class Simulation:
    """Draw outcomes of customers who depend on one common factor.

    Parameters
    ----------
    exposures
        Groups of customers, at least one.
    correlation
        Correlation of the latent variables of two customers, in [0, 1).
    chunks
        Number of outcomes in each chunk, and its source of randomness.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.assessment.exposures import group_exposures
    >>> exposures = group_exposures([0.5, 0.5], [1.0, 2.0], max_groups=1000)
    >>> Simulation.start(exposures, 0.3, 100, np.random.default_rng(1)).distribution().losses
    array([0., 1., 2., 3.])
    """

    exposures: Exposures
    correlation: float
    chunks: tuple[tuple[int, np.random.Generator], ...]

    @classmethod
    def start(cls, exposures: Exposures, correlation: float, n_simulations: int, rng: np.random.Generator) -> Self:
        """Cut the simulation into chunks, each with a generator of its own.

        Parameters
        ----------
        exposures
            Groups of customers, at least one.
        correlation
            Correlation of the latent variables, in [0, 1).
        n_simulations
            Number of outcomes.
        rng
            Source of randomness.
        """
        rows = max(1, _CELLS_PER_CHUNK // len(exposures.count))
        sizes = [min(rows, n_simulations - start) for start in range(0, n_simulations, rows)]
        return cls(exposures, correlation, tuple(zip(sizes, rng.spawn(len(sizes)), strict=True)))

    def distribution(self) -> LossDistribution:
        """Return the empirical distribution of the total loss."""
        totals = np.concatenate([total for _, total in self._outcomes()])
        return LossDistribution.from_samples(totals, n_unrated=self.exposures.n_unrated)

    def contributions(self, distribution: LossDistribution, level: float) -> FloatArray:
        """Return what each group contributes to the expected shortfall, ``(n_groups,)`` [currency].

        The same outcomes are drawn again instead of having been kept.

        Parameters
        ----------
        distribution
            What `distribution` returned.
        level
            Level of the expected shortfall.
        """
        found = np.zeros(len(self.exposures.loss))
        for lost, total in self._outcomes():
            counted = distribution.shortfall_weight(total, level)
            worst = counted > 0.0
            found += np.sum(lost[worst] * counted[worst, None], axis=0) * self.exposures.loss
        return found / sum(size for size, _ in self.chunks)

    def _outcomes(self) -> Iterator[tuple[FloatArray, FloatArray]]:
        """Yield for every chunk how many members of each group are lost, and the total loss."""
        count = self.exposures.count
        single = bool((count == 1).all())
        for size, source in self.chunks:
            rng = deepcopy(source)
            chances = self._given(rng.standard_normal(size)[:, None])
            happened = rng.random(chances.shape) < chances if single else rng.binomial(count, chances)
            lost = happened.astype(np.float64)
            yield lost, np.sum(lost * self.exposures.loss, axis=1)

    def _given(self, factor: FloatArray) -> FloatArray:
        threshold = ndtri(self.exposures.probability)
        chances: FloatArray = ndtr((threshold - self.correlation**0.5 * factor) / (1.0 - self.correlation) ** 0.5)
        return chances
