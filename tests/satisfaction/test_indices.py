"""Tests of the satisfaction index: its range, its weights and their label."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.indices import (
    SatisfactionIndex,
    index_of_means,
    item_shares,
    satisfaction_index,
)

ANSWERS = pd.DataFrame({"overall": [9, 7, 10, 6, 8], "expected": [8, 7, 9, 5, 8], "ideal": [8, 6, 9, 6, 7]})


@pytest.mark.parametrize(
    ("means", "index"),
    [([1, 1, 1], 0.0), ([10, 10, 10], 100.0), ([5.5, 5.5, 5.5], 50.0), ([8.0, 7.5, 7.0], 72.222)],
    ids=["A-1-lowest", "A-1-highest", "A-1-middle", "A-1-means"],
)
def test_a1(means, index):
    """Formula of Fornell et al. 1996, equal weights."""
    assert index_of_means(means) == pytest.approx(index, abs=1e-3)
    weighted = index_of_means(means, item_weights=[0.2, 0.3, 0.5])
    assert weighted == pytest.approx(sum(w * (m - 1) / 9 for w, m in zip([20, 30, 50], means, strict=True)))


def test_a1_from_answers():
    for answer, index in ((1, 0.0), (10, 100.0)):
        found = satisfaction_index([[answer] * 3] * 4)
        assert (found.index.value, found.index.low, found.index.high) == (index, index, index)
    assert satisfaction_index([[5, 5, 5], [6, 6, 6]]).index.value == pytest.approx(50.0)


def test_the_index_is_that_of_its_means_and_its_error_that_of_respondents():
    found = satisfaction_index(ANSWERS, item_weights={"ideal": 1, "overall": 2, "expected": 1})
    assert found.index.value == pytest.approx(index_of_means(ANSWERS.mean(), item_weights=[2, 1, 1]))
    own = 100 * ((ANSWERS * [0.5, 0.25, 0.25]).sum(axis=1) - 1) / 9
    assert found.index.standard_error == pytest.approx(own.sem())
    assert found.frame()["points"].sum() == pytest.approx(found.index.value)
    assert found.item_weights == (0.5, 0.25, 0.25)


def test_weights_are_labelled():
    assert satisfaction_index(ANSWERS).weighting == "equal"
    assert satisfaction_index(ANSWERS, item_weights=[1, 2, 3]).weighting == "given"
    named = satisfaction_index(ANSWERS, item_weights=[1, 2, 3], weighting="PLS outer")
    assert named.weighting == "PLS outer"
    assert "PLS outer weights of overall, expected, ideal" in str(named)
    assert SatisfactionIndex.from_json(named.to_json()) == named


def test_the_bootstrap_agrees_with_t_on_many_answers():
    answers = np.clip(np.random.default_rng(1).normal([7, 7.5, 6.5], 1.5, (400, 3)).round(), 1, 10)
    for weights in (None, np.random.default_rng(2).uniform(1, 2, 400)):
        t = satisfaction_index(answers, weights=weights)
        drawn = satisfaction_index(answers, weights=weights, method="bootstrap")
        assert drawn.index.value == t.index.value
        assert drawn.index.standard_error == pytest.approx(t.index.standard_error, rel=0.08)
        assert (drawn.index.low, drawn.index.high) == pytest.approx((t.index.low, t.index.high), abs=0.5)


def test_respondents_who_miss_an_item_leave_by_policy():
    table = ANSWERS.astype(float)
    table.loc[1, "ideal"] = None
    found = satisfaction_index(table, missing="exclude")
    kept = satisfaction_index(table.dropna())
    assert (found.index.value, found.index.n) == (kept.index.value, 4)
    assert [mean.value for mean in found.item_means] == [mean.value for mean in kept.item_means]
    assert found.index.warnings == ("1 missing answer excluded",)
    with pytest.raises(CrmRiskError, match=r"items\.ideal: 1 answer missing, row 1"):
        satisfaction_index(table)


@given(st.lists(st.tuples(*[st.integers(1, 10)] * 3), min_size=1, max_size=20))
@settings(max_examples=30, deadline=None)
def test_the_index_never_leaves_its_range(answers):
    index = satisfaction_index(answers).index
    assert 0.0 <= index.value <= 100.0
    if index.low is not None:
        assert 0.0 <= index.low <= index.value + 1e-9
        assert index.value - 1e-9 <= index.high <= 100.0


def test_huge_weights_are_scaled_without_a_loss():
    assert item_shares([1e308, 1e308], ("a", "b")).tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "options",
    [
        {"items": [[11, 5, 5]]},
        {"items": [[0, 5, 5]]},
        {"items": [[5.5, 5, 5]]},
        {"items": [["good", 5, 5]]},
        {"item_weights": [1, 2]},
        {"item_weights": [0, 0, 0]},
        {"item_weights": [1, -1, 1]},
        {"item_weights": [1, float("nan"), 1]},
        {"item_weights": {"overall": 1}},
        {"item_weights": "pls"},
        {"item_weights": 3},
        {"lowest": 10, "highest": 1},
        {"method": "delta"},
        {"method": "bootstrap", "strata": ["a"] * 5},
        {"level": 95},
        {"weights": [1, 2]},
    ],
)
def test_bad_arguments_are_refused(options):
    with pytest.raises(CrmRiskError):
        satisfaction_index(**({"items": ANSWERS} | options))


@pytest.mark.parametrize("means", [[], [11, 2], [float("nan")], "good", 7])
def test_means_off_the_scale_are_refused(means):
    with pytest.raises(CrmRiskError):
        index_of_means(means)


@pytest.mark.realdata
def test_sfo_items(data_folder):
    survey = pd.read_parquet(data_folder / "sfo_survey_harmonised_2014_2018.parquet")
    items = survey.loc[survey["year"] == 2017, ["Q7ALL", "Q9ALL"]]
    found = satisfaction_index(items, lowest=1, highest=5, missing="exclude")
    assert found.index.value == pytest.approx(25 * (items.dropna().mean().mean() - 1))
    assert found.index.n == len(items.dropna())
