"""Tests of the five answers and of scales that map any wording to them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.kano import AnswerScale, KanoAnswer, classify_pairs, kano_requirements

WORDED = AnswerScale.of(
    {"I like it": "like", "I can’t accept it": "dislike", "I can live with it": KanoAnswer.LIVE_WITH}
)


@pytest.mark.parametrize(
    "answers",
    [
        [1, 2, 3, 4, 5, None],
        [1.0, 2.0, 3.0, 4.0, 5.0, float("nan")],
        [*KanoAnswer, None],
        ["like", "must_be", "neutral", "live_with", "dislike", None],
        pd.Series([1, 2, 3, 4, 5, None], dtype="Int64"),
        pd.Series(["like", "must_be", "neutral", "live_with", "dislike", None]),
        pd.Categorical(["like", "must_be", "neutral", "live_with", "dislike", None]),
    ],
)
def test_names_and_integers_are_always_understood(answers):
    assert AnswerScale().codes(answers).tolist() == [1, 2, 3, 4, 5, 0]


def test_wordings_ignore_case_space_full_stop_and_the_shape_of_apostrophes():
    answers = ["  i LIKE   it. ", "I can't accept it", "I can’t accept it", "I can live with it", "neutral"]
    assert WORDED.codes(answers).tolist() == [1, 5, 5, 4, 3]


def test_a_scale_that_maps_integers_replaces_the_usual_ones():
    scale = AnswerScale.of({5: "like", 1: "dislike"})
    assert scale.codes([5, 1, "neutral"]).tolist() == [1, 5, 3]
    with pytest.raises(RecordError, match="got: 3"):
        scale.codes([3])


@pytest.mark.parametrize("bad", [0, 6, 1.5, "1", "I love it", "", True, float("inf"), (1, 2)])
def test_an_answer_off_the_scale_is_named_with_its_row_and_count(bad):
    column = np.empty(3, dtype=object)
    column[:] = ["like", None, bad]
    with pytest.raises(
        RecordError, match=r"functional: 1 answer off the scale, row 2; allowed: .*like, must_be"
    ) as caught:
        AnswerScale().codes(column, where="functional")
    assert caught.value.problems[0].got == repr(bad)


def test_missing_answers_may_be_refused():
    with pytest.raises(RecordError, match="1 answer missing, row 1"):
        AnswerScale().codes([1, None], missing="error")


@pytest.mark.parametrize(
    "wordings", [{"like": "dislike"}, {"Fine": "like", "fine.": "neutral"}, {"Fine": "love"}, {"Fine": None}]
)
def test_a_torn_or_unknown_wording_is_refused(wordings):
    with pytest.raises(InvalidValueError):
        AnswerScale.of(wordings)


def test_a_scale_survives_json_and_compares_by_content():
    scale = AnswerScale.of({"I like it": "like", 3: "neutral"})
    assert AnswerScale.from_json(scale.to_json()) == scale
    assert hash(scale) == hash(AnswerScale.of({"I like it": "like", 3: "neutral"}))


def test_a_mapping_of_wordings_is_a_scale_wherever_one_is_asked_for():
    wordings = {"great": "like", "sure": 2, "whatever": "neutral", "if need be": "live with", "no": 5}
    scale = AnswerScale.of(wordings)
    wanted, unwanted = ["great", "sure", "Must-be"], ["no", "If need be.", "dislike"]
    assert (classify_pairs(wanted, unwanted, scale=wordings) == classify_pairs(wanted, unwanted, scale=scale)).all()
    found = kano_requirements(["x"] * 3, wanted, unwanted, scale=wordings)
    assert found == kano_requirements(["x"] * 3, wanted, unwanted, scale=scale)


@pytest.mark.parametrize("scale", [{"a": 6}, {"a": "love"}, "common", None, {"a": True}])
def test_what_is_no_scale_is_refused(scale):
    with pytest.raises(CrmRiskError):
        classify_pairs([1], [2], scale=scale)
    with pytest.raises(CrmRiskError):
        kano_requirements(["x"], [1], [2], scale=scale)
