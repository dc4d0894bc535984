"""Risk criteria: what makes a risk low, moderate, high or extreme.

ISO 31000 asks an organisation to fix its criteria before it looks at risks. Two kinds share the protocol `Criteria`:
`RiskCriteria` grades the expected loss, and `crmrisk.assessment.matrix.RiskMatrix` looks up a cell of a matrix.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol, Self, overload, runtime_checkable

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.assessment.intervals import checked_intervals, grade_sets
from crmrisk.assessment.pairs import likelihood_and_consequence
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.levels import RiskLevel, levels_from_codes
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.assessment.pairs import CodeArray, Vector
    from crmrisk.core.arrays import FloatArray, ObjectArray

__all__ = ["Criteria", "GradesByCode", "RiskCriteria"]


@runtime_checkable
class Criteria(Protocol):
    """Grade risks by likelihood and consequence: what a pipeline asks of any criteria.

    Examples
    --------
    >>> isinstance(RiskCriteria("EUR", moderate=50, high=200), Criteria)
    True
    """

    @property
    def currency(self) -> str:
        """Unit of the consequences."""
        ...

    def codes(self, likelihood: ArrayLike, consequence: ArrayLike) -> CodeArray:
        """Return places on the scale of `RiskLevel`, 0 for unrated."""
        ...

    @overload
    def grade(self, likelihood: float, consequence: float) -> RiskLevel: ...
    @overload
    def grade(self, likelihood: Vector, consequence: Vector | float) -> ObjectArray: ...
    @overload
    def grade(self, likelihood: float, consequence: Vector) -> ObjectArray: ...
    def grade(self, likelihood: Vector | float, consequence: Vector | float) -> RiskLevel | ObjectArray:
        """Return one `RiskLevel` for two numbers, an array of them for arrays."""
        ...

    def grade_interval(
        self,
        likelihood_low: ArrayLike,
        likelihood_high: ArrayLike,
        consequence_low: ArrayLike,
        consequence_high: ArrayLike,
    ) -> frozenset[RiskLevel] | ObjectArray:
        """Return every grade that the intervals allow."""
        ...


class GradesByCode(ABC):
    """Give criteria that know places on the scale their levels.

    Examples
    --------
    >>> issubclass(RiskCriteria, GradesByCode)
    True
    """

    @abstractmethod
    def codes(self, likelihood: ArrayLike, consequence: ArrayLike) -> CodeArray:
        """Return places on the scale of `RiskLevel`; each kind of criteria has its own way.

        Parameters
        ----------
        likelihood
            Probabilities in [0, 1]; NaN is unrated.
        consequence
            Losses if it happens, >= 0 [currency]; NaN is unrated.

        Raises
        ------
        InvalidValueError
            If a number is out of range.
        """

    @overload
    def grade(self, likelihood: float, consequence: float) -> RiskLevel: ...
    @overload
    def grade(self, likelihood: Vector, consequence: Vector | float) -> ObjectArray: ...
    @overload
    def grade(self, likelihood: float, consequence: Vector) -> ObjectArray: ...
    def grade(self, likelihood: Vector | float, consequence: Vector | float) -> RiskLevel | ObjectArray:
        """Grade risks.

        Parameters
        ----------
        likelihood
            Probabilities in [0, 1], one or ``(n_customers,)``; NaN is unrated.
        consequence
            Losses if it happens, >= 0 [currency], one or ``(n_customers,)``; NaN is unrated.

        Returns
        -------
        One `RiskLevel` for two numbers, otherwise an object array of them, broadcast.

        Raises
        ------
        InvalidValueError
            If a likelihood is outside [0, 1], a consequence negative or infinite, or the shapes do not fit.

        Examples
        --------
        >>> RiskCriteria("GBP", moderate=50, high=200, extreme=600).grade(0.5, 800.0)
        <RiskLevel.HIGH: 'high'>
        """
        graded = levels_from_codes(self.codes(likelihood, consequence))
        return graded if isinstance(graded, np.ndarray) else RiskLevel(graded)


@dataclass(frozen=True, config=VALUE)
class RiskCriteria(GradesByCode, Value):
    """Grade risks by their expected loss, likelihood times consequence.

    A loss equal to an edge belongs to the higher grade: with ``moderate=50``, 49.99 is low and 50 is moderate. A risk
    whose likelihood or consequence is missing is `RiskLevel.UNRATED`, never low.

    Parameters
    ----------
    currency
        Unit of the consequences and of the edges.
    moderate, high, extreme
        Expected losses from which a risk is of that grade [currency], strictly ascending; without ``extreme`` the
        scale has the three grades low, moderate and high.

    Raises
    ------
    InvalidValueError
        If an edge is not positive and finite, or they do not ascend.

    Examples
    --------
    >>> import numpy as np
    >>> criteria = RiskCriteria("GBP", moderate=50, high=200, extreme=600)
    >>> criteria.codes(likelihood=[0.1, 0.1, 0.9, np.nan], consequence=[100.0, 500.0, 1000.0, 100.0])
    array([1, 2, 4, 0], dtype=int8)
    >>> criteria.grade(0.1, 500.0)
    <RiskLevel.MODERATE: 'moderate'>
    """

    kind: ClassVar[str] = "crmrisk.criteria"

    currency: Name
    moderate: Annotated[float, Field(gt=0)] = field(kw_only=True)
    high: Annotated[float, Field(gt=0)] = field(kw_only=True)
    extreme: Annotated[float, Field(gt=0)] | None = field(default=None, kw_only=True)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if any(lower >= upper for lower, upper in pairwise(self.edges)):
            raise InvalidValueError(
                Problem(
                    what="edges do not ascend",
                    where=f"RiskCriteria({self.currency!r})",
                    allowed="moderate < high < extreme",
                    got=" / ".join(f"{edge:g}" for edge in self.edges),
                )
            )
        return self

    @property
    def edges(self) -> tuple[float, ...]:
        """Expected losses at which the grade rises [currency], two or three."""
        return (self.moderate, self.high) if self.extreme is None else (self.moderate, self.high, self.extreme)

    def codes(self, likelihood: ArrayLike, consequence: ArrayLike) -> CodeArray:
        """Return places on the scale of `RiskLevel`, for fast work on many customers.

        Parameters
        ----------
        likelihood
            Probabilities in [0, 1], of any shape; NaN is unrated.
        consequence
            Losses if it happens, >= 0 [currency], of any shape; NaN is unrated.

        Returns
        -------
        Codes of the broadcast shape, 0 for unrated, 1 for low to 4 for extreme.

        Raises
        ------
        InvalidValueError
            If a likelihood is outside [0, 1], a consequence negative or infinite, or the shapes do not fit.

        Examples
        --------
        >>> RiskCriteria("EUR", moderate=10, high=100).codes([0.1, 0.2], 50.0)
        array([1, 2], dtype=int8)
        """
        probability, loss = likelihood_and_consequence(likelihood, consequence)
        return self._codes_of_loss(probability * loss)

    def grade_interval(
        self,
        likelihood_low: ArrayLike,
        likelihood_high: ArrayLike,
        consequence_low: ArrayLike,
        consequence_high: ArrayLike,
    ) -> frozenset[RiskLevel] | ObjectArray:
        """Return every grade the expected loss may have when likelihood and consequence are known as intervals.

        Parameters
        ----------
        likelihood_low, likelihood_high
            Ends of the intervals of the probability, in [0, 1].
        consequence_low, consequence_high
            Ends of the intervals of the loss [currency].

        Returns
        -------
        A set for four numbers, otherwise an object array of sets. Where an end is NaN the set is ``{unrated}``.

        Raises
        ------
        InvalidValueError
            If an end is out of range or an interval is crossed.

        Examples
        --------
        >>> criteria = RiskCriteria("EUR", moderate=10, high=100, extreme=500)
        >>> sorted(criteria.grade_interval(0.1, 0.2, 60, 600))
        [<RiskLevel.LOW: 'low'>, <RiskLevel.MODERATE: 'moderate'>, <RiskLevel.HIGH: 'high'>]
        """
        p_low, p_high, c_low, c_high = checked_intervals(
            likelihood_low, likelihood_high, consequence_low, consequence_high
        )
        unrated = np.isnan(p_low + p_high + c_low + c_high)
        lowest = np.where(unrated, 0, self._codes_of_loss(p_low * c_low))
        highest = np.where(unrated, 0, self._codes_of_loss(p_high * c_high))
        return grade_sets(np.stack([lowest, highest], axis=-1), lambda ends: range(ends[0], ends[1] + 1))

    def _codes_of_loss(self, expected_loss: FloatArray) -> CodeArray:
        places = np.searchsorted(np.array(self.edges), expected_loss, side="right") + 1
        return np.where(np.isnan(expected_loss), 0, places).astype(np.int8)
