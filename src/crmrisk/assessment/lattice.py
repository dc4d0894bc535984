"""Sums of independent losses on a regular grid, by the fast Fourier transform.

A loss between two grid points is split between them so that its mean is kept. That only spreads losses (it adds
variance, never takes any away), so expected shortfall on the grid is never below the exact one beyond rounding. The
grid covers the losses that Bernstein's inequality leaves more than 1e-13 of probability; what lies outside wraps
around inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmrisk.assessment.loss_distribution import LossDistribution

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["ComplexArray", "Lattice", "make_lattice", "power"]

ComplexArray = NDArray[np.complex128]

_LOG_TAIL = 30.0  # exp(-30) = 1e-13, the probability given up at each end


@dataclass(frozen=True, eq=False)
class Lattice:
    """Hold a grid of losses and its frequencies.

    Parameters
    ----------
    step
        Distance of the grid points [currency].
    first
        Number of the first grid point; the loss there is ``first * step``.
    n_points
        Number of grid points, a power of two.

    Examples
    --------
    >>> Lattice(step=2.0, first=1, n_points=4).losses
    array([2., 4., 6., 8.])
    """

    step: float
    first: int
    n_points: int

    @property
    def losses(self) -> FloatArray:
        """The grid points [currency]."""
        points: FloatArray = np.arange(self.first, self.first + self.n_points).astype(np.float64)
        return points * self.step

    def roots(self) -> ComplexArray:
        """Return exp(-2 pi i j / n) for every j, ``(n_points,)``."""
        turns: ComplexArray = np.exp(-2j * np.pi * np.arange(self.n_points) / self.n_points)
        return turns

    def split(self, losses: FloatArray) -> tuple[IntArray, FloatArray]:
        """Split losses between the grid points below and above, keeping their means.

        Parameters
        ----------
        losses
            Losses, ``(n,)`` [currency].

        Returns
        -------
        Number of the point below, and the part that goes to the point above.

        Examples
        --------
        >>> import numpy as np
        >>> Lattice(step=2.0, first=0, n_points=4).split(np.array([3.0, 4.0]))
        (array([1, 2]), array([0.5, 0. ]))
        """
        scaled = losses / self.step
        near = np.rint(scaled)
        # a multiple of the step stays on its point although the division rounds
        scaled = np.where(np.abs(scaled - near) < 1e-9, near, scaled)
        below = np.floor(scaled)
        return below.astype(np.int64), scaled - below

    def distribution(self, transform: ComplexArray, *, n_unrated: int = 0) -> LossDistribution:
        """Return the losses whose transform is known.

        Parameters
        ----------
        transform
            Transform at the frequencies 0 to n/2, ``(n_points // 2 + 1,)``.
        n_unrated
            Number of customers left out.

        Examples
        --------
        >>> lattice = Lattice(step=1.0, first=0, n_points=4)
        >>> lattice.distribution(0.5 + 0.5 * lattice.roots()[:3]).probabilities
        array([0.5, 0.5])
        """
        mass = np.roll(np.fft.irfft(transform, self.n_points), -(self.first % self.n_points))
        # true masses are not negative, so the most negative one shows how large rounding is
        kept = mass > 4.0 * max(-float(mass.min()), 0.0)
        return LossDistribution(self.losses[kept], mass[kept], spacing=self.step, n_unrated=n_unrated)


def make_lattice(
    losses: FloatArray, *, mean: float, variance: float, upper: float, n_losses: float, n_points: int
) -> Lattice:
    """Choose a grid that holds a sum of independent losses.

    Where all losses are multiples of one unit and the range allows, the unit is the step and the grid is exact.

    Parameters
    ----------
    losses
        The single losses, > 0, ``(n,)`` [currency].
    mean, variance
        Moments of the sum.
    upper
        The largest possible sum; infinity where there is none.
    n_losses
        Number of losses added up, or its expectation: each may round up by one step, together by four times the square
        root of their number but for a probability of 1e-13 (Hoeffding's inequality).
    n_points
        Greatest number of grid points, a power of two.

    References
    ----------
    Bernstein's inequality as in Boucheron, S., Lugosi, G. and Massart, P. (2013), Concentration Inequalities,
    corollary 2.11; Hoeffding's inequality, theorem 2.8.

    Examples
    --------
    >>> import numpy as np
    >>> make_lattice(np.array([10.0, 30.0]), mean=20.0, variance=250.0, upper=40.0, n_losses=2, n_points=64)
    Lattice(step=10.0, first=0, n_points=16)
    """
    third = float(losses.max()) * _LOG_TAIL / 3.0
    reach = third + (third**2 + 2.0 * variance * _LOG_TAIL) ** 0.5
    low, high = max(0.0, mean - reach), min(upper, mean + reach)
    margin = 4 + int(min(n_losses, 4.0 * n_losses**0.5))
    step = _unit(losses)
    if step == 0.0 or high - low > step * (n_points - 2 * margin):
        step = (high - low) / (n_points - 2 * margin)
    needed = (high - low) / step + 2 * margin
    return Lattice(step, max(0, int(low / step) - margin), min(n_points, 2 ** int(np.ceil(np.log2(needed)))))


def _unit(losses: FloatArray) -> float:
    """Find the amount all losses are multiples of; 0 where none is obvious."""
    smallest = float(losses.min())
    scaled = losses / smallest
    if (np.abs(scaled - np.rint(scaled)) < 1e-9).all() and scaled.max() < 2**40:
        return smallest
    whole = losses.max() < 2**53 and (losses == np.rint(losses)).all()
    return float(np.gcd.reduce(losses.astype(np.int64))) if whole else 0.0


def power(base: ComplexArray, exponent: int) -> ComplexArray:
    """Raise numbers to a whole power by repeated squaring.

    Parameters
    ----------
    base
        Numbers, of any shape.
    exponent
        The power, >= 1.

    Examples
    --------
    >>> import numpy as np
    >>> power(np.array([1j]), 3)
    array([-0.-1.j])
    """
    result: ComplexArray | None = None
    while exponent:
        if exponent % 2:
            result = base if result is None else result * base
        exponent //= 2
        if exponent:
            base = base * base
    return np.ones_like(base) if result is None else result
