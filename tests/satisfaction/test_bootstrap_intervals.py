"""Tests of bootstrap intervals for columns of statistics."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.bootstrap_intervals import acceleration, bca_intervals, percentile_intervals
from crmrisk.satisfaction.drivers.resampling import influences, resampling_plan, standardised


def test_bca_agrees_with_scipy():
    from scipy.stats import bootstrap

    data = np.random.default_rng(1).exponential(size=60)
    found = bootstrap((data,), np.mean, n_resamples=4000, method="BCa", random_state=np.random.default_rng(2))
    samples = found.bootstrap_distribution[:, None]
    low, high = bca_intervals(samples, np.array([data.mean()]), acceleration((data - data.mean())[:, None]), 0.95)
    # scipy's jackknife of a mean is the influence exactly; only how quantiles interpolate differs
    assert (low[0], high[0]) == pytest.approx(tuple(found.confidence_interval), abs=2e-3)


def test_the_influence_is_that_of_leaving_out():
    rng = np.random.default_rng(3)
    x = standardised(rng.normal(size=(400, 2)) @ [[1.0, 0.5], [0.0, 1.0]], np.ones(400))

    def correlation(covariance):
        return (covariance[..., 0, 1] / np.sqrt(covariance[..., 0, 0] * covariance[..., 1, 1]))[..., None]

    moved = influences(correlation, x, np.ones(400), resampling_plan(400))[:, 0]
    without = np.array([np.corrcoef(np.delete(x, row, axis=0).T)[0, 1] for row in range(400)])
    left_out = 399 * (np.corrcoef(x.T)[0, 1] - without)
    assert np.corrcoef(moved, left_out)[0, 1] > 0.9999
    assert acceleration(moved[:, None])[0] == pytest.approx(
        acceleration((left_out - left_out.mean())[:, None])[0], abs=2e-3
    )


def test_missing_samples_are_left_out():
    samples = np.column_stack([np.arange(101.0), np.full(101, np.nan)])
    samples[90:, 0] = np.nan
    low, high = percentile_intervals(samples, 0.5)
    assert (low[0], high[0]) == pytest.approx((22.25, 66.75))
    assert np.isnan(low[1])
    low, high = bca_intervals(samples, np.array([44.5, np.nan]), np.zeros(2), 0.5)
    assert (low[0], high[0]) == pytest.approx((22.25, 66.75), abs=1.0)
    with pytest.raises(InvalidValueError):
        percentile_intervals(samples, 1.0)


def test_a_statistic_that_never_moves_has_an_interval_of_no_width():
    low, high = bca_intervals(np.ones((50, 1)), np.ones(1), acceleration(np.zeros((9, 1))), 0.95)
    assert (low[0], high[0]) == (1.0, 1.0)
