"""Count transitions: from the segments of two periods or more, from a history, or from counts that are known."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from crmrisk.core.errors import InvalidValueError, PortfolioError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.core.segments import Segments
from crmrisk.segmentation.markov_chain import state_names
from crmrisk.segmentation.migration import Migration
from crmrisk.segmentation.migration_paths import Paths, paths_of_history, paths_of_segments, period_names, with_gone
from crmrisk.segmentation.plain_numbers import plain_numbers
from crmrisk.segmentation.tier_history import TierHistory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import FloatArray

__all__ = ["migration_history", "transition_matrix"]

_TRIPLES = 100  # segments up to which two moves in a row are counted


def transition_matrix(
    before: Any = None,
    after: Any = None,
    *,
    counts: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    ordered: bool = False,
    gone: str | None = None,
    absorbing: Sequence[str] | str = (),
    periods: Sequence[Any] | None = None,
) -> Migration:
    """Count how customers moved between segments from one period to the next.

    Customers without a segment in either period are in no transition; those who are in the book in one period only are
    entries and exits, unless ``gone`` makes those who left a segment of their own.

    Parameters
    ----------
    before, after
        `Segments` of two periods, lined up by customer; or the labels of the same customers in the same order,
        ``(n,)``. A sequence of `Segments` as ``before``, the earliest first, is a history.
    counts
        Transitions instead: rows from and columns to, ``(n_segments, n_segments)``, or one such table for each step,
        ``(n_steps, n_segments, n_segments)``.
    names
        All segments, the lowest first where they are ordered; `Segments` know theirs.
    ordered
        Whether later names are higher; `Segments` know it.
    gone
        What to call the segment of customers who are not in the book any more; the lowest.
    absorbing
        Segments that nobody leaves.
    periods
        What each period is called.

    Raises
    ------
    InvalidValueError
        If neither or both of segments and counts are given, names differ, counts are none, or customers were seen to
        leave an absorbing segment.
    PortfolioError
        If labels are not of the same customers.
    RecordError
        If labels are pandas columns of the same rows in another order.

    Examples
    --------
    >>> transition_matrix(["basic", "basic", "gold"], ["basic", "gold", "gold"]).counts
    array([[1., 1.],
           [0., 1.]])
    >>> q1 = Segments(["C1", "C2"], [0, 1], ("basic", "gold"), ordered=True)
    >>> q2 = Segments(["C2", "C3"], [0, 1], ("basic", "gold"), ordered=True)
    >>> transition_matrix(q1, q2, gone="gone").frame().query("count > 0")[["source", "target", "count"]]
      source target  count
    3  basic   gone    1.0
    7   gold  basic    1.0
    """
    if (before is None) == (counts is None):
        raise InvalidValueError(
            Problem(what="segments and counts, or neither", where="transition_matrix", allowed="either of them")
        )
    if counts is not None:
        return _known(counts, names, periods, ordered=ordered, absorbing=absorbing)
    if isinstance(before, Segments) or _are_segments(before):
        paths = paths_of_segments([before, after] if isinstance(before, Segments) else [*before], periods)
    else:
        paths = _labelled(before, after, names, periods, ordered=ordered)
    return _counted(paths, gone=gone, absorbing=absorbing)


def migration_history(
    history: Any,
    period: ArrayLike | None = None,
    segment: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    ordered: bool = False,
    gone: str | None = None,
    absorbing: Sequence[str] | str = (),
    rename: Mapping[str, str] | None = None,
) -> Migration:
    """Count how customers moved through a history of one record per customer and period.

    A transition leads from one period to the next that anybody was seen in.

    Parameters
    ----------
    history
        An eager frame with ``customer_id``, ``period`` and ``segment``; or, with the other two, the column of
        customers; or a `TierHistory`, or `Segments` of several periods, the earliest first, which know their names.
    period, segment
        The columns, where they are passed; a missing segment is unrated.
    names, ordered, gone, absorbing
        As for `transition_matrix`.
    rename
        The frame's column names to the names above.

    Raises
    ------
    PortfolioError
        If columns are missing or differ in length, a customer has two records of one period, or there is one only.
    InvalidValueError
        If customers were seen to leave an absorbing segment.
    RecordError
        If columns are of the same rows in another order.

    Examples
    --------
    >>> moved = migration_history(["a", "b", "a", "b", "a", "b"], [1, 1, 2, 2, 3, 3],
    ...     ["gold", "basic", "gold", "gold", "basic", "gold"])
    >>> moved.by_period
    array([[[0., 1.],
            [0., 1.]],
    <BLANKLINE>
           [[0., 0.],
            [1., 1.]]])
    """
    if isinstance(history, TierHistory) or _are_segments(history):
        return _of_segments(history, gone=gone, absorbing=absorbing)
    refuse_other_order(customer_id=history, period=period, segment=segment)
    columns = (history, period, segment) if period is not None else _columns(history, rename or {})
    paths = paths_of_history(*columns, names=names, ordered=ordered)
    return _counted(paths, gone=gone, absorbing=absorbing)


def _of_segments(history: TierHistory | Sequence[Segments], *, gone: str | None, absorbing: Any) -> Migration:
    if not isinstance(history, TierHistory):
        return transition_matrix(history, gone=gone, absorbing=absorbing)
    tiers = [Segments(history.customer_id, codes, history.names, ordered=True) for codes in history.tiers]
    periods = [str(each).removesuffix("T00:00:00") for each in history.reviews.astype("datetime64[s]")]
    return transition_matrix(tiers, gone=gone, absorbing=absorbing, periods=periods)


def _columns(frame: Any, rename: Mapping[str, str]) -> tuple[Any, ...]:
    import narwhals.stable.v2 as nw  # noqa: PLC0415 - only frames need it

    wanted = ("customer_id", "period", "segment")
    try:
        table = nw.from_native(frame, eager_only=True)
        found = {rename.get(name, name): name for name in table.columns}
    except Exception as error:  # noqa: BLE001 - each engine complains in its own way of frames it cannot read
        got, remedy = f"{type(frame).__name__}: {error}"[:200], "pass period= and segment= beside a column of customers"
        raise PortfolioError(Problem(what="no frame to read", where="history", got=got, remedy=remedy)) from None
    absent = [name for name in wanted if name not in found]
    absent += [name for name in rename if name not in table.columns]
    if absent:
        got = ", ".join(map(str, table.columns))
        raise PortfolioError(*(Problem(what="no such column", where=repr(name), got=got[:200]) for name in absent))
    return tuple(_native(table[found[name]]) for name in wanted)


def _native(column: Any) -> Any:
    native = column.to_native()
    return native if type(native).__module__.startswith("pandas") else column.to_pandas()


def _are_segments(before: Any) -> bool:
    return isinstance(before, list | tuple) and len(before) > 0 and isinstance(before[0], Segments)


def _labelled(before: Any, after: Any, names: Any, periods: Any, *, ordered: bool) -> Paths:
    if after is None:
        raise InvalidValueError(Problem(what="one period only", where="after", allowed="the segments one period later"))
    refuse_other_order(before=before, after=after)
    sides = [np.array(side, dtype=object) for side in (before, after)]
    if sides[0].ndim != 1 or sides[0].shape != sides[1].shape:
        got = f"{sides[0].shape} and {sides[1].shape}"
        raise PortfolioError(Problem(what="not the same customers twice", where="before, after", got=got))
    who, when = np.tile(np.arange(sides[0].size), 2), np.repeat([0, 1], sides[0].size)
    found = paths_of_history(who, when, np.concatenate(sides), names=names, ordered=ordered)
    return Paths(found.names, found.ordered, period_names(periods, 2), found.codes)


def _known(counts: ArrayLike, names: Any, periods: Any, *, ordered: bool, absorbing: Sequence[str] | str) -> Migration:
    given = plain_numbers(counts)
    tables = given[None] if given.ndim == 2 else given
    if tables.ndim != 3 or tables.shape[1] != tables.shape[2] or not tables.size:
        allowed = "as many rows as columns"
        raise InvalidValueError(Problem(what="no table", where="counts", allowed=allowed, got=repr(counts)[:200]))
    steps, k = tables.shape[:2]
    sizes = np.concatenate([tables.sum(axis=2), tables[-1:].sum(axis=1)])
    none = np.zeros((steps, k))
    return Migration(
        names=state_names(names, k),
        ordered=ordered,
        periods=period_names(periods, steps + 1),
        by_period=tables,
        sizes=sizes,
        entries=none,
        exits=none,
        absorbing=cast("tuple[str, ...]", absorbing),  # a migration makes it one
    )


def _counted(paths: Paths, *, gone: str | None, absorbing: Sequence[str] | str) -> Migration:
    paths = paths if gone is None else with_gone(paths, gone)
    k = len(paths.names)
    codes = paths.codes + 2  # absent 0, unrated 1, then the segments
    pairs = np.stack([_tabled(*two, k=k) for two in pairwise(codes)])
    triples = None
    if len(codes) > 2 and k <= _TRIPLES:
        in_a_row = zip(codes[:-2], codes[1:-1], codes[2:], strict=True)
        triples = np.sum([_tabled(*three, k=k)[2:, 2:, 2:] for three in in_a_row], axis=0)
    return Migration(
        names=paths.names,
        ordered=paths.ordered,
        periods=paths.periods,
        by_period=pairs[:, 2:, 2:],
        sizes=np.stack([np.bincount(row, minlength=k + 2)[2:] for row in codes]),
        entries=pairs[:, 0, 2:],
        exits=pairs[:, 2:, 0],
        triples=triples,
        absorbing=cast("tuple[str, ...]", absorbing),  # a migration makes it one
    )


def _tabled(*columns: NDArray[np.signedinteger[Any]], k: int) -> FloatArray:
    cells = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        cells = cells * (k + 2) + column
    counts = np.bincount(cells, minlength=(k + 2) ** len(columns)).reshape((k + 2,) * len(columns))
    return counts.astype(np.float64)
