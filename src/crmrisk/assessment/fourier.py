"""The loss of independent customers on a grid: the product of their transforms, transformed back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from crmrisk.assessment.lattice import ComplexArray, Lattice, make_lattice, power

if TYPE_CHECKING:
    from crmrisk.assessment.exposures import Exposures
    from crmrisk.assessment.loss_distribution import LossDistribution
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["MAX_GROUPS", "Fourier"]

MAX_GROUPS = 2_048
"""Number of customers above which like ones are gathered."""

_N_POINTS = 65_536
_NEGLIGIBLE = 1e-20
_VANISHES = 1e-9
_ROUND = 16


@dataclass(frozen=True, eq=False)
class Fourier:
    """Add independent losses on a grid.

    Parameters
    ----------
    exposures
        Groups of customers, at least one.
    lattice
        The grid.

    Examples
    --------
    >>> from crmrisk.assessment.exposures import group_exposures
    >>> exposures = group_exposures([0.5, 0.5], [1.0, 2.0], max_groups=1000)
    >>> Fourier.of(exposures).distribution().probabilities
    array([0.25, 0.25, 0.25, 0.25])
    """

    exposures: Exposures
    lattice: Lattice

    @classmethod
    def of(cls, exposures: Exposures) -> Self:
        """Choose the grid for a portfolio.

        Parameters
        ----------
        exposures
            Groups of customers, at least one.
        """
        upper = float(np.sum(exposures.loss * exposures.count))
        lattice = make_lattice(
            exposures.loss,
            mean=exposures.mean,
            variance=exposures.variance,
            upper=upper,
            n_losses=float(exposures.count.sum()),
            # many customers leave few frequencies to compute, so that a finer grid costs nothing
            n_points=_N_POINTS if len(exposures.loss) == exposures.count.sum() else 2 * _N_POINTS,
        )
        return cls(exposures, lattice)

    def distribution(self) -> LossDistribution:
        """Return the distribution of the total loss."""
        frequencies, product, zeros = self._product()
        transform = np.zeros(self.lattice.n_points // 2 + 1, dtype=np.complex128)
        transform[frequencies] = product * (zeros == 0)
        return self.lattice.distribution(transform, n_unrated=self.exposures.n_unrated)

    def contributions(self, distribution: LossDistribution, level: float) -> FloatArray:
        """Return what each group contributes to the expected shortfall, ``(n_groups,)`` [currency].

        One member's transform is divided out of the whole and replaced by that of its loss; Parseval's identity sums
        over the worst outcomes without transforming back.

        Parameters
        ----------
        distribution
            What `distribution` returned.
        level
            Level of the expected shortfall.
        """
        n = self.lattice.n_points
        counted = distribution.shortfall_weight(self.lattice.losses, level)
        tail = np.conj(np.fft.rfft(np.roll(counted, self.lattice.first % n))) / n
        tail[1:-1] *= 2.0  # the other half of the frequencies
        frequencies, product, zeros = self._product()
        whole = product * (zeros == 0)
        found = np.zeros(len(self.exposures.loss))
        for group, chance in enumerate(self.exposures.probability):
            lower, upper, below = self._ends(group, frequencies)
            one = 1.0 - chance + chance * (lower + upper)
            vanishes = np.abs(one) < _VANISHES
            others = np.where(vanishes, product * (zeros == 1), whole / np.where(vanishes, 1.0, one))
            lost = tail[frequencies] * others * (below * lower + (below + 1) * upper)
            found[group] = chance * self.lattice.step * np.sum(np.real(lost))
        return found * self.exposures.count

    def _product(self) -> tuple[IntArray, ComplexArray, IntArray]:
        """Multiply the transforms of all members; return frequencies, product, and how many factors vanish.

        No factor exceeds 1, so a frequency that has become negligible stays so and is dropped; the most variable
        groups come first to make that early. Factors that vanish (at probability 1/2 some do) are counted instead of
        multiplied, because one member must be divided out again for its contribution.
        """
        frequencies = np.arange(self.lattice.n_points // 2 + 1)
        product, zeros = np.ones(len(frequencies), dtype=np.complex128), np.zeros(len(frequencies), dtype=np.int64)
        p, loss, count = self.exposures.probability, self.exposures.loss, self.exposures.count
        for done, group in enumerate(np.argsort(-count * p * (1.0 - p) * loss**2), start=1):
            lower, upper, _ = self._ends(int(group), frequencies)
            one = 1.0 - p[group] + p[group] * (lower + upper)
            vanishes = np.abs(one) < _VANISHES
            zeros += vanishes * count[group]
            product *= power(np.where(vanishes, 1.0, one), int(count[group]))
            if done % _ROUND == 0:
                alive = np.abs(product) > _NEGLIGIBLE
                frequencies, product, zeros = frequencies[alive], product[alive], zeros[alive]
        return frequencies, product, zeros

    def _ends(self, group: int, frequencies: IntArray) -> tuple[ComplexArray, ComplexArray, int]:
        """Return what a loss brings to the transform from the grid points below and above it."""
        below, part = self._split
        point = int(below[group])
        lower = self._roots[frequencies * (point % self.lattice.n_points) % self.lattice.n_points]
        if part[group] == 0.0:
            return lower, np.zeros_like(lower), point
        return (1.0 - part[group]) * lower, part[group] * lower * self._roots[frequencies], point

    @cached_property
    def _roots(self) -> ComplexArray:
        return self.lattice.roots()

    @cached_property
    def _split(self) -> tuple[IntArray, FloatArray]:
        return self.lattice.split(self.exposures.loss)
