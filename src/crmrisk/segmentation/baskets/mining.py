"""Counting: which sets of items are bought together often enough, and how many had to be counted to know.

Pairs are a sparse product of the baskets with themselves. Longer sets grow inside the baskets of their rarest item
(vertical mining): there every partner is a short row of bits, and the support of a larger set is the number of bits two
rows share. The answer never depends on the order of baskets or items.

References
----------
Zaki, M. J. (2000). Scalable algorithms for association mining. *IEEE Transactions on Knowledge and Data Engineering*
12, 372-390 (vertical layout, classes of a common prefix).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import BoolArray, IntArray
    from crmrisk.segmentation.baskets.baskets import Baskets

__all__ = ["Level", "mined"]

Bits = NDArray[np.uint64]

_BLOCK = 512  # items whose pairs are counted at once, so that memory stays bounded
_WORDS = 1 << 22  # words of bits that are combined at once


@dataclass(frozen=True, eq=False)
class Level:
    """Hold the frequent itemsets of one length.

    Parameters
    ----------
    members
        Places of the items of each itemset, ascending; itemsets in lexicographic order, ``(n_itemsets, length)``.
    counts
        Baskets that hold each, ``(n_itemsets,)``.
    counted
        How many sets of this length were counted to find them.

    Examples
    --------
    >>> import numpy as np
    >>> Level(np.array([[0, 1], [0, 2]]), np.array([5, 4]), counted=3).length
    2
    """

    members: IntArray
    counts: IntArray
    counted: int

    def __post_init__(self) -> None:
        self.members.flags.writeable = False
        self.counts.flags.writeable = False

    @property
    def length(self) -> int:
        """The number of items of each itemset."""
        return int(self.members.shape[1])


def mined(baskets: Baskets, minimum: int, *, max_length: int | None, limit: int) -> tuple[Level, ...]:
    """Find every itemset that enough baskets hold.

    Parameters
    ----------
    baskets
        Who bought what together.
    minimum
        The least number of baskets.
    max_length
        The longest itemset looked for; ``None`` for no bound.
    limit
        The most itemsets to find before giving up.

    Returns
    -------
    One level per length that was counted, the shortest first; the last may be empty.

    Raises
    ------
    InvalidValueError
        If there are more than ``limit``.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import Baskets
    >>> baskets = Baskets.from_lists([["a", "b"], ["a", "b", "c"]])
    >>> [level.counts.tolist() for level in mined(baskets, 2, max_length=None, limit=9)]
    [[2, 2], [2]]
    """
    counts = baskets.item_counts
    order = np.lexsort((np.arange(counts.size), counts))
    order = order[counts[order] >= minimum]  # the rarest first, so that its baskets are few
    longest = order.size if max_length is None else max_length
    found = _Found(limit)
    found.add(order[:, np.newaxis], counts[order], counted=counts.size)
    if longest >= 2 and order.size >= 2:
        pairs = _pairs(baskets, order, minimum)
        found.add(order[np.column_stack([pairs.left, pairs.right])], pairs.counts, counted=pairs.counted)
        if longest >= 3:
            for members, supports, counted in _larger(_table(baskets, order), pairs, minimum, longest, found):
                found.add(order[members], supports, counted=counted)
    return found.levels()


class _Found:
    """Collect itemsets by length, and stop a search that would never end."""

    def __init__(self, limit: int) -> None:
        self.limit, self.total = limit, 0
        self.parts: dict[int, list[tuple[IntArray, IntArray, int]]] = {}

    def add(self, members: IntArray, counts: IntArray, *, counted: int) -> None:
        self.parts.setdefault(members.shape[1], []).append((np.sort(members, axis=1), counts, counted))
        self.total += counts.size
        self.check(0)

    def check(self, more: int) -> None:
        if self.total + more > self.limit:
            remedy = "raise min_support, set max_length, or raise max_itemsets"
            what = f"more than {self.limit:,} frequent itemsets"
            raise InvalidValueError(Problem(what=what, where="min_support", remedy=remedy))

    def levels(self) -> tuple[Level, ...]:
        return tuple(_level(parts) for _, parts in sorted(self.parts.items()))


def _level(parts: list[tuple[IntArray, IntArray, int]]) -> Level:
    members = np.concatenate([part[0] for part in parts]).astype(np.int64)
    counts = np.concatenate([part[1] for part in parts]).astype(np.int64)
    order = np.lexsort(members.T[::-1])
    return Level(members[order], counts[order], sum(part[2] for part in parts))


@dataclass(frozen=True, eq=False)
class _Lists:
    """Lists of different lengths, one after the other."""

    starts: IntArray
    values: IntArray

    def size(self, keys: IntArray) -> int:
        return int((self.starts[keys + 1] - self.starts[keys]).sum())

    def of(self, keys: IntArray) -> tuple[IntArray, IntArray]:
        """Return which of the keys each entry belongs to, and the entry."""
        sizes = self.starts[keys + 1] - self.starts[keys]
        owner = np.repeat(np.arange(keys.size), sizes)
        first = self.starts[keys] - (np.cumsum(sizes) - sizes)
        return owner, self.values[first[owner] + np.arange(owner.size)]


def _lists(keys: IntArray, values: IntArray, n: int) -> _Lists:
    order = np.argsort(keys, kind="stable")
    return _Lists(np.append(0, np.cumsum(np.bincount(keys, minlength=n))), values[order])


@dataclass(frozen=True, eq=False)
class _Table:
    """The baskets of each frequent item, the rarest item first, and the frequent items of each basket."""

    baskets: _Lists
    items: _Lists

    def projected(self, item: int, partners: IntArray) -> Bits:
        """Return one row of bits per partner: in which baskets of the item it is."""
        own = self.baskets.values[self.baskets.starts[item] : self.baskets.starts[item + 1]]
        held = np.zeros((partners.size, -(-own.size // 64) * 64), dtype=np.bool_)
        if self.baskets.size(partners) <= self.items.size(own):  # whichever way there is less to read
            partner, basket = self.baskets.of(partners)
            column = _places(own, self.items.starts.size - 1)[basket]
            held[partner[column >= 0], column[column >= 0]] = True
        else:
            column, other = self.items.of(own)
            partner = _places(partners, self.baskets.starts.size - 1)[other]
            held[partner[partner >= 0], column[partner >= 0]] = True
        return np.packbits(held, axis=1).view(np.uint64)


def _places(chosen: IntArray, n: int) -> IntArray:
    """Return the place of each of n numbers among those chosen, -1 for the others."""
    places = np.full(n, -1, dtype=np.int64)
    places[chosen] = np.arange(chosen.size)
    return places


def _table(baskets: Baskets, order: IntArray) -> _Table:
    items = _places(order, len(baskets.items))[baskets.members]
    kept = items >= 0
    items, rows = items[kept], baskets.rows[kept]
    return _Table(_lists(items, rows, order.size), _lists(rows, items, len(baskets)))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Frequent pairs, places among the frequent items, left before right, sorted."""

    left: IntArray
    right: IntArray
    counts: IntArray
    counted: int


def _pairs(baskets: Baskets, order: IntArray, minimum: int) -> _Pairs:
    bought = baskets.matrix(np.int32)[:, order]
    by_item = bought.T.tocsr()
    parts = []
    for start in range(0, order.size, _BLOCK):
        both = (by_item[start : start + _BLOCK] @ bought[:, start:]).tocoo()
        left, right = both.row.astype(np.int64) + start, both.col.astype(np.int64) + start
        kept = (right > left) & (both.data >= minimum)
        parts.append((left[kept], right[kept], both.data[kept].astype(np.int64)))
    left, right, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    rows = np.lexsort((right, left))
    return _Pairs(left[rows], right[rows], counts[rows], order.size * (order.size - 1) // 2)


def _larger(
    table: _Table, pairs: _Pairs, minimum: int, longest: int, found: _Found
) -> Iterator[tuple[IntArray, IntArray, int]]:
    """Grow the sets of each item with its partners, inside the baskets of the item."""
    n_items = table.baskets.starts.size - 1
    keys = pairs.left * n_items + pairs.right
    first = np.searchsorted(pairs.left, np.arange(n_items + 1))
    for item in np.flatnonzero(np.diff(first) >= 2).tolist():
        partners = pairs.right[first[item] : first[item + 1]]
        bits = table.projected(item, partners)
        possible = _contained(keys, partners[:, np.newaxis] * n_items + partners)
        for sets, counts, counted in _grown(bits, possible, minimum, longest - 1, found):
            yield np.column_stack([np.full(len(sets), item), partners[sets]]), counts, counted


def _contained(keys: IntArray, wanted: IntArray) -> BoolArray:
    at = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    return np.equal(keys[at], wanted)


def _grown(
    bits: Bits, possible: BoolArray, minimum: int, longest: int, found: _Found
) -> Iterator[tuple[IntArray, IntArray, int]]:
    """Join sets that differ in their last member only, as long as any are frequent."""
    sets, prefix = np.arange(len(bits))[:, np.newaxis], np.zeros(len(bits), dtype=np.int64)
    while len(sets) >= 2 and sets.shape[1] < longest:
        left, right = _joins(prefix)
        allowed = possible[sets[left, -1], sets[right, -1]]
        left, right = left[allowed], right[allowed]
        kept, counts = _frequent(bits, left, right, minimum)
        counted = left.size
        left, right = left[kept], right[kept]
        found.check(left.size)
        bits = bits[left] & bits[right]
        sets, prefix = np.column_stack([sets[left], sets[right, -1]]), left
        if sets.shape[1] == 2:  # what is rare with the item alone is rare with more as well
            possible = np.zeros_like(possible)
            possible[sets[:, 0], sets[:, 1]] = True
        yield sets, counts, counted


def _joins(prefix: IntArray) -> tuple[IntArray, IntArray]:
    """Pair each set with the later ones of the same prefix."""
    ends = np.searchsorted(prefix, prefix, side="right")
    later = ends - np.arange(prefix.size) - 1
    left = np.repeat(np.arange(prefix.size), later)
    return left, left + 1 + np.arange(left.size) - np.repeat(np.cumsum(later) - later, later)


def _frequent(bits: Bits, left: IntArray, right: IntArray, minimum: int) -> tuple[IntArray, IntArray]:
    step = max(1, _WORDS // max(1, bits.shape[1]))
    counts = np.empty(left.size, dtype=np.int64)
    for start in range(0, left.size, step):
        both = bits[left[start : start + step]] & bits[right[start : start + step]]
        counts[start : start + step] = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
    kept = np.flatnonzero(counts >= minimum)
    return kept, counts[kept]
