"""Limits of cells and draws of matrices: against other ways to the same number, and what happens."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.transition_draws import cell_limits, check_drawing, drawn_matrices

COUNTS = np.array([[8.0, 2.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]])


def test_dirichlet_is_the_marginal_beta_of_the_row():
    low, high = cell_limits(COUNTS, level=0.95, method="dirichlet", prior=0.5)
    assert low[0, 0] == pytest.approx(beta.ppf(0.025, 8.5, 2 + 2 * 0.5))
    assert high[0, 1] == pytest.approx(beta.ppf(0.975, 2.5, 8 + 2 * 0.5))
    assert (low[0, 2], high[1, 1]) == (0.0, 1.0)
    assert np.isnan(low[2]).all()


@pytest.mark.parametrize("method", ["wilson", "dirichlet"])
def test_cells_hold_what_they_say(method):
    rng, p = np.random.default_rng(3), np.array([0.7, 0.2, 0.1])
    counts = rng.multinomial(60, p, size=1500).astype(float)
    tables = [cell_limits(np.array([row, [1, 1, 1], [1, 1, 1]]), level=0.9, method=method) for row in counts]
    held = np.mean([(low[0] <= p) & (p <= high[0]) for low, high in tables], axis=0)
    assert (held > 0.86).all()  # 0.9 less 3 standard errors (0.023) and the wobble of discrete counts
    assert (held < 0.95).all()


@pytest.mark.parametrize("method", ["dirichlet", "bootstrap"])
def test_draws_are_matrices_around_the_counts(method):
    counts, fixed = COUNTS * 100, np.where(np.arange(3)[:, None] == 2, np.eye(3), np.nan)
    drawn = drawn_matrices(counts, fixed, rng=np.random.default_rng(1), draws=2000, method=method, prior=0.5)
    assert drawn.sum(axis=2) == pytest.approx(np.ones((2000, 3)))
    assert drawn.mean(axis=0)[0] == pytest.approx([0.8, 0.2, 0.0], abs=2e-3)
    assert drawn[:, 0, 0].std() == pytest.approx(np.sqrt(0.8 * 0.2 / 1000), rel=0.1)
    assert (drawn[:, 2] == [0, 0, 1]).all()
    if method == "bootstrap":
        assert (drawn[:, 0, 2] == 0).all()  # knows no move that was not seen


@pytest.mark.parametrize(
    "wrong", [{"level": 1}, {"method": "x"}, {"prior": 0}, {"prior": "a"}, {"draws": 1}, {"draws": 2.5}, {"rng": 1}]
)
def test_settings_that_are_none(wrong):
    plain = {"level": 0.95, "method": "dirichlet", "prior": 0.5, "draws": 10, "rng": None}
    with pytest.raises(InvalidValueError):
        check_drawing(**plain | wrong)
