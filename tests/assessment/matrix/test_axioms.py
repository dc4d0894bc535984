from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

from crmrisk.assessment.matrix.axioms import (
    ColouredGrid,
    betweenness,
    consistent_colouring,
    is_monotone,
    weak_consistency,
)


def falling(n_columns, least):
    """Every row of a monotone grid above a given row: pairs (cells green, cells not red), both non-increasing."""
    return [(g, y) for g in range(least[0] + 1) for y in range(g, least[1] + 1) if y <= n_columns]


def monotone(n):
    """Enumerate monotone three-colour grids of n x n from the bottom row up."""

    def grow(rows):
        if len(rows) == n:
            yield rows
            return
        for row in falling(n, rows[-1] if rows else (n, n)):
            yield from grow([*rows, row])

    column = np.arange(n)
    for rows in grow([]):
        yield np.array([np.where(column < g, 1, np.where(column < y, 2, 3)) for g, y in rows])


@cache
def equal_corners(n):
    edges = np.arange(n + 1) / n
    return np.outer(edges, edges)


def grid(codes, n):
    corners = equal_corners(n)
    return ColouredGrid(corners[:-1, :-1], corners[1:, 1:], codes == 1, codes == 3)


def both(n):
    return [codes for codes in monotone(n) if (codes == 1).any() and (codes == 3).any()]


@pytest.mark.parametrize(
    ("n", "colourings", "consistent", "compliant"),
    [
        pytest.param(3, 136, 14, 1, id="MX1-3x3"),
        pytest.param(4, 1625, 208, 6, id="MX1-4x4"),
        pytest.param(5, 18901, 2322, 25, id="MX1-5x5"),
    ],
)
def test_reference_counts_of_compliant_colourings(n, colourings, consistent, compliant):
    # enumeration by neighbour rule and by random segments (MX1); axiom 3 read literally, green not minimal (2.1)
    candidates = both(n)
    assert len(candidates) == colourings
    passed = [c for c in candidates if not betweenness(grid(c, n)) and not weak_consistency(grid(c, n))]
    assert len(passed) == consistent
    complete = [codes for codes in passed if not consistent_colouring(grid(codes, n))]
    assert len(complete) == compliant
    for codes in complete:  # theorem 1
        assert (codes[0] == 1).all()
        assert (codes[:, 0] == 1).all()
        assert not (codes[1] == 3).any()
        assert not (codes[:, 1] == 3).any()


def test_no_two_by_two_matrix_is_consistent():
    assert not [c for c in both(2) if not betweenness(grid(c, 2)) and not consistent_colouring(grid(c, 2))]


def test_betweenness_by_neighbours_agrees_with_segments():
    rng = np.random.default_rng(5)
    for codes in both(3)[::5]:
        crossing = any(jumps(codes, *rng.random((2, 2))) for _ in range(300))
        assert not crossing or betweenness(grid(codes, 3))
        pairs = betweenness(grid(codes, 3))
        if pairs:
            green, red = pairs[0]
            # the segment through the common corner or edge of the two cells
            start, end = (np.array(green) + 0.5) / 3, (np.array(red) + 0.5) / 3
            assert jumps(codes, start - 1e-6, end)


def jumps(codes, start, end):
    """Tell whether a rising segment leaves green for red without an intermediate cell."""
    low, high = np.minimum(start, end), np.maximum(start, end)
    points = low + np.linspace(0, 1, 400)[:, None] * (high - low)
    cells = np.minimum((points * 3).astype(int), 2)
    seen = codes[cells[:, 0], cells[:, 1]]
    return seen[0] == 1 and seen[-1] == 3 and 2 not in seen


def test_equal_ranges_are_no_contradiction():
    # 1/3 * 1/2 and 1/6 * 1 are one number to the reader
    edges = np.arange(7) / 6
    corners = np.outer(edges, edges)
    green, red = np.zeros((6, 6), dtype=bool), np.zeros((6, 6), dtype=bool)
    green[0, 5], red[2, 3] = True, True
    assert weak_consistency(ColouredGrid(corners[:-1, :-1], corners[1:, 1:], green, red)) == []


@pytest.mark.parametrize(("codes", "monotone_"), [([[1, 2], [2, 3]], True), ([[1, 2], [1, 1]], False)])
def test_monotone(codes, monotone_):
    assert is_monotone(np.array(codes)) is monotone_


def test_axiom_three_names_each_cell_once():
    for codes in product((1, 2, 3), repeat=4):
        cells = [cell for cell, _ in consistent_colouring(grid(np.array(codes).reshape(2, 2), 2))]
        assert len(cells) == len(set(cells))
