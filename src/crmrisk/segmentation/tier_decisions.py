"""One review of all customers at once: who rises, who falls, who stays and which rule kept them.

Everything here is arithmetic on arrays of places on the ladder, -1 for no tier yet; no customer is looked at alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, IntArray
    from crmrisk.segmentation.tier_policy import TierPolicy

__all__ = ["DECISIONS", "Decided", "Seen", "Standing", "TierDecision", "decide"]


class TierDecision(StrEnum):
    """Name what a review decided, and by which rule.

    Examples
    --------
    >>> TierDecision("promoted").is_move
    True
    """

    UNRATED = "evidence missing"
    FIRST = "first classification"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    KEPT = "kept"
    KEPT_IN_BAND = "kept inside the band"
    KEPT_SHORT = "kept short of promotion"
    KEPT_FOR_NOW = "kept for now"
    IN_GRACE = "kept in grace"
    PROTECTED = "protected"
    AWAITS_APPROVAL = "awaits approval"
    OVERRIDDEN = "overridden"
    NOT_IN_FORCE = "not in force"

    @property
    def is_move(self) -> bool:
        """Whether the policy itself moved the customer."""
        return self in {TierDecision.PROMOTED, TierDecision.DEMOTED}


DECISIONS: tuple[TierDecision, ...] = tuple(TierDecision)
"""All decisions; histories hold places in this list."""
_PLACE = {decision: place for place, decision in enumerate(DECISIONS)}


class Standing(NamedTuple):
    """Hold where each customer stands between two reviews, each ``(n_customers,)``.

    `tier` is the place on the ladder, `below` the reviews in a row short of the demotion band, and `best` the highest
    tier that would have kept the customer in one of those.

    Examples
    --------
    >>> Standing.fresh(2).tier
    array([-1, -1])
    """

    tier: IntArray
    below: IntArray
    best: IntArray

    @classmethod
    def fresh(cls, n_customers: int) -> Standing:
        """Begin with nobody classified.

        Parameters
        ----------
        n_customers
            How many.

        Examples
        --------
        See `Standing`.
        """
        zeros = np.zeros(n_customers, dtype=np.int64)
        return cls(zeros - 1, zeros, zeros)


class Seen(NamedTuple):
    """Hold what one review saw: evidence and people's decisions, each ``(n_customers,)``; `approved` one row per tier.

    Examples
    --------
    >>> Seen._fields[:4]
    ('known', 'written', 'promotion', 'demotion')
    """

    known: BoolArray
    written: IntArray
    promotion: IntArray
    demotion: IntArray
    in_grace: BoolArray
    protected: BoolArray
    approved: BoolArray


class Decided(NamedTuple):
    """Hold what one review decided: the new standing, places in `DECISIONS`, and the tier that awaits approval or -1.

    Examples
    --------
    >>> Decided._fields
    ('standing', 'decision', 'awaiting')
    """

    standing: Standing
    decision: IntArray
    awaiting: IntArray


def decide(policy: TierPolicy, standing: Standing, seen: Seen) -> Decided:
    """Review everybody once.

    Parameters
    ----------
    policy
        The rules.
    standing
        Where customers stood before.
    seen
        What the review saw.

    Returns
    -------
    Where they stand now, and why.

    Examples
    --------
    >>> import numpy as np
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> policy = TierPolicy.from_cuts("revenue", {"silver": 100, "gold": 200})
    >>> yes, no = np.array([True]), np.array([False])
    >>> top, bottom = np.array([2]), np.array([0])
    >>> approved = np.ones((3, 1), dtype=bool)
    >>> decided = decide(policy, Standing(top, bottom, bottom), Seen(yes, bottom, bottom, bottom, no, no, approved))
    >>> decided.standing.tier, DECISIONS[decided.decision[0]]
    (array([1]), <TierDecision.DEMOTED: 'demoted'>)
    """
    tier = standing.tier
    first = seen.known & (tier < 0)
    judged = seen.known & (tier >= 0)
    rising = judged & (seen.promotion > tier)
    short = judged & ~rising & (seen.demotion < tier)
    counted = short & ~seen.in_grace & ~seen.protected
    below = np.where(counted, standing.below + 1, np.where(seen.known, 0, standing.below))
    best = np.where(counted & (standing.below > 0), np.maximum(standing.best, seen.demotion), seen.demotion)
    best = np.where(seen.known, best, standing.best)
    due = counted & (below >= policy.dwell)

    wanted, reached = _moves(policy, standing, seen, (first, rising, due), best)
    moved = seen.known & (reached != tier)
    still = Standing(reached, np.where(moved, 0, below), best)
    awaiting = np.where(wanted != reached, wanted, -1)
    rules = (
        (_PLACE[TierDecision.UNRATED], ~seen.known),
        (_PLACE[TierDecision.FIRST], first),
        (_PLACE[TierDecision.PROMOTED], moved & rising),
        (_PLACE[TierDecision.DEMOTED], moved & due),
        (_PLACE[TierDecision.AWAITS_APPROVAL], awaiting >= 0),
        (_PLACE[TierDecision.PROTECTED], short & seen.protected),
        (_PLACE[TierDecision.IN_GRACE], short & seen.in_grace),
        (_PLACE[TierDecision.KEPT_FOR_NOW], short),
        (_PLACE[TierDecision.KEPT_IN_BAND], seen.written < tier),
        (_PLACE[TierDecision.KEPT_SHORT], seen.written > tier),
    )
    decision = np.select([rows for _, rows in rules], [place for place, _ in rules], _PLACE[TierDecision.KEPT])
    return Decided(still, decision, awaiting)


def _moves(
    policy: TierPolicy,
    standing: Standing,
    seen: Seen,
    groups: tuple[BoolArray, BoolArray, BoolArray],
    best: IntArray,
) -> tuple[IntArray, IntArray]:
    """Return the tier that the rules ask for, and the one that approvals allow, ``(n_customers,)`` each."""
    first, rising, due = groups
    tier, top = standing.tier, len(policy.tiers) - 1
    up = np.minimum(seen.promotion, tier + (policy.promotion_steps or top))
    down = np.maximum(best, tier - (policy.demotion_steps or top))
    wanted = np.select([first, rising, due], [seen.written, up, down], tier)
    reached = wanted
    if any(each.needs_approval for each in policy.tiers):
        free = np.array([[not each.needs_approval] for each in policy.tiers]) | seen.approved
        reached = np.where(first | rising, _highest(wanted, np.where(first, 0, tier), free), wanted)
    if policy.approve_demotions:
        allowed = seen.approved[np.maximum(wanted, 0), np.arange(len(tier))]
        reached = np.where(due & ~allowed, tier, reached)
    return wanted, reached


def _highest(wanted: IntArray, least: IntArray, free: BoolArray) -> IntArray:
    """Find the highest tier up to the one wanted that a customer may enter, at least the one given."""
    reached = least
    for place, may in enumerate(free):
        reached = np.where(may & (place > reached) & (place <= wanted), place, reached)
    return reached
