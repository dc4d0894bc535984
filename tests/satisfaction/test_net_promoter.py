"""Tests of the net promoter score: reference rows, weights, bad answers, real surveys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmrisk.satisfaction as survey
from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.net_promoter import NpsBreaks, net_promoter_score, nps_counts
from crmrisk.satisfaction.net_promoter_table import net_promoter_by_segment

ALL_METHODS = ["score", "adjusted wald", "bonett-price", "agresti-min", "wald", "bootstrap"]

REFERENCE = [
    ("N1", (1, 2, 3), 1 / 3, 5 / 9, 0.304, 1e-3, "R NPS test suite"),
    (
        "N3",
        (54, 108, 162),
        1 / 3,
        5 / 9,
        0.041,
        5e-4,
        "Cross Validated, margin of error in a net promoter score (n 324)",
    ),
    ("N8", (150, 1364, 86), -0.04, None, 0.0095, 6e-5, "Agresti, Categorical Data Analysis"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    row, counts, score, variance, error, tolerance, source = reference
    estimate = net_promoter_score(counts=counts)
    assert estimate.value == pytest.approx(score, abs=1e-12), (row, source)
    assert estimate.standard_error == pytest.approx(error, abs=tolerance), (row, source)
    if variance is not None:
        assert estimate.standard_error**2 * sum(counts) == pytest.approx(variance, abs=1e-12), (row, source)


def test_shares_are_counts_too():
    # N3: shares 1/6, 1/3, 1/2
    estimate = net_promoter_score(counts=(1 / 6, 1 / 3, 1 / 2))
    assert estimate.value == pytest.approx(1 / 3, abs=1e-12)
    assert estimate.standard_error**2 == pytest.approx(5 / 9, abs=1e-12)


def test_breaks_are_the_callers():
    # N2: responses 1..15, breaks 0-6/7-8/9-15
    estimate = net_promoter_score(range(1, 16), breaks=NpsBreaks(highest=15))
    assert nps_counts(list(range(1, 16)), breaks=NpsBreaks(highest=15)) == (6, 2, 7)
    assert estimate.value == pytest.approx(2 / 30, abs=1e-12)
    assert estimate.standard_error**2 * 15 == pytest.approx(0.8622, abs=2e-3)


def test_the_value_is_raw_and_a_negative_score_is_significant():
    for method in ALL_METHODS:
        estimate = net_promoter_score(counts=(50, 30, 20), method=method)
        assert estimate.value == pytest.approx(-0.3, abs=1e-12)
        assert estimate.high < 0.0  # R NPS reports this one as not significant
        assert (estimate.method, estimate.n, estimate.effective_n, estimate.level) == (method, 100, 100, 0.95)


answers = st.lists(st.integers(0, 10), min_size=1, max_size=80)


@given(answers=answers, method=st.sampled_from(ALL_METHODS))
@settings(max_examples=80, deadline=None)
def test_counts_give_what_their_answers_give(answers, method):
    assert net_promoter_score(counts=nps_counts(answers), method=method) == net_promoter_score(answers, method=method)


@given(answers=answers, data=st.data(), method=st.sampled_from(ALL_METHODS))
@settings(max_examples=60, deadline=None)
def test_the_order_of_answers_does_not_matter(answers, data, method):
    shuffled = data.draw(st.permutations(answers))
    assert net_promoter_score(shuffled, method=method) == net_promoter_score(answers, method=method)


@given(counts=st.tuples(*[st.integers(0, 90)] * 3).filter(any), method=st.sampled_from(ALL_METHODS[:-1]))
@settings(max_examples=80, deadline=None)
def test_mirrored_answers_flip_the_sign(counts, method):
    here, there = (
        net_promoter_score(counts=counts, method=method),
        net_promoter_score(counts=counts[::-1], method=method),
    )
    assert (here.value, here.low, here.high) == (-there.value, -there.high, -there.low)
    assert here.standard_error == there.standard_error


@given(answers=answers, unit=st.sampled_from([1e-30, 0.3, 1.0, 7.0, 1e30]), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_the_unit_of_weights_cancels(answers, unit, seed):
    weights = np.random.default_rng(seed).uniform(0.5, 2.0, len(answers))
    here, there = net_promoter_score(answers, weights=weights), net_promoter_score(answers, weights=weights * unit)
    for field in ("value", "low", "high", "standard_error", "effective_n"):
        assert getattr(there, field) == pytest.approx(getattr(here, field), rel=1e-9, abs=1e-9)


@given(answers=answers)
@settings(max_examples=40, deadline=None)
def test_equal_weights_change_nothing(answers):
    assert net_promoter_score(answers, weights=np.full(len(answers), 3.0)) == net_promoter_score(answers)


def test_weights_are_linearised_and_told_with_their_design_effect():
    estimate = net_promoter_score([10, 10, 0, 8], weights=[2, 2, 1, 1])
    assert estimate.value == pytest.approx(3 / 6, abs=1e-15)
    assert (estimate.n, estimate.effective_n) == (4, pytest.approx(36 / 10, abs=1e-12))  # Kish's
    # sum w^2 (y - 1/2)^2 = 4/4 + 4/4 + 9/4 + 1/4 = 4.5, over 6^2, times 4/3
    assert estimate.standard_error**2 == pytest.approx(4.5 / 36 * 4 / 3, abs=1e-12)
    same = net_promoter_score(counts=(1, 1, 4), effective_n=(5 / 6 - 1 / 4) * 6)
    assert (same.low, same.high) == pytest.approx((estimate.low, estimate.high), abs=1e-12)
    assert estimate.warnings == ("design effect 0.857",)
    assert nps_counts([10, 10, 0, 8], weights=[2, 2, 1, 1]) == (0.5, 0.5, 2.0)


def test_counts_may_come_by_name_in_any_order():
    named = {"promoters": 50, "detractors": 20, "passives": 30}
    assert net_promoter_score(counts=named) == net_promoter_score(counts=(20, 30, 50))
    assert net_promoter_score(counts=named, effective_n=50).effective_n == 50
    with pytest.raises(CrmRiskError, match="weights belong to answers"):
        net_promoter_score(counts=named, weights=[1, 1, 1])


@pytest.mark.parametrize("method", ["score", "adjusted wald"])
def test_one_heavy_answer_is_not_sure_of_itself(method):
    answers, weights = [10] + [0] * 5, [1000] + [1] * 5
    found = net_promoter_score(answers, weights=weights, method=method)
    assert found.standard_error < 0.02  # the linearised error knows no better
    assert found.high - found.low > 0.5
    table = pd.DataFrame({"answer": answers, "segment": "all", "weight": weights})
    by_table = net_promoter_by_segment(table, weight="weight", method=method)["all"]
    assert (by_table.low, by_table.high) == pytest.approx((found.low, found.high), abs=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_weights_alone_are_a_design_of_one_stratum(seed):
    rng = np.random.default_rng(seed)
    answers, weights = rng.integers(0, 11, 60), rng.uniform(0.5, 2.0, 60)
    alone = net_promoter_score(answers, weights=weights, method="wald")
    design = net_promoter_score(answers, weights=weights, strata=["all"] * 60, method="wald")
    for field in ("value", "standard_error", "low", "high"):
        assert getattr(alone, field) == pytest.approx(getattr(design, field), abs=1e-12)
    assert alone.warnings == design.warnings


def test_an_answer_of_weight_zero_is_not_used():
    assert net_promoter_score([10, 0, 9], weights=[1, 0, 1]) == net_promoter_score([10, 9])


def test_the_weighted_bootstrap_resamples_answers_with_their_weights():
    rng = np.random.default_rng(11)
    answers, weights = rng.integers(0, 11, 4000), rng.choice([0.5, 1.0, 3.0], 4000)
    closed, resampled = (
        net_promoter_score(answers, weights=weights),
        net_promoter_score(answers, weights=weights, method="bootstrap", rng=rng),
    )
    assert resampled.value == closed.value
    # 2,000 replicates know the error to 1/sqrt(4000) = 1.6 %
    assert resampled.standard_error == pytest.approx(closed.standard_error, rel=0.07)


def test_the_bootstrap_agrees_with_the_closed_form_on_a_large_survey_and_repeats_itself():
    closed = net_promoter_score(counts=(2000, 3000, 5000))
    resampled = net_promoter_score(counts=(2000, 3000, 5000), method="bootstrap")
    assert (resampled.low, resampled.high) == pytest.approx((closed.low, closed.high), abs=2e-3)
    assert resampled == net_promoter_score(counts=(2000, 3000, 5000), method="bootstrap")
    other = net_promoter_score(counts=(2000, 3000, 5000), method="bootstrap", rng=np.random.default_rng(1))
    assert other.low != resampled.low


@pytest.mark.parametrize(
    ("counts", "warned"),
    [((20, 30, 50), False), ((20, 30, 49), True), ((20, 60, 920), True), ((920, 60, 20), True), ((100, 0, 900), False)],
)
def test_wald_warns_on_few_answers_and_extreme_scores(counts, warned):
    assert bool(net_promoter_score(counts=counts, method="wald").warnings) is warned
    assert net_promoter_score(counts=counts).warnings == ()


def test_missing_answers_are_refused_unless_excluded_and_then_counted():
    with pytest.raises(RecordError, match=r"2 answers missing, rows 1, 3"):
        net_promoter_score([10, None, 3, float("nan")])
    estimate = net_promoter_score([10, None, 3, float("nan")], missing="exclude")
    assert (estimate.value, estimate.n, estimate.warnings) == (0.0, 2, ("2 missing answers excluded",))


def test_bad_answers_are_named_with_row_and_count_whatever_the_policy():
    with pytest.raises(RecordError) as caught:
        net_promoter_score([11, -1, 7.5, "text", 11, None, 9], missing="exclude")
    named = {problem.got: problem.what for problem in caught.value.problems}
    assert named == {
        "11": "2 answers off the scale, rows 0, 4",
        "-1": "1 answer off the scale, row 1",
        "7.5": "1 answer off the scale, row 2",
        "'text'": "1 answer off the scale, row 3",
    }


@pytest.mark.parametrize(
    ("options", "n_excluded"),
    [({"answers": []}, 0), ({"answers": [None, None], "missing": "exclude"}, 2), ({"counts": (0, 0, 0)}, 0)],
)
@pytest.mark.parametrize("method", ALL_METHODS)
def test_without_answers_the_score_is_unrated(options, n_excluded, method):
    estimate = net_promoter_score(**options, method=method)
    assert (estimate.value, estimate.low, estimate.high, estimate.standard_error, estimate.n) == (
        None,
        None,
        None,
        None,
        0,
    )
    assert estimate.warnings[0] == "no answers"
    assert len(estimate.warnings) == 1 + (n_excluded > 0)


def test_weights_of_no_answers_leave_it_unrated():
    assert net_promoter_score([], weights=[]).value is None
    assert net_promoter_score([None, 9], weights=[1, 0], missing="exclude").value is None


@pytest.mark.parametrize("method", ALL_METHODS)
def test_one_answer_is_a_survey(method):
    estimate = net_promoter_score([10], method=method)
    assert estimate.value == 1.0
    assert estimate.low <= estimate.high <= 1.0


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"answers": [1], "counts": (1, 2, 3)},
        {"counts": (1, 2)},
        {"counts": (1, 2, -3)},
        {"counts": (1, 2, float("nan"))},
        {"counts": (1, 2, float("inf"))},
        {"counts": "abc"},
        {"counts": (1, 2, 3), "weights": [1, 2, 3]},
        {"counts": (1, 2, 3), "effective_n": 0},
        {"answers": [1], "effective_n": 3},
        {"answers": [1], "method": "waldo"},
        {"answers": [1], "level": 95},
        {"answers": [], "level": 95},
        {"answers": [1], "level": 95, "method": "bootstrap"},
        {"answers": [1], "method": "bootstrap", "replicates": 1},
        {"answers": [1], "missing": "ignore"},
    ],
)
def test_bad_arguments_are_refused(options):
    with pytest.raises(InvalidValueError):
        net_promoter_score(**options)


@given(st.lists(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3), max_size=6))
@settings(max_examples=150, deadline=None)
def test_anything_else_is_an_estimate_or_one_of_our_errors(answers):
    try:
        estimate = net_promoter_score(answers, missing="exclude")
    except CrmRiskError:
        return
    assert estimate.n == sum(answer is not None and answer == answer for answer in answers)  # noqa: PLR0124 - NaN


def test_estimates_survive_json():
    estimate = net_promoter_score(counts=(20, 30, 49), method="wald")
    assert Estimate.from_json(estimate.to_json()) == estimate


def test_the_callers_column_is_not_changed():
    column = pd.Series([10.0, None, 3.0])
    before = column.copy()
    net_promoter_score(column, weights=np.array([1.0, 1.0, 2.0]), missing="exclude")
    pd.testing.assert_series_equal(column, before)


@pytest.mark.realdata
@pytest.mark.parametrize(("year", "n", "score", "weighted"), [(2017, 2746, 39.84, 40.40), (2018, 2650, 30.98, 35.11)])
def test_sfo_airport(data_folder, year, n, score, weighted):
    survey = pd.read_parquet(data_folder / f"sfo_survey_{year}.parquet", columns=["NETPRO", "WEIGHT"])
    answers, weights = pd.to_numeric(survey["NETPRO"]), pd.to_numeric(survey["WEIGHT"])
    with pytest.raises(RecordError, match="got: 11"):
        net_promoter_score(answers, missing="exclude")
    answers = answers.where(answers != 11)  # the survey's code for blank
    plain = net_promoter_score(answers, missing="exclude")
    weighing = net_promoter_score(answers, weights=weights, missing="exclude")
    assert (plain.n, round(100 * plain.value, 2)) == (n, score)
    assert (weighing.n, round(100 * weighing.value, 2)) == (n, weighted)
    assert weighing.effective_n < n
    assert plain.low < plain.value < plain.high


def test_answers_that_look_like_another_question_are_doubted_wherever_they_are_read():
    short, long = [1, 2, 3, 4, 5] * 8, [10, 9, 3, 7] * 10
    doubt = "no answer above 5: is this a question from 0 to 10?"
    assert net_promoter_score(short).warnings == (doubt,)
    assert net_promoter_score(short, weights=[1, 2] * 20).warnings[0] == doubt
    assert net_promoter_score(long).warnings == ()
    for weights in (None, [1, 2] * 20):
        assert all(doubt in share.warnings for share in survey.net_promoter_shares(short, weights=weights))
    assert survey.compare_net_promoter(long, short).difference.warnings == (f"second: {doubt}",)
    assert doubt in survey.compare_paired_net_promoter(short, long).difference.warnings
    assert doubt in survey.compare_net_promoter_to_benchmark(short, benchmark=0.1).difference.warnings
    waves = survey.net_promoter_waves([1] * 40 + [2] * 40, short + long)
    assert [doubt in wave.estimate.warnings for wave in waves] == [True, False]


@pytest.mark.parametrize("method", ["adjusted wald", "bonett-price", "agresti-min", "wald", "score"])
def test_an_interval_that_does_not_hold_the_score_says_so(method):
    """A single promoter: three answers are added to the one that was given."""
    one, ten = (net_promoter_score(counts=(0, 0, n), method=method) for n in (1, 10))
    beside = f"so few answers that the {method} interval does not hold the estimate itself"
    assert (beside in one.warnings) == (one.high < one.value) == (method == "adjusted wald")
    assert beside not in ten.warnings
    alone = survey.compare_net_promoter(counts=((0, 0, 1), (1, 0, 0)), method="adjusted wald").difference
    assert alone.high < alone.value
    assert alone.warnings == ("so few answers that the adjusted wald interval does not hold the estimate itself",)
