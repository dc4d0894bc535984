"""The simplest scorer: a column that already is the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import LABEL, Input, Measure, Name

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["ColumnScorer"]


class ColumnScorer(StatelessScorer, kind="crmrisk.column"):
    """Take a column of the portfolio as the score.

    Parameters
    ----------
    column
        The column.
    measure
        What its numbers mean; the column may not leave its range.
    unit
        The unit of the column; by default that of the measure. ``"money"`` is the currency of the evidence's tables,
        which crmrisk cannot know: the measure names it.

    Raises
    ------
    CompositionError
        If the unit contradicts the measure's, or says that the column holds names.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"value": [120, None]})
    >>> ColumnScorer(column="value", measure=Measure.money("EUR")).score(book).values
    array([120.,  nan])
    """

    column: Name
    measure: Measure  # pyright: ignore[reportIncompatibleMethodOverride]  # a field is readable too
    unit: str = ""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        contradicts = self.unit not in {"", self.measure.unit, self.measure.quantity} and self.measure.unit
        if contradicts or LABEL in {self.unit, self.measure.unit}:
            raise CompositionError(
                Problem(
                    what="unit of the column is not that of the measure",
                    where=f"ColumnScorer({self.column!r})",
                    allowed=self.measure.unit or "a unit of numbers",
                    got=self.unit or self.measure.unit,
                )
            )
        return self

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The column, in the range of the measure."""
        return (Input(self.column, self.unit or self.measure.unit, self.measure.ge, self.measure.le),)

    def compute(self, portfolio: Portfolio) -> FloatArray:
        """Return the column."""
        return portfolio[self.column]
