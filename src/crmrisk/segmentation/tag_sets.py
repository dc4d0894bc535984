"""Tags with their provenance: which rule gave them, in which version, when, and until when they last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.arrays import row_of, same_arrays
from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.instants import instant
from crmrisk.core.model import VALUE, Value
from crmrisk.core.portfolio import Portfolio

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray
    from crmrisk.core.portfolio_checks import MomentArray

__all__ = ["GIVEN", "Entries", "Tag", "TagSet", "Tags"]

GIVEN = "given"
"""The origin of a tag that no rule gave: it was in the portfolio."""


@value_object(frozen=True, config=VALUE)
class Tag(Value):
    """Hold one tag of a customer.

    Parameters
    ----------
    name
        The tag.
    rule, version
        Which rule gave it, in which wording; ``"given"`` where none did.
    since
        Since when the customer has had it without a break.
    as_of
        When the rule last confirmed it.
    expires_at
        When it ends unless confirmed; ``None`` is open.

    Examples
    --------
    See `Tags`.
    """

    name: str
    rule: str
    version: str
    since: datetime
    as_of: datetime
    expires_at: datetime | None = None


@value_object(frozen=True, config=VALUE)
class TagSet(Value):
    """Hold one customer's tags.

    Parameters
    ----------
    customer_id
        Whose.
    tags
        The tags.

    Examples
    --------
    >>> "vip" in TagSet("C1", ())
    False
    """

    customer_id: str
    tags: tuple[Tag, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The tags without their provenance."""
        return tuple(tag.name for tag in self.tags)

    def __contains__(self, name: object) -> bool:
        return name in self.names


class Entries(NamedTuple):
    """Hold one tag of one customer per row, ``(n_entries,)`` each.

    Examples
    --------
    >>> Entries.none().row
    array([], dtype=int64)
    """

    row: IntArray
    tag: ObjectArray
    rule: ObjectArray
    version: ObjectArray
    since: MomentArray
    as_of: MomentArray
    expires_at: MomentArray

    @classmethod
    def none(cls) -> Entries:
        """Begin with no tags."""
        whole, names, moments = np.empty(0, dtype=np.int64), np.empty(0, dtype=object), np.empty(0, "datetime64[us]")
        return cls(whole, names, names, names, moments, moments, moments)

    def take(self, rows: IntArray | BoolArray) -> Entries:
        """Select entries.

        Parameters
        ----------
        rows
            Positions or a mask.

        Examples
        --------
        >>> len(Entries.none().take(np.empty(0, dtype=bool)).row)
        0
        """
        return Entries._make(array[rows] for array in self)

    def joined(self, *others: Entries) -> Entries:
        """Put entries behind these.

        Parameters
        ----------
        *others
            The entries.

        Examples
        --------
        >>> len(Entries.none().joined(Entries.none()).row)
        0
        """
        return Entries._make(np.concatenate(arrays) for arrays in zip(self, *others, strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class Tags:
    """Hold the tags of many customers, each with its provenance.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    as_of
        When they were worked out (UTC).
    entries
        The tags, in the order of customers, then of rules.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> from crmrisk.segmentation.tag_rules import TagRule
    >>> from crmrisk.segmentation.tags import apply_tags
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"revenue": [1500, 20]})
    >>> tags = apply_tags([TagRule("vip", Criterion("revenue", ge=1000), lasts=timedelta(days=90))], book)
    >>> tags["C1"].tags[0].expires_at
    datetime.datetime(2026, 5, 1, 0, 0)
    >>> tags.has("vip"), tags.sizes()
    (array([ True, False]), {'vip': 1})
    >>> tags.onto(book).tags
    array([('vip',), ()], dtype=object)
    >>> tags.at(date(2026, 5, 1)).sizes()
    {}
    """

    customer_id: ObjectArray
    as_of: datetime
    entries: Entries

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        return f"Tags({len(self)} customers as of {self.as_of.isoformat()}: {', '.join(self.sizes()) or 'none'})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tags):
            return NotImplemented
        pairs = zip((self.customer_id, *self.entries), (other.customer_id, *other.entries), strict=True)
        return self.as_of == other.as_of and all(same_arrays(mine, theirs) for mine, theirs in pairs)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __getitem__(self, customer_id: str) -> TagSet:
        """Return one customer's tags."""
        mine = self.entries.take(self.entries.row == row_of(self.customer_id, customer_id))
        found = (Tag(*names, *(moment.item() for moment in moments)) for names, moments in _apart(mine))
        return TagSet(customer_id, tuple(found))

    def has(self, tag: str) -> BoolArray:
        """Tell who has a tag.

        Parameters
        ----------
        tag
            The tag.

        Returns
        -------
        ``(n_customers,)``.

        Examples
        --------
        See `Tags`.
        """
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.entries.row[self.entries.tag == tag]] = True
        return found

    def sizes(self) -> dict[str, int]:
        """Count the customers of each tag.

        Examples
        --------
        See `Tags`.
        """
        names = self.entries.tag.tolist()
        return {name: names.count(name) for name in dict.fromkeys(names)}

    def at(self, as_of: date | datetime) -> Tags:
        """Leave out what has expired at a later point in time.

        Parameters
        ----------
        as_of
            When.

        Raises
        ------
        InvalidValueError
            If it is no point in time.
        PortfolioError
            If it is before these tags were worked out.

        Examples
        --------
        See `Tags`.
        """
        moment = instant(as_of).replace(tzinfo=None)
        if moment < self.as_of.replace(tzinfo=None):
            got = f"{moment} before {self.as_of}"
            raise PortfolioError(Problem(what="tags of a later point in time", where="as_of", got=got))
        expires = self.entries.expires_at
        return Tags(self.customer_id, moment, self.entries.take(np.isnat(expires) | (expires > np.datetime64(moment))))

    def onto(self, portfolio: Portfolio) -> Portfolio:
        """Put the tags into a portfolio, in place of the ones it has.

        Parameters
        ----------
        portfolio
            The same customers in the same order.

        Returns
        -------
        Another portfolio.

        Raises
        ------
        PortfolioError
            If the customers are others.
        InvalidValueError
            If it is no portfolio.

        Examples
        --------
        See `Tags`.
        """
        expect(portfolio, Portfolio, where="Tags.onto: portfolio")
        if not same_arrays(self.customer_id, portfolio.customer_id):
            remedy = "apply the rules to this portfolio"
            raise PortfolioError(Problem(what="other customers, or another order", where="portfolio", remedy=remedy))
        return Portfolio(
            portfolio.customer_id,
            portfolio.as_of,
            portfolio.columns,
            portfolio.labels,
            since=portfolio.since,
            tags=self.names,
            units=portfolio.units,
        )

    @property
    def names(self) -> list[tuple[str, ...]]:
        """Each customer's tags without their provenance, ``(n_customers,)``."""
        ends = np.searchsorted(self.entries.row, np.arange(len(self) + 1)).tolist()
        tags = self.entries.tag.tolist()
        return [tuple(tags[begin:end]) for begin, end in pairwise(ends)]

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per tag of a customer.

        Examples
        --------
        See `Tags`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        columns: dict[str, Any] = {name: array.copy() for name, array in self.entries._asdict().items()}
        return pd.DataFrame({"customer_id": self.customer_id[columns.pop("row")]} | columns)


def _apart(entries: Entries) -> zip[tuple[Any, Any]]:
    names = zip(entries.tag, entries.rule, entries.version, strict=True)
    return zip(names, zip(entries.since, entries.as_of, entries.expires_at, strict=True), strict=True)
