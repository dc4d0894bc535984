"""What one review sees: the rules, the evidence, and what people decided about single customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.errors import Problem
from crmrisk.segmentation.facts import complete
from crmrisk.segmentation.tier_decisions import Seen
from crmrisk.segmentation.tier_records import (
    TierApproval,
    TierOverride,
    TierProtection,
    active,
    in_force,
    plain,
    record_problems,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from crmrisk.core.arrays import BoolArray, IntArray
    from crmrisk.core.portfolio_checks import MomentArray
    from crmrisk.segmentation.facts import Facts
    from crmrisk.segmentation.tier_policy import TierPolicy

__all__ = ["People", "in_grace", "people", "see"]


class People(NamedTuple):
    """Hold what people decided: overrides, approvals and protections, and where their customers are.

    Examples
    --------
    >>> People({"C1": 0}).overridden(np.datetime64("2026-01-01"), ("base", "gold"))
    array([-1])
    """

    rows: Mapping[str, int]
    overrides: tuple[TierOverride, ...] = ()
    approvals: tuple[TierApproval, ...] = ()
    protections: tuple[TierProtection, ...] = ()
    always: tuple[int, ...] = ()

    def overridden(self, at: np.datetime64, names: tuple[str, ...]) -> IntArray:
        """Return the tier each customer is put into by hand, -1 for none; of two, the one that began later counts.

        Parameters
        ----------
        at
            When.
        names
            The ladder.

        Examples
        --------
        See `People`.
        """
        found = np.full(len(self.rows), -1, dtype=np.int64)
        for each in sorted(self.overrides, key=lambda override: plain(override.since)):
            if in_force(each, at):
                found[self.rows[each.customer_id]] = names.index(each.tier)
        return found

    def record_of(self, customer_id: str, at: np.datetime64) -> TierOverride:
        """Return the override that is in force.

        Parameters
        ----------
        customer_id
            Of whom.
        at
            When.

        Examples
        --------
        See `People`.
        """
        held = [each for each in self.overrides if each.customer_id == customer_id and in_force(each, at)]
        return max(reversed(held), key=lambda override: plain(override.since))

    def protected(self, at: np.datetime64) -> BoolArray:
        """Tell who may not fall.

        Parameters
        ----------
        at
            When.

        Examples
        --------
        See `People`.
        """
        found = active(self.protections, at, self.rows)
        found[list(self.always)] = True
        return found

    def approved(self, at: np.datetime64, names: tuple[str, ...]) -> BoolArray:
        """Tell who may enter which tier, ``(n_tiers, n_customers)``.

        Parameters
        ----------
        at
            When.
        names
            The ladder.

        Examples
        --------
        See `People`.
        """
        if not self.approvals:
            return np.zeros((len(names), len(self.rows)), dtype=np.bool_)
        return np.stack([active(self.approvals, at, self.rows, name) for name in names])


def people(
    customer_id: Sequence[str],
    names: tuple[str, ...],
    *,
    overrides: Sequence[TierOverride] = (),
    approvals: Sequence[TierApproval] = (),
    protected: Sequence[TierProtection | str] = (),
) -> People:
    """Check what people decided, and find their customers.

    Parameters
    ----------
    customer_id
        The customers.
    names
        The ladder.
    overrides, approvals
        The records.
    protected
        The records, or identifiers of customers who are always protected.

    Raises
    ------
    InvalidValueError
        If a record is of another kind, of a customer who is not there, or of a tier that is not on the ladder.

    Examples
    --------
    >>> people(["C1", "C2"], ("base", "gold"), protected=["C2"]).protected(np.datetime64("2026-01-01"))
    array([False,  True])
    """
    rows = {each: place for place, each in enumerate(customer_id)}
    safe = _several(protected, TierProtection)
    named = [each for each in safe if isinstance(each, str)]
    held = (
        _several(overrides, TierOverride),
        _several(approvals, TierApproval),
        [each for each in safe if not isinstance(each, str)],
    )
    kinds = (("overrides", TierOverride), ("approvals", TierApproval), ("protected", TierProtection))
    problems = [
        record_problems(records, kind, where=where, rows=rows, tiers=names)
        for records, (where, kind) in zip(held, kinds, strict=True)
    ]
    unknown = [
        Problem(what="no such customer", where="protected", got=repr(each)[:100]) for each in named if each not in rows
    ]
    refuse(*problems, unknown)
    always = tuple(rows[each] for each in named)
    return People(rows, tuple(held[0]), tuple(held[1]), tuple(held[2]), always)


def _several(given: Any, kind: type) -> list[Any]:
    return [given] if isinstance(given, (str, kind)) or not hasattr(given, "__iter__") else list(given)


def in_grace(policy: TierPolicy, since: MomentArray, at: np.datetime64) -> BoolArray:
    """Tell whose relationship is younger than the grace of newcomers.

    Parameters
    ----------
    policy
        The rules.
    since
        When each relationship began, ``(n_customers,)``; ``NaT`` is never in grace.
    at
        When.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> policy = TierPolicy.from_cuts("revenue", {"gold": 200}, grace=timedelta(days=90))
    >>> in_grace(policy, np.array(["2026-01-01", "2025-01-01", "NaT"], "datetime64[us]"), np.datetime64("2026-02-01"))
    array([ True, False, False])
    """
    return np.asarray(at - since < np.timedelta64(policy.grace), dtype=np.bool_)


def see(policy: TierPolicy, facts: Facts, *, grace: BoolArray, protected: BoolArray, approved: BoolArray) -> Seen:
    """Look at the evidence of one review with the eyes of a policy.

    Parameters
    ----------
    policy
        The rules.
    facts
        What is known.
    grace, protected
        Who may not fall, ``(n_customers,)``.
    approved
        Who may enter which tier, ``(n_tiers, n_customers)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> from crmrisk.segmentation.facts import PortfolioFacts
    >>> from crmrisk.segmentation.tier_policy import TierPolicy
    >>> facts = PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {"revenue": [250]}))
    >>> nobody = np.zeros(1, dtype=bool)
    >>> policy = TierPolicy.from_cuts("revenue", {"gold": 200})
    >>> see(policy, facts, grace=nobody, protected=nobody, approved=np.zeros((2, 1), dtype=bool)).written
    array([1])
    """
    written = policy.ranks(facts)
    return Seen(
        complete(facts, policy.inputs) & facts.present(),
        written,
        policy.ranks(facts, policy.promotion) if policy.promotion_band else written,
        policy.ranks(facts, policy.demotion) if policy.demotion_band else written,
        grace,
        protected,
        approved,
    )
