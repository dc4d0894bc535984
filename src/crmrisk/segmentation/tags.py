"""Tagging: rules applied to a portfolio, with earlier tags kept as long as they last; and tags as segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.fields import Several
from crmrisk.core.measures import Name
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segmenters import StatelessSegmenter
from crmrisk.core.segments import NOWHERE, Assigned
from crmrisk.segmentation.conditions import inputs_of
from crmrisk.segmentation.facts import PortfolioFacts
from crmrisk.segmentation.tag_rules import TagRule, in_order
from crmrisk.segmentation.tag_sets import GIVEN, Entries, Tags
from crmrisk.segmentation.telling import telling_values
from crmrisk.segmentation.tier_records import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray
    from crmrisk.core.measures import Input

__all__ = ["TagSegmenter", "apply_tags"]


def apply_tags(rules: Sequence[TagRule], portfolio: Portfolio, existing: Tags | None = None) -> Tags:
    """Give each customer the tags whose rules the portfolio meets, and keep earlier ones as long as they last.

    A tag that its rule confirms is renewed. One that its rule no longer confirms stays until it expires, or goes at
    once where the rule sets no time. Tags of rules that are not among these stay until they expire. Tags of the
    portfolio that neither rules nor earlier tags know are kept as given. Missing evidence never meets a rule.

    Parameters
    ----------
    rules
        In any order; derived tags are worked out after those they read.
    portfolio
        One row per customer, with every column the rules read.
    existing
        The tags of an earlier point in time; customers who are no longer in the portfolio are left out.

    Returns
    -------
    Tags with rule, version, point in time and expiry.

    Raises
    ------
    InvalidValueError
        If there are no rules, two have one name, or tags are derived in a circle.
    MissingInputsError
        If the portfolio lacks a column; all are named.
    PortfolioError
        If the existing tags are of a later point in time.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk.segmentation.conditions import AllOf, Criterion, Tagged
    >>> rules = [
    ...     TagRule("vip", Criterion("revenue", ge=1000), lasts=timedelta(days=365)),
    ...     TagRule("vip at risk", AllOf([Tagged("vip"), Criterion("idle_days", gt=60)])),
    ... ]
    >>> january = Portfolio(["C1"], date(2026, 1, 31), {"revenue": [1500], "idle_days": [5]})
    >>> june = Portfolio(["C1"], date(2026, 6, 30), {"revenue": [100], "idle_days": [90]})
    >>> apply_tags(rules, june, apply_tags(rules, january))["C1"].names
    ('vip', 'vip at risk')
    >>> apply_tags(rules, june)["C1"].names
    ()
    """
    ordered = in_order(rules)
    expect(portfolio, Portfolio, where="apply_tags: portfolio")
    expect(existing, (Tags, type(None)), where="apply_tags: existing", remedy="what apply_tags returned before")
    portfolio.require(inputs_of([rule.when for rule in ordered]), reader="apply_tags")
    kept = _kept(existing, portfolio)
    ruled = {rule.tag for rule in ordered}
    origins = {rule.origin for rule in ordered}
    known = ruled | (set() if existing is None else set(existing.entries.tag.tolist()))
    standing = kept.take(np.array([rule not in origins for rule in kept.rule.tolist()], dtype=np.bool_))
    found = standing.joined(_given(portfolio, known))
    for rule in ordered:
        found = found.joined(_tagged(rule, portfolio, found, kept))
    return Tags(portfolio.customer_id, portfolio.as_of, found.take(np.argsort(found.row, kind="stable")))


def _kept(existing: Tags | None, portfolio: Portfolio) -> Entries:
    """Return the earlier tags that have not expired, at the rows of this portfolio."""
    if existing is None:
        return Entries.none()
    entries = existing.at(portfolio.as_of).entries
    rows = {each: row for row, each in enumerate(portfolio.customer_id.tolist())}
    found = np.array([rows.get(each, -1) for each in existing.customer_id.tolist()], dtype=np.int64)
    placed = entries._replace(row=found[entries.row])
    return placed.take(placed.row >= 0)


def _given(portfolio: Portfolio, known: set[str]) -> Entries:
    if portfolio.tags is None:
        return Entries.none()
    pairs = [(row, tag) for row, tags in enumerate(portfolio.tags.tolist()) for tag in dict.fromkeys(tags)]
    new = [(row, tag) for row, tag in pairs if tag not in known]
    rows = np.array([row for row, _ in new], dtype=np.int64)
    return _entries(rows, [tag for _, tag in new], origin=(GIVEN, ""), at=portfolio)


def _entries(
    rows: IntArray, tags: list[str], *, origin: tuple[str, str], at: Portfolio, lasts: np.timedelta64 | None = None
) -> Entries:
    n, moment = len(rows), plain(at.as_of)
    names: ObjectArray = np.empty(n, dtype=object)
    names[:] = tags
    now = np.full(n, moment)
    ends = np.full(n, np.datetime64("NaT", "us") if lasts is None else moment + lasts)
    rule, version = (np.full(n, text, dtype=object) for text in origin)
    return Entries(rows, names, rule, version, now, now, ends)


def _tagged(rule: TagRule, portfolio: Portfolio, found: Entries, kept: Entries) -> Entries:
    """Return the entries that a rule adds: met now, or met earlier and not expired; no tag twice."""
    n = len(portfolio)
    facts = PortfolioFacts(portfolio, {tag: _having(found, tag, n) for tag in rule.reads})
    has = _having(found, rule.tag, n)
    met = rule.when.met(facts) & ~has
    rows = np.flatnonzero(met)
    lasts = None if rule.lasts is None else np.timedelta64(rule.lasts)
    fresh = _entries(rows, [rule.tag] * len(rows), origin=(rule.origin, rule.version), at=portfolio, lasts=lasts)
    before = kept.take(kept.tag == rule.tag)
    since = fresh.since.copy()
    begun = np.full(n, np.datetime64("NaT", "us"))
    begun[before.row] = before.since
    since[~np.isnat(begun[rows])] = begun[rows][~np.isnat(begun[rows])]
    mine = before.take(
        (before.rule == rule.origin) & ~np.isnat(before.expires_at) & ~met[before.row] & ~has[before.row]
    )
    return fresh._replace(since=since).joined(mine)


def _having(found: Entries, tag: str, n: int) -> BoolArray:
    has = np.zeros(n, dtype=np.bool_)
    has[found.row[found.tag == tag]] = True
    return has


class TagSegmenter(StatelessSegmenter, kind="crmrisk.tags"):
    """Segment by tags: each customer belongs to the first tag of a list that the customer has.

    Who lacks a required input has no segment, for an earlier tag of the list might be theirs.

    Parameters
    ----------
    rules
        What gives the tags; the tags of the portfolio count too.
    tags
        The tags that are segments, the most important first; those of the rules, as they are listed, if not given.
    otherwise
        The segment of everyone else; ``None`` leaves them without.

    Raises
    ------
    InvalidValueError
        If there are no rules, two have one name, tags are derived in a circle, or segments repeat.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> rules = [TagRule("at risk", Criterion("idle_days", gt=60)), TagRule("vip", Criterion("revenue", ge=1000))]
    >>> book = Portfolio(
    ...     ["C1", "C2", "C3"], date(2026, 1, 31), {"revenue": [1500, 1500, 10], "idle_days": [90, 5, 5]}
    ... )
    >>> segments = TagSegmenter(rules=rules, otherwise="other").segment(book)
    >>> segments.labels
    array(['at risk', 'vip', 'other'], dtype=object)
    >>> segments["C2"].reason
    'tagged vip: revenue 1500 >= 1000'
    """

    rules: Annotated[Several[TagRule], Field(min_length=1)]
    tags: Several[Name] = ()
    otherwise: Name | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        in_order(self.rules)
        inputs_of([rule.when for rule in self.rules])
        repeated = [name for name in dict.fromkeys(self.names) if self.names.count(name) > 1]
        if repeated:
            remedy = "name every tag once, and otherwise differently"
            raise InvalidValueError(*(Problem(what="segment repeats", where=repr(n), remedy=remedy) for n in repeated))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The tags that are segments, and the segment of everyone else."""
        tags = tuple(self.tags) or tuple(dict.fromkeys(rule.tag for rule in self.rules))
        return tags if self.otherwise is None else (*tags, self.otherwise)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the rules read."""
        return inputs_of([rule.when for rule in self.rules])

    @property
    def telling_values(self) -> dict[str, tuple[float | str, ...]]:
        """What the rules ask for, for who makes up customers to try them on."""
        return telling_values([rule.when for rule in self.rules])

    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return the place of each customer's first tag, and why."""
        tags = apply_tags(self.rules, portfolio)
        n = len(portfolio)
        codes = np.full(n, NOWHERE if self.otherwise is None else len(self.names) - 1, dtype=np.int64)
        reason: ObjectArray = np.full(n, "no tag of the list", dtype=object)
        listed = self.names if self.otherwise is None else self.names[:-1]
        for place, tag in reversed(list(enumerate(listed))):
            rows = np.flatnonzero(tags.has(tag))
            codes[rows] = place
            reason[rows] = f"tagged {tag}" + self._why(tag, tags, portfolio)[rows]
        return Assigned(codes, reason)

    def _why(self, tag: str, tags: Tags, portfolio: Portfolio) -> ObjectArray:
        said: ObjectArray = np.full(len(portfolio), " already", dtype=object)
        facts = PortfolioFacts(portfolio, {name: tags.has(name) for rule in self.rules for name in rule.reads})
        for rule in self.rules:
            mine = tags.entries.row[(tags.entries.tag == tag) & (tags.entries.rule == rule.origin)]
            if rule.tag == tag:
                said[mine] = ": " + rule.when.words(facts.take(mine))
        return said
