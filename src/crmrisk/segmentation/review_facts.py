"""What a history knows of customers at one review; what every condition and reason of a tier policy reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from crmrisk.segmentation.customer_history import CustomerHistory

__all__ = ["Coded", "ReviewFacts"]


class Coded(NamedTuple):
    """Hold names as places in a vocabulary, -1 for missing.

    Examples
    --------
    >>> import numpy as np
    >>> Coded(np.array([0, -1]), np.array(["a"], dtype=object)).vocabulary
    array(['a'], dtype=object)
    """

    codes: IntArray
    vocabulary: ObjectArray


@dataclass(frozen=True, eq=False)
class ReviewFacts:
    """Read some customers of a history at one review.

    Parameters
    ----------
    history
        The history.
    review
        Position of the review.
    rows
        Positions of the customers; ``None`` is all of them.

    Examples
    --------
    See `CustomerHistory.at`.
    """

    history: CustomerHistory
    review: int
    rows: IntArray | None = None

    def __len__(self) -> int:
        return len(self.history) if self.rows is None else len(self.rows)

    def numbers(self, name: str) -> FloatArray:
        """Return a column, NaN where missing, ``(n_customers,)``."""
        columns = self.history.columns
        return self._mine(columns[name]) if name in columns else np.full(len(self), np.nan)

    def names(self, name: str) -> ObjectArray:
        """Return a label, ``None`` where missing, ``(n_customers,)``."""
        codes, vocabulary = self._coded(name)
        return np.array([*vocabulary, None], dtype=object)[codes]

    def named(self, name: str) -> BoolArray:
        """Tell whose label is known, ``(n_customers,)``."""
        return np.not_equal(self._coded(name).codes, -1)

    def among(self, name: str, values: Collection[str]) -> BoolArray:
        """Tell whose label is one of some, ``(n_customers,)``."""
        codes, vocabulary = self._coded(name)
        return np.array([*(each in values for each in vocabulary), False], dtype=np.bool_)[codes]

    def tagged(self, tag: str) -> BoolArray:
        """Tell who has a tag, ``(n_customers,)``."""
        tags = self.history.tags
        return self._mine(tags[tag]) if tag in tags else np.zeros(len(self), dtype=np.bool_)

    def present(self) -> BoolArray:
        """Tell who was looked at in this review, ``(n_customers,)``."""
        present: BoolArray = self._mine(self.history.present)
        return present

    def take(self, rows: IntArray | BoolArray) -> ReviewFacts:
        """Select customers."""
        everyone = np.arange(len(self.history)) if self.rows is None else self.rows
        return ReviewFacts(self.history, self.review, everyone[rows])

    def _mine(self, table: Any) -> Any:
        return table[self.review] if self.rows is None else table[self.review][self.rows]

    def _coded(self, name: str) -> Coded:
        if name not in self.history.labels:
            return Coded(np.full(len(self), -1), np.empty(0, dtype=object))
        codes, vocabulary = self.history.labels[name]
        return Coded(self._mine(codes), vocabulary)
