"""Named segments as data: boxes of scores, first match wins; and whether they leave holes or overlap."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self, TypeAlias

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.listing import listed
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, Groups

if TYPE_CHECKING:
    import pandas as pd

    from crmrisk.core.arrays import IntArray

__all__ = ["Cell", "Overlap", "RfmBox", "SegmentBoxes", "SegmentCheck"]

Digit: TypeAlias = Annotated[int, Field(ge=1, le=9)]
Span: TypeAlias = tuple[Digit, Digit]

_SHOWN = 3


class Cell(NamedTuple):
    """Name one cell of the cube by its scores.

    Examples
    --------
    >>> Cell(5, 4, 3).score
    543
    """

    recency: int
    frequency: int
    monetary: int

    @property
    def score(self) -> int:
        """100 R + 10 F + M."""
        return 100 * self.recency + 10 * self.frequency + self.monetary


class Overlap(NamedTuple):
    """Name a cell that several boxes claim; the first of them has it.

    Examples
    --------
    >>> Overlap(Cell(5, 5, 5), ("Champions", "Loyal")).segments[0]
    'Champions'
    """

    cell: Cell
    segments: tuple[str, ...]


@dataclass(frozen=True, config=VALUE)
class RfmBox(Value):
    """Name a box of scores, both ends of each range included.

    Parameters
    ----------
    name
        The segment; several boxes may share one.
    recency, frequency, monetary
        Lowest and highest score.

    Raises
    ------
    InvalidValueError
        If a range is crossed or leaves 1 to 9.

    Examples
    --------
    >>> RfmBox("Champions", (5, 5), (5, 5), (5, 5)).holds(Cell(5, 5, 4))
    False
    """

    name: Name
    recency: Span
    frequency: Span
    monetary: Span

    def __str__(self) -> str:
        spans = (f"{name} {low} to {high}" for name in DIMENSIONS for low, high in [getattr(self, name)])
        return f"{self.name}: {', '.join(spans)}"

    @model_validator(mode="after")
    def _not_crossed(self) -> Self:
        crossed = [name for name in DIMENSIONS if getattr(self, name)[0] > getattr(self, name)[1]]
        if crossed:
            places = [f"RfmBox({self.name!r}).{name}" for name in crossed]
            allowed = "(lowest, highest)"
            raise InvalidValueError(*(Problem(what="range is crossed", where=p, allowed=allowed) for p in places))
        return self

    def holds(self, cell: Cell) -> bool:
        """Tell whether a cell lies in the box.

        Parameters
        ----------
        cell
            Scores of recency, frequency and monetary value.

        Examples
        --------
        See `RfmBox`.
        """
        spans = (self.recency, self.frequency, self.monetary)
        return all(low <= score <= high for (low, high), score in zip(spans, cell, strict=True))


class SegmentCheck(NamedTuple):
    """Report what a list of boxes does to the whole cube of scores.

    Parameters
    ----------
    sizes
        Segment to the number of cells it has by first match; holes last, under the name for others.
    holes
        Cells that no box claims.
    overlaps
        Cells that boxes of several segments claim.
    unreachable
        Segments without any cell: those before them have all they claim.

    Examples
    --------
    >>> from crmrisk.segmentation.rfm_presets import published_segments
    >>> check = published_segments().check()
    >>> len(check.holes), len(check.overlaps), check.complete, check.disjoint
    (10, 58, False, False)
    """

    sizes: dict[str, int]
    holes: tuple[Cell, ...]
    overlaps: tuple[Overlap, ...]
    unreachable: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every cell has a segment."""
        return not self.holes

    @property
    def disjoint(self) -> bool:
        """Whether no cell is claimed twice, so that the order of the boxes does not matter."""
        return not self.overlaps

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the segments should know, in words; nothing where they are complete and disjoint."""
        said = []
        if self.holes:
            shown = ", ".join(str(cell.score) for cell in self.holes[:_SHOWN])
            said.append(f"{len(self.holes)} of {sum(self.sizes.values())} cells belong to no segment, e.g. {shown}")
        if self.overlaps:
            first = self.overlaps[0]
            named = " and ".join(first.segments)
            said.append(
                f"{len(self.overlaps)} cells are claimed by several segments, e.g. {first.cell.score} by {named}"
            )
        if self.unreachable:
            said.append(f"nobody can be in {', '.join(self.unreachable)}")
        return tuple(said)

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per segment and the number of its cells.

        Examples
        --------
        >>> from crmrisk.segmentation.rfm_presets import published_segments
        >>> published_segments().check().frame().head(2)
                        segment  cells
        0             Champions      1
        1  Potential Loyalist     35
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({"segment": list(self.sizes), "cells": list(self.sizes.values())})


@dataclass(frozen=True, config=VALUE)
class SegmentBoxes(Value):
    """List named boxes of scores: a customer belongs to the first that holds the three scores.

    The whole cube is walked at construction; `check` reports holes and overlaps as data, `warnings` says them in
    words, and ``strict=True`` refuses them.

    Parameters
    ----------
    boxes
        The boxes, in order of precedence.
    groups
        How many scores each dimension has.
    others
        The segment of cells that no box claims.
    strict
        Whether holes and overlaps are errors.

    Raises
    ------
    InvalidValueError
        If there is no box, a box leaves the cube, a box has the name for others, or, where strict, cells belong to no
        segment or to several.

    Examples
    --------
    >>> boxes = SegmentBoxes(
    ...     [RfmBox("Recent", (2, 2), (1, 2), (1, 2)), RfmBox("Lapsed big", (1, 1), (1, 2), (2, 2))], groups=2
    ... )
    >>> boxes.names, boxes.check().holes
    (('Recent', 'Lapsed big', 'Others'), (Cell(recency=1, frequency=1, monetary=1), Cell(recency=1, frequency=2, \
monetary=1)))
    >>> boxes.warnings
    ('2 of 8 cells belong to no segment, e.g. 111, 121',)
    """

    boxes: Annotated[tuple[RfmBox, ...], Field(min_length=1)]
    groups: Groups = 5
    others: Name = "Others"
    strict: bool = False

    def __str__(self) -> str:
        return f"{listed(self.boxes)}\n{self.others}: the others of scores 1 to {self.groups}"

    @model_validator(mode="after")
    def _inside(self) -> Self:
        where = "SegmentBoxes"
        outside = [b for b in self.boxes if max(b.recency[1], b.frequency[1], b.monetary[1]) > self.groups]
        allowed = f"scores 1 to {self.groups}"
        problems = [Problem(what=f"box {b.name!r} leaves the cube", where=where, allowed=allowed) for b in outside]
        if any(box.name == self.others for box in self.boxes):
            problems.append(Problem(what="a box has the name for others", where=where, got=repr(self.others)))
        if not problems and self.strict:
            problems = [Problem(what=said, where=where, remedy="see check()") for said in self.warnings]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The segments in the order of the boxes, each once; the others last where there are holes."""
        named = tuple(dict.fromkeys(box.name for box in self.boxes))
        return (*named, self.others) if len(named) in _walked(self).codes else named

    @property
    def warnings(self) -> tuple[str, ...]:
        """Holes, overlaps and segments nobody can be in, in words."""
        return self.check().warnings

    def codes(self) -> IntArray:
        """Place of each cell's segment in `names`, in the order of cells 111, 112, ..., ``(groups ** 3,)``.

        Examples
        --------
        >>> from crmrisk.segmentation.rfm_presets import published_segments
        >>> int(published_segments().codes()[-1])
        0
        """
        return np.array(_walked(self).codes, dtype=np.int64)

    def check(self) -> SegmentCheck:
        """Walk the cube and report cells that no box claims, and cells that several do.

        Examples
        --------
        >>> from crmrisk.segmentation.rfm_presets import complete_segments
        >>> complete_segments().check().warnings
        ()
        """
        return _walked(self).check


class _Walk(NamedTuple):
    codes: tuple[int, ...]
    check: SegmentCheck


@lru_cache(maxsize=64)
def _walked(boxes: SegmentBoxes) -> _Walk:
    named = list(dict.fromkeys(box.name for box in boxes.boxes))
    cells = [Cell(*scores) for scores in product(range(1, boxes.groups + 1), repeat=3)]
    claims = [tuple(dict.fromkeys(box.name for box in boxes.boxes if box.holds(cell))) for cell in cells]
    codes = tuple(named.index(claim[0]) if claim else len(named) for claim in claims)
    sizes = {name: codes.count(place) for place, name in enumerate([*named, boxes.others])}
    if not sizes[boxes.others]:
        del sizes[boxes.others]
    return _Walk(
        codes,
        SegmentCheck(
            sizes=sizes,
            holes=tuple(cell for cell, claim in zip(cells, claims, strict=True) if not claim),
            overlaps=tuple(Overlap(cell, claim) for cell, claim in zip(cells, claims, strict=True) if len(claim) > 1),
            unreachable=tuple(name for name in named if not sizes[name]),
        ),
    )
