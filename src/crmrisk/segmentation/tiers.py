"""Tiers as segments of a portfolio: a tier policy applied once, from where each customer stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import model_validator

from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.instants import days
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segmenters import StatelessSegmenter
from crmrisk.core.segments import Assigned
from crmrisk.segmentation.facts import PortfolioFacts
from crmrisk.segmentation.telling import telling_values
from crmrisk.segmentation.tier_application import places_of
from crmrisk.segmentation.tier_decisions import Decided, Standing, decide
from crmrisk.segmentation.tier_history import BELOW
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tier_reasons import Told, reasons
from crmrisk.segmentation.tier_records import plain
from crmrisk.segmentation.tier_review import in_grace, see

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray

__all__ = ["TierSegmenter"]


class TierSegmenter(StatelessSegmenter, kind="crmrisk.tiers"):
    """Review the tiers of a portfolio: who rises, who falls one step, who stays inside the band.

    The current tier is read from a label where the portfolio has it, so that bands, dwell and grace work from one
    portfolio to the next; a customer without a current tier is classified for the first time, by the criteria as
    written. A customer who lacks what the criteria read has no tier. Approvals, overrides and protections are people's
    decisions with dates; `apply_policy` takes them.

    Parameters
    ----------
    policy
        The rules.
    current
        The label that holds the current tier; ``None`` classifies everybody for the first time.
    age
        The column with the days since each relationship began, for the grace of newcomers; whose age is not known
        there has it from ``since``.

    Raises
    ------
    InvalidValueError
        If the label is also what criteria read.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> policy = TierPolicy.from_cuts("revenue", {"silver": 100, "gold": 200}, demotion_band=20)
    >>> book = Portfolio(
    ...     ["C1", "C2", "C3"], date(2026, 1, 31), {"revenue": [190, 190, 90]}, {"tier": ["gold", None, "gold"]}
    ... )
    >>> tiers = TierSegmenter(policy=policy).segment(book)
    >>> tiers.labels
    array(['gold', 'silver', 'silver'], dtype=object)
    >>> tiers["C1"].reason
    'kept gold inside the demotion band: revenue 190 >= 180'
    """

    policy: TierPolicy
    current: Name | None = "tier"
    age: Name = "age"
    ordered: ClassVar[bool] = True

    @model_validator(mode="after")
    def _apart(self) -> TierSegmenter:
        if self.current in {each.name for each in self.policy.inputs}:
            what, got = "is what criteria read", repr(self.current)
            raise InvalidValueError(Problem(what=what, where="TierSegmenter.current", got=got))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The ladder, the lowest tier first."""
        return self.policy.names

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the criteria read; the current tier and the reviews below its band, where the portfolio has them."""
        if self.current is None:
            return self.policy.inputs
        more = [Input(self.current, LABEL, optional=True), Input(BELOW, "count", ge=0, optional=True)]
        if self.policy.grace and self.age not in {each.name for each in self.policy.inputs}:
            more.append(Input(self.age, "day", ge=0, optional=True))
        return (*self.policy.inputs, *more)

    @property
    def telling_values(self) -> dict[str, tuple[float | str, ...]]:
        """What the criteria ask for, and the tiers there are, for who makes up customers to try it on."""
        asked = telling_values([tier.criteria for tier in self.policy.tiers if tier.criteria is not None])
        return asked if self.current is None else {**asked, self.current: self.names}

    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return each customer's tier after the review, and why."""
        facts, standing = PortfolioFacts(portfolio), self._standing(portfolio)
        after, decision, awaiting = self._decide(portfolio, facts, standing)
        told = Told(facts, standing.tier, after.tier, decision, awaiting, after.below)
        return Assigned(after.tier, reasons(self.policy, told))

    def reviewed(self, portfolio: Portfolio, *, previous: Portfolio | None = None) -> Portfolio:
        """Review a portfolio and write the tiers into it, with what the next review needs to know.

        Parameters
        ----------
        portfolio
            One row per customer.
        previous
            The portfolio reviewed before, where this one has no current tiers of its own.

        Returns
        -------
        The portfolio with the label of the current tier and the column ``reviews_below``; who lacks evidence keeps
        both.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what the criteria read.
        InvalidValueError
            If there is no label to write to.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> policy = TierPolicy.from_cuts("revenue", {"gold": 200}, dwell=2)
        >>> revenue = {1: 210, 2: 9, 3: 9}
        >>> months = [Portfolio(["C1"], date(2026, m, 1), {"revenue": [r]}) for m, r in revenue.items()]
        >>> book = None
        >>> for month in months:
        ...     book = TierSegmenter(policy=policy).reviewed(month, previous=book)
        ...     print(book.label("tier")[0], book["reviews_below"][0])
        gold 0.0
        gold 1.0
        base 0.0
        """
        expect(portfolio, Portfolio, where="TierSegmenter.reviewed: portfolio")
        if self.current is None:
            what, remedy = "no label to write to", 'current="tier"'
            raise InvalidValueError(Problem(what=what, where="TierSegmenter.current", remedy=remedy))
        book = portfolio if previous is None else self._carried(portfolio, previous)
        rated = book.require(self.inputs, reader=type(self).__name__)
        before = self._standing(book)
        after = self._decide(book, PortfolioFacts(book), before).standing
        labels = np.array([*self.names, None], dtype=object)[np.where(rated, after.tier, before.tier)]
        below = np.where(rated, after.below, before.below).astype(np.float64)
        return book.with_labels({self.current: labels}).with_columns({BELOW: below}, {BELOW: "count"})

    def _carried(self, portfolio: Portfolio, previous: Portfolio) -> Portfolio:
        expect(previous, Portfolio, where="TierSegmenter.reviewed: previous")
        if previous.as_of >= portfolio.as_of:
            what, got = "is not earlier", f"{previous.as_of} and {portfolio.as_of}"
            raise PortfolioError(Problem(what=what, where="previous", got=got))
        rows = {each: row for row, each in enumerate(previous.customer_id.tolist())}
        found = np.array([rows.get(each, -1) for each in portfolio.customer_id.tolist()], dtype=np.int64)
        facts = PortfolioFacts(previous)
        tiers = np.append(facts.names(str(self.current)), np.array([None], dtype=object))[found]
        below = np.append(facts.numbers(BELOW), np.nan)[found]
        return portfolio.with_labels({str(self.current): tiers}).with_columns({BELOW: below}, {BELOW: "count"})

    def _standing(self, portfolio: Portfolio) -> Standing:
        fresh = Standing.fresh(len(portfolio))
        if self.current is None:
            return fresh
        labels: ObjectArray = portfolio.label(self.current)
        counts = np.nan_to_num(PortfolioFacts(portfolio).numbers(BELOW))
        below: IntArray = np.minimum(counts, self.policy.dwell).astype(np.int64)  # further ones change nothing
        remedy = "current= names the label of current tiers, None classifies everybody for the first time"
        tier = places_of(labels, self.names, where=self.current, n=len(portfolio), remedy=remedy)
        return Standing(tier, below, np.zeros(len(tier), dtype=np.int64))

    def _decide(self, portfolio: Portfolio, facts: PortfolioFacts, standing: Standing) -> Decided:
        n = len(portfolio)
        nobody = np.zeros(n, dtype=np.bool_)
        grace = self._in_grace(portfolio) if self.policy.grace else nobody
        approved = np.zeros((len(self.names), n), dtype=np.bool_)
        return decide(self.policy, standing, see(self.policy, facts, grace=grace, protected=nobody, approved=approved))

    def _in_grace(self, portfolio: Portfolio) -> BoolArray:
        age = PortfolioFacts(portfolio).numbers(self.age)
        young = age < days(self.policy.grace)
        if portfolio.since is None:
            return young
        return np.where(np.isnan(age), in_grace(self.policy, portfolio.since, plain(portfolio.as_of)), young)
