"""Why a score is what it is: contributions that add up, on a scale that is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic.dataclasses import dataclass as value_dataclass

from crmrisk.core.arrays import FloatArray, ObjectArray, frozen_objects, same_arrays
from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Driver", "Explanation"]


@value_dataclass(frozen=True, config=VALUE)
class Driver(Value):
    """Name one reason for a score and how much it adds.

    Parameters
    ----------
    name
        The input.
    contribution
        What it adds to the baseline, on the explanation's scale.
    scale
        The scale, for instance ``"log-odds"`` or ``"EUR"``.

    Examples
    --------
    >>> print(Driver("idle_days", 0.4, "log-odds"))
    idle_days +0.4 log-odds
    """

    name: Name
    contribution: float
    scale: str

    def __str__(self) -> str:
        return f"{self.name} {self.contribution:+.3g} {self.scale}"


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Explain scores additively: ``baseline + contributions.sum(axis=1)`` is the score on a named scale.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    names
        The inputs, ``(n_inputs,)``.
    baseline
        The score of the reference customer: one number, or one per customer.
    contributions
        What each input adds, ``(n_customers, n_inputs)``; a row of NaN is unrated.
    scale
        The scale on which they add up.

    Raises
    ------
    PortfolioError
        If the shapes disagree, or a number is infinite.

    Examples
    --------
    >>> explanation = Explanation(["C1"], ("idle_days", "frequency"), -1.0, [[0.7, -0.2]], scale="log-odds")
    >>> [str(driver) for driver in explanation.drivers(0, most=1)]
    ['idle_days +0.7 log-odds']
    """

    customer_id: ObjectArray
    names: tuple[str, ...]
    baseline: FloatArray
    contributions: FloatArray
    scale: str

    def __init__(
        self,
        customer_id: ArrayLike,
        names: tuple[str, ...],
        baseline: ArrayLike,
        contributions: ArrayLike,
        *,
        scale: str,
    ) -> None:
        ids = frozen_objects(customer_id, where="customer_id")
        try:  # row by row in memory, so that one row alone adds up to the same bits
            table = np.array(contributions, dtype=np.float64, order="C")
            base = np.array(np.broadcast_to(np.asarray(baseline, dtype=np.float64), (len(ids),)))
        except (TypeError, ValueError) as error:
            what = "not one number, or one per customer and input"
            raise PortfolioError(Problem(what=what, where="baseline, contributions", got=str(error))) from None
        if np.isinf(table).any() or np.isinf(base).any():
            raise PortfolioError(Problem(what="infinite values", where="baseline, contributions"))
        if table.shape != (len(ids), len(names)):
            raise PortfolioError(
                Problem(
                    what="shape is not (customers, inputs)",
                    where="contributions",
                    allowed=str((len(ids), len(names))),
                    got=str(table.shape),
                )
            )
        self._set(customer_id=ids, names=tuple(names), baseline=base, contributions=table, scale=scale)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Explanation):
            return NotImplemented
        arrays = ("customer_id", "baseline", "contributions")
        return (self.names, self.scale) == (other.names, other.scale) and all(
            same_arrays(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        return f"Explanation({len(self)} customers by {', '.join(self.names)} on {self.scale})"

    @property
    def total(self) -> FloatArray:
        """The explained score on the explanation's scale, ``(n_customers,)``."""
        return np.asarray(self.baseline + self.contributions.sum(axis=1), dtype=np.float64)

    def drivers(self, row: int, *, most: int = 3) -> tuple[Driver, ...]:
        """List the reasons that move one customer's score most, the strongest first.

        Parameters
        ----------
        row
            The position of the customer.
        most
            How many at the most; an input that adds nothing is left out.

        Returns
        -------
        Drivers by absolute contribution, ties in the order of `names`; none for an unrated customer.

        Examples
        --------
        >>> Explanation(["C1"], ("age",), 0.0, [[0.0]], scale="EUR").drivers(0)
        ()
        """
        contributions = self.contributions[row]
        if np.isnan(contributions).any():
            return ()
        order = np.argsort(-np.abs(contributions), kind="stable")[:most]
        return tuple(Driver(self.names[i], float(contributions[i]), self.scale) for i in order if contributions[i])
