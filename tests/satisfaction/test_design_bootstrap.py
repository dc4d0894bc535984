"""Tests of resampling units within strata."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.design_bootstrap import design_bootstrap_means, weighted_cells
from crmrisk.satisfaction.sample_units import sample_units
from crmrisk.satisfaction.survey_design import design_mean


def test_few_units_have_the_error_of_the_design():
    # five clusters: drawing n of n would understate the error by sqrt(4/5); 20,000 replicates know it to half a percent
    values, clusters = np.array([1.0, 2.0, 4.0, 7.0, 3.0]), np.arange(5)
    means = design_bootstrap_means(values, np.ones(5), sample_units(5, clusters=clusters), replicates=20_000)
    assert means.std() == pytest.approx(design_mean(values, clusters=clusters).standard_error, rel=0.02)


def test_a_stratum_of_one_unit_and_a_census_stand_still():
    units = sample_units(3, strata=["a", "b", "b"], population={"a": 9, "b": 2})
    means = design_bootstrap_means(np.array([1.0, 2.0, 4.0]), np.ones(3), units, replicates=10)
    assert np.ptp(means) < 1e-12
    assert means[0] == pytest.approx(7 / 3)


def test_nearby_weights_share_a_cell_and_keep_their_sum():
    rng = np.random.default_rng(5)
    values, weights = rng.choice([-1.0, 1.0], 50_000), rng.lognormal(0, 1.5, 50_000)
    cell, weight, repeats = weighted_cells(values, weights)
    assert cell.size <= 2 * 512
    for side in (-1.0, 1.0):
        at = cell == side
        assert (weight * repeats)[at].sum() == pytest.approx(weights[values == side].sum(), rel=1e-12)
        # the spread of a resampled sum is that of the squares of the weights
        assert (weight**2 * repeats)[at].sum() == pytest.approx((weights[values == side] ** 2).sum(), rel=1e-4)


def test_few_weights_stay_as_they_are():
    cell, weight, repeats = weighted_cells(np.array([1.0, 0.0, 1.0]), np.array([0.5, 1.0, 0.5]))
    assert (cell.tolist(), weight.tolist(), repeats.tolist()) == ([0.0, 1.0], [1.0, 0.5], [1.0, 2.0])


@pytest.mark.parametrize("replicates", [1, 2.5, "many"])
def test_odd_numbers_of_resamples_are_refused(replicates):
    with pytest.raises(InvalidValueError, match="replicates"):
        design_bootstrap_means(np.ones(1), np.ones(1), sample_units(1), replicates=replicates)
