"""From rules to the next item: what goes with what is in the basket already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import is_whole, refuse
from crmrisk.core.errors import Problem
from crmrisk.segmentation.baskets.given import items_asked
from crmrisk.segmentation.baskets.rule import Recommendation

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray
    from crmrisk.segmentation.baskets.itemsets import FrequentItemsets
    from crmrisk.segmentation.baskets.rules import AssociationRules, Measure

__all__ = ["recommended"]


def recommended(rules: AssociationRules, basket: Iterable[Any], *, n: int, by: Measure) -> tuple[Recommendation, ...]:
    """Name the items that go with a basket, each with its best rule.

    Parameters
    ----------
    rules
        To choose from.
    basket
        The items in it.
    n
        The most items to name.
    by
        The measure by which rules are compared.

    Raises
    ------
    InvalidValueError
        If the basket is no collection of items, or a setting is none.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import association_rules
    >>> rules = association_rules([["tea", "cup"], ["tea", "cup"], ["pot"]], min_support=0.5)
    >>> [each.item for each in recommended(rules, ["tea", "saucer"], n=3, by="lift")]
    ['cup']
    """
    refuse(_problems(basket, n))
    holds, lacks = _inside(rules.itemsets, set(items_asked(basket, where="basket")))
    fitting = holds[rules.splits.antecedent] & lacks[rules.splits.consequent] & (rules.lift > 1.0)
    best = rules.take(fitting).sort("support").sort(by, descending=by not in {"p_value", "q_value"})
    first: dict[Any, int] = {}
    for row, items in enumerate(best.consequents):
        for item in items:
            first.setdefault(item, row)
        if len(first) >= n:
            break
    chosen = list(first.items())[:n]
    rows = best.take([row for _, row in chosen]).rows()
    return tuple(Recommendation(item=item, because=rule) for (item, _), rule in zip(chosen, rows, strict=True))


def _inside(itemsets: FrequentItemsets, basket: set[Any]) -> tuple[BoolArray, BoolArray]:
    """Tell of each itemset whether the basket holds all of it, and whether it holds none of it."""
    held = np.array([item in basket for item in itemsets.items.tolist()], dtype=np.bool_)
    holds = np.append(held, True)[itemsets.padded].all(axis=1)
    lacks = ~np.append(held, False)[itemsets.padded].any(axis=1)
    return np.asarray(holds), np.asarray(lacks)


def _problems(basket: object, n: object) -> list[Problem]:
    problems = []
    if not isinstance(basket, Iterable) or isinstance(basket, str | bytes):
        allowed = 'items, e.g. ["tea", "cup"]'
        problems.append(Problem(what="no collection of items", where="basket", allowed=allowed, got=repr(basket)[:100]))
    if not is_whole(n) or n < 1:  # type: ignore[operator]  # it is whole
        problems.append(Problem(what="no number of items", where="n", allowed="at least 1", got=repr(n)[:100]))
    return problems
