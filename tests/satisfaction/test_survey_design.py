"""Tests of design-based means: published strata, hand-made clusters, broken designs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.survey_design import design_mean

API = {
    "E": (4421, 100, 674.43, 15687.419293),
    "H": (755, 50, 625.82, 11947.089388),
    "M": (1018, 50, 636.60, 13824.857143),
}
"""R survey, apistrat, api00: stratum -> population, n, mean, variance (D-api)."""


def _api():
    """Build answers of exactly these means and variances: the estimates depend on nothing else."""
    values, strata = [], []
    for name, (_, n, mean, variance) in API.items():
        step = (variance * (n - 1) / n) ** 0.5
        values += [mean - step] * (n // 2) + [mean + step] * (n // 2)
        strata += [name] * n
    return np.array(values), strata, {name: row[0] for name, row in API.items()}


def test_stratified_mean_with_finite_population():
    # W1a, R survey (the manual prints 662.29, 9.4089)
    values, strata, population = _api()
    found = design_mean(values, strata=strata, population=population)
    assert found.value == pytest.approx(662.28736, abs=1e-5)
    assert found.standard_error == pytest.approx(9.40894, abs=1e-5)
    assert found.design_effect == pytest.approx(1.20446, abs=1e-5)
    assert (found.n, found.degrees_of_freedom, found.warnings) == (200, 197, ())


def test_stratified_mean_without_finite_population():
    # W1a; W2a: Kish 1.18637, n_eff 168.581
    values, strata, population = _api()
    weights = [population[name] / API[name][1] for name in strata]
    found = design_mean(values, weights=weights, strata=strata)
    assert found.value == pytest.approx(662.28736, abs=1e-5)
    assert found.standard_error == pytest.approx(9.53613, abs=1e-5)
    assert found.kish_design_effect == pytest.approx(1.18637, abs=1e-5)
    assert found.n / found.kish_design_effect == pytest.approx(168.581, abs=1e-3)


def test_strata_of_net_promoter_points():
    # W2b: W (.7, .3), counts (20,30,50), (35,30,35); n_h - 1 and no finite-population correction
    points = np.repeat([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0], [20, 30, 50, 35, 30, 35])
    strata, weights = np.repeat(["a", "b"], 100), np.repeat([0.7, 0.3], 100)
    found = design_mean(points, weights=weights, strata=strata)
    assert found.value == pytest.approx(0.21, abs=1e-12)
    assert found.standard_error == pytest.approx(0.060461, abs=1e-6)


numbers = st.lists(st.floats(-100, 100), min_size=2, max_size=30)


@given(values=numbers)
@settings(max_examples=60, deadline=None)
def test_a_simple_random_sample_is_the_textbook_one(values):
    found = design_mean(values)
    assert found.value == pytest.approx(np.mean(values), abs=1e-9)
    assert found.standard_error == pytest.approx(np.std(values, ddof=1) / len(values) ** 0.5, abs=1e-9)
    if found.design_effect is not None and found.standard_error > 1e-6:
        assert (found.design_effect, found.effective_n) == pytest.approx((1.0, len(values)), rel=1e-6)


def test_clusters_of_equal_size_are_their_means():
    rng = np.random.default_rng(2)
    means = rng.normal(size=12)
    values = np.repeat(means, 5)
    found = design_mean(values, clusters=np.repeat(np.arange(12), 5))
    # answers within a cluster are copies: as precise as 12 answers, not 60
    assert found.standard_error == pytest.approx(means.std(ddof=1) / 12**0.5, rel=1e-12)
    assert found.design_effect == pytest.approx(60 / 12 * (59 / 60) / (11 / 12), rel=1e-9)
    assert found.degrees_of_freedom == 11


def test_linearised_clusters_by_hand():
    # Taylor: u = w (y - mean) / sum w, totals by cluster, n/(n - 1) times their squares
    values, weights, clusters = [1, 0, 1, 0, 1], [1, 2, 1, 3, 1], ["a", "a", "b", "c", "c"]
    mean = 3 / 8
    totals = [(1 * (1 - mean) - 2 * mean) / 8, (1 - mean) / 8, (-3 * mean + 1 - mean) / 8]
    found = design_mean(values, weights=weights, clusters=clusters)
    assert found.value == pytest.approx(mean, abs=1e-15)
    assert found.standard_error == pytest.approx((3 / 2 * sum(t * t for t in totals)) ** 0.5, abs=1e-12)


@given(seed=st.integers(0, 50), unit=st.sampled_from([1e-20, 0.3, 1e20]))
@settings(max_examples=30, deadline=None)
def test_order_and_units_of_weights_do_not_matter(seed, unit):
    rng = np.random.default_rng(seed)
    n = 40
    frame = pd.DataFrame({"y": rng.integers(0, 2, n), "w": rng.uniform(1, 3, n), "c": rng.integers(0, 8, n)})
    frame["s"] = frame["c"] % 2
    shuffled = frame.sample(frac=1.0, random_state=seed)
    one = design_mean(frame["y"], weights=frame["w"], strata=frame["s"], clusters=frame["c"])
    two = design_mean(shuffled["y"], weights=shuffled["w"] * unit, strata=shuffled["s"], clusters=shuffled["c"])
    for field in ("value", "standard_error", "effective_n", "design_effect"):
        assert getattr(one, field) == pytest.approx(getattr(two, field), rel=1e-9)


def test_answers_of_weight_zero_are_not_used():
    one = design_mean([1, 0, 1, 5], weights=[1, 2, 1, 0], strata=["a", "a", "b", "b"])
    two = design_mean([1, 0, 1], weights=[1, 2, 1], strata=["a", "a", "b"])
    assert one == two


def test_a_stratum_of_one_unit_is_cautious_and_says_so():
    values, strata = [1, 0, 1, 0, 1], ["a", "a", "a", "a", "b"]
    found = design_mean(values, strata=strata)
    assert "strata of one unit" in found.warnings[0]
    dropped = design_mean(values[:4]).standard_error * 4 / 5
    assert found.standard_error > dropped


def test_a_census_has_no_sampling_error():
    found = design_mean([1, 0, 1], population=3)
    assert (found.value, found.standard_error, found.effective_n) == (pytest.approx(2 / 3), 0.0, math.inf)


def test_one_unit_and_no_answer():
    assert design_mean([3]).standard_error is None
    assert design_mean([3, 4], clusters=["a", "a"]).standard_error is None
    assert design_mean([]).value is None


def test_answers_that_agree_count_as_their_clusters():
    found = design_mean([1] * 20, clusters=np.repeat(np.arange(4), 5))
    assert (found.standard_error, found.effective_n, found.design_effect) == (0.0, 4.0, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": [1, "two"]}, "got: 'two'"),
        ({"values": [1, None]}, "1 answer missing, row 1"),
        ({"values": [1, math.inf]}, "got: inf"),
        ({"values": [[1, 2], [3, 4]]}, "shape"),
        ({"values": [1, 2], "weights": [1]}, "not one weight per answer"),
        ({"values": [1, 2], "weights": [1, -1]}, "at least 0"),
        ({"values": [1, 2], "strata": ["a"]}, "strata: not one per answer"),
        ({"values": [1, 2], "strata": ["a", None]}, "strata: 1 missing, the first in row 1"),
        ({"values": [1, 2, 3], "strata": ["a", "b", "b"], "clusters": [1, 1, 2]}, "several strata"),
    ],
)
def test_broken_samples_are_refused(options, message):
    with pytest.raises(RecordError, match=message):
        design_mean(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"population": 1},
        {"population": math.nan},
        {"population": "many"},
        {"population": {"a": 5}},
        {"strata": ["a", "b"], "population": 9},
        {"strata": ["a", "b"], "population": {"a": 9}},
        {"strata": ["a", "a"], "population": {"a": 1}},
    ],
)
def test_impossible_populations_are_refused(options):
    with pytest.raises(InvalidValueError, match="population"):
        design_mean([1, 2], **options)
