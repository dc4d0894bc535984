"""Books simulated once for all tests here, and what they are compared by.

Tolerances are multiples of standard errors derived from theory.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from crmrisk.datasets import SimulatedBook, simulate_book

if TYPE_CHECKING:
    from collections.abc import Callable

START, END = date(2024, 1, 1), date(2026, 1, 1)


def simulate(n_customers: int = 5_000, seed: int = 11, **settings) -> SimulatedBook:
    rng = np.random.default_rng(seed)
    return simulate_book(n_customers=n_customers, start=START, end=END, rng=rng, **settings)


@pytest.fixture(scope="session")
def book_of() -> Callable[..., SimulatedBook]:
    """Simulate a book of 2024 and 2025."""
    return simulate


@pytest.fixture(scope="session")
def book() -> SimulatedBook:
    """Share one book of 20,000 customers."""
    return simulate(20_000)


def check_calibration(occurred: np.ndarray, probability: np.ndarray) -> None:
    known = ~np.isnan(probability)
    o, p = occurred[known].astype(float), probability[known]
    total = np.sqrt(np.sum(p * (1 - p)))
    assert abs(np.sum(o - p)) < 5 * total
    spread = np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    assert abs(np.sum((o - p) * (1 - 2 * p))) < 5 * spread


@pytest.fixture(scope="session")
def assert_calibrated() -> Callable[[np.ndarray, np.ndarray], None]:
    """Check events against their true probabilities: their total, and Spiegelhalter's z, within five sigma."""
    return check_calibration
