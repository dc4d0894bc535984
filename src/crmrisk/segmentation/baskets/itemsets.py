"""Frequent itemsets: what is bought together in at least a given share of all baskets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, refuse
from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray, same_arrays
from crmrisk.core.errors import Problem
from crmrisk.segmentation.baskets.baskets import Baskets
from crmrisk.segmentation.baskets.mining import Level, mined

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FrequentItemsets", "frequent_itemsets"]

MOST_ITEMSETS = 2_000_000


@dataclass(frozen=True, eq=False, repr=False)
class FrequentItemsets:
    """Hold the itemsets that enough baskets hold: the shorter first, then by the order of their items.

    Parameters
    ----------
    items
        All items there are, sorted, ``(n_items,)``.
    n_baskets
        How many baskets were searched.
    min_support
        The least share of baskets.
    max_length
        The longest itemset looked for; ``None`` for no bound.
    levels
        The itemsets of each length.

    Examples
    --------
    >>> found = frequent_itemsets([["tea", "cup"], ["tea", "cup", "pot"], ["tea"]], min_support=0.6)
    >>> found
    FrequentItemsets(3 in at least 60 % of 3 baskets, up to 2 items)
    >>> dict(zip(found.itemsets, found.support.round(2).tolist()))
    {('cup',): 0.67, ('tea',): 1.0, ('cup', 'tea'): 0.67}
    """

    items: ObjectArray
    n_baskets: int
    min_support: float
    max_length: int | None
    levels: tuple[Level, ...]

    def __len__(self) -> int:
        return sum(len(level.members) for level in self.levels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrequentItemsets):
            return NotImplemented
        settings = [(each.n_baskets, each.min_support, each.max_length, len(each.levels)) for each in (self, other)]
        return (
            settings[0] == settings[1]
            and same_arrays(self.items, other.items)
            and all(
                same_arrays(mine.members, its.members) and same_arrays(mine.counts, its.counts)
                for mine, its in zip(self.levels, other.levels, strict=True)
            )
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        longest = int(self.length.max(initial=0))
        share = f"{100 * self.min_support:g} % of {self.n_baskets:,} baskets"
        return f"FrequentItemsets({len(self):,} in at least {share}, up to {longest} items)"

    @cached_property
    def counts(self) -> IntArray:
        """How many baskets hold each, ``(n_itemsets,)``."""
        return np.concatenate([np.empty(0, dtype=np.int64), *(level.counts for level in self.levels)])

    @property
    def support(self) -> FloatArray:
        """The share of baskets that hold each, ``(n_itemsets,)``."""
        return self.counts / self.n_baskets

    @property
    def length(self) -> IntArray:
        """How many items each has, ``(n_itemsets,)``."""
        return np.repeat([level.length for level in self.levels], [len(level.members) for level in self.levels])

    @cached_property
    def itemsets(self) -> tuple[tuple[Any, ...], ...]:
        """The items of each, sorted."""
        return tuple(items for level in self.levels for items in map(tuple, self.items[level.members].tolist()))

    @property
    def rules_tried(self) -> int:
        """How many rules were tried on the way: each split of each set that was counted, rare ones too."""
        return sum(level.counted * (2**level.length - 2) for level in self.levels)

    @cached_property
    def padded(self) -> IntArray:
        """Places of the items of each, filled up with -1, ``(n_itemsets, longest)``."""
        places = np.full((len(self), max(1, self.levels[-1].length)), -1, dtype=np.int64)
        ends = np.cumsum([len(level.members) for level in self.levels]).tolist()
        for level, end in zip(self.levels, ends, strict=True):
            places[end - len(level.members) : end, : level.length] = level.members
        return places

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per itemset.

        Examples
        --------
        >>> frequent_itemsets([["tea"], ["tea", "cup"]], min_support=1).frame()
           support itemset  length  count
        0      1.0  (tea,)       1      2
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        columns = {"support": self.support, "itemset": list(self.itemsets), "length": self.length, "count": self.counts}
        return pd.DataFrame(columns).astype({"itemset": object})


def frequent_itemsets(
    baskets: Any,
    *,
    min_support: float,
    max_length: int | None = None,
    max_itemsets: int = MOST_ITEMSETS,
) -> FrequentItemsets:
    """Find every set of items that at least a given share of baskets holds.

    Parameters
    ----------
    baskets
        `Baskets`, or what `Baskets.of` reads: lists of items, a frame of truth values, a frame of ``basket`` and
        ``item``.
    min_support
        The least share of baskets, in (0, 1].
    max_length
        The longest itemset to look for; ``None`` for no bound.
    max_itemsets
        Give up beyond that many, because the number can double with every item of a basket.

    Returns
    -------
    The same itemsets in the same order however baskets and items were ordered.

    Raises
    ------
    InvalidValueError
        If a setting is none, or there are more itemsets than ``max_itemsets``.
    RecordError
        If the baskets are none.
    SchemaError
        If a frame holds no baskets.

    References
    ----------
    Agrawal, R., Imielinski, T. and Swami, A. (1993). Mining association rules between sets of items in large databases.
    *SIGMOD Record* 22, 207-216.

    Examples
    --------
    See `FrequentItemsets`.
    """
    refuse(_setting_problems(min_support, max_length, max_itemsets))
    held = Baskets.of(baskets)
    share = float(min_support)
    levels = mined(held, _least_count(share, len(held)), max_length=max_length, limit=max_itemsets)
    return FrequentItemsets(held.items, len(held), share, max_length, levels)


def _setting_problems(min_support: object, max_length: object, max_itemsets: object) -> list[Problem]:
    problems = []
    if not (is_number(min_support) and 0.0 < float(min_support) <= 1.0):  # type: ignore[arg-type]  # it is a number
        problems.append(Problem(what="no share", where="min_support", allowed="0 < share <= 1", got=repr(min_support)))
    if not (max_length is None or (is_whole(max_length) and max_length >= 1)):  # type: ignore[operator]  # it is whole
        allowed = "a whole number of at least 1, or None"
        problems.append(Problem(what="no length", where="max_length", allowed=allowed, got=repr(max_length)))
    if not (is_whole(max_itemsets) and max_itemsets >= 1):  # type: ignore[operator]  # it is whole
        problems.append(Problem(what="no number", where="max_itemsets", allowed="at least 1", got=repr(max_itemsets)))
    return problems


def _least_count(share: float, n: int) -> int:
    """Return the smallest count whose share of n is at least ``share``, free of rounding: 7 of 100 are 0.07."""
    count = math.ceil(share * n)
    return max(1, count - 1 if (count - 1) / n >= share else count)
