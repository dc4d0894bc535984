"""From frames and portfolios to the tables of a history, one row per review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.exceptions import NarwhalsError

from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.portfolio_checks import frozen_moments, frozen_tags
from crmrisk.core.portfolio_frames import read_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import BoolArray, IntArray, ObjectArray
    from crmrisk.core.portfolio_checks import MomentArray

__all__ = ["HistoryParts", "read_history", "read_portfolios"]


class HistoryParts(NamedTuple):
    """Hold the tables of a frame, ready for `CustomerHistory`.

    Examples
    --------
    See `read_history`.
    """

    customer_id: ObjectArray
    reviews: MomentArray
    columns: dict[str, Any]
    labels: dict[str, Any]
    since: MomentArray | None
    tags: dict[str, BoolArray]
    present: BoolArray


class _Places(NamedTuple):
    """Say which review and which customer each row of a frame is of."""

    review: IntArray
    customer: IntArray
    shape: tuple[int, int]

    def spread(self, values: Any, missing: Any) -> Any:
        """Put one value per row into a table."""
        array = np.asarray(values) if isinstance(values, np.ndarray) else np.array([*values, None], dtype=object)[:-1]
        table = np.full(self.shape, missing, dtype=array.dtype)
        table[self.review, self.customer] = array
        return table

    def tagged(self, tags: Sequence[Any] | None) -> dict[str, BoolArray]:
        """Put the tags of each row into one table per tag."""
        rows = [] if tags is None else frozen_tags(tags, where="tags").tolist()
        tables = {tag: np.zeros(self.shape, dtype=np.bool_) for tag in sorted({tag for row in rows for tag in row})}
        for place, row in enumerate(rows):
            for tag in row:
                tables[tag][self.review[place], self.customer[place]] = True
        return tables


def read_history(frame: Any, *, at: str) -> HistoryParts:
    """Read a frame with one row per customer and review.

    Parameters
    ----------
    frame
        Any eager frame narwhals knows.
    at
        The column that says when.

    Raises
    ------
    PortfolioError
        If it is no such frame, a time or id is missing, or a customer has two rows for one review.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"customer_id": ["C1", "C2"], "at": pd.to_datetime(["2026-01-01", "2026-01-01"]), "revenue": [1, 2]}
    >>> read_history(pd.DataFrame(rows), at="at").columns["revenue"]
    array([[1., 2.]])
    """
    table = _renamed(frame, at)
    read_frame(table.select("customer_id").head(1))  # refuses ids of another type
    alike = nw.lit("-").alias("customer_id")  # each row's own is read by `_placed`, much faster
    try:
        parts = read_frame(table.drop("since", strict=False).rename({at: "since"}).with_columns(alike))
    except PortfolioError as error:  # the time of the review was read as a beginning is
        raise PortfolioError(*(_of(problem, at) for problem in error.problems)) from None
    moments = frozen_moments(parts.since, where=at)
    ids, places, reviews = _placed(table["customer_id"], moments, at)
    since = None
    if "since" in table.columns:
        since = np.full(len(ids), "NaT", dtype="datetime64[us]")
        known = frozen_moments(read_frame(table.select("since").with_columns(alike)).since, where="since")
        order = np.argsort(moments, kind="stable")[::-1]  # so that the earliest review has the last word
        order = order[~np.isnat(known[order])]
        since[places.customer[order]] = known[order]
    columns = {name: places.spread(values, np.nan) for name, values in parts.columns.items()}
    labels = {name: places.spread(values, None) for name, values in parts.labels.items()}
    present = places.spread(np.ones(len(moments), dtype=np.bool_), missing=False)
    return HistoryParts(ids, reviews, columns, labels, since, places.tagged(parts.tags), present)


def _of(problem: Problem, at: str) -> Problem:
    return replace(problem, where=at) if problem.where == "since" else problem


def _renamed(frame: Any, at: str) -> Any:
    try:
        table: Any = nw.from_native(frame, eager_only=True)
    except (TypeError, NarwhalsError) as error:
        got = f"{type(frame).__name__}: {error}"[:200]
        remedy = "collect a lazy frame first; give columns unique names; put portfolios into a list"
        raise PortfolioError(Problem(what="no frame to read", where="frame", got=got, remedy=remedy)) from None
    absent = [name for name in ("customer_id", at) if name not in table.columns]
    if absent:
        got = ", ".join(map(str, table.columns))[:200] or "none"
        raise PortfolioError(*(Problem(what="no such column", where=repr(name), got=got) for name in absent))
    return table


def _placed(given: nw.Series[Any], moments: MomentArray, at: str) -> tuple[ObjectArray, _Places, MomentArray]:
    import pandas as pd  # noqa: PLC0415 - a heavy import that only frames need

    native = given.to_native()
    customer, found = pd.factorize(native if isinstance(native, pd.Series) else given.to_numpy())
    ids = np.array([*read_frame(pd.DataFrame({"customer_id": found})).customer_id, None], dtype=object)[:-1]
    if (customer < 0).any() or np.isnat(moments).any() or not len(moments):
        what = "no rows" if not len(moments) else "rows without customer_id or time"
        got = f"{int((customer < 0).sum())} and {int(np.isnat(moments).sum())} of {len(moments)}"
        raise PortfolioError(Problem(what=what, where=f"customer_id, {at}", got=got))
    review, reviews = pd.factorize(moments, sort=True)
    shape = (len(reviews), len(ids))
    counts = np.bincount(review * shape[1] + customer, minlength=1)
    if counts.max() > 1:
        where = np.unravel_index(int(counts.argmax()), shape)
        got = f"{int((counts > 1).sum())}, the first: {ids[where[1]]!r} at {reviews[where[0]]}"
        raise PortfolioError(Problem(what="customers with two rows for one review", where=at, got=got))
    return ids, _Places(review, customer, shape), np.asarray(reviews)


def read_portfolios(portfolios: Sequence[Portfolio]) -> tuple[HistoryParts, dict[str, str]]:
    """Collect portfolios into tables, and their units.

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
    >>> read_portfolios([Portfolio(["C1"], date(2026, 1, 31), {"revenue": [3]})])[0].columns
    {'revenue': array([[3.]])}
    """
    books = _ordered(portfolios)
    ids = list(dict.fromkeys(each for book in books for each in book.customer_id.tolist()))
    rows = {each: place for place, each in enumerate(ids)}
    places = [np.array([rows[each] for each in book.customer_id.tolist()], dtype=np.int64) for book in books]
    shape = (len(books), len(ids))
    columns = {name: np.full(shape, np.nan) for book in books for name in book.columns}
    labels = {name: np.full(shape, None, dtype=object) for book in books for name in book.labels}
    since = np.full(len(ids), "NaT", dtype="datetime64[us]")
    for review, (book, where) in reversed(list(enumerate(zip(books, places, strict=True)))):
        for table, held in ((columns, book.columns), (labels, book.labels)):
            for name, values in held.items():
                table[name][review, where] = values
        if book.since is not None:
            known = ~np.isnat(book.since)
            since[where[known]] = book.since[known]
    moments = np.array([book.as_of.replace(tzinfo=None) for book in books], dtype="datetime64[us]")
    everyone = _Places(np.repeat(np.arange(len(books)), [len(book) for book in books]), np.concatenate(places), shape)
    present = everyone.spread(np.ones(len(everyone.review), dtype=np.bool_), missing=False)
    units = {name: unit for book in books for name, unit in book.units.items()}
    tags = everyone.tagged(_tags(books))
    history = HistoryParts(np.array([*ids, None], dtype=object)[:-1], moments, columns, labels, since, tags, present)
    return history, units


def _tags(books: list[Portfolio]) -> list[Any] | None:
    """List the tags of each customer of each book; a book without tags tags nobody."""
    if all(book.tags is None for book in books):
        return None
    return [each for book in books for each in ([()] * len(book) if book.tags is None else book.tags)]


def _ordered(portfolios: Sequence[Portfolio]) -> list[Portfolio]:
    given: Any = [portfolios] if isinstance(portfolios, Portfolio) else portfolios
    books = list(given) if isinstance(given, Iterable) else [given]
    strange = [type(each).__name__ for each in books if not isinstance(each, Portfolio)]
    if strange or not books:
        got = strange[0] if strange else "none"
        raise PortfolioError(Problem(what="no portfolios", where="portfolios", allowed="at least one", got=got))
    units: dict[str, set[str]] = {}
    for name, unit in (pair for book in books for pair in book.units.items()):
        units.setdefault(name, set()).add(unit)
    problems = [
        Problem(what="one column in two units", where=name, got=", ".join(sorted(found)))
        for name, found in units.items()
        if len(found) > 1
    ]
    ordered = sorted(books, key=lambda book: book.as_of.replace(tzinfo=None))
    moments = [book.as_of.replace(tzinfo=None) for book in ordered]
    if len(set(moments)) < len(moments):
        problems.append(Problem(what="two portfolios of one point in time", where="portfolios", allowed="one"))
    if problems:
        raise PortfolioError(*problems)
    return ordered
