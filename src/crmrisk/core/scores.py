"""Scores: one number per customer that carries its meaning, and an interval where the scorer knows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from crmrisk.core.arrays import BoolArray, FloatArray, ObjectArray, frozen_floats, frozen_objects, same_arrays
from crmrisk.core.errors import PortfolioError, Problem, ScoreRangeError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.measures import Measure

__all__ = ["Ranged", "Scores"]


class Ranged(NamedTuple):
    """Give values with their interval, for scorers that know it.

    Examples
    --------
    >>> import numpy as np
    >>> Ranged(np.array([0.2]), low=np.array([0.1]), high=np.array([0.4])).high
    array([0.4])
    """

    values: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class Scores:
    """Hold one score per customer; NaN means unrated.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    values
        The scores, ``(n_customers,)``, inside the measure.
    measure
        What they mean.
    low, high
        The ends of each customer's interval, ``(n_customers,)``.
    scorer
        Who made them, for errors.

    Raises
    ------
    PortfolioError
        If lengths differ or a value is infinite.
    ScoreRangeError
        If a value or an end of its interval leaves the measure, or an interval does not hold its value.

    Examples
    --------
    >>> from crmrisk import Measure
    >>> scores = Scores(["C1", "C2"], [0.25, None], Measure.share())
    >>> scores.rated
    array([ True, False])
    >>> Scores(["C1"], [1.5], Measure.share())
    Traceback (most recent call last):
    crmrisk.core.errors.ScoreRangeError: values: 1 outside the measure, ...; allowed: share in [0, 1]; got: 1.5
    """

    customer_id: ObjectArray
    values: FloatArray
    measure: Measure
    low: FloatArray | None = None
    high: FloatArray | None = None

    def __init__(
        self,
        customer_id: ArrayLike,
        values: ArrayLike,
        measure: Measure,
        *,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
        scorer: str = "",
    ) -> None:
        ids = customer_id if _is_frozen_ids(customer_id) else frozen_objects(customer_id, where="customer_id")
        where = f"{scorer}: values" if scorer else "values"
        object.__setattr__(self, "customer_id", ids)
        object.__setattr__(self, "measure", measure)
        for name, given in (("values", values), ("low", low), ("high", high)):
            object.__setattr__(self, name, None if given is None else frozen_floats(given, where=name))
        self._check_lengths()
        spans = ((where, self.values), ("low", self.low), ("high", self.high))
        outside = [problem for name, array in spans if array is not None for problem in self._outside(array, name)]
        problems = [*outside, *self._crossed()]
        if problems:
            raise ScoreRangeError(*problems)

    def _check_lengths(self) -> None:
        n = len(self.customer_id)
        present = (("values", self.values), ("low", self.low), ("high", self.high))
        wrong = [(name, array) for name, array in present if array is not None and len(array) != n]
        if wrong:
            raise PortfolioError(
                *(
                    Problem(what="length differs from customer_id", where=k, allowed=str(n), got=str(len(v)))
                    for k, v in wrong
                )
            )

    def _outside(self, values: FloatArray, where: str) -> list[Problem]:
        least, most = self.measure.ge, self.measure.le
        outside = np.zeros(len(values), dtype=np.bool_)
        if least is not None:
            outside |= values < least
        if most is not None:
            outside |= values > most
        if not outside.any():
            return []
        first = int(np.flatnonzero(outside)[0])
        what = f"{int(outside.sum())} outside the measure, the first for customer {self.customer_id[first]!r}"
        return [Problem(what=what, where=where, allowed=str(self.measure), got=f"{values[first]:.17g}")]

    def _crossed(self) -> list[Problem]:
        low, high = self.low, self.high
        wrong = [
            ("low", int((low > self.values).sum()) if low is not None else 0),
            ("high", int((high < self.values).sum()) if high is not None else 0),
        ]
        return [Problem(what=f"{count} interval(s) without their value", where=name) for name, count in wrong if count]

    def __len__(self) -> int:
        return len(self.values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scores):
            return NotImplemented
        names = ("customer_id", "values", "low", "high")
        return self.measure == other.measure and all(same_arrays(getattr(self, n), getattr(other, n)) for n in names)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        return f"Scores({len(self)} customers, {int((~self.rated).sum())} unrated: {self.measure})"

    @property
    def rated(self) -> BoolArray:
        """Whether each customer has a score, ``(n_customers,)``."""
        return ~np.isnan(self.values)

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per customer.

        Examples
        --------
        >>> from crmrisk import Measure
        >>> list(Scores(["C1"], [0.5], Measure.share()).frame().columns)
        ['customer_id', 'score']
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        columns = {"customer_id": self.customer_id, "score": self.values, "low": self.low, "high": self.high}
        return pd.DataFrame({name: array.copy() for name, array in columns.items() if array is not None})


def _is_frozen_ids(ids: ArrayLike) -> bool:
    return isinstance(ids, np.ndarray) and ids.dtype == object and not ids.flags.writeable
