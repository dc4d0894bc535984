"""A points card: each characteristic gives points by the band its value falls into, and the points add up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.measures import LABEL, Input, Measure
from crmrisk.core.model import VALUE, Value
from crmrisk.core.optional_columns import column_or_unrated
from crmrisk.scoring.explaining import explain_by_input

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.portfolio import Portfolio

__all__ = ["Characteristic", "PointsScorer"]


@dataclass(frozen=True, config=VALUE)
class Characteristic(Value):
    """Give points for one input: edges ``e1 < ... < ek`` make k + 1 bands.

    Parameters
    ----------
    input
        What is read.
    bins
        The edges, ascending, ``(n_bands - 1,)``; a value on an edge belongs to the band above it.
    points
        The points of each band, from the lowest values to the highest, ``(n_bands,)``.
    missing
        The points of a customer without the input; ``None`` leaves the customer unrated.
    monotone
        Whether points must only rise (``"increasing"``) or only fall (``"decreasing"``) with the value.

    Raises
    ------
    InvalidValueError
        If the edges do not ascend, the number of points differs from that of the bands, the points break the declared
        direction, the input is a name and no number, or an optional input has no points for missing.

    Examples
    --------
    >>> idle = Characteristic(Input("idle_days", "day", ge=0), bins=(30, 90), points=(0, 10, 25), missing=15)
    >>> idle.of(np.array([29.0, 30.0, np.nan]))
    array([ 0., 10., 15.])
    """

    input: Input
    bins: tuple[float, ...]
    points: Annotated[tuple[float, ...], Field(min_length=1)]
    missing: float | None = None
    monotone: Literal["increasing", "decreasing"] | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        problems = self._problems()
        if problems:
            raise InvalidValueError(*problems)
        return self

    def _problems(self) -> list[Problem]:
        where = f"Characteristic({self.input.name!r})"
        steps = [later - earlier for earlier, later in pairwise(self.points)]
        backwards = {"increasing": any(s < 0 for s in steps), "decreasing": any(s > 0 for s in steps)}
        needed = f"{len(self.bins) + 1} points for {len(self.bins)} edges"
        checks = (
            (self.input.unit == LABEL, "reads names and not numbers", "a numeric input", self.input.unit),
            (any(a >= b for a, b in pairwise(self.bins)), "edges do not ascend", "e1 < e2 < ...", str(self.bins)),
            (len(self.points) != len(self.bins) + 1, "points do not match the edges", needed, str(len(self.points))),
            (
                backwards.get(self.monotone or "", False),
                "points change direction",
                str(self.monotone),
                str(self.points),
            ),
            (
                self.input.optional and self.missing is None,
                "optional input without points for missing",
                "missing=...",
                "None",
            ),
        )
        return [Problem(what=what, where=where, allowed=ok, got=got) for wrong, what, ok, got in checks if wrong]

    @property
    def reads(self) -> Input:
        """The input; optional where missing has points."""
        each = self.input
        return Input(each.name, each.unit, each.ge, each.le, optional=self.missing is not None)

    @property
    def fewest(self) -> float:
        """The fewest points it can give."""
        return min((*self.points, *self._when_missing))

    @property
    def most(self) -> float:
        """The most points it can give."""
        return max((*self.points, *self._when_missing))

    @property
    def _when_missing(self) -> tuple[float, ...]:
        return () if self.missing is None else (self.missing,)

    def of(self, values: FloatArray) -> FloatArray:
        """Return the points of each value.

        Parameters
        ----------
        values
            The input, ``(n_customers,)``; NaN is missing.

        Returns
        -------
        Points, ``(n_customers,)``; NaN where missing has none.
        """
        band = np.searchsorted(np.array(self.bins, dtype=np.float64), values, side="right")
        missing = np.nan if self.missing is None else self.missing
        return np.where(np.isnan(values), missing, np.array(self.points, dtype=np.float64)[band])


class PointsScorer(StatelessScorer, kind="crmrisk.points"):
    """Score by a published or expert points card: a base plus the points of each characteristic.

    Parameters
    ----------
    characteristics
        What gives points; one characteristic per input.
    base
        Points every customer has.
    unit
        The unit of the score.
    reference
        The points an explanation compares with: the ``"fewest"`` or the ``"most"`` each characteristic can give.

    Raises
    ------
    InvalidValueError
        If there is no characteristic, or two read the same input.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> card = PointsScorer(
    ...     characteristics=(
    ...         Characteristic(Input("idle_days", "day", ge=0), bins=(30, 90), points=(0, 10, 25)),
    ...         Characteristic(Input("open_complaints", ge=0), bins=(1,), points=(0, 20), missing=0),
    ...     )
    ... )
    >>> print(card.measure)
    index in point, [0, 45]
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"idle_days": [100, None], "open_complaints": [1, 0]})
    >>> card.score(book).values
    array([45., nan])
    >>> [str(driver) for driver in card.explain(book).drivers(0)]
    ['idle_days +25 point', 'open_complaints +20 point']
    """

    characteristics: Annotated[tuple[Characteristic, ...], Field(min_length=1)]
    base: float = 0.0
    unit: str = "point"
    reference: Literal["fewest", "most"] = "fewest"

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [each.input.name for each in self.characteristics]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InvalidValueError(
                *(Problem(what="input of two characteristics", where=f"PointsScorer({name!r})") for name in repeated)
            )
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the characteristics read."""
        return tuple(each.reads for each in self.characteristics)

    @property
    def measure(self) -> Measure:
        """An index from the fewest to the most points the card can give."""
        # Added in the order of `compute`, so that rounding cannot carry a score past the bounds.
        least, most = self.base, self.base
        for each in self.characteristics:
            least, most = least + each.fewest, most + each.most
        return Measure.index(least, most, self.unit)

    @property
    def monotone(self) -> dict[str, int]:
        """The inputs with which the score only rises (1) or only falls (-1), where that was declared."""
        signs = {"increasing": 1, "decreasing": -1}
        return {each.input.name: signs[each.monotone] for each in self.characteristics if each.monotone is not None}

    def compute(self, portfolio: Portfolio) -> FloatArray:
        """Return the base plus the points of each characteristic."""
        total = np.full(len(portfolio), self.base)
        for each in self.characteristics:
            total = total + each.of(column_or_unrated(portfolio, each.input.name))
        return total

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain each score by the points each characteristic gives beyond the reference.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        """
        reference = [getattr(each, self.reference) for each in self.characteristics]

        def contributions(rated: Portfolio) -> list[FloatArray]:
            return [
                each.of(column_or_unrated(rated, each.input.name)) - points
                for each, points in zip(self.characteristics, reference, strict=True)
            ]

        return explain_by_input(self, portfolio, contributions, baseline=self.base + sum(reference), scale=self.unit)
