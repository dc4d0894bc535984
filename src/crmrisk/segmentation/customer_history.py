"""What was known of customers at each of several reviews, held as tables with one row per review."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.arrays import FloatArray, ObjectArray, frozen_floats, frozen_objects
from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.measures import LABEL
from crmrisk.core.portfolio_checks import (
    Collector,
    MomentArray,
    frozen_labels,
    frozen_moments,
    id_problems,
    name_problems,
)
from crmrisk.segmentation.review_facts import Coded, ReviewFacts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, Names
    from crmrisk.core.measures import Input
    from crmrisk.core.portfolio import Portfolio

__all__ = ["CustomerHistory"]


@dataclass(frozen=True, eq=False, repr=False)
class CustomerHistory:
    """Hold numbers and names of the same customers at several reviews.

    Parameters
    ----------
    customer_id
        Unique identifiers, ``(n_customers,)``.
    reviews
        When, rising, ``(n_reviews,)``.
    columns
        Name to numbers, ``(n_reviews, n_customers)``; NaN is missing.
    labels
        Name to names, ``(n_reviews, n_customers)``; ``None`` is missing.
    since
        When each relationship began, ``(n_customers,)``; ``NaT`` is unknown.
    units
        Name to unit, where known.
    tags
        Tag to who has it, true or false, ``(n_reviews, n_customers)``; of any other tag nobody has it.
    present
        Who was looked at, ``(n_reviews, n_customers)``; by default everybody.

    Raises
    ------
    PortfolioError
        If ids are missing or repeat, reviews do not rise, shapes differ, or values are of another kind; every such
        problem is listed.

    Examples
    --------
    >>> from datetime import date
    >>> history = CustomerHistory(
    ...     ["C1", "C2"], [date(2026, 1, 1), date(2026, 2, 1)], {"revenue": [[10, 20], [30, None]]}
    ... )
    >>> history
    CustomerHistory(2 customers at 2 reviews: revenue)
    """

    customer_id: ObjectArray
    reviews: MomentArray
    columns: Mapping[str, FloatArray]
    labels: Mapping[str, Coded]
    since: MomentArray | None
    units: Mapping[str, str]
    tags: Mapping[str, BoolArray]
    present: BoolArray

    def __init__(
        self,
        customer_id: Names,
        reviews: ArrayLike | Sequence[date | datetime],
        columns: Mapping[str, ArrayLike],
        labels: Mapping[str, ArrayLike] | None = None,
        *,
        since: ArrayLike | Sequence[date | datetime | None] | None = None,
        units: Mapping[str, str] | None = None,
        tags: Mapping[str, ArrayLike] | None = None,
        present: ArrayLike | None = None,
    ) -> None:
        labels, units = labels or {}, units or {}
        collect = Collector()
        collect.problems.extend(name_problems(columns, labels, units))
        ids = collect(frozen_objects, customer_id, "customer_id")
        moments = collect(frozen_moments, reviews, "reviews")
        if not collect.problems:
            collect.problems.extend(id_problems(ids))
            collect.problems.extend(_review_problems(moments))
        if collect.problems:
            raise PortfolioError(*collect.problems)
        shape = (len(moments), len(ids))
        held = {
            "customer_id": ids,
            "reviews": moments,
            "columns": {name: collect(_table_of(frozen_floats, shape), v, name) for name, v in columns.items()},
            "labels": {name: collect(_table_of(_coded, shape), v, name) for name, v in labels.items()},
            "since": None if since is None else collect(frozen_moments, since, "since"),
            "units": dict(units),
            "tags": {name: collect(_table_of(_yes_or_no, shape), v, name) for name, v in (tags or {}).items()},
            "present": collect(
                _table_of(_yes_or_no, shape), np.ones(shape, dtype=np.bool_) if present is None else present, "present"
            ),
        }
        if held["since"] is not None and len(held["since"]) != len(ids):
            what = "length differs from customer_id"
            collect.problems.append(
                Problem(what=what, where="since", allowed=str(len(ids)), got=str(len(held["since"])))
            )
        if collect.problems:
            raise PortfolioError(*collect.problems)
        for name, value in held.items():
            object.__setattr__(self, name, MappingProxyType(value) if isinstance(value, dict) else value)

    @classmethod
    def from_frame(cls, frame: Any, *, at: str = "at", units: Mapping[str, str] | None = None) -> Self:
        """Read a frame with one row per customer and review; a row that is not there is missing evidence.

        Parameters
        ----------
        frame
            Any eager frame narwhals knows, with ``customer_id``, the time of the review, numbers, text, and ``since``
            and ``tags`` (lists of text) where known.
        at
            The column that says when.
        units
            Name to unit, where known.

        Raises
        ------
        PortfolioError
            If it is no such frame, a time is missing, or a customer has two rows for one review.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = {"customer_id": ["C1", "C1", "C2"], "at": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-02-01"])}
        >>> CustomerHistory.from_frame(pd.DataFrame(rows | {"revenue": [1, 2, 3]})).columns["revenue"]
        array([[ 1., nan],
               [ 2.,  3.]])
        """
        from crmrisk.segmentation.history_frames import read_history  # noqa: PLC0415 - only frames need narwhals

        parts = read_history(frame, at=at)._asdict()
        return cls(**parts, units=units)

    @classmethod
    def from_portfolios(cls, portfolios: Sequence[Portfolio]) -> Self:
        """Put portfolios of several points in time into one history; who is not in one lacks evidence there.

        Parameters
        ----------
        portfolios
            One per review, in any order.

        Raises
        ------
        PortfolioError
            If there are none, two are of one point in time, or units differ.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> CustomerHistory.from_portfolios(
        ...     [Portfolio([who], date(2026, month, 1), {"revenue": [month]}) for who, month in (("C1", 1), ("C2", 2))]
        ... ).columns["revenue"]
        array([[ 1., nan],
               [nan,  2.]])
        """
        from crmrisk.segmentation.history_frames import read_portfolios  # noqa: PLC0415 - beside its sibling for frames

        parts, units = read_portfolios(portfolios)
        return cls(**parts._asdict(), units=units)

    def __len__(self) -> int:
        return len(self.customer_id)

    def __repr__(self) -> str:
        names = ", ".join([*self.columns, *self.labels, *(["tags"] if self.tags else [])])
        return f"CustomerHistory({len(self)} customers at {len(self.reviews)} reviews: {names})"

    def at(self, review: int) -> ReviewFacts:
        """Return what was known at one review.

        Parameters
        ----------
        review
            Its position, from the end if negative.

        Raises
        ------
        InvalidValueError
            If there is no such review.

        Examples
        --------
        >>> from datetime import date
        >>> CustomerHistory(["C1"], [date(2026, 1, 1)], {"revenue": [[10]]}).at(0).numbers("revenue")
        array([10.])
        """
        n = len(self.reviews)
        if not is_whole(review) or not -n <= review < n:
            got, allowed = repr(review)[:100], f"{-n} to {n - 1}"
            raise InvalidValueError(Problem(what="no such review", where="review", allowed=allowed, got=got))
        return ReviewFacts(self, review)

    def missing(self, inputs: Collection[Input]) -> list[Problem]:
        """List the inputs that this history does not hold, or holds in another unit.

        Parameters
        ----------
        inputs
            What is read.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Input
        >>> [str(each) for each in CustomerHistory(["C1"], [date(2026, 1, 1)], {}).missing([Input("age", "day")])]
        ['age: missing from the history; allowed: numbers; got: nothing']
        """
        problems = []
        for each in inputs:
            other: Collection[str]
            held: Collection[str] = self.labels if each.unit == LABEL else self.columns
            kind = "names" if each.unit == LABEL else "numbers"
            unit = self.units.get(each.name, each.unit)
            other = self.columns if each.unit == LABEL else self.labels
            if each.name in other:
                got = "numbers" if each.unit == LABEL else "text"
                problems.append(Problem(what="of another type", where=each.name, allowed=kind, got=got))
            elif each.name not in held and not each.optional:
                got = ", ".join([*self.columns, *self.labels]) or "nothing"
                problems.append(Problem(what="missing from the history", where=each.name, allowed=kind, got=got))
            elif each.name in held and unit != each.unit:
                remedy = f"state unit={unit!r} where it is read, or convert the column"
                allowed = each.unit or "no unit"
                problems.append(
                    Problem(what="in another unit", where=each.name, allowed=allowed, got=unit, remedy=remedy)
                )
        return problems


def _review_problems(moments: MomentArray) -> list[Problem]:
    if not len(moments):
        return [Problem(what="no review", where="reviews", remedy="give the points in time")]
    if np.isnat(moments).any():
        return [Problem(what="a point in time is missing", where="reviews", got="NaT", remedy="leave it out")]
    if (np.diff(moments) <= np.timedelta64(0)).any():
        return [Problem(what="do not rise", where="reviews", remedy="sort them, each once")]
    return []


def _table_of(freeze: Any, shape: tuple[int, int]) -> Any:
    """Freeze a table through what freezes a column."""

    def frozen(values: Any, *, where: str) -> Any:
        try:
            table = values if isinstance(values, np.ndarray) else np.asarray(values, dtype=None)
        except ValueError as error:
            raise PortfolioError(Problem(what="not one value each", where=where, got=str(error)[:100])) from None
        if table.shape != shape:
            allowed = f"{shape}: reviews, customers"
            raise PortfolioError(Problem(what="another shape", where=where, allowed=allowed, got=str(table.shape)))
        column = freeze(table.ravel(), where=where)
        return (
            column._replace(codes=column.codes.reshape(shape)) if isinstance(column, Coded) else column.reshape(shape)
        )

    return frozen


def _yes_or_no(values: Any, *, where: str) -> BoolArray:
    array = np.asarray(values)
    if array.dtype != np.bool_:
        what, got = "neither true nor false", str(array.dtype)
        raise PortfolioError(Problem(what=what, where=where, allowed="booleans", got=got))
    table: BoolArray = array.copy()
    table.flags.writeable = False
    return table


def _coded(values: Any, *, where: str) -> Coded:
    import pandas as pd  # noqa: PLC0415 - a heavy import that only labels need

    names = frozen_labels(values, where=where)
    codes, vocabulary = pd.factorize(names)
    return Coded(codes.astype(np.int64), np.asarray(vocabulary, dtype=object))
