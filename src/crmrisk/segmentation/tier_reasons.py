"""Why a customer is in a tier, in words, for many customers of one review at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.segmentation.conditions import as_written
from crmrisk.segmentation.facts import complete
from crmrisk.segmentation.tier_decisions import DECISIONS, TierDecision

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import IntArray, ObjectArray
    from crmrisk.segmentation.conditions import Shift
    from crmrisk.segmentation.facts import Facts
    from crmrisk.segmentation.tier_policy import TierPolicy

__all__ = ["Told", "missing_words", "reasons"]


class Told(NamedTuple):
    """Hold what a reason is made of: facts, tiers before and after, decisions, tier awaited, reviews below.

    Examples
    --------
    >>> Told._fields[:3]
    ('facts', 'before', 'tier')
    """

    facts: Facts
    before: IntArray
    tier: IntArray
    decision: IntArray
    awaiting: IntArray
    below: IntArray

    def take(self, rows: IntArray) -> Told:
        """Select customers.

        Parameters
        ----------
        rows
            Positions.

        Examples
        --------
        See `reasons`.
        """
        return Told(self.facts.take(rows), *(array[rows] for array in self[1:]))


def reasons(policy: TierPolicy, told: Told) -> ObjectArray:
    """Say of each customer why the review decided as it did.

    Parameters
    ----------
    policy
        The rules.
    told
        What happened, each ``(n_customers,)``; overridden customers as the policy saw them.

    Returns
    -------
    Text, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> from crmrisk import Portfolio
    >>> from crmrisk.segmentation.facts import PortfolioFacts
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> facts = PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {"revenue": [250]}))
    >>> one = [np.array([place]) for place in (0, 1, DECISIONS.index(TierDecision.PROMOTED), -1, 0)]
    >>> reasons(TierPolicy.from_cuts("revenue", {"gold": 200}), Told(facts, *one)).tolist()
    ['promoted from base to gold: revenue 250 >= 200']
    """
    said: ObjectArray = np.full(len(told.tier), "", dtype=object)
    for place in np.unique(told.decision).tolist():
        decided = np.flatnonzero(told.decision == place)
        pairs = np.stack([told.before[decided], told.tier[decided]])
        for before, tier in np.unique(pairs, axis=1).T.tolist():
            rows = decided[(pairs[0] == before) & (pairs[1] == tier)]
            said[rows] = _sentences(policy, told.take(rows), before, tier)
    return said


def _sentences(policy: TierPolicy, told: Told, before: int, tier: int) -> ObjectArray:
    decision = DECISIONS[told.decision[0]]
    name, was = policy.names[tier], policy.names[before]
    if decision is TierDecision.UNRATED:
        return _said("evidence missing", missing_words(policy, told.facts), f"; {name} kept" if tier >= 0 else "")
    if decision is TierDecision.NOT_IN_FORCE:
        return _constant(f"the policy is in force from {str(policy.effective_from).removesuffix(' 00:00:00')} on", told)
    if decision is TierDecision.AWAITS_APPROVAL:
        return _awaited(policy, told, tier)
    opening, (words, shift) = {
        TierDecision.FIRST: (f"first classified as {name}: ", (_own, as_written)),
        TierDecision.PROMOTED: (f"promoted from {was} to {name}: ", (_own, policy.promotion)),
        TierDecision.DEMOTED: (f"demoted from {was} to {name}: ", (_short(before), policy.demotion)),
        TierDecision.KEPT: (f"kept {name}: ", (_own, as_written)),
        TierDecision.KEPT_IN_BAND: (f"kept {name} inside the demotion band: ", (_own, policy.demotion)),
        TierDecision.KEPT_SHORT: (f"kept {name} short of promotion: ", (_aspired, policy.promotion)),
        TierDecision.KEPT_FOR_NOW: (f"kept {name} for now: ", (_short(tier), policy.demotion)),
        TierDecision.IN_GRACE: (f"kept {name} in the grace of a newcomer: ", (_short(tier), policy.demotion)),
        TierDecision.PROTECTED: (f"kept {name}, protected: ", (_short(tier), policy.demotion)),
    }[decision]
    return _said(opening, words(policy, told, shift), _ending(policy, told, decision))


def _awaited(policy: TierPolicy, told: Told, tier: int) -> ObjectArray:
    """Say which tier awaits approval, and what would have moved the customers there."""
    said: ObjectArray = np.full(len(told.tier), "", dtype=object)
    for place in np.unique(told.awaiting).tolist():
        rows = np.flatnonzero(told.awaiting == place)
        words, shift = (_own, policy.promotion) if place > tier else (_short(tier), policy.demotion)
        opening = f"kept {policy.names[tier]} until {policy.names[place]} is approved: "
        said[rows] = _said(opening, words(policy, told.take(rows), shift))
    return said


def _own(policy: TierPolicy, told: Told, shift: Shift) -> ObjectArray:
    """Say which criteria the customers meet: of the highest tier met, or for the lowest tier, what is missing above."""
    met = policy.ranks(told.facts, shift)
    said: ObjectArray = np.full(len(met), "", dtype=object)
    for place in np.unique(np.maximum(met, 1)).tolist():
        rows = np.flatnonzero(np.maximum(met, 1) == place)
        criteria = policy.tiers[place].criteria
        if criteria is not None:
            words = criteria.words(told.facts.take(rows), shift)
            said[rows] = np.where(met[rows] == 0, f"not {policy.names[place]}, " + words, words)
    return said


def _aspired(policy: TierPolicy, told: Told, shift: Shift) -> ObjectArray:
    """Say what is missing to a promotion, of the tier whose criteria are met as they are written."""
    met = policy.ranks(told.facts)
    said: ObjectArray = np.full(len(met), "", dtype=object)
    for place in np.unique(met).tolist():
        criteria, rows = policy.tiers[place].criteria, np.flatnonzero(met == place)
        if criteria is not None:
            said[rows] = _said(f"not {policy.names[place]}, ", criteria.words(told.facts.take(rows), shift))
    return said


def _short(tier: int) -> Callable[[TierPolicy, Told, Shift], ObjectArray]:
    """Say which criteria of a tier the customers no longer meet."""

    def words(policy: TierPolicy, told: Told, shift: Shift) -> ObjectArray:
        criteria = policy.tiers[tier].criteria
        return _constant("", told) if criteria is None else criteria.words(told.facts, shift)

    return words


def _ending(policy: TierPolicy, told: Told, decision: TierDecision) -> ObjectArray:
    if decision is TierDecision.KEPT_FOR_NOW:
        return np.array([f", review {count} of {policy.dwell} in a row" for count in told.below], dtype=object)
    if decision is TierDecision.DEMOTED and policy.dwell > 1:
        return _constant(f", for {policy.dwell} reviews in a row", told)
    return np.array([f"; {policy.names[a]} awaits approval" if a >= 0 else "" for a in told.awaiting], dtype=object)


def _said(*parts: str | ObjectArray) -> ObjectArray:
    said: ObjectArray = np.asarray(parts[0], dtype=object)
    for part in parts[1:]:
        said = np.asarray(said + part, dtype=object)
    return said


def missing_words(policy: TierPolicy, facts: Facts) -> ObjectArray:
    """Name the required inputs that each customer lacks.

    Parameters
    ----------
    policy
        The rules.
    facts
        What is known.

    Returns
    -------
    Text such as ``": revenue, need"``, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> from crmrisk.segmentation.facts import PortfolioFacts
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"revenue": [None]})
    >>> missing_words(TierPolicy.from_cuts("revenue", {"gold": 200}), PortfolioFacts(book)).tolist()
    [': revenue']
    """
    said: ObjectArray = np.full(len(facts), "", dtype=object)
    for each in policy.inputs:
        absent = ~complete(facts, [each])
        opening: ObjectArray = np.where(said == "", ": ", said + ", ").astype(object)
        said = np.where(absent, opening + each.name, said)
    unseen = ~facts.present() & (said == "")
    return np.where(unseen, ": not in the book", said).astype(object)


def _constant(text: str, told: Told) -> ObjectArray:
    return np.full(len(told.tier), text, dtype=object)
