"""A relationship book with known truth, small enough for every test."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import expit

from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio

if TYPE_CHECKING:
    from collections.abc import Callable

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)


def make_book(n: int = 600, seed: int = 7) -> tuple[Portfolio, Outcomes]:
    """Simulate customers whose log-odds of leaving are -1.5 + 0.03 idle_days - 0.8 share."""
    rng = np.random.default_rng(seed)
    idle, share = rng.gamma(2.0, 15.0, n).round(), rng.random(n)
    happened = rng.random(n) < expit(-1.5 + 0.03 * idle - 0.8 * share)
    ids = [f"C{i:05d}" for i in range(n)]
    columns = {"idle_days": idle, "share": share, "value": rng.lognormal(5, 1, n)}
    book = Portfolio(ids, DAY, columns, {"segment": rng.choice(["retail", "trade"], n)})
    return book, Outcomes(ids, happened, event="churn", as_of=DAY, horizon=QUARTER)


@pytest.fixture(scope="session")
def book_and_outcomes() -> tuple[Portfolio, Outcomes]:
    return make_book()


@pytest.fixture(scope="session")
def simulate() -> Callable[..., tuple[Portfolio, Outcomes]]:
    return make_book
