from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.exposures import group_exposures
from crmrisk.core.errors import InvalidValueError


@pytest.mark.parametrize(("max_groups", "change"), [(1024, 0.004), (2048, 0.002)])
@pytest.mark.parametrize(("a", "b", "sigma"), [(1, 6, 1.5), (2, 5, 1.0), (0.5, 0.5, 2.0)])
def test_gathering_keeps_the_mean_and_nearly_the_variance(max_groups, change, a, b, sigma):
    rng = np.random.default_rng(1)
    p, losses = rng.beta(a, b, 200_000), rng.lognormal(5, sigma, 200_000)
    exposures = group_exposures(p, losses, max_groups=max_groups)
    assert len(exposures.count) <= max_groups
    assert exposures.count.sum() == 200_000
    assert exposures.mean == pytest.approx(np.sum(p * losses), rel=1e-12)
    assert exposures.variance == pytest.approx(np.sum(p * (1 - p) * losses**2), rel=change)


def test_few_customers_stay_themselves():
    exposures = group_exposures([0.5, 0.25], [8.0, 4.0], max_groups=1024)
    assert exposures.probability.tolist() == [0.5, 0.25]
    assert exposures.loss.tolist() == [8.0, 4.0]
    assert exposures.variance == 0.25 * 64 + 0.1875 * 16


def test_equal_customers_form_one_cell_beside_the_largest():
    exposures = group_exposures(np.full(5000, 0.3), np.full(5000, 7.0), max_groups=1024)
    assert len(exposures.count) == 257
    assert set(exposures.probability.round(12)) == {0.3}


def test_the_unrated_are_counted_and_the_safe_contribute_nothing():
    exposures = group_exposures([0.1, np.nan, 0.2, 0.0, 0.3], [1.0, 1.0, np.nan, 5.0, 0.0], max_groups=1024)
    assert exposures.n_unrated == 2
    spread = exposures.spread(np.array([9.0]))
    assert spread[[0, 3, 4]].tolist() == [9.0, 0.0, 0.0]
    assert np.isnan(spread[[1, 2]]).all()


def test_one_number_per_customer():
    with pytest.raises(InvalidValueError):
        group_exposures([[0.1]], [[1.0]], max_groups=1024)
    assert group_exposures([], [], max_groups=1024).mean == 0.0
