"""Tests of the way from answers and counts to their mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.answered import Design, answered_mean, exclusion, tallied
from crmrisk.satisfaction.box_shares import csat


def test_missing_answers_leave_with_their_weight_stratum_and_cluster():
    design = Design(weights=[1, 9, 1, 1], strata=["a", "b", "a", "a"], clusters=[1, 2, 3, 4])
    found, missing = answered_mean(np.array([1.0, np.nan, 2.0, 6.0]), design)
    kept, none = answered_mean(np.array([1.0, 2.0, 6.0]), Design([1, 1, 1], ["a"] * 3, [1, 3, 4]))
    assert (missing, none) == (1, 0)
    assert found == kept


def test_a_design_of_another_length_is_named_when_answers_are_missing_too():
    with pytest.raises(RecordError, match="strata: not one per answer; allowed: 2; got: shape \\(3,\\)"):
        answered_mean(np.array([1.0, np.nan]), Design(strata=["a", "b", "c"]))


def test_nothing_answered_has_no_mean():
    found, missing = answered_mean(np.array([np.nan]), Design(weights=[1]))
    assert (found.value, found.n, missing) == (None, 0, 1)
    assert exclusion(1) == ("1 missing answer excluded",)
    assert exclusion(0) == ()


def test_counts_by_answer_and_by_point_of_the_scale():
    for counts in ({3: 5, 1: 2}, {3.0: 5, 1: 2.0}):
        answers, numbers = tallied(counts, 1, 3)
        assert dict(zip(answers, numbers, strict=True)) == {3.0: 5.0, 1.0: 2.0}
    assert tallied(np.array([2, 0, 5]), 1, 3)[1].tolist() == [2.0, 0.0, 5.0]


def test_counts_that_pandas_made_keep_their_answers():
    answers = pd.Series([5, 5, 5, 4, 4, 1, 2, 3, 3])
    assert csat(counts=answers.value_counts()) == csat(answers)
    assert csat(counts=pd.Series({5: 3, 1: 2})) == csat([5, 5, 5, 1, 1])
    assert csat(counts=pd.Series([1, 1, 2, 2, 3])) == csat(answers)  # no labels of its own: lowest first


def test_everything_wrong_with_counts_is_listed():
    with pytest.raises(InvalidValueError) as caught:
        tallied({4: 1, 2: -3}, 1, 3)
    assert [problem.what for problem in caught.value.problems] == ["answers off the scale", "no counts"]
