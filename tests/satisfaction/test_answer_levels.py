"""Levels and slopes against the matrices they are made of."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.satisfaction.answer_levels import Effects, Ratios, Waves, fit_ratios, segment_means


def waves_of(histories) -> Waves:
    """Reduce (years, scores) of each customer to sums, as `SurveyTrend` does."""
    rows = []
    for time, score in histories:
        t, y = np.asarray(time, dtype=float), np.asarray(score, dtype=float)
        spread = ((t - t.mean()) ** 2).sum()
        slope = ((t - t.mean()) * y).sum() / spread if len(t) > 1 else 0.0
        residual = ((y - y.mean() - slope * (t - t.mean())) ** 2).sum()
        rows.append((len(t), t.sum(), spread, y.mean(), slope, residual))
    return Waves(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


HISTORIES = [([-2.0, -1.5, -0.1], [9, 7, 4]), ([-0.3], [10]), ([-1.0, -0.5], [6, 8]), ([-3.0, -2, -1, 0], [5, 5, 6, 9])]


@pytest.mark.parametrize("ratios", [Ratios(0.7, 0.2), Ratios(2.0, 0.0), Ratios(0.0, 0.0)], ids=str)
def test_effects_are_those_of_the_dense_matrices(ratios):
    """Laird and Ware (1982), equations 3.2 and 3.3: D Z' W r and (D^-1 + Z'Z)^-1, noise variance 1."""
    found = Effects.of(waves_of(HISTORIES), np.full(4, 7.0), ratios)
    for row, (time, score) in enumerate(HISTORIES):
        design = np.column_stack([np.ones(len(time)), time])
        prior = np.diag(ratios)
        covariance = np.eye(len(time)) + design @ prior @ design.T
        deviation = np.asarray(score) - 7.0
        gain = prior @ design.T @ np.linalg.inv(covariance)
        posterior = prior - gain @ design @ prior
        np.testing.assert_allclose([found.level[row], found.slope[row]], gain @ deviation, atol=1e-12)
        np.testing.assert_allclose(found.level_variance[row], posterior[0, 0], atol=1e-12)
        np.testing.assert_allclose(found.slope_variance[row], posterior[1, 1], atol=1e-12)
        np.testing.assert_allclose(found.covariance[row], posterior[0, 1], atol=1e-12)
        np.testing.assert_allclose(found.quadratic[row], deviation @ np.linalg.solve(covariance, deviation))
        np.testing.assert_allclose(found.determinant[row], np.linalg.det(covariance))


def test_means_are_generalised_least_squares():
    ratios, segment = Ratios(0.7, 0.2), np.array([0, 0, 1, 1])
    weights, sums = np.zeros(4), np.zeros(4)
    for row, (time, score) in enumerate(HISTORIES):
        design = np.column_stack([np.ones(len(time)), time])
        inverse = np.linalg.inv(np.eye(len(time)) + design @ np.diag(ratios) @ design.T)
        weights[row], sums[row] = inverse.sum(), (inverse @ score).sum()
    overall = sums.sum() / weights.sum()
    shrunk = [(sums[part].sum() + overall / 0.7) / (weights[part].sum() + 1 / 0.7) for part in (slice(2), slice(2, 4))]
    np.testing.assert_allclose(segment_means(waves_of(HISTORIES), segment, ratios), [overall, *shrunk])


def test_the_variances_customers_are_drawn_with_are_found():
    rng = np.random.default_rng(11)
    n = 3000
    time = np.sort(rng.uniform(-3, 0, (n, 5)), axis=1)
    level, slope, gold = rng.normal(0, 1.5, n), rng.normal(0, 0.6, n), rng.random(n) < 0.5
    score = 7 + gold[:, None] + level[:, None]
    score = score + slope[:, None] * time + rng.normal(0, 1, (n, 5))
    fit = fit_ratios(waves_of(zip(time, score, strict=True)), gold.astype(int))
    assert fit.noise == pytest.approx(1, rel=0.06)
    assert fit.ratios.level * fit.noise == pytest.approx(2.25, rel=0.12)
    assert fit.ratios.slope * fit.noise == pytest.approx(0.36, rel=0.15)
    np.testing.assert_allclose(fit.means, [7.5, 7, 8], atol=0.15)


def test_slopes_nobody_has_are_none():
    rng = np.random.default_rng(12)
    n = 2000
    time = np.sort(rng.uniform(-3, 0, (n, 4)), axis=1)
    score = 7 + rng.normal(0, 1.5, (n, 1)) + rng.normal(0, 1, (n, 4))
    fit = fit_ratios(waves_of(zip(time, score, strict=True)), np.zeros(n, dtype=int))
    assert fit.ratios.slope < 0.01
