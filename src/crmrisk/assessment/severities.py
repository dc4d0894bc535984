"""Losses with a formula: lognormal, PERT, normal, and an event that may or may not happen.

All of them know their quantile and their expectation up to a loss, and that is all that value at risk and expected
shortfall need in closed form.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Self

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic.dataclasses import dataclass
from scipy.special import betainc, betaincinv, ndtr, ndtri

from crmrisk.assessment.loss_distribution import LossDistribution
from crmrisk.core.arguments import checked_level
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

__all__ = ["EventLoss", "LognormalLoss", "NormalLoss", "PertLoss", "Severity"]


class Severity(Value, ABC):
    """Know the size of a loss: what every formula here offers.

    Examples
    --------
    >>> issubclass(LognormalLoss, Severity)
    True
    """

    @property
    @abstractmethod
    def mean(self) -> float:
        """Expected loss [currency]."""

    @property
    @abstractmethod
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""

    @abstractmethod
    def quantile(self, level: float) -> float:
        """Return the lower quantile [currency]."""

    @abstractmethod
    def mean_below(self, level: float) -> float:
        """Return the expectation of the loss over the lowest share ``level`` of outcomes [currency]."""

    def value_at_risk(self, level: float) -> float:
        """Return the loss that is not exceeded with probability ``level``.

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
        >>> round(NormalLoss(0, 1).value_at_risk(0.95), 6)
        1.644854
        """
        return self.quantile(checked_level(level))

    def expected_shortfall(self, level: float) -> float:
        """Return the mean of the worst share ``1 - level`` of outcomes.

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
        >>> round(NormalLoss(0, 1).expected_shortfall(0.95), 6)
        2.062713
        """
        return (self.mean - self.mean_below(checked_level(level))) / (1.0 - level)

    def discretised(self, n_atoms: int = 1000) -> LossDistribution:
        """Return equally likely atoms, each the mean of its share of outcomes, so that the mean is exact.

        Expected shortfall is exact at multiples of ``1 / n_atoms``; the standard deviation is a little too small.

        Parameters
        ----------
        n_atoms
            Number of atoms, at least 1.

        Raises
        ------
        InvalidValueError
            If there is no atom.

        Examples
        --------
        >>> loss = LognormalLoss.from_interval(1.0, 10.0)
        >>> abs(loss.discretised(100).mean - loss.mean) < 1e-12
        True
        """
        if n_atoms < 1:
            raise InvalidValueError(Problem(what="no atom", where="n_atoms", allowed=">= 1", got=str(n_atoms)))
        inner = [self.mean_below(place / n_atoms) for place in range(1, n_atoms)]
        means = np.diff([0.0, *inner, self.mean]) * n_atoms
        return LossDistribution.from_atoms(means, np.full(n_atoms, 1.0 / n_atoms))


@dataclass(frozen=True, config=VALUE)
class NormalLoss(Severity):
    """Describe a normal loss; negative values are gains.

    Parameters
    ----------
    location
        Its mean [currency].
    scale
        Its standard deviation, > 0 [currency].

    Raises
    ------
    InvalidValueError
        If the scale is not positive.

    Examples
    --------
    >>> round(NormalLoss(0, 1).expected_shortfall(0.99), 6)
    2.665214
    """

    location: float
    scale: Annotated[float, Field(gt=0)]

    @property
    def mean(self) -> float:
        """Expected loss [currency]."""
        return self.location

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""
        return self.scale

    def quantile(self, level: float) -> float:
        """Return the lower quantile [currency]."""
        return float(self.location + self.scale * ndtri(level))

    def mean_below(self, level: float) -> float:
        """Return the expectation of the loss over the lowest share ``level`` of outcomes [currency]."""
        density = np.exp(-(ndtri(level) ** 2) / 2.0) / np.sqrt(2.0 * np.pi)
        return float(self.location * level - self.scale * density)


@dataclass(frozen=True, config=VALUE)
class LognormalLoss(Severity):
    """Describe a lognormal loss: its logarithm is normal with mean ``mu`` and standard deviation ``sigma``.

    Parameters
    ----------
    mu
        Mean of the logarithm.
    sigma
        Standard deviation of the logarithm, > 0.

    Raises
    ------
    InvalidValueError
        If sigma is not positive.

    Examples
    --------
    >>> round(LognormalLoss.from_interval(1.0, 10.0).mean, 9)
    4.040012827
    """

    mu: float
    sigma: Annotated[float, Field(gt=0)]

    @classmethod
    def from_interval(cls, low: float, high: float, *, coverage: float = 0.9) -> Self:
        """Fit the lognormal loss to an expert's interval.

        Parameters
        ----------
        low, high
            Ends of the central interval, 0 < low < high [currency].
        coverage
            Probability that the loss lies inside.

        Raises
        ------
        InvalidValueError
            If the ends are not positive and ascending, or the coverage is outside (0, 1).

        References
        ----------
        Hubbard, D. W. and Seiersen, R. (2016), How to Measure Anything in Cybersecurity Risk, chapter 3.

        Examples
        --------
        >>> round(LognormalLoss.from_interval(635_000, 19_000_000).mean, 5)
        5922706.83351
        """
        if not (0.0 < low < high < np.inf and 0.0 < coverage < 1.0):
            got = f"({low}, {high}) with coverage {coverage}"
            allowed = "0 < low < high, coverage in (0, 1)"
            raise InvalidValueError(Problem(what="no interval", where="from_interval", allowed=allowed, got=got))
        width = float(np.log(high) - np.log(low))
        return cls(float(np.log(low) + np.log(high)) / 2.0, width / (2.0 * float(ndtri((1.0 + coverage) / 2.0))))

    @property
    def mean(self) -> float:
        """Expected loss [currency]."""
        return float(np.exp(self.mu + self.sigma**2 / 2.0))

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""
        return self.mean * float(np.sqrt(np.expm1(self.sigma**2)))

    def quantile(self, level: float) -> float:
        """Return the lower quantile [currency]."""
        return float(np.exp(self.mu + self.sigma * ndtri(level)))

    def mean_below(self, level: float) -> float:
        """Return the expectation of the loss over the lowest share ``level`` of outcomes [currency]."""
        return self.mean * float(ndtr(ndtri(level) - self.sigma))


@dataclass(frozen=True, config=VALUE)
class PertLoss(Severity):
    """Describe a classic PERT loss: a beta distribution whose mode is the expert's most likely value.

    alpha = 1 + g (mode - low) / (high - low) and beta = 1 + g (high - mode) / (high - low). Variants that fix the
    standard deviation at (high - low) / 6 have another mode; this one has not.

    Parameters
    ----------
    low, mode, high
        Least, most likely and greatest loss, low <= mode <= high and low < high [currency].
    concentration
        The g above, > 0; 4 by convention.

    Raises
    ------
    InvalidValueError
        If the three losses are out of order.

    References
    ----------
    Malcolm, D. G., Roseboom, J. H., Clark, C. E. and Fazar, W. (1959), "Application of a technique for research and
    development program evaluation", Operations Research 7(5), 646-669. Vose, D. (2008), Risk Analysis, 3rd ed.

    Examples
    --------
    >>> loss = PertLoss(20, 100, 900)
    >>> loss.mean, round(loss.standard_deviation, 6)
    (220.0, 139.38641)
    """

    low: float
    mode: float
    high: float
    concentration: Annotated[float, Field(gt=0)] = 4.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            got = f"{self.low:g}, {self.mode:g}, {self.high:g}"
            allowed = "low <= mode <= high, low < high"
            raise InvalidValueError(Problem(what="out of order", where="PertLoss", allowed=allowed, got=got))
        return self

    @property
    def alpha(self) -> float:
        """First shape of the beta distribution."""
        return 1.0 + self.concentration * (self.mode - self.low) / (self.high - self.low)

    @property
    def beta(self) -> float:
        """Second shape of the beta distribution."""
        return 1.0 + self.concentration * (self.high - self.mode) / (self.high - self.low)

    @property
    def mean(self) -> float:
        """Expected loss [currency]."""
        return (self.low + self.concentration * self.mode + self.high) / (2.0 + self.concentration)

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""
        total = self.alpha + self.beta
        return (self.high - self.low) * float(np.sqrt(self.alpha * self.beta / (total**2 * (total + 1.0))))

    def quantile(self, level: float) -> float:
        """Return the lower quantile [currency]."""
        return self.low + (self.high - self.low) * float(betaincinv(self.alpha, self.beta, level))

    def mean_below(self, level: float) -> float:
        """Return the expectation of the loss over the lowest share ``level`` of outcomes [currency]."""
        place = betaincinv(self.alpha, self.beta, level)
        return self.low * level + (self.mean - self.low) * float(betainc(self.alpha + 1.0, self.beta, place))


def _kind(severity: object) -> str:
    is_pert = "mode" in severity if isinstance(severity, dict) else isinstance(severity, PertLoss)
    return "pert" if is_pert else "lognormal"


@dataclass(frozen=True, config=VALUE)
class EventLoss(Severity):
    """Describe an event that happens at most once: nothing is lost unless it happens.

    Parameters
    ----------
    probability
        Probability that it happens, in (0, 1].
    severity
        The loss if it happens, never negative.

    Raises
    ------
    InvalidValueError
        If the probability is outside (0, 1] or the severity can be negative.

    Examples
    --------
    >>> loss = EventLoss(0.005, LognormalLoss.from_interval(1e5, 1e6))
    >>> loss.value_at_risk(0.99), round(loss.expected_shortfall(0.99), 4)
    (0.0, 202000.6413)
    """

    probability: Annotated[float, Field(gt=0, le=1)]
    severity: Annotated[
        Annotated[LognormalLoss, Tag("lognormal")] | Annotated[PertLoss, Tag("pert")], Discriminator(_kind)
    ]

    @model_validator(mode="after")
    def _never_negative(self) -> Self:
        if self.severity.quantile(0.0) < 0.0:
            raise InvalidValueError(
                Problem(what="the loss can be negative", where="EventLoss.severity", allowed=">= 0")
            )
        return self

    @property
    def mean(self) -> float:
        """Expected loss [currency]."""
        return self.probability * self.severity.mean

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the loss [currency]."""
        second_moment = self.severity.standard_deviation**2 + self.severity.mean**2
        return float((self.probability * second_moment - self.mean**2) ** 0.5)

    def quantile(self, level: float) -> float:
        """Return the lower quantile [currency], 0 up to the probability that nothing happens."""
        happened = self._happened(level)
        return self.severity.quantile(happened) if happened > 0.0 else 0.0

    def mean_below(self, level: float) -> float:
        """Return the expectation of the loss over the lowest share ``level`` of outcomes [currency]."""
        happened = self._happened(level)
        return self.probability * self.severity.mean_below(happened) if happened > 0.0 else 0.0

    def _happened(self, level: float) -> float:
        beyond = level - (1.0 - self.probability)
        # 0.995 - (1 - 0.005) is a little more than nothing in floating point
        return beyond / self.probability if beyond > 1e-12 else 0.0
