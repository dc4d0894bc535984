"""Segments that borrow from each other: closer to the truth than each alone and than all as one."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoNBD,
    GammaGamma,
    PooledSegments,
    ShiftedBetaGeometric,
    fit_cohorts,
    pool_segments,
)


def _contracts(n_segments, size, rng, *, spread=0.5):
    truths = [
        ShiftedBetaGeometric(alpha=alpha, beta=beta)
        for alpha, beta in np.exp(np.log([0.8, 2.0]) + rng.normal(size=(n_segments, 2)) * spread)
    ]
    data = [truth.simulate(np.full(size, 5), rng=rng) for truth in truths]
    columns = [np.concatenate(column) for column in zip(*data, strict=True)]
    return truths, columns, np.repeat(np.arange(100, 100 + n_segments), size)


def _error(models, truths):
    """How far retention and survival are from the truth, where the data say little: at the eighth renewal."""
    return np.sqrt(np.mean([(m.survival(8) - t.survival(8)) ** 2 for m, t in zip(models, truths, strict=True)]))


def test_borrowing_beats_both_going_alone_and_being_all_the_same():
    rng = np.random.default_rng(21)
    alone, together, pooled = [], [], []
    for _ in range(3):
        truths, columns, segment = _contracts(25, 40, rng)
        cohorts = fit_cohorts(ShiftedBetaGeometric, *columns, cohort=segment)
        found = pool_segments(ShiftedBetaGeometric, *columns, segment=segment)
        assert found.converged
        alone.append(_error([fit.model for fit in cohorts.cohorts.values()], truths))
        together.append(_error([cohorts.pooled.model] * 25, truths))
        pooled.append(_error([each.model for each in found.segments.values()], truths))
    assert np.mean(pooled) < 0.95 * np.mean(alone)
    assert np.mean(pooled) < 0.8 * np.mean(together)


def test_borrowing_beats_going_alone_in_buying_too():
    rng = np.random.default_rng(22)
    truths = [
        BetaGeoNBD(**dict(zip(("r", "alpha", "a", "b"), row, strict=True)))
        for row in np.exp(np.log([0.5, 8, 0.8, 2.5]) + rng.normal(size=(12, 4)) * 0.3)
    ]
    data = [truth.simulate(rng.uniform(20, 60, 40), rng=rng)[:3] for truth in truths]
    columns, segment = [np.concatenate(column) for column in zip(*data, strict=True)], np.repeat(np.arange(10, 22), 40)
    cohorts = fit_cohorts(BetaGeoNBD, *columns, cohort=segment)
    found = pool_segments(BetaGeoNBD, *columns, segment=segment)

    def error(models):
        pairs = zip(models, truths, strict=True)
        return np.sqrt(np.mean([np.log(m.expected_purchases(104) / t.expected_purchases(104)) ** 2 for m, t in pairs]))

    assert error([each.model for each in found.segments.values()]) < error(
        [fit.model for fit in cohorts.cohorts.values()]
    )
    parameters = np.log([[list(each.model.model_dump().values()) for each in found.segments.values()]])
    assert np.abs(parameters - np.log([[list(t.model_dump().values()) for t in truths]])).max() < 3


def test_small_segments_are_drawn_further():
    rng = np.random.default_rng(23)
    _, (duration, churned), segment = _contracts(12, 60, rng)
    weights = np.where(segment == 100, 0.1, np.where(segment == 101, 10.0, 1.0))
    plain = pool_segments(ShiftedBetaGeometric, duration, churned, segment=segment).segments
    moved = pool_segments(ShiftedBetaGeometric, duration, churned, segment=segment, weights=weights).segments
    for name in ("alpha", "beta"):
        assert moved["100"].own_share[name] < plain["100"].own_share[name]
        assert moved["101"].own_share[name] > plain["101"].own_share[name]
    assert moved["100"].n == pytest.approx(6)


def test_segments_that_are_alike_become_one():
    rng = np.random.default_rng(24)
    _, columns, segment = _contracts(15, 60, rng, spread=0.0)
    found = pool_segments(ShiftedBetaGeometric, *columns, segment=segment)
    survival = [each.model.survival(5) for each in found.segments.values()]
    alone = [
        fit.model.survival(5) for fit in fit_cohorts(ShiftedBetaGeometric, *columns, cohort=segment).cohorts.values()
    ]
    assert np.std(survival) < 0.4 * np.std(alone)


def test_what_a_segment_does_not_identify_is_typical():
    rng = np.random.default_rng(25)
    _, (duration, churned), segment = _contracts(12, 80, rng)
    duration, churned, segment = np.r_[duration, [1.0, 1.0]], np.r_[churned, [False, False]], np.r_[segment, [7, 7]]
    found = pool_segments(ShiftedBetaGeometric, duration, churned, segment=segment)
    lost = found.segments["7"]  # two customers who renewed once
    assert max(lost.own_share.values()) < 0.1
    assert lost.model.beta == pytest.approx(found.typical.beta, rel=0.3)


def test_a_segment_without_anything_to_fit_is_the_typical_one():
    rng = np.random.default_rng(26)
    x = 1 + rng.poisson(2, 300)
    mean = GammaGamma(p=4, q=4, v=20).simulate(x, rng=rng)
    x[:3] = 0
    segment = np.r_[["none"] * 3, rng.integers(0, 8, 297).astype(str)]
    found = pool_segments(GammaGamma, x, mean, segment=segment)
    assert found.segments["none"].model == found.typical == found.of("none")
    assert set(found.segments["none"].own_share.values()) == {0.0}
    assert PooledSegments[GammaGamma].model_validate_json(found.model_dump_json()) == found
    with pytest.raises(FitError):
        pool_segments(GammaGamma, [0, 0], [0, 0], segment=["a", "b"])


def test_the_unit_of_time_does_not_matter():
    rng = np.random.default_rng(27)
    x, last, end, _ = BetaGeoNBD(r=0.5, alpha=5, a=0.8, b=2.5).simulate(rng.uniform(20, 60, 300), rng=rng)
    weeks, days = (pool_segments(BetaGeoNBD, x, last * f, end * f, segment=np.arange(300) % 5) for f in (1, 7))
    for name, segment in weeks.segments.items():
        assert days.segments[name].model.alpha == pytest.approx(7 * segment.model.alpha, rel=1e-3)
        assert days.segments[name].model.r == pytest.approx(segment.model.r, rel=1e-3)


def test_every_row_needs_a_segment():
    with pytest.raises(InvalidValueError, match="segment"):
        pool_segments(ShiftedBetaGeometric, [1, 2], [1, 0], segment=["a", None])
