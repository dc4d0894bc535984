"""Tests of resampling counts."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction import bootstrap
from crmrisk.satisfaction.bootstrap import bootstrap_means, resampled_counts
from crmrisk.satisfaction.bootstrap_intervals import percentile_interval


def test_every_sample_has_the_size_of_the_survey_and_empty_cells_stay_empty():
    drawn = resampled_counts(np.array([5.0, 0.0, 15.0]), replicates=50)
    assert (drawn.sum(axis=1) == 20).all()
    assert (drawn[:, 1] == 0).all()


def test_a_fractional_total_is_rounded_and_never_to_nothing():
    assert (resampled_counts(np.array([0.2, 0.1]), replicates=3).sum(axis=1) == 1).all()


def test_the_same_seed_gives_the_same_samples():
    counts = np.array([3.0, 4.0])
    first = resampled_counts(counts, rng=np.random.default_rng(3))
    assert np.array_equal(first, resampled_counts(counts, rng=np.random.default_rng(3)))
    assert not np.array_equal(first, resampled_counts(counts, rng=np.random.default_rng(4)))


def test_the_spread_of_means_is_their_standard_error():
    counts = np.array([40.0, 60.0])
    means = bootstrap_means(np.array([0.0, 1.0]), np.ones(2), counts, replicates=20_000)
    # the relative error of a standard deviation of 20,000 draws is 1/sqrt(40,000), half a percent; four of them
    assert means.std() == pytest.approx((0.24 / 100) ** 0.5, rel=0.02)
    assert means.mean() == pytest.approx(0.6, abs=4 * (0.24 / 100 / 20_000) ** 0.5)


def test_blocks_only_bound_memory(monkeypatch):
    values, weights, counts = np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.5, 2.0]), np.array([5.0, 6.0, 7.0])
    whole = bootstrap_means(values, weights, counts, replicates=11)
    monkeypatch.setattr(bootstrap, "_BLOCK", 12)
    assert np.array_equal(whole, bootstrap_means(values, weights, counts, replicates=11))


@pytest.mark.parametrize("replicates", [1, 0, -5])
def test_too_few_replicates_are_refused(replicates):
    with pytest.raises(InvalidValueError, match="replicates"):
        bootstrap_means(np.ones(1), np.ones(1), np.ones(1), replicates=replicates)
    with pytest.raises(InvalidValueError, match="replicates"):
        resampled_counts(np.ones(1), replicates=replicates)


def test_percentiles_need_a_level():
    with pytest.raises(InvalidValueError):
        percentile_interval(np.ones(3), 1.5)
