"""Tests of sharing out R²: published rows, every regression fitted by hand, and what must hold for any correlations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.drivers import (
    beta_squared_importance,
    driver_importance,
    first_importance,
    last_importance,
    lmg,
    relative_weights,
    shapley_importance,
)
from crmrisk.satisfaction.drivers.shares import standardised_coefficients, subset_r_squared

METHODS = [relative_weights, shapley_importance, first_importance, last_importance, beta_squared_importance]


def lower(rows: list[list[float]]) -> np.ndarray:
    matrix = np.eye(len(rows) + 1)
    for i, row in enumerate(rows, start=1):
        matrix[i, :i] = matrix[:i, i] = row
    return matrix


MTCARS = lower(
    [
        [-0.85216196],
        [-0.84755138, 0.90203287],
        [-0.77616837, 0.83244745, 0.79094859],
        [0.48028476, -0.49268660, -0.55556920, -0.12570426],
    ]
)  # mpg | cyl disp hp gear
SWISS = lower(
    [
        [0.35307918],
        [-0.64588271, -0.68654221],
        [-0.66378886, -0.63952252, 0.69841530],
        [0.46368470, 0.40109505, -0.57274181, -0.15385892],
        [0.41655603, -0.06085861, -0.11402160, -0.09932185, 0.17549591],
    ]
)  # Fertility | Agriculture Examination Education Catholic Infant.Mortality

REFERENCE = [
    ("D1a", MTCARS, "relative weights", [0.2284797, 0.2221469, 0.2321744, 0.0963886], 0.7791896, 1e-6, "R rwa README"),
    (
        "D1b",
        MTCARS,
        "shapley",
        [0.2470520, 0.2434996, 0.2109129, 0.0777251],
        0.7791896,
        1e-6,
        "subset formula, 24 orderings",
    ),
    (
        "D2",
        SWISS,
        "lmg",
        [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592],
        0.7067350,
        1e-7,
        "Groemping 2006 (relaimpo)",
    ),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    row, matrix, method, importance, r_squared, tolerance, source = reference
    study = driver_importance(matrix, method=method)
    assert [driver.importance.value for driver in study.drivers] == pytest.approx(importance, abs=tolerance), (
        row,
        source,
    )
    assert study.r_squared.value == pytest.approx(r_squared, abs=tolerance), (row, source)


def test_shares_of_row_d1a():
    shares = [driver.share.value * 100 for driver in driver_importance(MTCARS, method="johnson").drivers]
    assert shares == pytest.approx([29.32274, 28.50999, 29.79691, 12.37037], abs=1e-4)  # R rwa README


def some_correlations(seed: int, drivers: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    answers = rng.normal(size=(drivers + 5, drivers + 1)) + rng.normal(size=(drivers + 5, 1))
    found = np.corrcoef(answers.T)
    return found[:-1, :-1], found[:-1, -1]


@settings(deadline=None, max_examples=60)
@given(between=st.floats(-0.95, 0.95), first=st.floats(-1, 1), second=st.floats(-1, 1), size=st.floats(0.01, 0.99))
def test_two_drivers_have_the_same_share_by_johnson_and_shapley(between, first, second, size):
    R = np.array([[1.0, between], [between, 1.0]])
    r = R @ np.array([first, second])
    r *= size / max(np.sqrt(r @ np.linalg.solve(R, r)), 1.0)
    assert relative_weights(R, r) == pytest.approx(shapley_importance(R, r), abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), drivers=st.integers(1, 7))
def test_shares_are_parts_of_r_squared_whatever_the_order_and_the_signs(seed, drivers):
    R, r = some_correlations(seed, drivers)
    explained = float(r @ np.linalg.solve(R, r))
    order, flips = (
        np.random.default_rng(seed).permutation(drivers),
        np.random.default_rng(seed).choice([-1.0, 1.0], drivers),
    )
    for method in (relative_weights, shapley_importance):
        shares = method(R, r)
        assert (shares >= 0).all()
        assert shares.sum() == pytest.approx(explained, abs=1e-9)
    for method in METHODS:
        assert method(R[np.ix_(order, order)], r[order]) == pytest.approx(method(R, r)[order], abs=1e-9)
        assert method(R * np.outer(flips, flips), r * flips) == pytest.approx(method(R, r), abs=1e-9)
    assert (last_importance(R, r) <= shapley_importance(R, r).sum() + 1e-12).all()


def test_every_subset_is_the_regression_it_says():
    R, r = some_correlations(3, 5)
    explained = subset_r_squared(R, r)
    for size in range(1, 6):
        for chosen in combinations(range(5), size):
            inside = list(chosen)
            expected = r[inside] @ np.linalg.solve(R[np.ix_(inside, inside)], r[inside])
            assert explained[sum(1 << j for j in inside)] == pytest.approx(expected, abs=1e-12)
    assert last_importance(R, r) == pytest.approx(
        [explained[31] - explained[31 - (1 << j)] for j in range(5)], abs=1e-10
    )
    assert first_importance(R, r) == pytest.approx([explained[1 << j] for j in range(5)], abs=1e-12)
    assert beta_squared_importance(R, r) == pytest.approx(np.linalg.solve(R, r) ** 2, abs=1e-12)


def test_a_stack_is_one_call():
    pairs = [some_correlations(seed, 4) for seed in range(6)]
    stack = np.stack([R for R, _ in pairs]), np.stack([r for _, r in pairs])
    for method in METHODS:
        assert method(*stack) == pytest.approx(np.stack([method(*pair) for pair in pairs]), abs=1e-12)


def test_repeated_drivers_share_what_they_explain_together():
    R, r = np.ones((2, 2)), np.array([0.6, 0.6])
    assert relative_weights(R, r) == pytest.approx([0.18, 0.18])
    assert shapley_importance(R, r) == pytest.approx([0.18, 0.18])
    assert last_importance(R, r) == pytest.approx([0.0, 0.0])
    assert standardised_coefficients(R, r) == pytest.approx([0.3, 0.3])


def test_lmg_is_shapley():
    assert lmg is shapley_importance


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("drivers", "outcome"),
    [
        (np.eye(2), [0.1]),
        ([1.0, 2.0], [0.1, 0.2]),
        (np.eye(2), [0.1, np.nan]),
        (np.eye(2) * 7, [0.1, 0.2]),
        ("text", "text"),
        (np.empty((0, 0)), []),
        (np.random.default_rng(0).normal(size=(20, 3)), np.ones(20)),
    ],
    ids=["sizes", "one column", "missing", "covariances", "text", "nothing", "answers"],
)
def test_what_is_no_correlation_is_refused(method, drivers, outcome):
    with pytest.raises(InvalidValueError, match="correlations"):
        method(drivers, outcome)


def test_too_many_drivers_for_every_subset_are_refused():
    with pytest.raises(InvalidValueError, match="too many"):
        shapley_importance(np.eye(14), np.zeros(14))
