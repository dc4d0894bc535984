"""Tests of the front desk: every answer is on its scale, openly missing, or named with its row."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.answers import distinct_answers, effective_sample_size, rating_answers, survey_weights


def read(answers, **options):
    return rating_answers(answers, lowest=0, highest=10, **options)


@pytest.mark.parametrize(
    "answers",
    [
        [0, 10, None],
        (0, 10, float("nan")),
        np.array([0, 10, np.nan]),
        np.ma.masked_array([0, 10, 99], mask=[False, False, True]),
        pd.Series([0, 10, None]),
        pd.Series([0, 10, None], dtype="Int64"),
        [Decimal(0), Decimal(10), None],
        pd.Series([0, 10, None], dtype="float32"),
    ],
)
def test_answers_come_in_any_column_and_missing_stays_missing(answers):
    assert np.array_equal(read(answers, missing="exclude"), [0.0, 10.0, np.nan], equal_nan=True)


def test_answers_come_from_polars_and_pyarrow():
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    for column in (polars.Series([0, 10, None]), pyarrow.chunked_array([[0], [10, None]])):
        assert np.array_equal(read(column, missing="exclude"), [0.0, 10.0, np.nan], equal_nan=True)


@pytest.mark.parametrize(
    ("bad", "got"),
    [
        (11, "11"),
        (-1, "-1"),
        (7.5, "7.5"),
        ("text", "'text'"),
        ("9", "'9'"),
        ("", "''"),
        (True, "True"),
        (float("inf"), "inf"),
        (10**400, "1000"),
        (b"9", "b'9'"),
    ],
)
def test_a_bad_answer_is_named_with_its_row_and_count(bad, got):
    answers = np.array([9, bad, None, bad], dtype=object)
    with pytest.raises(RecordError) as caught:
        read(answers, missing="exclude")
    (problem,) = caught.value.problems
    assert problem.what == "2 answers off the scale, rows 1, 3"
    assert problem.got.startswith(got)
    assert problem.allowed == "whole numbers 0 to 10"


def test_everything_wrong_is_listed_at_once_and_long_lists_are_counted():
    with pytest.raises(RecordError) as caught:
        read([11, None, *range(20, 30), *[99] * 8])
    text = [str(problem) for problem in caught.value.problems]
    assert text[0].startswith("answers: 1 answer off the scale, row 0")
    assert "answers: 14 answers more off the scale" in text[5]
    assert text[6].startswith("answers: 1 answer missing, row 1; remedy")


def test_a_long_row_list_is_cut():
    with pytest.raises(RecordError, match=r"9 answers off the scale, rows 0, 1, 2, 3, 4, \.\.\.;"):
        read([11] * 9)


@pytest.mark.parametrize("answers", [[[1, 2], [3, 4]], 5, [[1], [2, 3]], {1, 2}, np.zeros((0, 2)), [{}, []]])
def test_what_is_no_column_of_answers_is_refused(answers):
    with pytest.raises(RecordError):
        read(answers, missing="exclude")


@pytest.mark.parametrize("answers", [np.array(["9", "10"]), np.array([True, False]), pd.to_datetime(["2020-01-01"])])
def test_columns_of_another_kind_are_refused(answers):
    with pytest.raises(RecordError, match="off the scale"):
        read(answers, missing="exclude")


def test_an_unknown_policy_is_refused():
    with pytest.raises(InvalidValueError, match="no such policy"):
        read([1], missing="drop")


def test_the_callers_array_is_neither_kept_nor_changed():
    answers = np.array([1.0, 2.0])
    values = read(answers)
    values[0] = 9.0
    assert answers.tolist() == [1.0, 2.0]


def test_no_answers_are_no_problem():
    assert read([]).size == 0


def test_distinct_answers_do_not_merge_text_and_numbers():
    _, places, distinct = distinct_answers([1, "1", None], "answers")
    assert places.tolist() == [0, 1, -1]
    assert distinct == [1, "1"]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, -1], "row 1"),
        ([1, None], "off the scale"),
        ([1, float("inf")], "off the scale"),
        ([1], "not one weight"),
        ([0, 0], "every weight is zero"),
        (["a", 1], "off the scale"),
        ([1, float("nan")], "nan"),
    ],
)
def test_unusable_weights_are_refused(weights, message):
    with pytest.raises(RecordError, match=message):
        survey_weights(weights, 2)


def test_kish_counts_equal_weights_in_full_and_ignores_their_unit():
    assert effective_sample_size(np.full(7, 0.25)) == 7.0
    assert effective_sample_size(survey_weights([1e200, 3e200], 2)) == pytest.approx(16 / 10, rel=1e-12)
    assert effective_sample_size(np.zeros(0)) == 0.0


def test_kish_agrees_with_the_california_schools():
    # reference row W2a: R survey's apistrat, weights N/n of three strata
    weights = np.repeat([4421 / 100, 755 / 50, 1018 / 50], [100, 50, 50])
    effective = effective_sample_size(survey_weights(weights, 200))
    assert effective == pytest.approx(168.581, abs=1e-3)
    assert 200 / effective == pytest.approx(1.18637, abs=1e-5)


def test_numbers_that_came_as_text_are_told_from_other_text():
    with pytest.raises(RecordError) as caught:
        read(["9", "nine", b"7", "nan", "inf"])
    remedies = {problem.got: problem.remedy for problem in caught.value.problems}
    assert {got for got, remedy in remedies.items() if "to_numeric" in remedy} == {"'9'", "b'7'"}
