"""Whether rules would be found again in another sample of baskets: the bootstrap, over all rules at once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole, kind_problems, random_source_problems, refuse, seeded
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import named_rows, refuse_other_order
from crmrisk.segmentation.baskets.baskets import Baskets

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy.sparse import csr_array

    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.segmentation.baskets.itemsets import FrequentItemsets
    from crmrisk.segmentation.baskets.rules import AssociationRules

__all__ = ["found_again"]

_BYTES = 1 << 24  # of bits that are unpacked at once


def found_again(
    rules: AssociationRules,
    baskets: Baskets,
    *,
    clusters: ArrayLike | None,
    resamples: int,
    rng: np.random.Generator | None,
) -> FloatArray:
    """Return the share of resamples in which each rule passes its bounds again.

    Parameters
    ----------
    rules
        What was found.
    baskets
        Where.
    clusters
        Who each basket belongs to.
    resamples
        How many.
    rng
        Source of randomness.

    Returns
    -------
    Shares in 0..1, ``(n_rules,)``.

    Raises
    ------
    InvalidValueError
        If a setting is none, or the baskets are others.

    Examples
    --------
    See `AssociationRules`.
    """
    refuse(_problems(rules, baskets, resamples), random_source_problems(rng, optional=True))
    weights = _weights(_groups(clusters, baskets), resamples, seeded(rng))
    if not len(rules):
        return np.empty(0)
    used, sides = np.unique(np.concatenate(rules.splits), return_inverse=True)
    counts = _held(baskets, rules.itemsets, used) @ weights
    antecedent, consequent, both = (counts[places] for places in sides.reshape(3, -1))
    n = weights.sum(axis=0)
    lift_up = both * n - antecedent * consequent  # the sign of lift - 1, in whole numbers
    lifted = both * n >= rules.min_lift * antecedent * consequent
    passed = (both >= rules.itemsets.min_support * n) & (both >= rules.min_confidence * antecedent) & (both > 0)
    same_side = np.sign(lift_up) == np.sign(rules.lift - 1.0)[:, np.newaxis]
    return np.asarray((passed & lifted & same_side).mean(axis=1), dtype=np.float64)


def _problems(rules: AssociationRules, baskets: object, resamples: object) -> list[Problem]:
    problems = kind_problems(baskets, Baskets, where="baskets")
    if isinstance(baskets, Baskets):
        same = len(baskets) == rules.itemsets.n_baskets and np.array_equal(baskets.items, rules.itemsets.items)
        allowed = "those the rules come from"
        problems += [] if same else [Problem(what="other baskets", where="baskets", allowed=allowed, got=repr(baskets))]
    if not is_whole(resamples) or resamples < 1:  # type: ignore[operator]  # it is whole
        problems.append(Problem(what="no number", where="resamples", allowed="at least 1", got=repr(resamples)[:100]))
    return problems


def _groups(clusters: ArrayLike | None, baskets: Baskets) -> IntArray:
    """Return the number of each owner by name, or of each basket by what it holds: order draws no other resamples."""
    n = len(baskets)
    if hasattr(clusters, "index"):
        refuse_other_order(baskets=named_rows(baskets.basket_id), clusters=clusters)
    if clusters is None:
        return _by_content(baskets)
    from pandas import factorize  # noqa: PLC0415 - takes long to import

    given = np.asarray(clusters, dtype=None if hasattr(clusters, "dtype") else object)
    if given.shape != (n,):
        got = str(given.shape)
        raise InvalidValueError(Problem(what="not one per basket", where="clusters", allowed=f"({n},)", got=got))
    codes, _ = factorize(given, sort=True)
    missing = int((codes < 0).sum())
    if missing:
        raise InvalidValueError(Problem(what=f"{missing} missing", where="clusters", allowed="one per basket"))
    return codes.astype(np.int64)


def _by_content(baskets: Baskets) -> IntArray:
    """Rank baskets by their items; which of two equal ones comes first makes no difference."""
    ends = np.searchsorted(baskets.rows, np.arange(len(baskets) + 1)).tolist()
    held = [baskets.members[start:end].tobytes() for start, end in pairwise(ends)]
    ranks = np.empty(len(held), dtype=np.int64)
    ranks[sorted(range(len(held)), key=held.__getitem__)] = np.arange(len(held))
    return ranks


def _weights(groups: IntArray, resamples: int, rng: np.random.Generator) -> IntArray:
    """Draw how often each basket is in each resample, ``(n_baskets, resamples)``."""
    n = int(groups.max()) + 1
    drawn = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(resamples)], axis=1)
    return drawn[groups].astype(np.int64)


def _held(baskets: Baskets, itemsets: FrequentItemsets, used: IntArray) -> csr_array:
    """Return which baskets hold which itemsets, sparse, ``(n_used, n_baskets)``."""
    from scipy.sparse import csr_array, vstack  # noqa: PLC0415 - takes long to import

    members = itemsets.padded[used]
    items, at = np.unique(members, return_inverse=True)
    bits = _bits(baskets, items)[at.reshape(members.shape)]
    together = np.bitwise_and.reduce(bits, axis=1)
    step = max(1, _BYTES // len(baskets))
    parts = [
        csr_array(np.unpackbits(together[start : start + step], axis=1, count=len(baskets)).astype(np.int64))
        for start in range(0, len(used), step)
    ]
    return csr_array(vstack(parts))


def _bits(baskets: Baskets, items: IntArray) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Return one row of bits per item: which baskets hold it; all of them for -1, which fills up short itemsets."""
    bits = np.empty((items.size, -(-len(baskets) // 8)), dtype=np.uint8)
    order = np.argsort(baskets.members, kind="stable")
    starts = np.searchsorted(baskets.members[order], [items, items + 1])
    for row, (start, end) in enumerate(zip(*starts.tolist(), strict=True)):
        held = np.zeros(len(baskets), dtype=np.bool_)
        held[baskets.rows[order[start:end]]] = True
        bits[row] = np.packbits(held | (items[row] < 0))
    return bits
