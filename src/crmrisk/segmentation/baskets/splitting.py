"""Every way to split frequent itemsets into antecedent and consequent.

A part of a frequent itemset is frequent too, so both sides are itemsets already found, and a rule is three places in
their list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray
    from crmrisk.segmentation.baskets.itemsets import FrequentItemsets
    from crmrisk.segmentation.baskets.mining import Level

__all__ = ["Splits", "splits_of"]

MOST_RULES = 10_000_000


class Splits(NamedTuple):
    """Hold rules as places of itemsets, sorted by the whole and then by the antecedent.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import frequent_itemsets
    >>> splits_of(frequent_itemsets([["tea", "cup"]], min_support=1))
    Splits(antecedent=array([0, 1]), consequent=array([1, 0]), both=array([2, 2]))
    """

    antecedent: IntArray
    consequent: IntArray
    both: IntArray


def splits_of(itemsets: FrequentItemsets) -> Splits:
    """Split every itemset of two items or more.

    Parameters
    ----------
    itemsets
        What was found.

    Raises
    ------
    InvalidValueError
        If there would be more than ten million rules.

    Examples
    --------
    See `Splits`.
    """
    total = sum(len(level.members) * (2**level.length - 2) for level in itemsets.levels)
    if total > MOST_RULES:
        remedy = "raise min_support or set max_length"
        raise InvalidValueError(
            Problem(what=f"{total:,} rules", where="min_support", allowed=f"up to {MOST_RULES:,}", remedy=remedy)
        )
    keys = _Keys(itemsets)
    parts = [_split(level, keys) for level in itemsets.levels[1:]]
    empty = np.empty(0, dtype=np.int64)
    antecedent, consequent, both = (
        (np.concatenate([empty, *column]) for column in zip(*parts, strict=True)) if parts else (empty, empty, empty)
    )
    order = np.lexsort((antecedent, both))
    return Splits(antecedent[order], consequent[order], both[order])


class _Keys:
    """Find the place of an itemset by the place of all but its last item, and its last item."""

    def __init__(self, itemsets: FrequentItemsets) -> None:
        self.width = len(itemsets.items)
        self.starts = np.cumsum([0, *(len(level.members) for level in itemsets.levels)])
        self.tables: list[IntArray] = []
        for level in itemsets.levels:
            before = np.zeros(len(level.members), dtype=np.int64)
            for depth in range(level.length - 1):
                before = self.place(depth, before, level.members[:, depth])
            self.tables.append(before * self.width + level.members[:, -1])

    def place(self, depth: int, before: IntArray, item: IntArray) -> IntArray:
        """Return places among the itemsets of ``depth + 1`` items."""
        return np.searchsorted(self.tables[depth], before * self.width + item)


def _split(level: Level, keys: _Keys) -> tuple[IntArray, IntArray, IntArray]:
    """Split all itemsets of one length; a part is a number whose bits are columns."""
    places: dict[int, IntArray] = {0: np.zeros(len(level.members), dtype=np.int64)}
    whole = (1 << level.length) - 1
    for part in range(1, whole):
        last = part.bit_length() - 1
        places[part] = keys.place(part.bit_count() - 1, places[part & ~(1 << last)], level.members[:, last])
    found = {part: places[part] + keys.starts[part.bit_count() - 1] for part in range(1, whole)}
    own = np.arange(len(level.members)) + keys.starts[level.length - 1]
    return (
        np.concatenate([found[part] for part in range(1, whole)]),
        np.concatenate([found[whole ^ part] for part in range(1, whole)]),
        np.tile(own, whole - 1),
    )
