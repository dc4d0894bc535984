from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.assessment.matrix.canonical import canonical_codes
from crmrisk.core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("n", "count"),
    [pytest.param(n, count, id=f"MX2-{n}") for n, count in ((2, 0), (3, 1), (5, 2), (6, 2), (7, 5))],
)
def test_reference_counts(n, count):
    # generator of the reference table MX2; n = 3 and n = 5 agree with Cox (2008)
    solutions = RiskMatrix.canonicals(n)
    assert len(solutions) == len(set(solutions)) == count
    assert all(solution.check().consistent and solution.check().monotone for solution in solutions)


def test_canonical_five_is_the_drawn_one_and_has_a_twin():
    drawn, twin = RiskMatrix.canonicals(5)
    assert drawn == RiskMatrix.canonical(5)
    letters = ["".join(grade[0] for grade in row) for row in reversed(drawn.grades)]
    assert letters == ["lmhhh", "lmhhh", "lmmhh", "lmmmm", "lllll"]
    differing = [
        (row, column)
        for row in range(5)
        for column in range(5)
        if drawn.grades[row][column] != twin.grades[row][column]
    ]
    assert differing == [(1, 1)]
    assert twin.grades[1][1] == "low"


def test_no_consistent_matrix_is_an_error_that_says_so():
    with pytest.raises(InvalidValueError, match="no consistent matrix"):
        RiskMatrix.canonical(2)


@pytest.mark.parametrize("n", [0, -1, 2.5, "3"])
def test_the_size_is_a_whole_number(n):
    with pytest.raises(InvalidValueError):
        RiskMatrix.canonical(n)


def test_edges_must_have_n_steps():
    with pytest.raises(InvalidValueError, match="grades do not fit"):
        RiskMatrix.canonical(3, consequence_edges=[0, 1, 2, 3, 4])


@settings(deadline=None, max_examples=15)
@given(
    steps=st.integers(3, 6),
    seed=st.integers(0, 10_000),
    start=st.sampled_from([0.0, 0.001]),
)
def test_canonical_matrices_of_any_axes_pass_their_check(steps, seed, start):
    rng = np.random.default_rng(seed)
    rows = np.append(start, np.sort(rng.uniform(0.01, 1.0, steps)))
    columns = np.append(start * 1000, np.sort(rng.lognormal(5, 1, steps)) + 2.0)
    for matrix in RiskMatrix.canonicals(steps, likelihood_edges=rows, consequence_edges=columns)[:2]:
        report = matrix.check()
        assert not report.weak_consistency
        assert not report.betweenness
        assert report.monotone
        if start == 0.0:
            assert report.consistent
            assert report.theorem_one.holds


def test_money_on_the_axis_changes_nothing():
    scaled = RiskMatrix.canonical(5, consequence_edges=np.linspace(0, 10_000, 6), currency="EUR")
    assert scaled.grades == RiskMatrix.canonical(5).grades
    plain = RiskMatrix.canonical(5).check().probability_of_misrank
    assert scaled.check().probability_of_misrank == pytest.approx(plain, abs=1e-6)


def test_the_first_of_a_large_matrix_needs_no_enumeration():
    edges = np.linspace(0, 1, 31)
    assert next(canonical_codes(edges, edges)).shape == (30, 30)
