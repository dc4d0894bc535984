"""Segments ready to use: the table of the R package rfm as published, and crmrisk's own without holes or overlaps."""

from __future__ import annotations

from functools import lru_cache

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.segmentation.rfm_segments import RfmBox, SegmentBoxes, Span

__all__ = ["complete_segments", "published_segments"]

_FEWEST, _MOST = 2, 9


def published_segments() -> SegmentBoxes:
    """Return the table of the R package rfm, as published: ten segments, with holes and overlaps.

    References
    ----------
    Hebbali, A., R package rfm 0.3.0, section Segments of its README.

    Examples
    --------
    >>> for said in published_segments().warnings:
    ...     print(said)
    10 of 125 cells belong to no segment, e.g. 215, 241, 251
    58 cells are claimed by several segments, e.g. 124 by At Risk and Lost
    """
    return SegmentBoxes(tuple(RfmBox(name, *spans) for name, *spans in _PUBLISHED))


_PUBLISHED: tuple[tuple[str, Span, Span, Span], ...] = (
    ("Champions", (5, 5), (5, 5), (5, 5)),
    ("Potential Loyalist", (3, 5), (3, 5), (2, 5)),
    ("Loyal Customers", (2, 4), (2, 4), (2, 4)),
    ("Promising", (3, 4), (1, 3), (3, 5)),
    ("New Customers", (4, 5), (1, 3), (1, 5)),
    ("Can't Lose Them", (1, 2), (3, 4), (4, 5)),
    ("At Risk", (1, 2), (2, 5), (4, 5)),
    ("Need Attention", (1, 3), (3, 5), (3, 5)),
    ("About To Sleep", (2, 3), (1, 3), (1, 4)),
    ("Lost", (1, 1), (1, 5), (1, 5)),
)


def complete_segments(groups: int = 5) -> SegmentBoxes:
    """Return crmrisk's own segments: eleven, every cell in exactly one, for any number of groups.

    Scores are low, middle or high: of five, 1 and 2 are low, 3 is middle, 4 and 5 are high; of two there is no middle.
    How lately and how often decide; where much was at stake, how much does.

    Parameters
    ----------
    groups
        How many scores each dimension has.

    Raises
    ------
    InvalidValueError
        If it is no number from 2 to 9.

    Examples
    --------
    >>> complete_segments().check().sizes["Champions"], len(complete_segments(3).names)
    (8, 11)
    """
    if not is_whole(groups) or not _FEWEST <= groups <= _MOST:
        allowed = f"{_FEWEST} to {_MOST}"
        raise InvalidValueError(Problem(what="no number of groups", where="groups", allowed=allowed, got=repr(groups)))
    return _completed(groups)


@lru_cache(maxsize=8)
def _completed(groups: int) -> SegmentBoxes:
    low = max(groups * 2 // 5, 1)
    high = groups + 1 - low
    spans = {"low": (1, low), "middle": (low + 1, high - 1), "high": (high, groups), "any": (1, groups)}
    spans["below high"] = (1, high - 1)
    named = ((name, [spans[each] for each in words.split(", ")]) for name, words in _COMPLETE)
    kept = ((name, ranges) for name, ranges in named if all(lowest <= highest for lowest, highest in ranges))
    return SegmentBoxes(tuple(RfmBox(name, *ranges) for name, ranges in kept), groups=groups, strict=True)


_COMPLETE = (
    ("Champions", "high, high, high"),
    ("Loyal Customers", "high, high, below high"),
    ("Potential Loyalists", "high, middle, any"),
    ("Promising", "high, low, high"),
    ("New Customers", "high, low, below high"),
    ("Need Attention", "middle, high, any"),
    ("Need Attention", "middle, middle, any"),
    ("About To Sleep", "middle, low, any"),
    ("Can't Lose Them", "low, high, high"),
    ("At Risk", "low, high, below high"),
    ("At Risk", "low, middle, any"),
    ("Lost Big Spenders", "low, low, high"),
    ("Lost", "low, low, below high"),
)
