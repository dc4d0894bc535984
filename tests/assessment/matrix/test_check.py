from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.matrix import MatrixReport, RiskMatrix
from crmrisk.core.errors import InvalidValueError
from crmrisk.core.levels import LEVELS, RiskLevel


def graded_by_ranks(n, cuts):
    """Grade the product of ranks 1..n on linear axes, as most published matrices do."""
    ranks = np.arange(1, n + 1)
    codes = np.searchsorted(cuts, np.outer(ranks, ranks), side="right") + 1
    edges = np.arange(n + 1) / n
    return RiskMatrix(edges, edges, [[LEVELS[code] for code in row] for row in codes])


def one_based(violations):
    return sorted((tuple((r + 1, c + 1) for r, c in v.cells), v.rule) for v in violations)


MX = {
    "MX4": (
        graded_by_ranks(5, (5, 10, 17)),
        [],
        [
            ((1, 5), "must be green"),
            ((3, 5), "must be red"),
            ((4, 4), "must be red"),
            ((5, 1), "must be green"),
            ((5, 3), "must be red"),
        ],
        (0.2736, 0.0225),
    ),
    "MX5": (graded_by_ranks(5, (6, 15)), [], [((3, 4), "must be red"), ((4, 3), "must be red")], (0.3472, 0.0061)),
    "MX6": (
        graded_by_ranks(3, (3, 6)),
        [((1, 2), (2, 3)), ((2, 1), (3, 2))],
        [((1, 3), "must be green"), ((3, 1), "must be green")],
        (0.333333, 0.0403),
    ),
}


@pytest.mark.parametrize("row", MX)
def test_reference_rows_of_published_colourings(row):
    matrix, between, coloured, (tie, misrank) = MX[row]
    report = matrix.check()
    assert report.weak_consistency == ()
    assert [cells for cells, _ in one_based(report.betweenness)] == between
    assert [(cells[0], rule) for cells, rule in one_based(report.consistent_colouring)] == coloured
    assert report.probability_of_tie == pytest.approx(tie, abs=1e-6)
    assert report.probability_of_misrank == pytest.approx(misrank, abs=5e-4)
    assert not report.consistent


@pytest.mark.parametrize(
    ("matrix", "tie", "misrank"),
    [
        pytest.param(RiskMatrix.canonical(3), 0.432099, 0.0111, id="MX3-3x3"),
        pytest.param(RiskMatrix.canonical(5), 0.3344, 0.0132, id="MX3-5x5"),
        pytest.param(RiskMatrix.canonicals(5)[1], 0.3408, 0.0070, id="MX3-twin"),
    ],
)
def test_reference_rows_of_canonical_matrices(matrix, tie, misrank):
    report = matrix.check()
    assert report.probability_of_tie == pytest.approx(tie, abs=1e-6)
    assert report.probability_of_misrank == pytest.approx(misrank, abs=5e-4)
    assert report.consistent
    assert report.theorem_one.applies
    assert report.theorem_one.holds


def test_a_red_corner_in_a_green_field_breaks_everything():
    halves = (0, 0.5, 1)
    report = RiskMatrix(halves, halves, (("low", "low"), ("low", "high"))).check()
    assert [v.cells for v in report.weak_consistency] == [((1, 1), (0, 1)), ((1, 1), (1, 0))]
    assert len(report.betweenness) == 3
    assert set(report.theorem_one.red_beside_green) == {((1, 1), (0, 1)), ((1, 1), (1, 0))}
    assert not report.theorem_one.second_row_and_column_without_red


def test_red_at_the_lowest_risk_is_named():
    halves = (0, 0.5, 1)
    report = RiskMatrix(halves, halves, (("high", "low"), ("low", "high"))).check()
    assert report.theorem_one.red_at_minimum == ((0, 0),)
    assert not report.monotone


def test_one_grade_everywhere_is_consistent_and_useless():
    report = RiskMatrix((0, 1), (0, 1), (("high",),)).check()
    assert report.consistent
    assert (report.grades_used, report.probability_of_tie, report.probability_of_misrank) == (1, 1.0, 0.0)


def test_green_and_red_can_be_moved():
    matrix = graded_by_ranks(5, (5, 10, 17))
    report = matrix.check(green=RiskLevel.MODERATE, red=RiskLevel.HIGH)
    assert report.betweenness
    assert (report.green, report.red) == ("moderate", "high")
    assert matrix.check(green="low", red="extreme") == matrix.check()


@pytest.mark.parametrize("colours", [{"green": "high", "red": "moderate"}, {"green": "extreme"}, {"red": "low"}])
def test_green_must_be_below_red(colours):
    with pytest.raises(InvalidValueError, match="green"):
        graded_by_ranks(3, (3, 6)).check(**colours)


def test_another_risk_is_allowed_if_it_never_falls():
    matrix = RiskMatrix.canonical(3)
    assert not matrix.check(risk=lambda p, c: p + 0.0 * c).consistent
    with pytest.raises(InvalidValueError, match="falls"):
        matrix.check(risk=lambda p, c: p - c)


def test_the_report_reads_well_and_survives_json():
    report = MX["MX6"][0].check()
    text = str(report)
    assert "violates Cox's axioms" in text
    assert "A2 (0,1)-(1,2)" in text
    assert "informal in the literature" in text
    assert MatrixReport.from_json(report.to_json()) == report
    assert report.range_ratio[RiskLevel.LOW] is None


def test_published_colourings_are_worse_than_canonical_ones():
    # 4x4 and 6x6 of equal steps: the generator always passes where products of ranks do not
    for n, cuts in ((4, (4, 8, 12)), (6, (6, 13, 25))):
        assert not graded_by_ranks(n, cuts).check().consistent
        assert RiskMatrix.canonical(n).check().consistent
