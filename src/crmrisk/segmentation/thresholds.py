"""Plain ordered cuts of one column: the simplest segments there are, and no memory."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.fields import Several
from crmrisk.core.measures import Input, Name
from crmrisk.core.segmenters import StatelessSegmenter
from crmrisk.core.segments import Assigned
from crmrisk.segmentation.wording import number

if TYPE_CHECKING:
    from crmrisk.core.arrays import ObjectArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["ThresholdSegmenter"]


class ThresholdSegmenter(StatelessSegmenter, kind="crmrisk.thresholds"):
    """Cut one column into ordered segments.

    Parameters
    ----------
    column
        The column.
    cuts
        The cut points, rising [unit of the column].
    names
        The segments, the lowest first, one more than cuts; made from the cuts if not given.
    closed
        Whether a value on a cut belongs to the segment above it (``"left"``: each segment holds its lower end) or to
        the one below (``"right"``).
    unit
        Unit of the column, where the portfolio states one.

    Raises
    ------
    InvalidValueError
        If cuts do not rise, or names are not one more than cuts, or repeat.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> sizes = ThresholdSegmenter(column="assets", cuts=[10, 100], names=["small", "medium", "large"])
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"assets": [9.99, 100, None]})
    >>> sizes.segment(book).labels
    array(['small', 'large', None], dtype=object)
    >>> ThresholdSegmenter(column="age", cuts=[30, 60]).names
    ('age < 30', '30 <= age < 60', 'age >= 60')
    """

    column: Name
    cuts: Annotated[Several[float], Field(min_length=1)]
    names: Several[Name] = ()  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    closed: Literal["left", "right"] = "left"
    unit: str = ""
    ordered: ClassVar[bool] = True

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("names") and _are_numbers(data.get("cuts")):
            return data | {"names": _names(str(data.get("column")), list(data["cuts"]), data.get("closed", "left"))}
        return data

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = []
        if any(low >= high for low, high in pairwise(self.cuts)):
            problems.append(Problem(what="do not rise", where="cuts", got=str(self.cuts)[:200]))
        if len(self.names) != len(self.cuts) + 1 or len(set(self.names)) < len(self.names):
            allowed = f"{len(self.cuts) + 1} different names, the lowest first"
            problems.append(Problem(what="one more than cuts", where="names", allowed=allowed, got=str(self.names)))
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The column."""
        return (Input(self.column, self.unit),)

    @property
    def telling_values(self) -> dict[str, tuple[float, ...]]:
        """The cuts, for who makes up customers to try it on."""
        return {self.column: tuple(self.cuts)}

    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return each customer's place among the names, with the number that decides."""
        values = portfolio[self.column]
        codes = np.searchsorted(np.array(self.cuts), values, side="right" if self.closed == "left" else "left")
        reason: ObjectArray = np.empty(len(values), dtype=object)
        reason[:] = [
            f"{self.column} {number(v)}: {self._span(c)}" for v, c in zip(values.tolist(), codes.tolist(), strict=True)
        ]
        return Assigned(codes, reason)

    def _span(self, place: int) -> str:
        above, below = (">=", "<") if self.closed == "left" else (">", "<=")
        ends = [f"{above} {number(self.cuts[place - 1])}"] if place else []
        return " and ".join([*ends, *([f"{below} {number(self.cuts[place])}"] if place < len(self.cuts) else [])])


def _are_numbers(cuts: object) -> bool:
    return isinstance(cuts, (list, tuple)) and bool(cuts) and all(isinstance(cut, (int, float)) for cut in cuts)


def _names(column: str, cuts: list[float], closed: str) -> list[str]:
    first, then = ("<", ">=") if closed == "left" else ("<=", ">")
    inner = ("<=", "<") if closed == "left" else ("<", "<=")
    middle = [f"{number(low)} {inner[0]} {column} {inner[1]} {number(high)}" for low, high in pairwise(cuts)]
    return [f"{column} {first} {number(cuts[0])}", *middle, f"{column} {then} {number(cuts[-1])}"]
