"""Tests of sampled orders of entry."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.drivers import driver_importance, shapley_importance
from crmrisk.satisfaction.drivers.sampled import entry_orders, sampled_shapley


def correlations(drivers: int, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.corrcoef((rng.normal(size=(60, drivers + 1)) + rng.normal(size=(60, 1))).T)


def test_sampling_is_within_its_own_error_of_every_subset():
    found = correlations(8)
    R, r = found[1:, 1:], found[1:, 0]
    shares, error = sampled_shapley(R, r, entry_orders(8, 400, np.random.default_rng(2)))
    assert shares.sum() == pytest.approx(shapley_importance(R, r).sum(), abs=1e-9)
    assert (error > 0).all()
    # eight independent-ish normal deviations: beyond four standard errors once in some 2,000 such tests
    assert (np.abs(shares - shapley_importance(R, r)) < 4 * error).all()


def test_error_bars_hold_the_exact_share_of_thirteen_drivers():
    found = correlations(13)
    R, r = found[1:, 1:], found[1:, 0]
    runs = [sampled_shapley(R, r, entry_orders(13, 200, np.random.default_rng(seed))) for seed in range(60)]
    away = np.array([(shares - shapley_importance(R, r)) / error for shares, error in runs])
    # 16 blocks: Student's 2.131; 60 independent runs of 13 dependent bars, so four errors of 60 at the least
    assert (np.abs(away) < 2.131).mean() == pytest.approx(0.95, abs=4 * (0.95 * 0.05 / 60) ** 0.5 / 2)


def test_drivers_that_are_alike_share_alike_however_they_are_sampled():
    R, r = np.full((20, 20), 0.5), np.full(20, 0.4)
    np.fill_diagonal(R, 1.0)
    shares, error = sampled_shapley(R, r, entry_orders(20, 200, np.random.default_rng(0)))
    explained = 20 * 0.4**2 / (1 + 19 * 0.5)  # r'R^-1 r of equal correlations
    assert shares == pytest.approx(explained / 20, rel=1e-8)
    assert (error < 1e-12).all()


def test_more_orders_have_less_error():
    found = correlations(14)
    few, many = (driver_importance(found, permutations=m, rng=np.random.default_rng(1)) for m in (140, 2240))
    ratio = np.mean([d.monte_carlo_error for d in few.drivers]) / np.mean([d.monte_carlo_error for d in many.drivers])
    assert ratio == pytest.approx(4.0, rel=0.4)
    assert sum(d.importance.value for d in few.drivers) == pytest.approx(few.r_squared.value, abs=1e-9)
    assert all(d.monte_carlo_error == 0.0 for d in driver_importance(correlations(4)).drivers)


@pytest.mark.parametrize("permutations", [0, -4, 10.0, "many"])
def test_the_number_of_orders_is_checked(permutations):
    with pytest.raises(InvalidValueError, match="permutations"):
        driver_importance(correlations(14), permutations=permutations)


def test_every_driver_enters_at_every_place_once_per_block():
    orders = entry_orders(5, 30, np.random.default_rng(0))
    assert orders.shape == (6, 5, 5)
    assert (np.sort(orders, axis=1) == np.arange(5)[:, None]).all()
    assert (np.sort(orders, axis=2) == np.arange(5)).all()
