"""From segments of several periods to one row per period of small codes: who was where, unrated, or not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import refuse
from crmrisk.core.arrays import same_arrays
from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.segments import Segments
from crmrisk.segmentation.markov_chain import state_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["ABSENT", "UNRATED", "Paths", "paths_of_history", "paths_of_segments", "period_names", "with_gone"]

UNRATED = -1
"""The code of a customer who is in the book, but whose segment is not known."""
ABSENT = -2
"""The code of a customer who is not in the book."""
_MOST = 2_000_000_000  # customers times periods, a byte each


@dataclass(frozen=True, eq=False)
class Paths:
    """Hold where each customer was in each period.

    Parameters
    ----------
    names
        The segments.
    ordered
        Whether later names are higher.
    periods
        What each period is called, the earliest first.
    codes
        Place in ``names``, -1 unrated, -2 not in the book, ``(n_periods, n_customers)``.

    Examples
    --------
    >>> paths_of_history(["a", "a"], [1, 2], ["gold", "silver"]).codes
    array([[0],
           [1]], dtype=int8)
    """

    names: tuple[str, ...]
    ordered: bool
    periods: tuple[str, ...]
    codes: NDArray[np.signedinteger[Any]]


def paths_of_segments(segments: Sequence[Segments], periods: Sequence[Any] | None = None) -> Paths:
    """Line up the segments of two or more periods by customer.

    Parameters
    ----------
    segments
        The earliest first, all with the same names.
    periods
        What each period is called.

    Raises
    ------
    InvalidValueError
        If there are fewer than two, they are no `Segments`, or have other names; or periods are of another number.
    PortfolioError
        If a customer has several segments in one period.

    Examples
    --------
    >>> before, after = Segments(["a"], [0], ("basic", "gold")), Segments(["b"], [1], ("basic", "gold"))
    >>> paths_of_segments([before, after]).codes
    array([[ 0, -2],
           [-2,  1]], dtype=int8)
    """
    refuse(_segment_problems(segments))
    called = period_names(periods, len(segments))
    first = segments[0]
    kind = _small(len(first.names))
    if all(same_arrays(each.customer_id, first.customer_id) for each in segments[1:]):
        if len({*first.customer_id.tolist()}) < len(first):
            raise PortfolioError(Problem(what="customers more than once", where="segments", allowed="one segment each"))
        codes = np.stack([each.codes.astype(kind) for each in segments])
    else:
        codes = _aligned(segments, kind)
    return Paths(first.names, first.ordered, called, codes)


def period_names(periods: Sequence[Any] | None, n: int) -> tuple[str, ...]:
    """Write the names of periods, or number them.

    Parameters
    ----------
    periods
        Different values that can be written; or ``None``.
    n
        How many there must be.

    Raises
    ------
    InvalidValueError
        If they repeat or are of another number.

    Examples
    --------
    >>> period_names(None, 2), period_names(["Q1", "Q2"], 2)
    (('1', '2'), ('Q1', 'Q2'))
    """
    given: Any = range(1, n + 1) if periods is None else periods
    return state_names([_called(each) for each in given] if np.iterable(given) else given, n, where="periods")


def _segment_problems(segments: Sequence[Segments]) -> list[Problem]:
    strange = [type(each).__name__ for each in segments if not isinstance(each, Segments)]
    if strange or len(segments) < 2:
        allowed, got = "Segments of two or more periods", ", ".join(strange) or f"{len(segments)}"
        return [Problem(what="no segments to compare", where="segments", allowed=allowed, got=got)]
    first = segments[0]
    return [
        Problem(what="other segments", where=f"segments[{place}]", allowed=_said(first), got=_said(each))
        for place, each in enumerate(segments)
        if (each.names, each.ordered) != (first.names, first.ordered)
    ]


def _said(segments: Segments) -> str:
    return ("ordered " if segments.ordered else "") + ", ".join(segments.names)


def _aligned(segments: Sequence[Segments], kind: Any) -> NDArray[np.signedinteger[Any]]:
    first = segments[0].customer_id
    place: dict[Any, int] = {}
    places: list[NDArray[np.int64]] = []
    for each in segments:
        if places and same_arrays(each.customer_id, first):
            places.append(places[0])
            continue
        at = np.fromiter((place.setdefault(who, len(place)) for who in each.customer_id.tolist()), dtype=np.int64)
        places.append(at)
    _refuse_repeated(places, len(place))
    codes = np.full((len(segments), len(place)), ABSENT, dtype=kind)
    for row, at, each in zip(codes, places, segments, strict=True):
        row[at] = each.codes
    return codes


def _refuse_repeated(places: Sequence[NDArray[np.int64]], customers: int) -> None:
    problems = []
    for number, at in enumerate(places):
        repeated = at.size - int(np.count_nonzero(np.bincount(at, minlength=customers)))
        if repeated:
            what = f"{repeated} customer(s) more than once"
            problems.append(Problem(what=what, where=f"segments[{number}]", allowed="one segment each"))
    if problems:
        raise PortfolioError(*problems)


def paths_of_history(
    customer: ArrayLike,
    period: ArrayLike,
    segment: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ordered: bool = False,
) -> Paths:
    """Arrange a history, one record per customer and period.

    Parameters
    ----------
    customer, period, segment
        Columns of one length, in any order of the records; a missing segment is unrated. Periods follow each other as
        they sort, texts of digits as numbers: write ``"2026-Q1"``, not ``"Q1 2026"``.
    names
        All segments, the lowest first where they are ordered; sorted unless given.
    ordered
        Whether later names are higher.

    Raises
    ------
    PortfolioError
        If columns differ in length, customers or periods are missing, a customer has two records of one period, there
        is one period only, or a segment is not among the names.

    Examples
    --------
    >>> paths_of_history([1, 1, 2, 2], [1, 2, 1, 2], ["b", "a", "a", None]).codes
    array([[ 1,  0],
           [ 0, -1]], dtype=int8)
    """
    who, customers = _places(customer, "customer_id", ordered=False)
    when, periods = _in_time(*_places(period, "period", ordered=True))
    where, found = _places(segment, "segment", ordered=True)
    problems = _history_problems({"customer_id": who, "period": when, "segment": where}, len(customers), len(periods))
    if problems:
        raise PortfolioError(*problems)
    texts = [str(each) for each in found]
    known = state_names(texts if names is None else names, None)
    strange = [text for text in texts if text not in known]
    if strange:
        got = ", ".join(strange)[:200]
        raise PortfolioError(
            Problem(what="segments without a name", where="segment", allowed=", ".join(known), got=got)
        )
    kind = _small(len(known))
    place = np.array([*(known.index(text) for text in texts), UNRATED], dtype=kind)
    codes = np.full((len(periods), len(customers)), ABSENT, dtype=kind)
    codes.ravel()[when * len(customers) + who] = place[where]
    repeated = len(who) - int(np.count_nonzero(codes != ABSENT))
    if repeated:
        what = f"{repeated} record(s) more than one of a customer in a period"
        raise PortfolioError(Problem(what=what, where="customer_id, period", remedy="keep one segment each"))
    return Paths(known, ordered, tuple(_called(each) for each in periods), codes)


def _places(column: ArrayLike, where: str, *, ordered: bool) -> tuple[NDArray[np.intp], Any]:
    """Give each distinct value of a column a number, missing ones -1."""
    import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

    given = column if isinstance(column, pd.Series | pd.Index | pd.Categorical) else _array(column, where)
    try:
        return pd.factorize(given, sort=ordered)
    except (TypeError, ValueError) as error:
        what, got = "values that cannot be told apart or ordered", str(error)[:200]
        raise PortfolioError(Problem(what=what, where=where, got=got)) from None


def _in_time(places: NDArray[np.intp], periods: Any) -> tuple[NDArray[np.intp], Any]:
    """Order texts of digits as numbers, so that 2 comes before 10."""
    kinds = {type(each) for each in periods}
    if len(kinds) > 1 and str in kinds:
        got = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise PortfolioError(Problem(what="periods of different kinds cannot be ordered", where="period", got=got))
    if kinds != {str} or not all(each.isdecimal() for each in periods):
        return places, periods
    order = np.argsort([int(each) for each in periods], kind="stable")
    rank = np.append(np.argsort(order), UNRATED)  # a missing period stays missing
    return rank[places], [periods[at] for at in order]


def _array(column: ArrayLike, where: str) -> NDArray[Any]:
    try:
        given = np.asarray(column)
        if given.ndim == 1 and given.dtype.kind == "U":  # so that None among texts stays missing
            given = np.array(column, dtype=object)
    except ValueError as error:
        raise PortfolioError(Problem(what="no column", where=where, got=str(error)[:200])) from None
    if given.ndim != 1:
        raise PortfolioError(Problem(what="no column", where=where, got=f"shape {given.shape}"))
    return given


def _history_problems(columns: dict[str, NDArray[np.intp]], customers: int, periods: int) -> list[Problem]:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        got = ", ".join(f"{name}: {len(column)}" for name, column in columns.items())
        return [Problem(what="columns of different lengths", where="history", got=got)]
    problems = [
        Problem(what=f"{int((columns[name] < 0).sum())} missing", where=name, allowed="one for each record")
        for name in ("customer_id", "period")
        if (columns[name] < 0).any()
    ]
    if periods < 2:
        problems.append(Problem(what="no two periods to compare", where="period", allowed=">= 2", got=str(periods)))
    if customers * periods > _MOST:
        what, got = "too many customers times periods", f"{customers} x {periods}"
        problems.append(Problem(what=what, where="history", allowed=f"{_MOST:,}", got=got, remedy="longer periods"))
    return problems


def _called(period: Any) -> str:
    text = str(period)
    return text.removesuffix(" 00:00:00").removesuffix("T00:00:00.000000000")


def with_gone(paths: Paths, gone: str) -> Paths:
    """Put customers who were in the book before and are not any more into a segment of their own.

    Parameters
    ----------
    paths
        Who was where.
    gone
        Its name: the lowest segment, unless there is one of this name.

    Examples
    --------
    >>> left = paths_of_history(["a", "a", "b"], [1, 2, 1], ["gold", "gold", "gold"])
    >>> with_gone(left, "gone").codes
    array([[1, 1],
           [1, 0]], dtype=int8)
    """
    new = gone not in paths.names
    names = (*state_names((gone,), 1), *paths.names) if new else paths.names
    kind = _small(len(names))
    codes = np.where(paths.codes >= 0, paths.codes + int(new), paths.codes).astype(kind)
    before = np.zeros(codes.shape[1], dtype=bool)
    for row in codes:
        row[before & (row == ABSENT)] = names.index(gone)
        before |= row != ABSENT
    return Paths(names, paths.ordered, paths.periods, codes)


def _small(names: int) -> Any:
    return np.int8 if names < 126 else np.int32
