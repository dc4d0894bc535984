"""Tests of the net promoter score under a survey design, and of its bootstrap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.survey_design import design_mean

STRATA = {"a": (20, 30, 50), "b": (35, 30, 35)}
ANSWERS = np.repeat([0, 8, 10, 0, 8, 10], [20, 30, 50, 35, 30, 35])
STRATUM = np.repeat(["a", "b"], 100)


@pytest.mark.parametrize("route", ["answers", "counts"])
def test_stratified_reference(route):
    # W2b: W (.7, .3): NPS .21, SE .060461 (n_h - 1, no finite-population correction)
    if route == "answers":
        found = net_promoter_score(ANSWERS, weights=np.where(STRATUM == "a", 0.7, 0.3), strata=STRATUM)
    else:
        found = net_promoter_score(counts=STRATA, weights={"a": 0.7, "b": 0.3})
    assert found.value == pytest.approx(0.21, abs=1e-12)
    assert found.standard_error == pytest.approx(0.060461, abs=1e-6)
    assert found.warnings == ("design effect 1.11",)
    assert found.effective_n == pytest.approx(200 / 1.109, rel=1e-3)
    assert found.low < 0.21 - 1.9 * 0.060461 < 0.21 + 1.9 * 0.060461 < found.high + 0.01


def test_the_wald_interval_of_a_design_is_its_standard_error():
    found = net_promoter_score(counts=STRATA, weights={"a": 0.7, "b": 0.3}, method="wald")
    assert (found.low, found.high) == pytest.approx((0.21 - 1.959964 * 0.060461, 0.21 + 1.959964 * 0.060461), abs=2e-6)


def test_a_population_weighs_its_strata_and_corrects_for_what_was_drawn():
    population = {"a": 700, "b": 300}
    plain = net_promoter_score(counts=STRATA, weights={"a": 0.7, "b": 0.3})
    found = net_promoter_score(ANSWERS, strata=STRATUM, population=population)
    assert found == net_promoter_score(counts=STRATA, population=population)
    assert found.value == pytest.approx(0.21, abs=1e-12)
    assert found.standard_error < plain.standard_error
    assert found.high - found.low < plain.high - plain.low
    # by hand: sum W^2 (1 - f) s^2/n
    variances = [(0.7 - 0.09) * 100 / 99, 0.7 * 100 / 99]
    by_hand = sum(
        w**2 * (1 - 100 / size) * v / 100 for w, size, v in zip((0.7, 0.3), population.values(), variances, strict=True)
    )
    assert found.standard_error == pytest.approx(by_hand**0.5, abs=1e-12)


def test_a_census_has_no_sampling_error():
    found = net_promoter_score([10, 0, 8, 9], population=4)
    assert (found.value, found.low, found.high, found.standard_error) == (0.25, 0.25, 0.25, 0.0)
    assert "a census: no sampling error" in found.warnings


def test_one_stratum_is_no_design_but_for_n_less_one():
    plain, one = net_promoter_score(ANSWERS), net_promoter_score(ANSWERS, strata=["x"] * 200)
    assert (one.low, one.high) == pytest.approx((plain.low, plain.high), abs=1e-12)
    assert one.standard_error == pytest.approx(plain.standard_error * (200 / 199) ** 0.5, rel=1e-12)


def test_customers_who_answer_more_than_once_are_clusters():
    rng = np.random.default_rng(8)
    answers, customer = np.repeat(rng.choice([0, 8, 10], 80), 5), np.repeat(np.arange(80), 5)
    once = net_promoter_score(answers[::5])
    found = net_promoter_score(answers, clusters=customer)
    naive = net_promoter_score(answers)
    assert found.value == naive.value
    # five equal answers of a customer tell as much as one
    assert found.effective_n == pytest.approx(80, rel=0.02)
    assert found.high - found.low == pytest.approx(once.high - once.low, rel=0.02)
    assert found.high - found.low > 2 * (naive.high - naive.low)
    resampled = net_promoter_score(answers, clusters=customer, method="bootstrap", replicates=4000)
    # 4,000 replicates know a standard error to 1/sqrt(8000) = 1.1 %
    assert resampled.standard_error == pytest.approx(found.standard_error, rel=0.045)


def test_few_clusters_widen_the_interval_beyond_their_standard_error():
    answers, shop = np.tile([0, 8, 10, 10, 9, 3], 20), np.repeat([1, 2, 3, 4], 30)
    weights = np.linspace(1, 2, 120)
    found = net_promoter_score(answers, clusters=shop, weights=weights, method="adjusted wald")
    half = (found.high - found.low) / 2
    # t with 3 degrees of freedom is 3.18: well beyond 1.96 standard errors
    assert half > 2.2 * found.standard_error


def test_design_and_missing_answers():
    answers = [10, None, 0, 9, float("nan"), 3]
    strata, weights = ["a", "a", "a", "b", "b", "b"], [1, 9, 1, 2, 9, 2]
    found = net_promoter_score(answers, strata=strata, weights=weights, missing="exclude")
    expected = net_promoter_score([10, 0, 9, 3], strata=list("aabb"), weights=[1, 1, 2, 2])
    assert (found.value, found.low, found.standard_error, found.n) == (
        expected.value,
        expected.low,
        expected.standard_error,
        4,
    )
    assert found.warnings[0] == "2 missing answers excluded"


def test_answers_that_agree_are_worth_their_clusters():
    found = net_promoter_score([10] * 40, clusters=np.repeat(np.arange(8), 5))
    assert (found.value, found.standard_error, found.effective_n) == (1.0, 0.0, 8.0)
    assert found.low < net_promoter_score([10] * 8).low + 1e-12


def test_one_cluster_has_no_interval():
    found = net_promoter_score([10, 0, 9], clusters=["x"] * 3)
    assert (found.value, found.low, found.high, found.standard_error) == (pytest.approx(1 / 3), None, None, None)
    assert "one unit was drawn" in found.warnings[-1]


def test_bca_corrects_skewness():
    # scipy.stats.bootstrap is the other route; its BCa of a skewed sample lies below the percentiles at the top end
    from scipy.stats import bootstrap

    counts = (2, 6, 52)
    points = np.repeat([-1.0, 0.0, 1.0], counts)
    found = net_promoter_score(counts=counts, method="bca", replicates=10_000)
    other = bootstrap(
        (points,), np.mean, n_resamples=5_000, method="BCa", random_state=np.random.default_rng(1), axis=-1
    )
    # scores move in steps of 1/60
    assert (found.low, found.high) == pytest.approx(tuple(other.confidence_interval), abs=1.5 / 60)
    percentile = net_promoter_score(counts=counts, method="bootstrap", replicates=20_000)
    assert found.low < percentile.low
    assert found.method == "bca"


@pytest.mark.parametrize("method", ["bootstrap", "bca"])
def test_designed_bootstrap_agrees_with_linearisation(method):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"cluster": rng.integers(0, 150, 3000)})
    frame["stratum"] = frame["cluster"] % 3
    frame["weight"] = rng.uniform(1, 3, 3000)
    leaning = rng.normal(0, 2, 150)[frame["cluster"]]
    frame["answer"] = np.clip(np.round(7 + leaning + rng.normal(0, 2, 3000)), 0, 10)
    design = {"weights": frame["weight"], "strata": frame["stratum"], "clusters": frame["cluster"]}
    closed = net_promoter_score(frame["answer"], **design)
    found = net_promoter_score(frame["answer"], **design, method=method)
    assert found.value == closed.value
    assert found.standard_error == pytest.approx(closed.standard_error, rel=0.07)
    assert (found.low, found.high) == pytest.approx((closed.low, closed.high), abs=0.35 * closed.standard_error)


def test_finite_populations_shrink_the_bootstrap():
    closed = net_promoter_score(counts=STRATA, population={"a": 200, "b": 150})
    found = net_promoter_score(counts=STRATA, population={"a": 200, "b": 150}, method="bootstrap")
    assert found.standard_error == pytest.approx(closed.standard_error, rel=0.07)


def test_resamples_that_cannot_vary_say_so():
    for method in ("bootstrap", "bca"):
        found = net_promoter_score(counts=(0, 0, 30), method=method)
        assert (found.low, found.high) == (1.0, 1.0)
        assert "do not vary" in found.warnings[-1]


def test_the_bootstrap_of_many_distinct_weights_agrees_with_the_design():
    rng = np.random.default_rng(1)
    answers, weights = rng.integers(0, 11, 100_000), rng.lognormal(0, 0.7, 100_000)
    closed = net_promoter_score(answers, weights=weights)
    plain = net_promoter_score(answers, method="bca")
    weighted = net_promoter_score(answers, weights=weights, method="bca")
    assert plain.low < plain.value < plain.high
    assert weighted.standard_error == pytest.approx(
        design_mean(np.where(answers > 8, 1.0, 0.0) - (answers < 7), weights=weights).standard_error, rel=0.07
    )
    assert weighted.value == closed.value


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"counts": (1, 2, 3), "strata": ["a"]}, InvalidValueError),
        ({"counts": (1, 2, 3), "population": 9}, InvalidValueError),
        ({"counts": STRATA, "clusters": ["a"]}, InvalidValueError),
        ({"counts": STRATA, "weights": [1, 2]}, InvalidValueError),
        ({"counts": STRATA, "weights": {"a": 1}}, InvalidValueError),
        ({"counts": {"a": (0.5, 1, 2)}}, InvalidValueError),
        ({"counts": {"a": (1, 2)}}, InvalidValueError),
        ({"counts": STRATA, "effective_n": 5}, InvalidValueError),
        ({"counts": (1, 2, 3), "effective_n": "many"}, InvalidValueError),
        ({"answers": [9, 8], "strata": ["a"]}, RecordError),
        ({"answers": [9, None], "strata": ["a"], "missing": "exclude"}, RecordError),
        ({"answers": [9, 8], "clusters": ["a", None]}, RecordError),
        ({"answers": [9, 8], "population": 1}, InvalidValueError),
        ({"answers": [9, 8], "strata": ["a", "b"], "level": 95}, InvalidValueError),
        ({"answers": [9, 8], "strata": ["a", "b"], "level": 95, "method": "bca"}, InvalidValueError),
        ({"answers": [9, 8], "strata": ["a", "b"], "replicates": 1, "method": "bca"}, InvalidValueError),
        ({"answers": [9, 8], "clusters": ["a", "b"], "replicates": "many", "method": "bca"}, InvalidValueError),
        ({"answers": [9, 8], "strata": [["a"], "b", 3]}, RecordError),
        ({"answers": [9, None], "strata": [["a"], "b"], "missing": "exclude"}, RecordError),
    ],
)
def test_impossible_designs_are_refused(options, error):
    with pytest.raises(error):
        net_promoter_score(**options)


def test_no_answers_under_a_design_are_unrated():
    found = net_promoter_score([None], strata=["a"], missing="exclude")
    assert (found.value, found.low, found.warnings[0]) == (None, None, "no answers")
    assert net_promoter_score(counts={}).value is None


@pytest.mark.realdata
def test_sfo_airport_by_boarding_area(data_folder):
    survey = pd.read_parquet(data_folder / "sfo_survey_2018.parquet", columns=["NETPRO", "WEIGHT", "STRATA"])
    survey = survey[pd.to_numeric(survey["NETPRO"]) <= 10]
    answers, weights = pd.to_numeric(survey["NETPRO"]), pd.to_numeric(survey["WEIGHT"])
    plain = net_promoter_score(answers, weights=weights)
    stratified = net_promoter_score(answers, weights=weights, strata=survey["STRATA"])
    assert stratified.value == pytest.approx(plain.value, abs=1e-12)
    assert round(100 * stratified.value, 2) == 35.11
    assert 0.01 < stratified.standard_error < 0.03
    assert stratified.warnings[0].startswith("design effect 1.")


def test_defects_of_the_r_package_are_not_reproduced():
    # R NPS 2.0.999: the variance times 100 when scores are (5/9 -> 55.6); a significantly negative score called not
    # significant; adjusted Wald beyond 1 (1.063 at 0/0/10)
    natural = net_promoter_score(counts=(1, 2, 3))
    assert natural.standard_error**2 * 6 == pytest.approx(5 / 9, abs=1e-12)
    for method in ("score", "adjusted wald", "bootstrap", "bca"):
        assert net_promoter_score(counts=(50, 30, 20), method=method).high < 0.0
        assert net_promoter_score(counts=(0, 0, 10), method=method).high == 1.0
