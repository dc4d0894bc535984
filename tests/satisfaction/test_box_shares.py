"""Tests of top boxes and CSAT: answers and counts, scale and box, weights and strata."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.box_shares import box_answers, csat, top_box
from crmrisk.satisfaction.proportion_comparison import compare_proportions
from crmrisk.satisfaction.proportions import proportion
from crmrisk.satisfaction.segments import by_segment
from crmrisk.satisfaction.survey_design import design_mean

REFERENCE = [
    ("P1a", "wilson", 81, 263, 0.2553, 0.3662, "Newcombe 1998a"),
    ("P1b", "wilson", 15, 148, 0.0624, 0.1605, "Newcombe 1998a"),
    ("P1c", "wilson", 0, 20, 0.0, 0.1611, "Newcombe 1998a"),
    ("P2a", "clopper-pearson", 81, 263, 0.2527, 0.3676, "Newcombe 1998a"),
    ("P2b", "clopper-pearson", 13, 16, 0.5435, 0.9595, "Ligarden 2010 in contingencytables"),
    ("P3-wilson", "wilson", 13, 16, 0.5699, 0.9341, "contingencytables"),
    ("P3-jeffreys", "jeffreys", 13, 16, 0.5792, 0.9442, "contingencytables"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference_from_answers_and_from_counts(reference):
    row, method, x, n, low, high, source = reference
    answers = [5, 4] * (x // 2) + [4] * (x % 2) + [3] * (n - x)
    from_answers, from_counts = csat(answers, method=method), csat(counts={5: x, 1: n - x}, method=method)
    for estimate in (from_answers, from_counts):
        assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=6e-5), (row, source)
        assert (estimate.value, estimate.n, estimate.method) == (x / n, n, method)


ANSWERS = [0, 3, 7, 8, 9, 9, 10, 10]


@pytest.mark.parametrize(
    ("box", "end", "share"),
    [(1, "top", 2 / 8), (2, "top", 4 / 8), (7, "bottom", 2 / 8), ((9, 10), "top", 4 / 8), ({0, 10}, "bottom", 3 / 8)],
)
def test_scale_and_box_are_free(box, end, share):
    counts = np.bincount(ANSWERS, minlength=11)
    assert top_box(ANSWERS, lowest=0, highest=10, box=box, end=end).value == share
    assert top_box(counts=counts, lowest=0, highest=10, box=box, end=end).value == share


def test_lists_arrays_and_columns_give_the_same():
    answers = [5, 3, 4, None, 1]
    expected = csat(answers, missing="exclude")
    assert (expected.value, expected.n, expected.warnings) == (0.5, 4, ("1 missing answer excluded",))
    for column in (
        np.array([5, 3, 4, np.nan, 1]),
        pd.Series([5, 3, 4, pd.NA, 1], dtype="Int64"),
        pd.Series(answers, index=[9, 9, 8, 8, 7]),
        np.ma.masked_array([5, 3, 4, 9, 1], mask=[0, 0, 0, 1, 0]),
    ):
        assert csat(column, missing="exclude") == expected


def test_weights_and_strata_come_from_the_design():
    rng = np.random.default_rng(1)
    answers, weights = rng.integers(1, 6, 90), rng.uniform(0.5, 3, 90)
    strata = ["shop", "web", "phone"] * 30
    estimate = csat(answers, weights=weights, strata=strata)
    design = design_mean((answers >= 4).astype(float), weights=weights, strata=strata)
    assert (estimate.value, estimate.standard_error) == pytest.approx((design.value, design.standard_error))
    assert estimate.effective_n == pytest.approx(design.effective_n)
    plain = proportion(design.value * design.effective_n, design.effective_n)
    assert (estimate.low, estimate.high) == pytest.approx((plain.low, plain.high), abs=1e-12)
    assert estimate.n == 90


def test_a_missing_answer_leaves_with_its_weight_and_stratum():
    weights, strata = [1, 2, 50, 1, 3, 1], ["a", "b", "a", "b", "a", "b"]
    found = csat([5, 4, None, 2, 3, 5], weights=weights, strata=strata, missing="exclude")
    kept = csat([5, 4, 2, 3, 5], weights=[1, 2, 1, 3, 1], strata=["a", "b", "b", "a", "b"])
    assert (found.value, found.low, found.high, found.n) == (kept.value, kept.low, kept.high, kept.n)
    assert found.warnings == ("1 missing answer excluded", *kept.warnings)


def test_weighting_nothing_changes_nothing():
    answers = [5, 4, 3, 2, 5, 1, 4]
    plain, weighted = csat(answers), csat(answers, weights=[2.5] * 7)
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_a_whole_population_has_no_uncertainty_left():
    estimate = csat([5, 4, 3, 2], population=4)
    assert (estimate.standard_error, estimate.high - estimate.low) == pytest.approx((0.0, 0.0), abs=1e-7)


def test_everybody_satisfied_under_weights_still_has_an_interval():
    estimate = csat([5, 5, 4, 5], weights=[1, 2, 3, 4])
    assert estimate.value == estimate.high == 1.0
    assert 0.2 < estimate.low < 0.7


def test_shares_go_into_comparisons_as_they_are():
    comparison = compare_proportions(csat(counts={5: 56, 1: 14}), csat(counts={5: 48, 1: 32}))
    assert (comparison.difference.low, comparison.difference.high) == pytest.approx((0.0528, 0.3382), abs=6e-5)
    assert comparison.verdict == "higher"


def test_by_segment_with_weights():
    answers, segments, weights = [5, 4, 2, 5, 1, 3], ["a", "a", "b", "b", "a", "b"], [1, 2, 1, 3, 1, 2]
    found = by_segment(segments, partial(csat, method="jeffreys"), answers, weights=weights)
    alone = csat([5, 4, 1], weights=[1, 2, 1], method="jeffreys")
    assert (found["a"].value, found["a"].low, found["a"].high) == pytest.approx((alone.value, alone.low, alone.high))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_the_two_ends_of_a_scale_add_up_to_one(answers, box):
    top = top_box(answers, lowest=1, highest=5, box=box)
    rest = top_box(answers, lowest=1, highest=5, box=5 - box, end="bottom")
    assert top.value + rest.value == pytest.approx(1.0)
    assert (top.low, top.high) == pytest.approx((1 - rest.high, 1 - rest.low))
    assert top_box(answers[::-1], lowest=1, highest=5, box=box) == top


def test_nothing_answered_is_unrated():
    for estimate in (csat([]), csat([None], missing="exclude"), csat(counts=[0] * 5), csat([], weights=[])):
        assert (estimate.value, estimate.n) == (None, 0)
        assert "no answers" in estimate.warnings


@pytest.mark.parametrize("answers", [[6], [0], [4.5], ["4"], ["good"], [np.inf], [True], [None], "text", 5, [[4, 5]]])
def test_bad_answers_are_named(answers):
    with pytest.raises(RecordError):
        csat(answers)


def test_bad_answers_are_named_with_rows_and_count():
    with pytest.raises(RecordError, match="2 answers off the scale, rows 1, 3; allowed: whole numbers 1 to 5; got: 11"):
        csat([4, 11, 5, 11])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"answers": [1], "counts": {1: 1}},
        {"counts": {1: 1}, "weights": [1]},
        {"counts": {6: 1}},
        {"counts": {5: -1}},
        {"counts": {5: float("nan")}},
        {"counts": [1, 2, 3]},
        {"counts": 7},
        {"counts": {"good": 1}},
        {"counts": {5: 3}, "effective_n": 0},
        {"answers": [1], "effective_n": 3},
        {"answers": [1], "box": 0},
        {"answers": [1], "box": 5},
        {"answers": [1], "box": (5, 6)},
        {"answers": [1], "box": "top"},
        {"answers": [1], "box": 1.5},
        {"answers": [1], "lowest": 5, "highest": 1},
        {"answers": [1], "level": 95},
        {"answers": [1], "method": "waldo"},
        {"answers": [1], "missing": "drop"},
        {"answers": [1, 2], "weights": [1]},
        {"answers": [1, None], "weights": [1], "missing": "exclude"},
        {"answers": [1, 2], "weights": [1, -1]},
        {"answers": [1, 2], "strata": ["a"]},
        {"answers": [1, 2], "population": 1},
    ],
)
def test_bad_settings_are_refused(options):
    with pytest.raises(CrmRiskError):
        csat(**options)


def test_an_unknown_end_is_refused():
    with pytest.raises(InvalidValueError, match="no such end"):
        box_answers(1, lowest=1, highest=5, end="left")


@pytest.mark.realdata
def test_sfo_items(data_folder):
    survey = pd.read_parquet(data_folder / "sfo_survey_harmonised_2014_2018.parquet")
    year = survey[survey["year"] == 2018]
    before = survey[survey["year"] == 2017]
    satisfied = csat(year["Q7ALL"], missing="exclude")
    answered = year["Q7ALL"].dropna()
    assert satisfied.value == pytest.approx((answered >= 4).mean())
    assert satisfied.n == answered.size
    weighted = csat(year["Q7ALL"], weights=year["WEIGHT"], missing="exclude")
    assert weighted.effective_n < satisfied.n
    assert weighted.value == pytest.approx(
        np.average(answered >= 4, weights=year.loc[answered.index, "WEIGHT"]), abs=1e-12
    )
    comparison = compare_proportions(satisfied, csat(before["Q7ALL"], missing="exclude"))
    assert comparison.difference.value == pytest.approx((answered >= 4).mean() - (before["Q7ALL"].dropna() >= 4).mean())


def test_one_heavy_answer_is_not_sure_of_itself():
    found = csat([5] + [1] * 5, weights=[1000] + [1] * 5)
    assert found.standard_error < 0.01  # the linearised error knows no better
    assert (found.effective_n, found.high - found.low > 0.3) == (6, True)
