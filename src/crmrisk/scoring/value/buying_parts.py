"""What a model of buying until dropout has to say for itself; how it is asked is in `buying`.

The likelihood of a history that ends alive, the odds of having dropped out, and what one still alive does next: every
public answer is put together of these, and a model of rates and dropout is complete once it gives them.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.fitting import LogLikelihood
    from crmrisk.scoring.value.histories import Histories
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["BuyingParts"]


class BuyingParts(Model):
    """List the parts every answer of a model of buying until dropout is put together of.

    Examples
    --------
    >>> from crmrisk.scoring.value import ParetoNBD
    >>> issubclass(ParetoNBD, BuyingParts)
    True
    """

    _times: ClassVar[tuple[str, ...]] = ("alpha",)
    """The parameters that are times."""

    recency_matters: ClassVar[bool] = False
    """Whether the moment of the last purchase says how soon the next one of a customer who is alive is due."""

    @property
    @abstractmethod
    def age_scale(self) -> float:
        """Give the age below which expectations hardly depend on age [time unit]."""

    def _felt(self, histories: Histories) -> tuple[FloatArray, ...]:
        """Give what matters of the history of one who is alive, as the methods for rows take it."""
        frequency, recency, age = histories
        return (frequency, age, recency) if self.recency_matters else (frequency, age)

    def _moment(self, recency: ArrayLike | None) -> dict[str, ArrayLike]:
        if not self.recency_matters:
            return {}
        if recency is None:
            remedy = "give the first to the last purchase: it says how soon the next one is due"
            raise InvalidValueError(Problem(what="missing", where="recency", remedy=remedy))
        return {"recency": recency}

    @classmethod
    @abstractmethod
    def _likelihood(cls, x: FloatArray, last: FloatArray, end: FloatArray, weight: FloatArray) -> LogLikelihood:
        """Prepare the log-likelihood of counted histories whose ages are about 1."""

    @classmethod
    @abstractmethod
    def _starts(cls, rate: float) -> list[FloatArray]:
        """Give parameters to begin from, the best guess first, given the purchases per unit of time."""

    @abstractmethod
    def _log_alive(self, histories: Histories) -> FloatArray:
        """Compute the log-likelihood of each history and of being alive at its end."""

    @abstractmethod
    def _log_odds_gone(self, histories: Histories) -> FloatArray:
        """Compute the log-odds of having dropped out."""

    @abstractmethod
    def _expected_if_alive(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        """Compute expected purchases, row by row of ``(n_rows,)``, nothing missing."""

    @abstractmethod
    def _silent(self, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        """Compute the probability that one alive buys nothing, row by row of ``(n_rows,)``, nothing missing."""

    @abstractmethod
    def _count_if_alive(self, n: FloatArray, time: FloatArray, x: FloatArray, end: FloatArray) -> FloatArray:
        """Compute the probability that one alive buys n times, row by row of ``(n_rows,)``, nothing missing."""

    @abstractmethod
    def _simulated(self, age: FloatArray, rng: np.random.Generator) -> SimulatedHistories:
        """Simulate customers observed for their ages, ``(n_customers,)``."""
