"""A tier policy at work: applied to a history, review by review and never customer by customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InvalidValueError, MissingInputsError, PortfolioError, Problem
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.portfolio_checks import frozen_labels
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.tier_decisions import DECISIONS, Decided, Standing, TierDecision, decide
from crmrisk.segmentation.tier_history import TierHistory
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tier_records import plain
from crmrisk.segmentation.tier_review import People, in_grace, people, see

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import IntArray, Names, ObjectArray
    from crmrisk.core.portfolio_checks import MomentArray
    from crmrisk.segmentation.tier_history import PlaceArray
    from crmrisk.segmentation.tier_records import TierApproval, TierOverride, TierProtection

__all__ = ["apply_policy", "places_of"]


def apply_policy(
    policy: TierPolicy | Sequence[TierPolicy],
    history: Any,
    *,
    initial: TierHistory | Standing | Mapping[str, str] | Names | None = None,
    overrides: Sequence[TierOverride] = (),
    approvals: Sequence[TierApproval] = (),
    protected: Sequence[TierProtection | str] = (),
) -> TierHistory:
    """Apply a tier policy to a history, review by review.

    Parameters
    ----------
    policy
        The rules; or several versions of them on one ladder, each in force from its ``effective_from`` until the next.
    history
        A `CustomerHistory`, a frame for `CustomerHistory.from_frame`, or portfolios of several points in time.
    initial
        Tiers before the first review: a history that ended there, customer to tier, or tiers in the order of customers.
    overrides, approvals
        What people decided about single customers.
    protected
        Who may not fall: records with dates, or identifiers.

    Returns
    -------
    Each customer's tier at each review.

    Raises
    ------
    MissingInputsError
        If the history does not hold what the criteria read; all such columns are named.
    InvalidValueError
        If versions have different ladders, or a record is of a customer or tier that is not there.

    Examples
    --------
    >>> from datetime import date
    >>> policy = TierPolicy.from_cuts("revenue", {"silver": 100, "gold": 200}, demotion_band=20, dwell=2)
    >>> history = CustomerHistory(
    ...     ["C1", "C2"],
    ...     [date(2026, month, 1) for month in range(1, 6)],
    ...     {"revenue": [[210, 90], [190, 90], [150, 130], [150, 130], [150, 130]]},
    ... )
    >>> tiers = apply_policy(policy, history)
    >>> for review in tiers["C1"]:
    ...     print(review.reason)
    first classified as gold: revenue 210 >= 200
    kept gold inside the demotion band: revenue 190 >= 180
    kept gold for now: revenue 150 < 180, review 1 of 2 in a row
    demoted from gold to silver: revenue 150 < 180, for 2 reviews in a row
    kept silver: revenue 150 >= 100
    >>> tiers.at(date(2026, 3, 15)).labels, tiers["C2"][-1].since
    (array(['gold', 'silver'], dtype=object), datetime.datetime(2026, 3, 1, 0, 0))
    >>> tiers.chart().lines()["gold"][1]
    [1, 1, 1, 0, 0]
    >>> tiers.sizes().iloc[-1].to_dict(), len(tiers.moves())
    ({'base': 0, 'silver': 2, 'gold': 0}, 2)
    """
    policies = _policies(policy)
    facts = _history(history)
    absent = facts.missing({each.name: each for one in policies for each in one.inputs}.values())
    if absent:
        raise MissingInputsError(*absent)
    ids = facts.customer_id.tolist()
    names = policies[0].names
    records = people(ids, names, overrides=overrides, approvals=approvals, protected=protected)
    return _run(policies, facts, _standing(initial, facts, names), records, before=initial)


def _policies(policy: TierPolicy | Sequence[TierPolicy]) -> tuple[TierPolicy, ...]:
    given = [policy] if isinstance(policy, TierPolicy) else list(policy) if isinstance(policy, (list, tuple)) else []
    if not given or not all(isinstance(each, TierPolicy) for each in given):
        allowed = "TierPolicy(...), or several"
        raise InvalidValueError(Problem(what="no policy", where="policy", allowed=allowed, got=repr(policy)[:100]))
    ordered = sorted(given, key=lambda each: (each.effective_from is not None, str(each.effective_from)))
    begins = [None if (begin := each.effective_from) is None else begin.replace(tzinfo=None) for each in ordered]
    if len({each.names for each in ordered}) > 1 or len(set(begins)) < len(begins):
        what, remedy = "versions differ in their ladder, or begin together", "one ladder; effective_from for each"
        raise InvalidValueError(Problem(what=what, where="policy", remedy=remedy))
    return tuple(ordered)


def _history(history: Any) -> CustomerHistory:
    if isinstance(history, CustomerHistory):
        return history
    if isinstance(history, (list, tuple, Portfolio)):
        return CustomerHistory.from_portfolios([history] if isinstance(history, Portfolio) else history)
    return CustomerHistory.from_frame(history)


def _standing(initial: Any, facts: CustomerHistory, names: tuple[str, ...]) -> Standing:
    fresh = Standing.fresh(len(facts))
    if initial is None:
        return fresh
    if isinstance(initial, TierHistory):
        if initial.names != names:
            got = ", ".join(initial.names)
            raise InvalidValueError(Problem(what="another ladder", where="initial", allowed=", ".join(names), got=got))
        rows = {each: row for row, each in enumerate(initial.customer_id.tolist())}
        found = np.array([rows.get(each, -1) for each in facts.customer_id.tolist()], dtype=np.int64)
        parts = zip(initial.standing, (-1, 0, 0), strict=True)
        return Standing(*(np.append(held, absent)[found] for held, absent in parts))
    if isinstance(initial, Standing):
        return initial
    return fresh._replace(tier=_initial_tiers(initial, facts, names))


def _initial_tiers(initial: Any, facts: CustomerHistory, names: tuple[str, ...]) -> IntArray:
    ids = facts.customer_id.tolist()
    if isinstance(initial, Mapping):
        strangers = [each for each in initial if each not in set(ids)]
        if strangers:
            got = ", ".join(map(repr, strangers[:3]))
            raise InvalidValueError(Problem(what=f"{len(strangers)} unknown customer(s)", where="initial", got=got))
        initial = [initial.get(each) for each in ids]
    return places_of(frozen_labels(initial, where="initial"), names, where="initial", n=len(ids))


def places_of(labels: ObjectArray, names: tuple[str, ...], *, where: str, n: int, remedy: str = "") -> IntArray:
    """Turn names of tiers into places on the ladder, -1 for none.

    Parameters
    ----------
    labels
        Names, ``None`` for none.
    names
        The ladder.
    where
        What the names are called in an error.
    n
        How many there should be.
    remedy
        What to do about names that are no tiers.

    Raises
    ------
    PortfolioError
        If there is another number of names, or a name is not on the ladder.

    Examples
    --------
    >>> places_of(np.array(["gold", None], dtype=object), ("base", "gold"), where="tier", n=2)
    array([ 1, -1])
    """
    if len(labels) != n:
        what = "another number of tiers than customers"
        raise PortfolioError(Problem(what=what, where=where, allowed=str(n), got=str(len(labels))))
    known: dict[Any, int] = {name: place for place, name in enumerate(names)} | {None: -1}
    strange = sorted({each for each in labels.tolist() if each not in known})
    if strange:
        got = ", ".join(strange[:3])
        what = f"{len(strange)} name(s) that are no tier"
        raise PortfolioError(Problem(what=what, where=where, allowed=", ".join(names), got=got, remedy=remedy))
    return np.array([known[each] for each in labels.tolist()], dtype=np.int64)


def _run(
    policies: tuple[TierPolicy, ...],
    facts: CustomerHistory,
    standing: Standing,
    records: People,
    *,
    before: Any,
) -> TierHistory:
    names, in_force = policies[0].names, _in_force(policies, facts.reviews)
    ruled, rows, by_hand = [standing.tier], [], []
    begun = np.full(len(facts), "NaT", dtype="datetime64[us]") if facts.since is None else facts.since
    for review, at in enumerate(facts.reviews):
        policy = policies[max(int(in_force[review]), 0)]
        seen = see(
            policy,
            facts.at(review),
            grace=in_grace(policy, begun, at),
            protected=records.protected(at),
            approved=records.approved(at, names),
        )
        begun = np.where(np.isnat(begun) & seen.known, at, begun)
        decided = decide(policy, standing, seen) if in_force[review] >= 0 else _untouched(standing)
        standing = decided.standing
        ruled.append(standing.tier)
        rows.append((decided.decision, decided.awaiting, standing.below))
        by_hand.append(records.overridden(at, names))
    decisions, awaiting, below = (_table(column) for column in zip(*rows, strict=True))
    hands = _table(by_hand)
    tiers = _frozen(np.where(hands >= 0, hands, _table(ruled)[1:]))
    return TierHistory(
        facts,
        (policies, in_force),
        tiers,
        decisions,
        since=_frozen(_since(tiers, facts, before)),
        awaiting=awaiting,
        overridden=_frozen(hands >= 0),
        ruled=_table(ruled),
        below=below,
        best=_frozen(standing.best),
        records=records,
    )


def _untouched(standing: Standing) -> Decided:
    everyone = np.full(len(standing.tier), DECISIONS.index(TierDecision.NOT_IN_FORCE))
    return Decided(standing, everyone, np.full(len(everyone), -1))


def _table(rows: Sequence[IntArray]) -> PlaceArray:
    """Stack the reviews; places and counts are small."""
    table: PlaceArray = _frozen(np.stack(rows).astype(np.int16))
    return table


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


def _in_force(policies: tuple[TierPolicy, ...], reviews: MomentArray) -> IntArray:
    found = np.full(len(reviews), -1, dtype=np.int64)
    for place, each in enumerate(policies):
        begins = each.effective_from
        found[slice(None) if begins is None else reviews >= plain(begins)] = place
    return found


def _since(tiers: PlaceArray, facts: CustomerHistory, before: Any) -> MomentArray:
    """Find when each tier began: at the last review that changed it, or before the first, where that is known."""
    changed = np.ones(tiers.shape, dtype=np.bool_)
    changed[1:] = tiers[1:] != tiers[:-1]
    places = np.arange(len(tiers))[:, np.newaxis]
    started = np.maximum.accumulate(np.where(changed, places, 0), axis=0)
    since = facts.reviews[started]
    if isinstance(before, TierHistory):
        rows = {each: row for row, each in enumerate(before.customer_id.tolist())}
        found = np.array([rows.get(each, -1) for each in facts.customer_id.tolist()], dtype=np.int64)
        same = np.append(before.tiers[-1], -1)[found] == tiers[0]
        earlier = np.append(before.since[-1], np.datetime64("NaT"))[found]
        since = np.where((started == 0) & same, earlier, since)
    return np.where(tiers >= 0, since, np.datetime64("NaT"))
