"""The risk matrix: grades looked up by real cut points of likelihood and consequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import BeforeValidator, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.assessment.criteria import GradesByCode
from crmrisk.assessment.intervals import checked_intervals, grade_sets
from crmrisk.assessment.matrix.canonical import canonical_codes
from crmrisk.assessment.matrix.check import check_grid
from crmrisk.assessment.matrix.presets import PRESETS
from crmrisk.assessment.matrix.shape import (
    as_grades,
    axis_problems,
    cell_number,
    drawn,
    equal_edges,
    grade_problems,
    grid_codes,
    label_place,
    picture,
    step_names,
)
from crmrisk.assessment.pairs import likelihood_and_consequence
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.levels import RiskLevel
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.assessment.matrix.quality import Density, Risk
    from crmrisk.assessment.matrix.report import MatrixReport
    from crmrisk.assessment.pairs import CodeArray
    from crmrisk.core.arrays import ObjectArray

__all__ = ["NO_CURRENCY", "RiskMatrix"]

NO_CURRENCY = "XXX"
"""ISO 4217 code for "no currency": consequences are shares or points, not money."""


def _listed(values: object) -> object:
    return values.tolist() if isinstance(values, np.ndarray) else values


Edges = Annotated[tuple[float, ...], BeforeValidator(_listed)]
Labels = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Grades = Annotated[tuple[tuple[RiskLevel, ...], ...], BeforeValidator(_listed)]


@dataclass(frozen=True, config=VALUE)
class RiskMatrix(GradesByCode, Value):
    """Grade risks by the cell of a matrix they fall into.

    **Rows are likelihood and row 0 is the LOWEST likelihood**, the bottom row of the usual picture; columns are
    consequence and column 0 is the lowest. A number equal to an inner edge belongs to the higher cell. Numbers below
    the first edge belong to the first cell and numbers from the last edge on to the last cell, so every risk that is
    rated has a grade. Grades that fall while risk rises are allowed, because such matrices are in use; `check` reports
    them.

    Parameters
    ----------
    likelihood_edges
        Cut points of the probability, ``(n_rows + 1,)``, strictly ascending in [0, 1].
    consequence_edges
        Cut points of the loss, ``(n_columns + 1,)``, strictly ascending from >= 0 [currency].
    grades
        Grade of each cell, ``n_rows`` rows of ``n_columns``, the row of the LOWEST likelihood first.
    currency
        Unit of the consequences; by default `NO_CURRENCY`.
    likelihood_labels, consequence_labels
        Names of rows and columns, lowest first; empty or one for each.

    Raises
    ------
    InvalidValueError
        If edges do not ascend, numbers are out of range, or grades or labels do not fit the edges.

    References
    ----------
    Cox, L. A. (2008), "What's wrong with risk matrices?", Risk Analysis 28(2), 497-512.

    Examples
    --------
    >>> matrix = RiskMatrix(
    ...     likelihood_edges=(0, 0.1, 1),
    ...     consequence_edges=(0, 100, 1000),
    ...     grades=(("low", "low"), ("low", "high")),
    ...     currency="EUR",
    ... )
    >>> matrix.grade(0.05, 500.0), matrix.grade(0.1, 5000.0)
    (<RiskLevel.LOW: 'low'>, <RiskLevel.HIGH: 'high'>)
    >>> print(matrix)
             | 0 to 100 | 100 to 1000
    0.1 to 1 | low      | high
    0 to 0.1 | low      | low
    """

    kind: ClassVar[str] = "crmrisk.matrix"

    likelihood_edges: Edges
    consequence_edges: Edges
    grades: Grades
    currency: Name = NO_CURRENCY
    likelihood_labels: Labels = ()
    consequence_labels: Labels = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        problems = [
            *axis_problems("likelihood", self.likelihood_edges, self.likelihood_labels, limit=1.0),
            *axis_problems("consequence", self.consequence_edges, self.consequence_labels),
            *grade_problems(self.grades, len(self.likelihood_edges) - 1, len(self.consequence_edges) - 1),
        ]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @classmethod
    def preset(
        cls, name: str, *, currency: str = NO_CURRENCY, consequence_edges: Sequence[float] | None = None
    ) -> Self:
        """Return a ready-made matrix with real, roughly logarithmic cut points and labels.

        Parameters
        ----------
        name
            ``"3x3"``, ``"4x4"`` or ``"5x5"``.
        currency
            Unit of the consequences.
        consequence_edges
            Cut points of the loss instead of the preset's [currency]; the grades stay as they are, so `check` again.

        Raises
        ------
        InvalidValueError
            If there is no such preset, or the edges do not fit it.

        Examples
        --------
        >>> matrix = RiskMatrix.preset("5x5", currency="EUR")
        >>> matrix.grade(0.5, 5000.0), matrix.check().consistent
        (<RiskLevel.EXTREME: 'extreme'>, True)
        """
        preset = PRESETS.get(name)
        if preset is None:
            raise InvalidValueError(
                Problem(what="no such preset", where="RiskMatrix.preset", allowed=", ".join(PRESETS), got=repr(name))
            )
        return cls(
            likelihood_edges=preset.likelihood_edges,
            consequence_edges=preset.consequence_edges if consequence_edges is None else tuple(consequence_edges),
            grades=drawn(preset.picture),
            currency=currency,
            likelihood_labels=preset.likelihood_labels,
            consequence_labels=preset.consequence_labels,
        )

    @classmethod
    def canonical(
        cls,
        n: int,
        *,
        likelihood_edges: Sequence[float] | None = None,
        consequence_edges: Sequence[float] | None = None,
        currency: str = NO_CURRENCY,
    ) -> Self:
        """Build the matrix that satisfies Cox's axioms, with the fewest green cells.

        Parameters
        ----------
        n
            Number of rows and columns, at least 3.
        likelihood_edges, consequence_edges
            Cut points; by default equal steps of [0, 1], a consequence then being a share of the largest loss.
        currency
            Unit of the consequences.

        Raises
        ------
        InvalidValueError
            If the axes allow no consistent matrix, or the edges do not have ``n`` steps.

        Examples
        --------
        >>> RiskMatrix.canonical(3).grades[-1]
        (<RiskLevel.LOW: 'low'>, <RiskLevel.MODERATE: 'moderate'>, <RiskLevel.HIGH: 'high'>)
        """
        solutions = cls._solutions(n, likelihood_edges, consequence_edges, currency)
        first = next(solutions, None)
        if first is None:
            remedy = "at least 3 steps, or edges that grow less fast at the top"
            raise InvalidValueError(Problem(what="no consistent matrix exists", where="axes", remedy=remedy))
        return first

    @classmethod
    def canonicals(
        cls,
        n: int,
        *,
        likelihood_edges: Sequence[float] | None = None,
        consequence_edges: Sequence[float] | None = None,
        currency: str = NO_CURRENCY,
    ) -> tuple[Self, ...]:
        """Build every canonical matrix of these axes: on equal steps 1, 1, 2, 2, 5 for n = 3 to 7.

        Parameters
        ----------
        n
            Number of rows and columns, at least 1.
        likelihood_edges, consequence_edges
            Cut points; by default equal steps of [0, 1].
        currency
            Unit of the consequences.

        Returns
        -------
        The matrices, that of `canonical` first; none where the axes allow none.

        Raises
        ------
        InvalidValueError
            If the edges do not have ``n`` steps.

        Examples
        --------
        >>> [len(RiskMatrix.canonicals(n)) for n in range(2, 8)]
        [0, 1, 1, 2, 2, 5]
        """
        return tuple(cls._solutions(n, likelihood_edges, consequence_edges, currency))

    @classmethod
    def _solutions(
        cls, n: int, likelihood_edges: Sequence[float] | None, consequence_edges: Sequence[float] | None, currency: str
    ) -> Iterator[Self]:
        rows = equal_edges(n) if likelihood_edges is None else tuple(likelihood_edges)
        columns = equal_edges(n) if consequence_edges is None else tuple(consequence_edges)
        cls(rows, columns, ((RiskLevel.LOW,) * n,) * n, currency)
        codes = canonical_codes(np.array(rows, dtype=np.float64), np.array(columns, dtype=np.float64))
        return (cls(rows, columns, as_grades(grid), currency) for grid in codes)

    def codes(self, likelihood: ArrayLike, consequence: ArrayLike) -> CodeArray:
        """Return places on the scale of `RiskLevel`, for fast work on many customers.

        Parameters
        ----------
        likelihood
            Probabilities in [0, 1], of any shape; NaN is unrated.
        consequence
            Losses if it happens, >= 0 [currency], of any shape; NaN is unrated.

        Returns
        -------
        Codes of the broadcast shape, 0 for unrated, 1 for low to 4 for extreme.

        Raises
        ------
        InvalidValueError
            If a likelihood is outside [0, 1], a consequence negative or infinite, or the shapes do not fit.

        Examples
        --------
        >>> RiskMatrix.canonical(3).codes([0.1, 0.9], 0.9)
        array([1, 3], dtype=int8)
        """
        probability, loss = likelihood_and_consequence(likelihood, consequence)
        rows = cell_number(probability, self.likelihood_edges)
        columns = cell_number(loss, self.consequence_edges)
        graded = grid_codes(self.grades).astype(np.int8)[rows, columns]
        return np.where(np.isnan(probability) | np.isnan(loss), np.int8(0), graded)

    def grade_labels(self, likelihood: str, consequence: str) -> RiskLevel:
        """Grade a risk by the labels of its row and column.

        Parameters
        ----------
        likelihood, consequence
            Labels as given to the matrix.

        Raises
        ------
        InvalidValueError
            If no row or column is called that.

        Examples
        --------
        >>> RiskMatrix.preset("5x5").grade_labels("likely", "major")
        <RiskLevel.EXTREME: 'extreme'>
        """
        row = label_place(likelihood, self.likelihood_labels, where="likelihood")
        column = label_place(consequence, self.consequence_labels, where="consequence")
        return self.grades[row][column]

    def grade_interval(
        self,
        likelihood_low: ArrayLike,
        likelihood_high: ArrayLike,
        consequence_low: ArrayLike,
        consequence_high: ArrayLike,
    ) -> frozenset[RiskLevel] | ObjectArray:
        """Return every grade a risk may have when likelihood and consequence are known as intervals.

        Parameters
        ----------
        likelihood_low, likelihood_high
            Ends of the intervals of the probability, in [0, 1].
        consequence_low, consequence_high
            Ends of the intervals of the loss [currency].

        Returns
        -------
        A set for four numbers, otherwise an object array of sets. Where an end is NaN the set is ``{unrated}``.

        Raises
        ------
        InvalidValueError
            If an end is out of range or an interval is crossed.

        Examples
        --------
        >>> sorted(RiskMatrix.canonical(3).grade_interval(0.5, 0.9, 0.5, 0.9))
        [<RiskLevel.MODERATE: 'moderate'>, <RiskLevel.HIGH: 'high'>]
        """
        p_low, p_high, c_low, c_high = checked_intervals(
            likelihood_low, likelihood_high, consequence_low, consequence_high
        )
        rows = [cell_number(end, self.likelihood_edges) for end in (p_low, p_high)]
        columns = [cell_number(end, self.consequence_edges) for end in (c_low, c_high)]
        rated = ~np.isnan(p_low + p_high + c_low + c_high)
        return grade_sets(np.stack([*rows, *columns, rated.astype(np.int64)], axis=-1), self._codes_within)

    def _codes_within(self, ends: tuple[int, ...]) -> set[int]:
        first_row, last_row, first_column, last_column, rated = ends
        rows = self.grades[first_row : last_row + 1]
        return {grade.code for row in rows for grade in row[first_column : last_column + 1]} if rated else {0}

    def check(
        self,
        *,
        green: RiskLevel | None = None,
        red: RiskLevel | None = None,
        density: Density = "uniform",
        risk: Risk = np.multiply,
    ) -> MatrixReport:
        """Check the matrix against Cox's axioms and report how much it tells.

        Parameters
        ----------
        green, red
            Grades up to and from which cells count as green and red; by default the lowest and the highest in use.
        density
            How risks are assumed to spread over the matrix when ties and mis-rankings are counted: ``"uniform"`` on
            the axes, ``"log-uniform"``, or ``"per-cell"`` (as many risks in every cell).
        risk
            Quantitative risk behind the grades, nondecreasing in likelihood and consequence; by default their product.

        Returns
        -------
        The typed report; print it to read it.

        Raises
        ------
        InvalidValueError
            If ``green`` is not below ``red``, the risk falls somewhere, or the density is undefined on the axes.

        References
        ----------
        Cox, L. A. (2008), "What's wrong with risk matrices?", Risk Analysis 28(2), 497-512.

        Examples
        --------
        >>> scores = [[1, 2, 3], [2, 4, 6], [3, 6, 9]]
        >>> grades = [["low" if s < 3 else "moderate" if s < 6 else "high" for s in row] for row in scores]
        >>> thirds = (0, 1 / 3, 2 / 3, 1)
        >>> [str(violation) for violation in RiskMatrix(thirds, thirds, grades).check().betweenness][0]
        'A2 (0,1)-(1,2): green meets red without a colour between'
        """
        return check_grid(
            grid_codes(self.grades),
            np.array(self.likelihood_edges),
            np.array(self.consequence_edges),
            green=green,
            red=red,
            density=density,
            risk=risk,
        )

    def __str__(self) -> str:
        rows = self.likelihood_labels or step_names(self.likelihood_edges)
        columns = self.consequence_labels or step_names(self.consequence_edges)
        return picture(self.grades, rows, columns)
