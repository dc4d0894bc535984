"""The scores of RFM, one row per customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arrays import FloatArray, ObjectArray, frozen_floats, frozen_objects, row_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["RfmScore", "RfmScores"]


class RfmScore(NamedTuple):
    """Hold the scores of one customer; `None` where evidence is missing.

    Examples
    --------
    >>> RfmScore("C1", 5, 4, 3, 543).score
    543
    """

    customer_id: str
    recency: int | None
    frequency: int | None
    monetary: int | None
    score: int | None


@dataclass(frozen=True, eq=False, repr=False, init=False)
class RfmScores:
    """Hold scores of recency, frequency and monetary value; NaN means that evidence is missing.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    recency, frequency, monetary
        Scores from 1 up, the highest the best, ``(n_customers,)``.

    Raises
    ------
    PortfolioError
        If an array holds no numbers.

    Examples
    --------
    >>> scores = RfmScores(["C1", "C2"], [5, None], [4, None], [3, None])
    >>> scores.score, scores["C1"].score, scores["C2"].score
    (array([543.,  nan]), 543, None)
    """

    customer_id: ObjectArray
    recency: FloatArray
    frequency: FloatArray
    monetary: FloatArray

    def __init__(self, customer_id: ArrayLike, recency: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> None:
        object.__setattr__(self, "customer_id", frozen_objects(customer_id, where="customer_id"))
        for name, given in (("recency", recency), ("frequency", frequency), ("monetary", monetary)):
            object.__setattr__(self, name, frozen_floats(given, where=name))

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        return f"RfmScores({len(self)} customers, {int(np.isnan(self.score).sum())} without)"

    @property
    def score(self) -> FloatArray:
        """100 R + 10 F + M, ``(n_customers,)``."""
        return 100.0 * self.recency + 10.0 * self.frequency + self.monetary

    def __getitem__(self, customer_id: str) -> RfmScore:
        """Return one customer's scores."""
        row = row_of(self.customer_id, customer_id)
        held = (self.recency[row], self.frequency[row], self.monetary[row], self.score[row])
        return RfmScore(customer_id, *(None if np.isnan(each) else int(each) for each in held))

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer, whole numbers in which missing is ``<NA>``.

        Examples
        --------
        >>> RfmScores(["C1"], [5], [4], [3]).frame()
          customer_id  recency  frequency  monetary  score
        0          C1        5          4         3    543
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        names = ("recency", "frequency", "monetary", "score")
        whole = {name: pd.array(getattr(self, name).copy(), dtype="Int64") for name in names}
        return pd.DataFrame({"customer_id": self.customer_id.copy(), **whole})
