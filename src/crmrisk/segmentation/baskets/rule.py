"""One association rule, as a row to talk about."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value

__all__ = ["AssociationRule", "Recommendation"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class AssociationRule(Value):
    """Say that baskets with some items hold others too, how often, and how sure that is.

    Parameters
    ----------
    antecedents, consequents
        Items, sorted.
    count
        Baskets that hold all of them.
    support, antecedent_support, consequent_support
        Shares of all baskets that hold all items, the antecedents, the consequents.
    confidence
        The share of baskets with the antecedents that hold the consequents too.
    confidence_low, confidence_high
        Its Wilson interval.
    lift
        How many times more often they meet than if they were independent.
    lift_low, lift_high
        Its interval.
    leverage
        The share of all baskets above that of independence.
    conviction
        How many times more often the rule would fail if they were independent; ``None`` where it never fails, because
        JSON has no infinity.
    zhang
        Zhang's measure, -1 to 1.
    p_value
        Fisher's exact test, one-sided.
    q_value
        The expected share of chance finds among this rule and all with a smaller p.
    stability
        The share of resamples in which the rule is found again, where it was measured.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import association_rules
    >>> rule = association_rules([["tea", "cup"], ["tea", "cup"], ["tea"], ["pot"]], min_support=0.5)[0]
    >>> print(rule)
    cup -> tea: confidence 1 [0.3424, 1], lift 1.333, in 2 baskets, q 0.5
    """

    antecedents: tuple[str | int, ...]
    consequents: tuple[str | int, ...]
    count: int
    support: float
    antecedent_support: float
    consequent_support: float
    confidence: float
    confidence_low: float
    confidence_high: float
    lift: float
    lift_low: float
    lift_high: float
    leverage: float
    conviction: float | None
    zhang: float
    p_value: float
    q_value: float
    stability: float | None = None

    def __str__(self) -> str:
        sides = " -> ".join(", ".join(map(str, side)) for side in (self.antecedents, self.consequents))
        limits = f"[{self.confidence_low:.4g}, {self.confidence_high:.4g}]"
        q = f"q {self.q_value:.2g}" if self.q_value > 0.0 else "q < 1e-307"
        found = f"lift {self.lift:.4g}, in {self.count:,} baskets, {q}"
        return f"{sides}: confidence {self.confidence:.4g} {limits}, {found}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Recommendation(Value):
    """Name an item that goes with a basket, and the rule that says so.

    Parameters
    ----------
    item
        What to offer.
    because
        The rule.

    Examples
    --------
    >>> from crmrisk.segmentation.baskets import association_rules
    >>> rules = association_rules([["tea", "cup"], ["tea", "cup"], ["tea"], ["pot"]], min_support=0.5)
    >>> print(rules.recommend(["cup"])[0])
    tea, because cup -> tea: confidence 1 [0.3424, 1], lift 1.333, in 2 baskets, q 0.5
    """

    item: str | int
    because: AssociationRule

    def __str__(self) -> str:
        return f"{self.item}, because {self.because}"
