"""The loss of a small portfolio, exactly: every outcome with its probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.loss_distribution import LossDistribution

if TYPE_CHECKING:
    from crmrisk.assessment.exposures import Exposures
    from crmrisk.core.arrays import FloatArray

__all__ = ["LIMIT", "Enumeration"]

LIMIT = 14
"""Number of customers up to which every outcome is listed: 16,384 outcomes."""


@dataclass(frozen=True, eq=False)
class Enumeration:
    """List every outcome of independent customers.

    Parameters
    ----------
    exposures
        Up to 14 customers, each a group of its own.

    Examples
    --------
    >>> from crmrisk.assessment.exposures import group_exposures
    >>> Enumeration(group_exposures([0.5, 0.5], [1.0, 2.0], max_groups=1000)).distribution().probabilities
    array([0.25, 0.25, 0.25, 0.25])
    """

    exposures: Exposures

    def distribution(self) -> LossDistribution:
        """Return the distribution of the total loss."""
        totals, chances, _ = self._outcomes()
        return LossDistribution.from_atoms(totals, chances, n_unrated=self.exposures.n_unrated)

    def contributions(self, distribution: LossDistribution, level: float) -> FloatArray:
        """Return what each group contributes to the expected shortfall, ``(n_groups,)`` [currency].

        Parameters
        ----------
        distribution
            What `distribution` returned.
        level
            Level of the expected shortfall.
        """
        totals, chances, happened = self._outcomes()
        counted = chances * distribution.shortfall_weight(totals, level)
        found: FloatArray = np.sum(happened * counted[:, None], axis=0) * self.exposures.loss
        return found

    def _outcomes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        probability, loss = self.exposures.probability, self.exposures.loss
        numbers = np.arange(2 ** len(loss))
        happened = (numbers[:, None] >> np.arange(len(loss))) & 1
        chances = np.prod(np.where(happened == 1, probability, 1.0 - probability), axis=1)
        return np.sum(happened * loss, axis=1), chances, happened.astype(np.float64)
