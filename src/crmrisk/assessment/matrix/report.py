"""What the check of a matrix found: typed, readable and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic.dataclasses import dataclass

from crmrisk.core.levels import RiskLevel
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.assessment.matrix.axioms import Cell

__all__ = ["CAVEAT", "AxiomViolation", "MatrixReport", "TheoremOne"]

CAVEAT = (
    "Axiom 3 is informal in the literature; it is read here on closed cells, as three rules. "
    "Satisfying the axioms does not make a matrix informative: look at ties and mis-rankings too."
)


@dataclass(frozen=True, config=VALUE)
class AxiomViolation(Value):
    """Name one breach of one axiom and the cells it is in.

    Parameters
    ----------
    axiom
        ``"A1"`` weak consistency, ``"A2"`` betweenness or ``"A3"`` consistent colouring.
    cells
        The offending cells as (row, column), both from 0, row 0 the lowest likelihood: (red, green) for A1,
        (green, red) for A2, one cell for A3.
    rule
        What is wrong in words.

    Examples
    --------
    >>> print(AxiomViolation("A3", ((0, 4),), "must be green"))
    A3 (0,4): must be green
    """

    axiom: Literal["A1", "A2", "A3"]
    cells: tuple[tuple[int, int], ...]
    rule: str

    def __str__(self) -> str:
        return f"{self.axiom} {'-'.join(_place(cell) for cell in self.cells)}: {self.rule}"


@dataclass(frozen=True, kw_only=True, config=VALUE)
class TheoremOne(Value):
    """Tell what follows from the three axioms where the axes start at no risk, and whether the matrix shows it.

    Parameters
    ----------
    applies
        Whether the axes start at no risk, so that the first row and column reach down to it.
    first_row_and_column_green
        Whether the lowest row and the left column are all green.
    second_row_and_column_without_red
        Whether the second row and the second column hold no red cell.
    red_beside_green
        Pairs (red, green) that share an edge; axiom 1 and 2 allow none.
    red_at_minimum
        Red cells that reach down to the lowest risk of the matrix; axiom 1 allows none beside a green cell.

    Examples
    --------
    >>> TheoremOne(applies=True, first_row_and_column_green=True, second_row_and_column_without_red=True).holds
    True
    """

    applies: bool
    first_row_and_column_green: bool
    second_row_and_column_without_red: bool
    red_beside_green: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    red_at_minimum: tuple[tuple[int, int], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether both statements of the theorem hold."""
        return self.first_row_and_column_green and self.second_row_and_column_without_red


@dataclass(frozen=True, kw_only=True, config=VALUE)
class MatrixReport(Value):
    """Report what the check of a risk matrix found.

    Parameters
    ----------
    green, red
        Grades up to and from which cells count as green and red.
    weak_consistency, betweenness, consistent_colouring
        Violations of axioms 1, 2 and 3.
    theorem_one
        What should follow from the axioms.
    monotone
        Whether no grade falls when likelihood or consequence rises.
    grades_used
        Number of different grades in the matrix.
    density
        How risks are assumed to spread over the axes.
    probability_of_tie
        Probability that two random risks get the same grade.
    probability_of_misrank
        Probability that two random risks get different grades in the wrong order.
    range_ratio
        Highest over lowest risk of each grade; ``None`` where the grade begins at no risk.
    caveat
        What the reader should know before quoting the report.

    Examples
    --------
    >>> from crmrisk.assessment.matrix import RiskMatrix
    >>> report = RiskMatrix.canonical(3).check()
    >>> report.consistent, round(report.probability_of_tie, 6)
    (True, 0.432099)
    """

    green: RiskLevel
    red: RiskLevel
    weak_consistency: tuple[AxiomViolation, ...]
    betweenness: tuple[AxiomViolation, ...]
    consistent_colouring: tuple[AxiomViolation, ...]
    theorem_one: TheoremOne
    monotone: bool
    grades_used: int
    density: str
    probability_of_tie: float
    probability_of_misrank: float
    range_ratio: dict[RiskLevel, float | None]
    caveat: str = CAVEAT

    @property
    def violations(self) -> tuple[AxiomViolation, ...]:
        """Every violation, axiom 1 first."""
        return self.weak_consistency + self.betweenness + self.consistent_colouring

    @property
    def consistent(self) -> bool:
        """Whether the matrix satisfies all three axioms."""
        return not self.violations

    def __str__(self) -> str:
        verdict = "satisfies Cox's axioms" if self.consistent else "violates Cox's axioms"
        counts = [len(found) for found in (self.weak_consistency, self.betweenness, self.consistent_colouring)]
        ratios = ", ".join(f"{level} {_ratio(ratio)}" for level, ratio in self.range_ratio.items())
        ties = f"P(tie) {self.probability_of_tie:.4f}, P(misrank) {self.probability_of_misrank:.4f}"
        lines = [
            f"The matrix {verdict} (green up to {self.green}, red from {self.red}).",
            f"Violations: weak consistency {counts[0]}, betweenness {counts[1]}, consistent colouring {counts[2]}.",
            *(f"  {violation}" for violation in self.violations),
            f"Grades never fall as risk rises: {'yes' if self.monotone else 'NO'}. Grades used: {self.grades_used}.",
            f"Two risks at random ({self.density}): {ties}.",
            f"Highest over lowest risk within a grade: {ratios}.",
            "Cells are (row, column) from 0; row 0 is the lowest likelihood.",
            self.caveat,
        ]
        return "\n".join(lines)


def _place(cell: Cell) -> str:
    return f"({cell[0]},{cell[1]})"


def _ratio(ratio: float | None) -> str:
    return "unbounded" if ratio is None else f"{ratio:.3g}"
