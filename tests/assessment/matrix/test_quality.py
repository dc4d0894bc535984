from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.matrix.quality import (
    cell_masses,
    probability_of_misrank,
    probability_of_tie,
    range_ratio,
)
from crmrisk.core.errors import InvalidValueError

RNG = np.random.default_rng(11)
ROWS, COLUMNS = np.array([0.01, 0.1, 0.4, 1.0]), np.array([5.0, 50.0, 100.0, 900.0])
CODES = np.array([[1, 1, 2], [1, 2, 3], [2, 3, 3]])


def drawn(edges, density, n):
    if density == "uniform":
        return RNG.uniform(edges[0], edges[-1], n)
    if density == "log-uniform":
        return np.exp(RNG.uniform(np.log(edges[0]), np.log(edges[-1]), n))
    cell = RNG.integers(0, len(edges) - 1, n)
    return edges[cell] + RNG.random(n) * np.diff(edges)[cell]


@pytest.mark.parametrize("density", ["uniform", "log-uniform", "per-cell"])
def test_ties_and_misrankings_agree_with_drawing_pairs(density):
    n = 400_000
    p, c = drawn(ROWS, density, 2 * n), drawn(COLUMNS, density, 2 * n)
    rows, columns = np.searchsorted(ROWS[1:-1], p), np.searchsorted(COLUMNS[1:-1], c)
    grade, risk = CODES[rows, columns], p * c
    tie = np.mean(grade[:n] == grade[n:])
    wrong = np.mean((grade[:n] - grade[n:]) * (risk[:n] - risk[n:]) < 0)
    masses = cell_masses(ROWS, COLUMNS, density=density)
    assert masses.sum() == pytest.approx(1.0)
    # four standard errors of a share of 400,000 draws
    error = 4 * 0.5 / n**0.5
    assert probability_of_tie(CODES, masses) == pytest.approx(tie, abs=error)
    misrank = probability_of_misrank(CODES, ROWS, COLUMNS, density=density, risk=np.multiply)
    assert misrank == pytest.approx(wrong, abs=error)


def test_a_matrix_graded_by_one_axis_never_misranks_that_axis():
    codes = np.array([[1, 1, 1], [2, 2, 2], [3, 3, 3]])
    found = probability_of_misrank(codes, ROWS, COLUMNS, density="uniform", risk=lambda p, c: p + 0.0 * c)
    assert found == 0.0


@pytest.mark.parametrize("density", ["log-uniform", "normal"])
def test_a_density_must_be_defined_on_the_axes(density):
    with pytest.raises(InvalidValueError, match="not defined"):
        cell_masses(np.array([0.0, 1.0]), np.array([1.0, 2.0]), density=density)


def test_range_ratio_spans_all_cells_of_a_grade():
    corners = np.outer(ROWS, COLUMNS)
    ratios = range_ratio(CODES, corners[:-1, :-1], corners[1:, 1:])
    assert ratios[1] == pytest.approx(0.4 * 50 / 0.05)
    assert ratios[3] == pytest.approx(900 / (0.1 * 100))
