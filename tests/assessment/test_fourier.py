from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from crmrisk.assessment.enumeration import Enumeration
from crmrisk.assessment.exposures import group_exposures
from crmrisk.assessment.fourier import Fourier


def grouped(p, losses):
    return group_exposures(p, losses, max_groups=2048)


def test_equal_losses_are_binomial():
    loss = Fourier.of(grouped(np.full(1000, 0.1), np.full(1000, 50.0))).distribution()
    assert np.max(np.abs(loss.probabilities - stats.binom.pmf(loss.losses / 50, 1000, 0.1))) < 1e-13
    assert loss.spacing == 50.0


def test_a_million_equal_customers_are_binomial_too():
    loss = Fourier.of(grouped(np.full(1_000_000, 0.25), np.ones(1_000_000))).distribution()
    for level in (0.01, 0.5, 0.99, 0.9999):
        assert loss.value_at_risk(level) == stats.binom.ppf(level, 1_000_000, 0.25)


@pytest.mark.parametrize("seed", range(4))
def test_the_grid_is_close_to_the_list_of_all_outcomes_and_never_below_it(seed):
    rng = np.random.default_rng(seed)
    p, losses = rng.random(14), rng.lognormal(3, 1.5, 14)
    p[0] = 0.5  # the transform has a zero at p = 1/2
    exposures = grouped(p, losses)
    exact, grid = Enumeration(exposures).distribution(), Fourier.of(exposures)
    found = grid.distribution()
    assert found.mean == pytest.approx(exact.mean, rel=1e-9)
    added = max(found.standard_deviation**2 - exact.standard_deviation**2, 0.0) ** 0.5
    assert added <= found.spacing / 2 * np.sqrt(p.sum()) * (1 + 1e-3)
    for level in (0.5, 0.9, 0.99):
        bound = found.spacing / 2 * np.sqrt(p.sum() * level / (1 - level))
        excess = found.expected_shortfall(level) - exact.expected_shortfall(level)
        assert -1e-7 * exact.expected_shortfall(level) <= excess <= bound
        contributions = grid.contributions(found, level)
        assert contributions.sum() == pytest.approx(found.expected_shortfall(level), rel=1e-9)
        listed = Enumeration(exposures).contributions(exact, level)
        assert contributions == pytest.approx(listed, abs=0.02 * exact.expected_shortfall(level))


def test_contributions_agree_with_the_list_where_the_grid_is_exact():
    p, losses = np.array([0.5, 0.5, 0.3, 0.9, 1.0]), np.array([1.0, 2.0, 5.0, 3.0, 2.0])
    exposures = grouped(p, losses)
    exact, grid = Enumeration(exposures), Fourier.of(exposures)
    for level in (0.3, 0.8, 0.95):
        assert grid.distribution().expected_shortfall(level) == pytest.approx(
            exact.distribution().expected_shortfall(level)
        )
        found = grid.contributions(grid.distribution(), level)
        assert found == pytest.approx(exact.contributions(exact.distribution(), level), rel=1e-9)


def test_many_coins_of_one_half_share_the_shortfall_evenly():
    # every transform vanishes at the highest frequency
    exposures = grouped(np.full(40, 0.5), np.full(40, 3.0))
    grid = Fourier.of(exposures)
    found = grid.contributions(grid.distribution(), 0.9)
    assert found == pytest.approx(np.full(40, grid.distribution().expected_shortfall(0.9) / 40))
