"""Risk tolerance as a curve: how often which loss is acceptable, and whether a loss distribution stays below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.assessment.loss_distribution import LossDistribution
    from crmrisk.core.arrays import FloatArray

__all__ = ["ToleranceComparison", "ToleranceCurve"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class ToleranceComparison(Value):
    """Tell whether a loss exceedance curve stays within tolerance, and where it comes closest or goes beyond.

    Parameters
    ----------
    met
        Whether it stays within tolerance everywhere between the two points.
    loss
        The loss with the highest ratio of exceedance to tolerance [currency].
    exceedance
        Probability of losing that much or more.
    tolerance
        Probability tolerated there.

    Examples
    --------
    >>> ToleranceComparison(met=False, loss=1000.0, exceedance=0.1, tolerance=0.05).ratio
    2.0
    """

    met: bool
    loss: float
    exceedance: float
    tolerance: float

    @property
    def ratio(self) -> float:
        """Exceedance over tolerance at that loss; above 1 the tolerance is not met."""
        return self.exceedance / self.tolerance


@dataclass(frozen=True, config=VALUE)
class ToleranceCurve(Value):
    """State a tolerance by two points: a smaller loss that may happen more often, a larger one less often.

    Between the points the tolerated probability falls as a power of the loss, a straight line on logarithmic axes.
    Outside them the curve says nothing.

    Parameters
    ----------
    loss, probability
        A loss > 0 [currency], and the probability in (0, 1] with which losing more is tolerated.
    larger_loss, smaller_probability
        A larger loss [currency], and the probability tolerated for it, no higher.

    Raises
    ------
    InvalidValueError
        If the points are out of range or out of order.

    Examples
    --------
    >>> curve = ToleranceCurve(1_000.0, 0.1, 100_000.0, 0.001)
    >>> curve.tolerated(10_000.0).round(12)
    np.float64(0.01)
    """

    loss: Annotated[float, Field(gt=0)]
    probability: Annotated[float, Field(gt=0, le=1)]
    larger_loss: Annotated[float, Field(gt=0)]
    smaller_probability: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if self.loss >= self.larger_loss or self.probability < self.smaller_probability:
            got = f"({self.loss:g}, {self.probability:g}), ({self.larger_loss:g}, {self.smaller_probability:g})"
            allowed = "a larger loss, tolerated no more often"
            raise InvalidValueError(Problem(what="not falling", where="ToleranceCurve", allowed=allowed, got=got))
        return self

    def tolerated(self, losses: ArrayLike) -> FloatArray:
        """Return the probability with which losing more than each amount is tolerated.

        Parameters
        ----------
        losses
            Amounts, of any shape [currency].

        Returns
        -------
        Probabilities of the same shape, NaN outside the two points.

        Examples
        --------
        >>> ToleranceCurve(10.0, 0.5, 100.0, 0.5).tolerated([5.0, 50.0])
        array([nan, 0.5])
        """
        amounts = np.asarray(losses, dtype=np.float64)
        inside = (amounts >= self.loss) & (amounts <= self.larger_loss)
        ends = np.log([self.loss, self.larger_loss])
        logs = np.interp(
            np.log(np.where(inside, amounts, self.loss)), ends, np.log([self.probability, self.smaller_probability])
        )
        return np.where(inside, np.exp(logs), np.nan)

    def compare(self, distribution: LossDistribution) -> ToleranceComparison:
        """Compare the loss exceedance curve of a distribution with the tolerance.

        Exceedance stays level up to each possible loss while the tolerance falls, so the two need comparing only just
        below the possible losses and at the far end.

        Parameters
        ----------
        distribution
            The losses.

        Examples
        --------
        >>> from crmrisk.assessment.loss_distribution import LossDistribution
        >>> loss = LossDistribution.from_atoms([0, 5_000], [0.9, 0.1])
        >>> print(ToleranceCurve(1_000.0, 0.1, 100_000.0, 0.001).compare(loss).met)
        False
        """
        inside = (distribution.losses > self.loss) & (distribution.losses <= self.larger_loss)
        amounts = np.append(distribution.losses[inside], self.larger_loss)
        reached = np.append(distribution.exceedance(amounts[:-1], inclusive=True), distribution.exceedance(amounts[-1]))
        allowed = self.tolerated(amounts)
        worst = int(np.argmax(reached / allowed))
        return ToleranceComparison(
            met=bool(reached[worst] <= allowed[worst] * (1.0 + 1e-12)),
            loss=float(amounts[worst]),
            exceedance=float(reached[worst]),
            tolerance=float(allowed[worst]),
        )
