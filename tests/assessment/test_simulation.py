from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from crmrisk.assessment import simulation
from crmrisk.assessment.exposures import group_exposures
from crmrisk.assessment.simulation import Simulation


def started(p, losses, correlation, n, seed=1):
    exposures = group_exposures(p, losses, max_groups=1024)
    return Simulation.start(exposures, correlation, n, np.random.default_rng(seed))


def test_equal_customers_follow_the_mixed_binomial():
    rho, p, n = 0.2, 0.05, 400
    loss = started(np.full(n, p), np.ones(n), rho, 40_000).distribution()

    def more_than(count):
        def given(z):
            chance = stats.norm.cdf((stats.norm.ppf(p) - rho**0.5 * z) / (1 - rho) ** 0.5)
            return stats.binom.sf(count, n, chance) * stats.norm.pdf(z)

        return integrate.quad(given, -8, 8, limit=200)[0]

    for count in (10, 40, 100):
        expected = more_than(count)
        # four standard errors of a simulated share
        error = 4 * (expected * (1 - expected) / 40_000) ** 0.5
        assert float(loss.exceedance(count)) == pytest.approx(expected, abs=error)


def test_the_mean_does_not_depend_on_the_correlation():
    rng = np.random.default_rng(5)
    p, losses = rng.beta(1, 4, 3000), rng.lognormal(3, 1, 3000)
    for rho in (0.0, 0.3, 0.9):
        loss = started(p, losses, rho, 5_000).distribution()
        assert abs(loss.mean - np.sum(p * losses)) < 4 * loss.mean_error()


def test_chunks_are_bounded_and_cover_all_simulations(monkeypatch):
    monkeypatch.setattr(simulation, "_CELLS_PER_CHUNK", 100)
    run = started(np.full(10, 0.2), np.arange(1.0, 11.0), 0.1, 95)
    assert [size for size, _ in run.chunks] == [10] * 9 + [5]
    assert run.distribution().n_simulations == 95


def test_the_same_outcomes_are_drawn_again_for_the_contributions():
    run = started(np.full(20, 0.2), np.arange(1.0, 21.0), 0.3, 5_000)
    loss = run.distribution()
    assert loss == run.distribution()
    for level in (0.9, 0.99):
        assert run.contributions(loss, level).sum() == pytest.approx(loss.expected_shortfall(level), rel=1e-9)


def test_certain_customers_are_always_lost():
    assert started([1.0, 1.0], [3.0, 4.0], 0.5, 50).distribution().losses.tolist() == [7.0]
