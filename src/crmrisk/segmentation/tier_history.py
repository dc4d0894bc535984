"""What a tier policy made of a history: each customer's tier at each review, since when, until when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.arrays import row_of, same_arrays
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.expecting import expect
from crmrisk.core.instants import instant
from crmrisk.core.model import VALUE, Value
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.portfolio_checks import positions
from crmrisk.core.segments import Segments
from crmrisk.segmentation.tier_decisions import DECISIONS, Standing, TierDecision
from crmrisk.segmentation.tier_reasons import Told, reasons

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray
    from crmrisk.core.portfolio_checks import MomentArray
    from crmrisk.segmentation.customer_history import CustomerHistory
    from crmrisk.segmentation.tier_policy import TierPolicy
    from crmrisk.segmentation.tier_review import People

__all__ = ["BELOW", "PlaceArray", "TierHistory", "TierReview"]

PlaceArray: TypeAlias = NDArray[np.int16]
"""Places on the ladder, or counts of reviews."""

BELOW = "reviews_below"
"""The column that carries reviews in a row short of the demotion band from portfolio to portfolio."""


@value_object(frozen=True, config=VALUE)
class TierReview(Value):
    """Hold one customer's tier at one review.

    Parameters
    ----------
    customer_id, at
        Who, and when.
    tier
        The tier; ``None`` as long as evidence is missing.
    since
        Since when the customer is in it.
    next_review
        When it is reviewed again.
    decision
        What the review decided.
    reason
        Why, in words.
    awaiting
        The tier that waits for approval.

    Examples
    --------
    See `apply_policy`.
    """

    customer_id: str
    at: datetime
    tier: str | None
    since: datetime | None
    next_review: datetime
    decision: TierDecision
    reason: str
    awaiting: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class TierHistory:
    """Hold every customer's tier at every review.

    Parameters
    ----------
    history
        What was known.
    policies
        The policies, and for each review the place of the one in force, -1 for none.
    tiers, decisions, since, awaiting, overridden
        One row per review, one column per customer: place in `names` (-1 for none), place among the decisions, when
        the tier began, the tier that awaits approval (-1 for none), whether people decided.
    ruled, below
        The same, of what the policy itself says beneath an override: the tier, one row before the first review more,
        and the reviews in a row short of the demotion band.
    best
        The highest tier that would have kept each customer in those reviews, ``(n_customers,)``.
    records
        What people decided.

    Examples
    --------
    See `apply_policy`.
    """

    history: CustomerHistory
    policies: tuple[tuple[TierPolicy, ...], IntArray]
    tiers: PlaceArray
    decisions: PlaceArray
    since: MomentArray
    awaiting: PlaceArray
    overridden: BoolArray
    ruled: PlaceArray
    below: PlaceArray
    best: IntArray
    records: People

    @property
    def customer_id(self) -> ObjectArray:
        """Identifiers, ``(n_customers,)``."""
        return self.history.customer_id

    @property
    def reviews(self) -> MomentArray:
        """When, ``(n_reviews,)``."""
        return self.history.reviews

    @property
    def names(self) -> tuple[str, ...]:
        """The ladder, the lowest first."""
        return self.policies[0][0].names

    @property
    def labels(self) -> ObjectArray:
        """The names of the tiers, ``None`` for none, ``(n_reviews, n_customers)``."""
        return np.array([*self.names, None], dtype=object)[self.tiers]

    @property
    def next_reviews(self) -> MomentArray:
        """When each review is followed by another: by the history's own, and after its last as the policy says."""
        last = self.policies[0][max(int(self.policies[1][-1]), 0)]
        return np.append(self.reviews[1:], self.reviews[-1:] + np.timedelta64(last.review_every))

    @property
    def standing(self) -> Standing:
        """Where the policy itself sees each customer after the last review: the start of a history that follows."""
        return Standing(self.ruled[-1].astype(np.int64), self.below[-1].astype(np.int64), self.best)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        ladder = ", ".join(self.names)
        return f"TierHistory({len(self)} customers at {len(self.reviews)} reviews: {ladder})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TierHistory):
            return NotImplemented
        names = ("tiers", "decisions", "since", "awaiting", "overridden", "ruled", "below", "best")
        mine, theirs = ((each.customer_id, each.reviews) for each in (self, other))
        return self.policies[0] == other.policies[0] and all(
            same_arrays(one, two)
            for one, two in (
                *zip(mine, theirs, strict=True),
                *((getattr(self, name), getattr(other, name)) for name in names),
            )
        )

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def place_of(self, review: int | date | datetime) -> int:
        """Find the position of a review.

        Parameters
        ----------
        review
            Its position, from the end if negative; or a point in time, for the last review until then.

        Raises
        ------
        InvalidValueError
            If there is no such review.

        Examples
        --------
        See `apply_policy`.
        """
        n = len(self.reviews)
        if isinstance(review, (int, np.integer)) and not isinstance(review, bool) and -n <= review < n:
            return int(review) % n
        if isinstance(review, date) and review == review:  # noqa: PLR0124 - NaT differs from itself
            moment = np.datetime64(instant(review, where="review").replace(tzinfo=None))
            found = int(np.searchsorted(self.reviews, moment, side="right")) - 1
            if found >= 0:
                return found
        allowed = f"{-n} to {n - 1}, or a point in time from {self.reviews[0]} on"
        raise InvalidValueError(Problem(what="no such review", where="review", allowed=allowed, got=repr(review)[:100]))

    def at(self, review: int | date | datetime = -1) -> Segments:
        """Return everybody's tier at one review, with reasons.

        Parameters
        ----------
        review
            Its position, from the end if negative; or a point in time, for the last review until then.

        Raises
        ------
        InvalidValueError
            If there is no such review.

        Examples
        --------
        See `apply_policy`.
        """
        place = self.place_of(review)
        everyone = np.arange(len(self))
        reason = self.reasons(place, everyone)
        return Segments(self.customer_id, self.tiers[place], self.names, ordered=True, reason=reason)

    def reasons(self, review: int, rows: IntArray) -> ObjectArray:
        """Say why some customers are in their tiers; words are made when asked for.

        Parameters
        ----------
        review
            Position of the review.
        rows
            Positions of the customers, each once.

        Returns
        -------
        Text, as many as rows.

        Raises
        ------
        InvalidValueError
            If there is no such review.
        PortfolioError
            If there are no such rows.

        Examples
        --------
        See `apply_policy`.
        """
        review, rows = self.place_of(review), positions(rows, len(self))
        policies, in_force = self.policies
        before, after = self.ruled[review][rows], self.ruled[review + 1][rows]
        facts = self.history.at(review).take(rows)
        parts = (self.decisions, self.awaiting, self.below)
        told = Told(facts, before, after, *(array[review][rows] for array in parts))
        said = reasons(policies[max(int(in_force[review]), 0)], told)
        for place in np.flatnonzero(self.overridden[review][rows]).tolist():
            said[place] = self._by_hand(review, int(rows[place])) + "; the policy says: " + said[place]
        ended = self.overridden[review - 1][rows] & ~self.overridden[review][rows] if review else np.zeros(0, np.bool_)
        for place in np.flatnonzero(ended).tolist():
            said[place] = f"no longer set to {self.names[self.tiers[review - 1, rows[place]]]}; {said[place]}"
        return said

    def _by_hand(self, review: int, row: int) -> str:
        held = self.records.record_of(self.customer_id[row], self.reviews[review])
        why = f", {held.reason}" if held.reason else ""
        return f"set to {held.tier} until {held.until:%Y-%m-%d}{why}{f' ({held.by})' if held.by else ''}"

    def __getitem__(self, customer_id: str) -> tuple[TierReview, ...]:
        """Return one customer's reviews."""
        row = row_of(self.customer_id, customer_id)
        return tuple(self._review(place, row) for place in range(len(self.reviews)))

    def _review(self, place: int, row: int) -> TierReview:
        tier, awaited = int(self.tiers[place, row]), int(self.awaiting[place, row])
        decision = DECISIONS[self.decisions[place, row]]
        return TierReview(
            customer_id=self.customer_id[row],
            at=self.reviews[place].item(),
            tier=None if tier < 0 else self.names[tier],
            since=self.since[place, row].item(),
            next_review=self.next_reviews[place].item(),
            decision=TierDecision.OVERRIDDEN if self.overridden[place, row] else decision,
            reason=self.reasons(place, np.array([row]))[0],
            awaiting=None if awaited < 0 else self.names[awaited],
        )

    @property
    def moved(self) -> BoolArray:
        """Whether each customer's tier differs from the review before, ``(n_reviews, n_customers)``."""
        moved = np.zeros(self.tiers.shape, dtype=np.bool_)
        moved[1:] = (self.tiers[1:] != self.tiers[:-1]) & (self.tiers[:-1] >= 0)
        return moved

    def sizes(self) -> pd.DataFrame:
        """Count the customers of each tier at each review.

        Examples
        --------
        See `apply_policy`.
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        counts = [np.bincount(row[row >= 0], minlength=len(self.names)) for row in self.tiers]
        return pd.DataFrame(np.array(counts), index=pd.Index(self.reviews, name="at"), columns=list(self.names))

    def chart(self, *, title: str = "Customers by tier") -> Chart:
        """Draw how many customers each tier has, the highest tier first.

        Parameters
        ----------
        title
            What it shows.

        Examples
        --------
        See `apply_policy`.
        """
        sizes = self.sizes()
        series = {name: sizes[name].to_numpy() for name in reversed(self.names)}
        return Chart.of(self.reviews, series, title=title, x_label="review", y_label="customers")

    def moves(self) -> pd.DataFrame:
        """Return the rows of `frame` at which a customer's tier changed, with reasons.

        Examples
        --------
        See `apply_policy`.
        """
        return self._rows(*np.nonzero(self.moved), words=True)

    def frame(self, *, words: bool = True) -> pd.DataFrame:
        """Return a pandas frame with one row per customer and review.

        Parameters
        ----------
        words
            Whether reasons are written out: about three seconds for a million rows.

        Examples
        --------
        See `apply_policy`.
        """
        place, row = np.divmod(np.arange(self.tiers.size), max(len(self), 1))
        return self._rows(place, row, words=words)

    def _rows(self, place: IntArray, row: IntArray, *, words: bool) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

        overridden = self.overridden[place, row]
        decision = np.where(overridden, DECISIONS.index(TierDecision.OVERRIDDEN), self.decisions[place, row])
        names = pd.Index(self.names)
        columns: dict[str, Any] = {
            "customer_id": self.customer_id[row],
            "at": self.reviews[place],
            "tier": pd.Categorical.from_codes(self.tiers[place, row], categories=names, ordered=True),
            "since": self.since[place, row],
            "next_review": self.next_reviews[place],
            "decision": pd.Categorical.from_codes(decision, categories=pd.Index([str(each) for each in DECISIONS])),
            "awaiting": pd.Categorical.from_codes(self.awaiting[place, row], categories=names, ordered=True),
        }
        if words:
            said = [self.reasons(each, row[place == each]) for each in np.unique(place).tolist()]
            columns["reason"] = np.concatenate([np.empty(0, dtype=object), *said])
        return pd.DataFrame(columns)

    def onto(self, portfolio: Portfolio, *, review: int | date | datetime = -1, label: str = "tier") -> Portfolio:
        """Put the tiers of a review into a portfolio, by customer: the current tiers that `TierSegmenter` reads.

        Parameters
        ----------
        portfolio
            Any customers; who is not in the history has no tier.
        review
            Its position, or a point in time.
        label
            What the label is called.

        Returns
        -------
        Another portfolio, with the label and the column ``reviews_below``.

        Raises
        ------
        InvalidValueError
            If there is no such review, or no portfolio.

        Examples
        --------
        See `apply_policy`.
        """
        expect(portfolio, Portfolio, where="TierHistory.onto: portfolio", remedy="Portfolio.from_frame(frame, as_of)")
        place = self.place_of(review)
        rows = {each: row for row, each in enumerate(self.customer_id.tolist())}
        found = np.array([rows.get(each, -1) for each in portfolio.customer_id.tolist()], dtype=np.int64)
        tiers = np.append(self.labels[place], np.array([None], dtype=object))[found]
        below = np.append(self.below[place].astype(np.float64), np.nan)[found]
        return portfolio.with_labels({label: tiers}).with_columns({BELOW: below}, {BELOW: "count"})
