"""Segments: the name of each customer's group, with the reason in words and how stable the answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    ObjectArray,
    frozen_floats,
    frozen_objects,
    row_of,
    same_arrays,
)
from crmrisk.core.errors import PortfolioError, Problem, ScoreRangeError
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.portfolio import Portfolio

__all__ = ["Assigned", "Segment", "Segments"]

NOWHERE = -1
"""The code of a customer without a segment."""


class Assigned(NamedTuple):
    """Give places in the segmenter's names, and reasons and stabilities where it knows them.

    Examples
    --------
    >>> import numpy as np
    >>> Assigned(np.array([0, 1])).reason is None
    True
    """

    codes: IntArray
    reason: ObjectArray | None = None
    stability: FloatArray | None = None


@value_object(frozen=True, config=VALUE)
class Segment(Value):
    """Hold one customer's segment.

    Parameters
    ----------
    customer_id
        Whose.
    label
        The segment; ``None`` where evidence is missing.
    reason
        Why, in words.
    stability
        The share of repetitions that give the same answer, in 0..1, where the segmenter measures it.

    Examples
    --------
    >>> Segment("C1", "gold", reason="revenue 120 >= 100").label
    'gold'
    """

    customer_id: str
    label: str | None
    reason: str | None = None
    stability: float | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Segments:
    """Hold one segment per customer; `None` means that evidence is missing.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    codes
        Place of each customer's segment in ``names``, -1 for none, ``(n_customers,)``.
    names
        All segments there can be, the lowest first where they are ordered.
    ordered
        Whether later names are higher.
    reason
        Why, in words, ``(n_customers,)``.
    stability
        The share of repetitions that give the same answer, in 0..1, ``(n_customers,)``; NaN where unknown.
    segmenter
        Who made them, for errors.

    Raises
    ------
    PortfolioError
        If lengths differ.
    ScoreRangeError
        If a code has no name, names repeat, or a stability is not in 0..1.

    Examples
    --------
    >>> segments = Segments(["C1", "C2", "C3"], [1, 0, -1], ("silver", "gold"), ordered=True)
    >>> segments.labels
    array(['gold', 'silver', None], dtype=object)
    >>> segments.sizes()
    {'silver': 1, 'gold': 1}
    """

    customer_id: ObjectArray
    codes: IntArray
    names: tuple[str, ...]
    ordered: bool
    reason: ObjectArray | None
    stability: FloatArray | None

    def __init__(
        self,
        customer_id: ArrayLike,
        codes: ArrayLike,
        names: Sequence[str],
        *,
        ordered: bool = False,
        reason: ArrayLike | None = None,
        stability: ArrayLike | None = None,
        segmenter: str = "",
    ) -> None:
        held: dict[str, Any] = {
            "customer_id": frozen_objects(customer_id, where="customer_id"),
            "codes": _frozen_codes(codes),
            "names": tuple(names),
            "ordered": ordered,
            "reason": None if reason is None else frozen_objects(reason, where="reason"),
            "stability": None if stability is None else frozen_floats(stability, where="stability"),
        }
        for name, value in held.items():
            object.__setattr__(self, name, value)
        self._check(segmenter)

    def _check(self, segmenter: str) -> None:
        where = f"{segmenter}: " if segmenter else ""
        n = len(self.customer_id)
        arrays = {"codes": self.codes, "reason": self.reason, "stability": self.stability}
        lengths = [
            Problem(what="length differs from customer_id", where=f"{where}{k}", allowed=str(n), got=str(len(v)))
            for k, v in arrays.items()
            if v is not None and len(v) != n
        ]
        if lengths:
            raise PortfolioError(*lengths)
        problems = []
        if len(set(self.names)) != len(self.names):
            problems.append(Problem(what="names repeat", where=f"{where}names", got=", ".join(self.names)[:200]))
        strange = self.codes[(self.codes < NOWHERE) | (self.codes >= len(self.names))]
        if len(strange):
            allowed = f"-1 (none) to {len(self.names) - 1}"
            what = f"{len(strange)} code(s) without a name"
            problems.append(Problem(what=what, where=f"{where}codes", allowed=allowed, got=str(int(strange[0]))))
        if self.stability is not None and bool(((self.stability < 0.0) | (self.stability > 1.0)).any()):
            problems.append(Problem(what="no share", where=f"{where}stability", allowed="0 to 1, or NaN"))
        if problems:
            raise ScoreRangeError(*problems)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segments):
            return NotImplemented
        names = ("customer_id", "codes", "reason", "stability")
        return (self.names, self.ordered) == (other.names, other.ordered) and all(
            same_arrays(getattr(self, name), getattr(other, name)) for name in names
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        kind = "ordered " if self.ordered else ""
        unrated = int((~self.rated).sum())
        return f"Segments({len(self)} customers, {unrated} without, {kind}{', '.join(self.names)})"

    @property
    def rated(self) -> BoolArray:
        """Whether each customer has a segment, ``(n_customers,)``."""
        return np.not_equal(self.codes, NOWHERE)

    @property
    def labels(self) -> ObjectArray:
        """The name of each customer's segment, ``None`` for none, ``(n_customers,)``."""
        return np.array([*self.names, None], dtype=object)[self.codes]

    def __getitem__(self, customer_id: str) -> Segment:
        """Return one customer's segment."""
        row = row_of(self.customer_id, customer_id)
        return Segment(
            customer_id=customer_id,
            label=self.names[self.codes[row]] if self.rated[row] else None,
            reason=None if self.reason is None else self.reason[row],
            stability=None if self.stability is None or np.isnan(self.stability[row]) else float(self.stability[row]),
        )

    def sizes(self) -> dict[str, int]:
        """Count the customers of each segment, empty ones too, in the order of the names.

        Examples
        --------
        See `Segments`.
        """
        counts = np.bincount(self.codes[self.rated], minlength=len(self.names))
        return dict(zip(self.names, counts.tolist(), strict=True))

    def onto(self, portfolio: Portfolio, *, label: str = "segment") -> Portfolio:
        """Put the segments into a portfolio as a label, for `SegmentedScorer`, the register and whoever reads labels.

        Parameters
        ----------
        portfolio
            The same customers in the same order.
        label
            What the label is called.

        Returns
        -------
        Another portfolio.

        Raises
        ------
        PortfolioError
            If the customers are others.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> book = Portfolio(["C1"], date(2026, 1, 31), {})
        >>> Segments(["C1"], [0], ("gold",)).onto(book, label="tier").label("tier")
        array(['gold'], dtype=object)
        """
        if not same_arrays(self.customer_id, portfolio.customer_id):
            remedy = "segment this portfolio"
            raise PortfolioError(Problem(what="other customers, or another order", where="portfolio", remedy=remedy))
        return portfolio.with_labels({label: self.labels})

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per customer; the segment is a category.

        Examples
        --------
        >>> Segments(["C1"], [0], ("gold",)).frame()
          customer_id segment
        0          C1    gold
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        segment = pd.Categorical.from_codes(self.codes, categories=pd.Index(self.names), ordered=self.ordered)
        columns = {"customer_id": self.customer_id.copy(), "segment": segment}
        more = {"reason": self.reason, "stability": self.stability}
        return pd.DataFrame(columns | {name: array.copy() for name, array in more.items() if array is not None})


def _frozen_codes(codes: ArrayLike) -> IntArray:
    given = np.asarray(codes)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        got = f"{given.dtype}, shape {given.shape}"
        raise PortfolioError(Problem(what="no codes", where="codes", allowed="whole numbers, one each", got=got))
    held = given.astype(np.int64)
    held.flags.writeable = False
    return held
