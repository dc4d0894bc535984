"""Tests of the bootstrap interval of a score, beside a second way to the same number."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.net_promoter_counts import NpsCounts
from crmrisk.satisfaction.net_promoter_resampling import resampled_interval
from crmrisk.satisfaction.net_promoter_sample import sample_of_answers, sample_of_counts


def _found(sample, method="bca", **options):
    return resampled_interval(sample, method, 0.95, **{"rng": None, "replicates": 4000, **options})


def test_a_mirrored_survey_has_the_mirrored_interval():
    # the same seed draws other samples of mirrored counts: two Monte Carlo errors of a limit, 1.5 steps of 1/60
    here, there = _found(sample_of_counts(NpsCounts(3, 7, 50))), _found(sample_of_counts(NpsCounts(50, 7, 3)))
    assert (here.low, here.high) == pytest.approx((-there.high, -there.low), abs=1.6 / 60)
    assert here.standard_error == pytest.approx(there.standard_error, rel=0.06)


def test_equal_weights_are_no_weights():
    points = np.repeat([-1.0, 0.0, 1.0], [5, 20, 75])
    plain = _found(sample_of_answers(points, Design()))
    assert _found(sample_of_answers(points, Design(weights=np.full(100, 2.0)))) == plain


def test_answers_that_are_clusters_of_themselves_differ_by_n_less_one():
    points = np.repeat([-1.0, 0.0, 1.0], [5, 20, 75])
    plain = _found(sample_of_answers(points, Design()))
    alone = _found(sample_of_answers(points, Design(clusters=np.arange(100))))
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high), abs=0.025)


def test_the_same_generator_gives_the_same_interval():
    sample = sample_of_counts(NpsCounts(20, 30, 50))
    assert _found(sample, rng=np.random.default_rng(4)) == _found(sample, rng=np.random.default_rng(4))
