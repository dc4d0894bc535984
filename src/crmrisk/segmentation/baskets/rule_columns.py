"""The measures of rules in columns: places among itemsets on one side, what they mean on the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmrisk.segmentation.baskets import measures
from crmrisk.segmentation.baskets.intervals import confidence_limits, lift_limits
from crmrisk.segmentation.baskets.measures import RuleCounts

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.segmentation.baskets.itemsets import FrequentItemsets
    from crmrisk.segmentation.baskets.splitting import Splits

__all__ = ["RuleColumns"]


@dataclass(frozen=True, eq=False, repr=False)
class RuleColumns:
    """Hold rules as places among itemsets, and compute any measure when it is asked for.

    Parameters
    ----------
    itemsets
        What was found; both sides of a rule are among them.
    splits
        Antecedent, consequent and both together, as places in ``itemsets``, ``(n_rules,)`` each.
    level
        Nominal coverage of the intervals.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import frequent_itemsets
    >>> from crmrisk.segmentation.baskets.splitting import splits_of
    >>> found = frequent_itemsets([["tea", "cup"], ["tea"]], min_support=0.5)
    >>> RuleColumns(found, splits_of(found), level=0.95).confidence
    array([1. , 0.5])
    """

    itemsets: FrequentItemsets
    splits: Splits
    level: float

    @cached_property
    def counts(self) -> RuleCounts:
        """The counts of baskets behind each rule."""
        return RuleCounts(self.itemsets.n_baskets, *(self.itemsets.counts[places] for places in self.splits))

    @property
    def antecedents(self) -> tuple[tuple[Any, ...], ...]:
        """The items each rule starts from, sorted."""
        return self._items(self.splits.antecedent)

    @property
    def consequents(self) -> tuple[tuple[Any, ...], ...]:
        """The items each rule leads to, sorted."""
        return self._items(self.splits.consequent)

    def _items(self, places: IntArray) -> tuple[tuple[Any, ...], ...]:
        itemsets = self.itemsets.itemsets
        return tuple(itemsets[place] for place in places.tolist())

    @property
    def support(self) -> FloatArray:
        """The share of all baskets that hold both sides, ``(n_rules,)``."""
        return self.counts.both / self.counts.n

    @property
    def antecedent_support(self) -> FloatArray:
        """The share of all baskets that hold the antecedents, ``(n_rules,)``."""
        return self.counts.antecedent / self.counts.n

    @property
    def consequent_support(self) -> FloatArray:
        """The share of all baskets that hold the consequents, ``(n_rules,)``."""
        return self.counts.consequent / self.counts.n

    @property
    def confidence(self) -> FloatArray:
        """The share of baskets with the antecedents that hold the consequents too, ``(n_rules,)``."""
        return measures.confidence(self.counts)

    @property
    def confidence_interval(self) -> tuple[FloatArray, FloatArray]:
        """Wilson's interval of the confidence, ``(n_rules,)`` each."""
        return confidence_limits(self.counts, self.level)

    @property
    def lift(self) -> FloatArray:
        """How many times more often the sides meet than if they were independent, ``(n_rules,)``."""
        return measures.lift(self.counts)

    @property
    def lift_interval(self) -> tuple[FloatArray, FloatArray]:
        """The interval of the lift, on the scale of its logarithm, ``(n_rules,)`` each."""
        return lift_limits(self.counts, self.level)

    @property
    def leverage(self) -> FloatArray:
        """The share of all baskets above that of independence, ``(n_rules,)``."""
        return measures.leverage(self.counts)

    @property
    def conviction(self) -> FloatArray:
        """How many times more often the rule would fail under independence, ``(n_rules,)``; inf if it never fails."""
        return measures.conviction(self.counts)

    @property
    def zhang(self) -> FloatArray:
        """Zhang's measure, -1 to 1, ``(n_rules,)``."""
        return measures.zhang(self.counts)
