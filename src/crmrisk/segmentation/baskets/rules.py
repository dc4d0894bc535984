"""Rules and their measures in columns: sorted, filtered, resampled, asked for the next item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import is_number, is_whole, refuse
from crmrisk.core.arrays import FloatArray, same_arrays
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.baskets.recommending import recommended
from crmrisk.segmentation.baskets.rule import AssociationRule, Recommendation
from crmrisk.segmentation.baskets.rule_columns import RuleColumns
from crmrisk.segmentation.baskets.splitting import Splits
from crmrisk.segmentation.baskets.stability import found_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray
    from crmrisk.segmentation.baskets.baskets import Baskets

__all__ = ["AssociationRules", "Measure", "bound_problems"]

Measure: TypeAlias = Literal[
    "support", "confidence", "lift", "leverage", "conviction", "zhang", "p_value", "q_value", "stability",
    "antecedent_support", "consequent_support",
]  # fmt: skip
"""What rules can be sorted by."""


@dataclass(frozen=True, eq=False, repr=False)
class AssociationRules(RuleColumns):
    """Hold rules and their measures, one row per rule; `association_rules` makes them.

    Parameters
    ----------
    itemsets
        What was found; both sides of a rule are among them.
    splits
        Antecedent, consequent and both together, as places in ``itemsets``, ``(n_rules,)`` each.
    level
        Nominal coverage of the intervals.
    p_value
        Fisher's exact test, one-sided, ``(n_rules,)``.
    q_value
        Benjamini-Hochberg's q over all rules tried, ``(n_rules,)``.
    tried
        How many rules were tried; filtering does not change it.
    min_confidence, min_lift
        The thresholds the rules passed.
    stability
        The share of resamples in which each rule is found again, ``(n_rules,)``, where `with_stability` measured it.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import association_rules
    >>> orders = [["tea", "cup"], ["tea", "cup", "pot"], ["tea"], ["pot"], ["tea", "cup"]]
    >>> rules = association_rules(orders, min_support=0.4, min_confidence=0.7)
    >>> rules
    AssociationRules(2 rules kept, 6 tried, 5 baskets)
    >>> print(rules.sort("confidence")[0])
    cup -> tea: confidence 1 [0.4385, 1], lift 1.25, in 3 baskets, q 1
    >>> rules.antecedents, rules.consequents
    ((('cup',), ('tea',)), (('tea',), ('cup',)))
    """

    p_value: FloatArray
    q_value: FloatArray
    tried: int
    min_confidence: float = 0.0
    min_lift: float = 0.0
    stability: FloatArray | None = None

    def __post_init__(self) -> None:
        columns = [*self.splits, self.p_value, self.q_value, *([] if self.stability is None else [self.stability])]
        for column in columns:
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.p_value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AssociationRules):
            return NotImplemented
        columns = [(*each.splits, each.p_value, each.q_value, each.stability) for each in (self, other)]
        settings = [(each.tried, each.min_confidence, each.min_lift, each.level) for each in (self, other)]
        same = all(same_arrays(mine, its) for mine, its in zip(*columns, strict=True))
        return same and settings[0] == settings[1] and self.itemsets == other.itemsets

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        counts = f"{len(self):,} rules kept, {self.tried:,} tried, {self.itemsets.n_baskets:,} baskets"
        return f"AssociationRules({counts})"

    def __getitem__(self, row: int) -> AssociationRule:
        """Return one rule."""
        if not is_whole(row):
            raise InvalidValueError(
                Problem(what="no row", where="AssociationRules", allowed="a whole number", got=repr(row)[:100])
            )
        return self.take([range(len(self))[row]]).rows()[0]  # an IndexError ends loops over a sequence

    def __iter__(self) -> Iterator[AssociationRule]:
        return iter(self.rows())

    def take(self, rows: ArrayLike) -> AssociationRules:
        """Keep some rules, in the order given.

        Parameters
        ----------
        rows
            Places, or one truth value per rule.

        Raises
        ------
        InvalidValueError
            If there are no such rules.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import association_rules
        >>> rules = association_rules([["tea", "cup"]], min_support=1)
        >>> len(rules), len(rules.take([0]))
        (2, 1)
        """
        at = _places(rows, len(self))
        kept = None if self.stability is None else self.stability[at]
        splits = Splits(*(places[at] for places in self.splits))
        return replace(self, splits=splits, p_value=self.p_value[at], q_value=self.q_value[at], stability=kept)

    def sort(self, by: Measure = "lift", *, descending: bool = True) -> AssociationRules:
        """Order the rules by a measure; those that tie keep their order.

        Parameters
        ----------
        by
            The measure.
        descending
            Whether the largest come first.

        Raises
        ------
        InvalidValueError
            If there is no such measure, or stability was not measured.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import association_rules
        >>> rules = association_rules([["tea", "cup"], ["tea"]], min_support=0.5)
        >>> rules.sort("confidence").confidence
        array([1. , 0.5])
        """
        values = getattr(self, by) if isinstance(by, str) and by in get_args(Measure) else None
        if values is None:
            remedy = "measure it first: rules.with_stability(baskets)" if by == "stability" else ""
            allowed = ", ".join(get_args(Measure))
            raise InvalidValueError(
                Problem(what="no such measure", where="by", allowed=allowed, got=repr(by)[:100], remedy=remedy)
            )
        return self.take(np.argsort(-values if descending else values, kind="stable"))

    def filter(
        self,
        *,
        min_support: float = 0.0,
        min_confidence: float = 0.0,
        min_lift: float = 0.0,
        max_p_value: float = 1.0,
        max_q_value: float = 1.0,
        item: str | int | None = None,
    ) -> AssociationRules:
        """Keep the rules that pass every bound; q and the number tried stay what they are.

        Parameters
        ----------
        min_support, min_confidence, min_lift
            Lower bounds, inclusive.
        max_p_value, max_q_value
            Upper bounds, inclusive.
        item
            An item on either side.

        Raises
        ------
        InvalidValueError
            If a bound is no number, or no share.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import association_rules
        >>> rules = association_rules([["tea", "cup"], ["tea"]], min_support=0.5)
        >>> rules.filter(min_confidence=0.8)
        AssociationRules(1 rules kept, 2 tried, 2 baskets)
        """
        low = {"support": min_support, "confidence": min_confidence, "lift": min_lift}
        high = {"p_value": max_p_value, "q_value": max_q_value}
        named = {f"min_{name}": bound for name, bound in low.items()} | {f"max_{n}": b for n, b in high.items()}
        refuse(bound_problems(named))
        kept = np.ones(len(self), dtype=np.bool_)
        for name, bound in low.items():
            kept &= getattr(self, name) >= bound
        for name, bound in high.items():
            kept &= getattr(self, name) <= bound
        if item is not None:
            kept &= (self.itemsets.items[self.itemsets.padded] == item)[self.splits.both].any(axis=1)
        return replace(
            self.take(kept),
            min_confidence=max(self.min_confidence, min_confidence),
            min_lift=max(self.min_lift, min_lift),
        )

    def with_stability(
        self,
        baskets: Baskets,
        *,
        clusters: ArrayLike | None = None,
        resamples: int = 200,
        rng: np.random.Generator | None = None,
    ) -> AssociationRules:
        """Measure in how many bootstrap resamples of the baskets each rule is found again.

        It is found again where support, confidence and lift pass the bounds it passed here, and the lift is on the same
        side of 1.

        Parameters
        ----------
        baskets
            Those the rules come from.
        clusters
            Who each basket belongs to, ``(n_baskets,)``: whole customers are drawn then, because the orders of one
            customer resemble each other.
        resamples
            How many.
        rng
            Source of randomness; ``None`` starts the same way every time.

        Returns
        -------
        The same rules with ``stability``.

        Raises
        ------
        InvalidValueError
            If a setting is none, or the baskets are others.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import Baskets, association_rules
        >>> baskets = Baskets.from_lists([["tea", "cup"], ["tea", "cup"], ["tea"], ["pot"]] * 25)
        >>> rules = association_rules(baskets, min_support=0.3, min_confidence=0.6)
        >>> rules.with_stability(baskets).stability
        array([1.   , 0.895])
        """
        stability = found_again(self, baskets, clusters=clusters, resamples=resamples, rng=rng)
        return replace(self, stability=stability)

    def recommend(self, basket: Iterable[Any], *, n: int = 5, by: Measure = "confidence") -> tuple[Recommendation, ...]:
        """Name the items that go with a basket, the best first, each with its best rule.

        Only rules whose antecedents the basket holds, whose consequents it lacks, and whose lift is above 1 count.

        Parameters
        ----------
        basket
            The items in it; those no rule knows are ignored.
        n
            The most items to name.
        by
            The measure by which rules are compared; ties go to the more frequent.

        Raises
        ------
        InvalidValueError
            If the basket is no collection of items, or a setting is none.

        Examples
        --------
        See `Recommendation`.
        """
        return recommended(self, basket, n=n, by=by)

    def rows(self) -> list[AssociationRule]:
        """Return one typed row per rule.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import association_rules
        >>> association_rules([["tea", "cup"], ["tea"]], min_support=0.5).rows()[0].lift
        1.0
        """
        columns = self._columns()
        columns["conviction"] = [None if np.isinf(value) else value for value in columns["conviction"].tolist()]
        lists = {n: column.tolist() if hasattr(column, "tolist") else column for n, column in columns.items()}
        return [
            AssociationRule(**dict(zip(lists, values, strict=True))) for values in zip(*lists.values(), strict=True)
        ]

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per rule; conviction is inf where a rule never fails.

        Examples
        --------
        >>> from crmrisk.segmentation.baskets import association_rules
        >>> frame = association_rules([["tea", "cup"], ["tea"]], min_support=0.5).frame()
        >>> frame[["antecedents", "consequents", "support", "confidence", "lift"]]
          antecedents consequents  support  confidence  lift
        0      (cup,)      (tea,)      0.5         1.0   1.0
        1      (tea,)      (cup,)      0.5         0.5   1.0
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {n: pd.Series(c, dtype=object if isinstance(c, list) else None) for n, c in self._columns().items()}
        )

    def _columns(self) -> dict[str, Any]:
        sides = {"antecedents": list(self.antecedents), "consequents": list(self.consequents)}
        confidence_low, confidence_high = self.confidence_interval
        lift_low, lift_high = self.lift_interval
        return {
            **sides,
            "count": self.counts.both,
            "support": self.support,
            "antecedent_support": self.antecedent_support,
            "consequent_support": self.consequent_support,
            "confidence": self.confidence,
            "confidence_low": confidence_low,
            "confidence_high": confidence_high,
            "lift": self.lift,
            "lift_low": lift_low,
            "lift_high": lift_high,
            "leverage": self.leverage,
            "conviction": self.conviction,
            "zhang": self.zhang,
            "p_value": self.p_value,
            "q_value": self.q_value,
            **({} if self.stability is None else {"stability": self.stability}),
        }


def _places(rows: ArrayLike, n: int) -> IntArray:
    wanted = rows if isinstance(rows, slice) else np.asarray(rows, dtype=None if np.size(rows) else np.int64)
    try:
        return np.atleast_1d(np.arange(n)[wanted])
    except IndexError as error:
        allowed, got = f"places below {n}, or {n} truth values", str(error)[:120]
        raise InvalidValueError(Problem(what="no such rules", where="rows", allowed=allowed, got=got)) from None


def bound_problems(bounds: Mapping[str, float]) -> list[Problem]:
    """Name bounds that are none: all are shares but that of lift.

    Parameters
    ----------
    bounds
        Argument to its value.

    Examples
    --------
    >>> [str(problem) for problem in bound_problems({"min_lift": -1})]
    ['min_lift: no bound; allowed: a number of at least 0; got: -1']
    """
    return [
        Problem(
            what="no bound",
            where=name,
            allowed="a number of at least 0" if name == "min_lift" else "a share, 0 to 1",
            got=repr(bound)[:100],
        )
        for name, bound in bounds.items()
        if not is_number(bound) or bound < 0.0 or (bound > 1.0 and name != "min_lift")
    ]
