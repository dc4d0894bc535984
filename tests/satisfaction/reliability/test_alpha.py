"""Tests of alpha against psych and semTools, and of its standard error by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.reliability import (
    alpha_if_dropped,
    cronbach_alpha,
    feldt_interval,
    scale_reliability,
    standardised_alpha,
)


def test_r1a_attitude(attitude):
    """psych 2.2.9."""
    assert cronbach_alpha(covariance=attitude, n=30).value == pytest.approx(0.8431428, abs=1e-6)
    assert standardised_alpha(covariance=attitude, n=30).value == pytest.approx(0.8390838, abs=1e-6)


@pytest.mark.parametrize(
    ("level", "low", "high"), [(0.95, 0.7394, 0.9158), (0.90, 0.7596, 0.9066)], ids=["R1b-95", "R1b-90"]
)
def test_r1b_feldt(attitude, level, low, high):
    """psych prints two digits of the 95 % interval; the rest are F quantiles."""
    estimate = cronbach_alpha(covariance=attitude, n=30, level=level)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=6e-5)
    assert (estimate.method, estimate.n) == ("feldt", 30)


def test_r1d_alpha_if_dropped(attitude):
    """psych 2.2.9."""
    dropped = alpha_if_dropped(covariance=attitude, n=30)
    assert list(dropped) == list(attitude.columns)
    assert [estimate.value for estimate in dropped.values()] == pytest.approx(
        [0.80976, 0.79692, 0.82785, 0.80303, 0.79539, 0.86387, 0.84046], abs=1e-5
    )
    assert dropped["critical"].low == pytest.approx(feldt_interval(dropped["critical"].value, 30, 6)[0])


@pytest.mark.parametrize(
    ("items", "alpha"),
    [(["x1", "x2", "x3"], 0.6261171), (["x4", "x5", "x6"], 0.8827069), (["x7", "x8", "x9"], 0.6884550)],
    ids=["R2a-visual", "R2a-textual", "R2a-speed"],
)
def test_r2a_holzinger_swineford(holzinger_swineford, items, alpha):
    """semTools help."""
    covariance = holzinger_swineford.loc[items, items]
    assert cronbach_alpha(covariance=covariance, n=301).value == pytest.approx(alpha, abs=1e-6)


def test_answers_and_their_covariances_give_the_same():
    answers = np.random.default_rng(2).integers(1, 8, (40, 4)) + np.arange(1, 41)[:, None] / 10
    covariance = np.cov(answers, rowvar=False)
    for function in (cronbach_alpha, standardised_alpha):
        from_answers, given_covariance = function(answers), function(covariance=covariance, n=40)
        assert (from_answers.value, from_answers.low, from_answers.high, from_answers.standard_error) == pytest.approx(
            (given_covariance.value, given_covariance.low, given_covariance.high, given_covariance.standard_error)
        )


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(5)
    truth = np.array([[1.0, 0.6, 0.3], [0.6, 2.0, 0.5], [0.3, 0.5, 1.5]])
    samples = rng.multivariate_normal(np.zeros(3), truth, size=(1000, 200))
    covariances = [np.cov(sample, rowvar=False) for sample in samples]
    for function in (cronbach_alpha, standardised_alpha):
        spread = np.std([function(covariance=covariance, n=200).value for covariance in covariances])
        # the error of a standard deviation of 1000 is 1/sqrt(2000) of it; 4 of them and the bias of n = 200
        assert function(covariance=truth, n=200).standard_error == pytest.approx(spread, rel=0.09)


@given(st.integers(2, 6), st.integers(3, 30), st.floats(0.01, 100), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_alpha_does_not_depend_on_units_or_order(items, respondents, unit, seed):
    answers = np.random.default_rng(seed).normal(size=(respondents, items))
    plain = cronbach_alpha(answers)
    turned = cronbach_alpha(answers[::-1, ::-1] * unit + 3)
    assert (turned.value, turned.low) == pytest.approx((plain.value, plain.low), rel=1e-6, abs=1e-8)
    standardised = standardised_alpha(answers * np.arange(1, items + 1))
    assert standardised.value == pytest.approx(standardised_alpha(answers).value, rel=1e-6, abs=1e-8)


def test_identical_items_have_alpha_one_and_unrelated_ones_none():
    column = np.arange(10.0)
    perfect = cronbach_alpha(np.column_stack([column, column, column]))
    assert (perfect.value, perfect.low, perfect.high) == pytest.approx((1.0, 1.0, 1.0))
    assert cronbach_alpha(covariance=np.eye(4), n=50).value == pytest.approx(0.0)


def test_missing_answers_take_their_respondent_along_by_policy():
    table = pd.DataFrame({"a": [1, 2, 3, 4, None], "b": [2, 2, 4, 5, 1], "c": [1, 3, 3, 4, 2]})
    estimate = cronbach_alpha(table, missing="exclude")
    assert estimate.value == pytest.approx(cronbach_alpha(table.iloc[:4]).value)
    assert (estimate.n, estimate.warnings) == (4, ("1 missing answer excluded (respondents)",))
    with pytest.raises(CrmRiskError, match=r"items\.a: 1 answer missing, row 4"):
        cronbach_alpha(table)


def test_weights_count_respondents():
    answers = np.array([[1, 2], [3, 3], [5, 4], [2, 4.0]])
    doubled = cronbach_alpha(np.repeat(answers, [2, 1, 1, 1], axis=0))
    weighted = cronbach_alpha(answers, weights=[2, 1, 1, 1])
    assert weighted.value == pytest.approx(doubled.value)
    assert weighted.effective_n == pytest.approx(25 / 7)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([[1, 2]], "fewer than two complete respondents"),
        ([[1], [2]], "fewer than two items"),
        ([[1, 5], [2, 5], [3, 5]], "items that do not vary: item2"),
        ([[1, 5], [2, 4], [3, 3]], "items cancel out: their sum does not vary"),
    ],
)
def test_what_answers_do_not_tell_is_unrated(items, reason):
    for function in (cronbach_alpha, standardised_alpha):
        estimate = function(items)
        assert (estimate.value, estimate.low) == (None, None)
        assert estimate.warnings[0] == reason


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"items": [[1, 2], [2, 3]], "covariance": [[1, 0], [0, 1]], "n": 5},
        {"items": [[1, 2], [2, 3]], "n": 5},
        {"covariance": [[1, 0], [0, 1]]},
        {"covariance": [[1, 0], [0, 1]], "n": 1},
        {"covariance": [[1, 2], [2, 1]], "n": 9},
        {"covariance": [[1, 0.5], [0, 1]], "n": 9},
        {"covariance": [[1, 0, 0], [0, 1, 0]], "n": 9},
        {"covariance": [[1, float("nan")], [0, 1]], "n": 9},
        {"covariance": "text", "n": 9},
        {"items": [[1, 2], [3]]},
        {"items": [1, 2, 3]},
        {"items": [["a", 2], [3, 4]]},
        {"items": [[float("inf"), 2], [3, 4]]},
        {"items": {}},
        {"items": {"a": [1, 2], "b": [1, 2, 3]}},
        {"items": [[1, 2], [2, 3]], "weights": [1]},
        {"items": [[1, 2], [2, 3]], "weights": [1, -1]},
        {"items": [[1, 2], [2, 3]], "level": 95},
        {"items": [[1, 2], [2, 3]], "missing": "drop"},
    ],
)
def test_bad_arguments_are_refused(options):
    with pytest.raises(CrmRiskError):
        cronbach_alpha(**options)


def test_an_item_that_nobody_reversed_is_named():
    rng = np.random.default_rng(9)
    items = rng.normal(size=(60, 1)) + rng.normal(size=(60, 4))
    assert cronbach_alpha(items).warnings == ()
    items[:, 2] *= -1.0
    (warning,) = cronbach_alpha(items).warnings
    assert warning.endswith("item3")
    assert warning in scale_reliability(items).warnings
