"""What conditions read: numbers, names and tags of customers, from a portfolio or from one review of a history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from crmrisk.core.measures import LABEL
from crmrisk.core.optional_columns import column_or_unrated

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from crmrisk.core.measures import Input
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Facts", "PortfolioFacts", "complete"]


class Facts(Protocol):
    """Give numbers, names and tags of the same customers; what nobody has is missing for everyone.

    Examples
    --------
    See `PortfolioFacts`.
    """

    def __len__(self) -> int: ...

    def numbers(self, name: str) -> FloatArray:
        """Return a column, NaN where missing, ``(n_customers,)``."""
        ...

    def names(self, name: str) -> ObjectArray:
        """Return a label, ``None`` where missing, ``(n_customers,)``."""
        ...

    def named(self, name: str) -> BoolArray:
        """Tell whose label is known, ``(n_customers,)``."""
        ...

    def among(self, name: str, values: Collection[str]) -> BoolArray:
        """Tell whose label is one of some, ``(n_customers,)``."""
        ...

    def tagged(self, tag: str) -> BoolArray:
        """Tell who has a tag, ``(n_customers,)``."""
        ...

    def present(self) -> BoolArray:
        """Tell who was looked at, and not merely known at another time, ``(n_customers,)``."""
        ...

    def take(self, rows: IntArray | BoolArray) -> Self:
        """Select customers."""
        ...


@dataclass(frozen=True, eq=False)
class PortfolioFacts:
    """Read a portfolio, and tags that are not in it yet.

    Parameters
    ----------
    portfolio
        One row per customer.
    tags
        Tag to who has it, ``(n_customers,)``; other tags are the portfolio's.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> facts = PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {}, {"need": ["trading"]}))
    >>> facts.among("need", ("trading", "wealth")), facts.numbers("revenue")
    (array([ True]), array([nan]))
    """

    portfolio: Portfolio
    tags: Mapping[str, BoolArray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.portfolio)

    def numbers(self, name: str) -> FloatArray:
        """Return a column, NaN where missing, ``(n_customers,)``."""
        return column_or_unrated(self.portfolio, name)

    def names(self, name: str) -> ObjectArray:
        """Return a label, ``None`` where missing, ``(n_customers,)``."""
        return self.portfolio.label(name)

    def named(self, name: str) -> BoolArray:
        """Tell whose label is known, ``(n_customers,)``."""
        return np.array([value is not None for value in self.names(name).tolist()], dtype=np.bool_)

    def among(self, name: str, values: Collection[str]) -> BoolArray:
        """Tell whose label is one of some, ``(n_customers,)``."""
        wanted = frozenset(values)
        return np.array([value in wanted for value in self.names(name).tolist()], dtype=np.bool_)

    def tagged(self, tag: str) -> BoolArray:
        """Tell who has a tag, ``(n_customers,)``."""
        if tag in self.tags:
            return self.tags[tag]
        held = [()] * len(self) if self.portfolio.tags is None else self.portfolio.tags.tolist()
        return np.array([tag in each for each in held], dtype=np.bool_)

    def present(self) -> BoolArray:
        """Tell who was looked at: everybody, ``(n_customers,)``."""
        return np.ones(len(self), dtype=np.bool_)

    def take(self, rows: IntArray | BoolArray) -> PortfolioFacts:
        """Select customers."""
        return PortfolioFacts(self.portfolio.take(rows), {tag: who[rows] for tag, who in self.tags.items()})


def complete(facts: Facts, inputs: Collection[Input]) -> BoolArray:
    """Find the customers who have every required input.

    Parameters
    ----------
    facts
        What is known.
    inputs
        What is read; optional ones may be missing.

    Returns
    -------
    ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Input, Portfolio
    >>> complete(PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {"age": [None]})), [Input("age", "day")])
    array([False])
    """
    known = np.ones(len(facts), dtype=np.bool_)
    for each in inputs:
        if not each.optional:
            known &= facts.named(each.name) if each.unit == LABEL else ~np.isnan(facts.numbers(each.name))
    return known
