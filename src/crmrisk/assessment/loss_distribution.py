"""A distribution of losses, and the measures of risk read off it.

Value at risk and expected shortfall are defined here so that they stay right when one loss has a positive probability,
zero above all: a portfolio of rare events has a value at risk of zero at most levels, and averaging "the losses at or
above it" would average everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from crmrisk.assessment.pairs import Column, checked
from crmrisk.core.arguments import checked_level
from crmrisk.core.arrays import FloatArray, same_arrays
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["LossDistribution"]

_SLACK = 1e-12  # ten times 0.1 adds up to a little less than one


@dataclass(frozen=True, eq=False, repr=False)
class LossDistribution:
    """Hold a loss distribution as atoms: distinct losses and their probabilities.

    Build one with `from_atoms`, `from_samples` or a function of `crmrisk.assessment.losses`.

    Parameters
    ----------
    losses
        Distinct losses, ascending, ``(n_atoms,)`` [currency].
    weights
        Positive weights of the losses, ``(n_atoms,)``: probabilities, or how often each was simulated.
    n_simulations
        Number of simulated outcomes behind it; ``None`` for a distribution that was computed.
    spacing
        Step of the grid the losses were computed on [currency]; 0 where they are exact.
    n_unrated
        Number of customers left out because likelihood or consequence is missing.

    Raises
    ------
    InvalidValueError
        If losses do not ascend or weights are not positive.

    References
    ----------
    Rockafellar, R. T. and Uryasev, S. (2002), "Conditional value-at-risk for general loss distributions", Journal of
    Banking & Finance 26(7), 1443-1471. Acerbi, C. and Tasche, D. (2002), "On the coherence of expected shortfall",
    Journal of Banking & Finance 26(7), 1487-1503.

    Examples
    --------
    >>> loss = LossDistribution.from_atoms([0.0, 10.0, 100.0], [0.90, 0.06, 0.04])
    >>> loss.value_at_risk(0.95), round(loss.expected_shortfall(0.95), 9)
    (10.0, 82.0)
    """

    losses: FloatArray
    weights: FloatArray
    n_simulations: int | None = None
    spacing: float = 0.0
    n_unrated: int = 0

    def __post_init__(self) -> None:
        for name in ("losses", "weights"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        same_shape = self.losses.ndim == 1 and self.losses.shape == self.weights.shape and self.losses.size > 0
        finite = bool(np.isfinite(self.losses).all() and np.isfinite(self.weights).all())
        if not same_shape or not finite or not (np.diff(self.losses) > 0).all() or not (self.weights > 0).all():
            raise InvalidValueError(
                Problem(what="no distribution", where="LossDistribution", allowed="ascending losses, positive weights")
            )

    @classmethod
    def from_atoms(cls, losses: ArrayLike, probabilities: ArrayLike, *, n_unrated: int = 0) -> Self:
        """Build a distribution from losses and their probabilities.

        Parameters
        ----------
        losses
            Losses in any order, repeated or not, ``(n_atoms,)`` [currency]; negative ones are gains.
        probabilities
            Their probabilities, ``(n_atoms,)``, summing to 1.
        n_unrated
            Number of customers left out.

        Raises
        ------
        InvalidValueError
            If a number is missing or out of range, or the probabilities do not sum to 1.

        Examples
        --------
        >>> LossDistribution.from_atoms([5, 0, 5], [0.1, 0.8, 0.1]).probabilities
        array([0.8, 0.2])
        """
        values, chances = _complete(
            Column("losses", losses, -np.inf), Column("probabilities", probabilities, le=1.0 + _SLACK)
        )
        if np.shape(losses) != np.shape(probabilities):
            got = f"{np.shape(losses)} and {np.shape(probabilities)}"
            raise InvalidValueError(Problem(what="one probability per loss", where="probabilities", got=got))
        if abs(chances.sum() - 1.0) > 1e-9:
            got = f"{chances.sum():.12g}"
            raise InvalidValueError(Problem(what="do not sum to 1", where="probabilities", allowed="1", got=got))
        distinct, place = np.unique(values, return_inverse=True)
        weights: FloatArray = np.bincount(place, weights=chances).astype(np.float64)
        return cls(distinct[weights > 0], weights[weights > 0], n_unrated=n_unrated)

    @classmethod
    def from_samples(cls, samples: ArrayLike, *, n_unrated: int = 0) -> Self:
        """Build the empirical distribution of simulated or observed losses.

        Parameters
        ----------
        samples
            Losses, equally likely, ``(n_simulations,)`` [currency].
        n_unrated
            Number of customers left out.

        Raises
        ------
        InvalidValueError
            If there is no sample, or one is missing or infinite.

        Examples
        --------
        >>> LossDistribution.from_samples([0, 0, 30, 10]).value_at_risk(0.75)
        10.0
        """
        (values,) = _complete(Column("samples", samples, -np.inf))
        distinct, counts = np.unique(values, return_counts=True)
        return cls(distinct, counts.astype(np.float64), n_simulations=values.size, n_unrated=n_unrated)

    @property
    def probabilities(self) -> FloatArray:
        """Probability of each loss, ``(n_atoms,)``."""
        chances: FloatArray = self.weights / self.weights.sum()
        return chances

    @property
    def mean(self) -> float:
        """Expected loss [currency]."""
        return float(np.sum(self.losses * self.weights) / self.weights.sum())

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""
        return float(np.sqrt(np.sum((self.losses - self.mean) ** 2 * self.weights) / self.weights.sum()))

    @property
    def probability_of_zero(self) -> float:
        """Probability that nothing is lost."""
        return float(self.probabilities[self.losses == 0.0].sum())

    def value_at_risk(self, level: float) -> float:
        """Return the lower quantile: the smallest loss that is not exceeded with probability ``level``.

        Parameters
        ----------
        level
            For instance 0.99.

        Raises
        ------
        InvalidValueError
            If the level is outside (0, 1).

        Examples
        --------
        >>> LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04]).value_at_risk(0.90)
        0.0
        """
        return float(self.losses[self._place(checked_level(level))])

    def expected_shortfall(self, level: float) -> float:
        """Return the mean of the worst share ``1 - level`` of outcomes: VaR + E[(L - VaR)+] / (1 - level).

        Parameters
        ----------
        level
            For instance 0.99.

        Raises
        ------
        InvalidValueError
            If the level is outside (0, 1).

        References
        ----------
        Rockafellar and Uryasev (2002), definition of CVaR for general distributions; Acerbi and Tasche (2002).

        Examples
        --------
        >>> round(LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04]).expected_shortfall(0.90), 9)
        46.0
        """
        at_risk = self.value_at_risk(level)
        excess = np.sum(np.maximum(self.losses - at_risk, 0.0) * self.weights) / self.weights.sum()
        return at_risk + float(excess) / (1.0 - level)

    def shortfall_weight(self, losses: ArrayLike, level: float) -> FloatArray:
        """Return how strongly expected shortfall counts an outcome with a given loss.

        Losses above value at risk count 1 / (1 - level), losses below count nothing, and losses equal to it count the
        part of their probability that belongs to the worst outcomes. The expectation of loss times weight is the
        expected shortfall, also where value at risk has a positive probability.

        Parameters
        ----------
        losses
            Losses, of any shape [currency].
        level
            For instance 0.99.

        Raises
        ------
        InvalidValueError
            If the level is outside (0, 1).

        Examples
        --------
        >>> LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04]).shortfall_weight([0, 10, 100], 0.95).round(6)
        array([ 0.      ,  3.333333, 20.      ])
        """
        place = self._place(checked_level(level))
        at_risk, total = self.losses[place], self.weights.sum()
        share = (self.weights[: place + 1].sum() / total - level) / (self.weights[place] / total)
        values = np.asarray(losses, dtype=np.float64)
        counted = (values > at_risk) + np.clip(share, 0.0, 1.0) * (values == at_risk)
        return np.asarray(counted / (1.0 - level))

    def exceedance(self, losses: ArrayLike, *, inclusive: bool = False) -> FloatArray:
        """Return the loss exceedance curve: the probability of losing more than each amount.

        Parameters
        ----------
        losses
            Amounts, of any shape [currency].
        inclusive
            Whether a loss equal to the amount counts too.

        Raises
        ------
        InvalidValueError
            If an amount is infinite.

        Examples
        --------
        >>> LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04]).exceedance([0, 10, 50]).round(12)
        array([0.1 , 0.04, 0.04])
        """
        (amounts,) = checked(Column("losses", losses, -np.inf))
        tail = np.append(np.cumsum(self.weights[::-1])[::-1], 0.0) / self.weights.sum()
        places = np.searchsorted(self.losses, amounts, side="left" if inclusive else "right")
        return np.where(np.isnan(amounts), np.nan, np.minimum(tail, 1.0)[places])

    def mean_error(self) -> float | None:
        """Return the Monte Carlo standard error of the mean, ``None`` where nothing was simulated."""
        n = self.n_simulations
        return None if n is None else self.standard_deviation / n**0.5

    def value_at_risk_error(self, level: float) -> float | None:
        """Return the Monte Carlo standard error of the value at risk, ``None`` where nothing was simulated.

        Half the distance between the quantiles one binomial standard error below and above the level.

        Parameters
        ----------
        level
            For instance 0.99.

        Raises
        ------
        InvalidValueError
            If the level is outside (0, 1).

        Examples
        --------
        >>> LossDistribution.from_samples(range(10_000)).value_at_risk_error(0.5)
        50.0
        """
        n = self.n_simulations
        step = (checked_level(level) * (1.0 - level) / (n or 1)) ** 0.5
        high, low = (self.losses[self._place(level + sign * step)] for sign in (1.0, -1.0))
        return None if n is None else float(high - low) / 2.0

    def expected_shortfall_error(self, level: float) -> float | None:
        """Return the Monte Carlo standard error of the expected shortfall, ``None`` where nothing was simulated.

        To first order the error of the value at risk inside cancels, so it is the standard error of the mean of
        (L - VaR)+ / (1 - level).

        Parameters
        ----------
        level
            For instance 0.99.

        Raises
        ------
        InvalidValueError
            If the level is outside (0, 1).

        References
        ----------
        Trindade, A. A., Uryasev, S., Shapiro, A. and Zrazhevsky, G. (2007), "Financial prediction with constrained
        tail risk", Journal of Banking & Finance 31(11), 3524-3538.

        Examples
        --------
        >>> round(LossDistribution.from_samples(range(10_000)).expected_shortfall_error(0.5), 1)
        32.3
        """
        excess = np.maximum(self.losses - self.value_at_risk(level), 0.0)
        if self.n_simulations is None:
            return None
        mean = np.sum(excess * self.weights) / self.weights.sum()
        variance = np.sum((excess - mean) ** 2 * self.weights) / self.weights.sum()
        return float(np.sqrt(variance / self.n_simulations)) / (1.0 - level)

    def _place(self, level: float) -> int:
        reached = np.cumsum(self.weights) / self.weights.sum()
        return min(int(np.searchsorted(reached, level - _SLACK)), len(self.losses) - 1)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LossDistribution):
            return NotImplemented
        plain = ("n_simulations", "spacing", "n_unrated")
        return (
            same_arrays(self.losses, other.losses)
            and same_arrays(self.weights, other.weights)
            and all(getattr(self, name) == getattr(other, name) for name in plain)
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        how = "computed" if self.n_simulations is None else f"{self.n_simulations} simulations"
        ends = f"{self.losses[0]:g} to {self.losses[-1]:g}"
        return f"LossDistribution({len(self.losses)} atoms from {ends}, mean {self.mean:g}, {how})"


def _complete(*columns: Column) -> tuple[FloatArray, ...]:
    arrays = checked(*columns)
    wrong = [
        Problem(what="missing values or no row of numbers", where=column.where, allowed="(n,) numbers, n >= 1")
        for column, array in zip(columns, arrays, strict=True)
        if array.ndim != 1 or array.size == 0 or np.isnan(array).any()
    ]
    if wrong:
        raise InvalidValueError(*wrong)
    return arrays
