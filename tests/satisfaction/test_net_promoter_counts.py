"""Tests of breaks and of answers turned into counts."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.net_promoter_counts import NpsBreaks, NpsCounts, counts_of_points, nps_counts


@pytest.mark.parametrize(
    "breaks",
    [{"passive_from": 0}, {"promoter_from": 6}, {"highest": 8}, {"lowest": 7}, {"lowest": 1.5}, {"lowest": None}],
)
def test_breaks_out_of_order_are_refused(breaks):
    with pytest.raises(InvalidValueError):
        NpsBreaks(**breaks)


def test_breaks_may_leave_no_passives_and_survive_json():
    breaks = NpsBreaks(lowest=1, passive_from=4, promoter_from=4, highest=5)
    assert breaks.points([1, 3, 4, 5]).tolist() == [-1, -1, 1, 1]
    assert NpsBreaks.from_json(breaks.to_json()) == breaks


def test_counts_know_their_total():
    assert NpsCounts(1, 2, 3).n == 6


def test_missing_answers_are_counted_nowhere_and_only_if_asked():
    assert nps_counts([0, 10, None], missing="exclude") == (1, 0, 1)
    assert counts_of_points(np.array([np.nan, 1.0]), np.ones(2)) == (0, 0, 1)
    with pytest.raises(RecordError, match="1 answer missing, row 2"):
        nps_counts([0, 10, None])


def test_weighted_counts_are_sums_of_weights():
    assert nps_counts([10, 10, 0, 8], weights=[2, 2, 1, 1]) == (0.5, 0.5, 2.0)
    with pytest.raises(RecordError, match="not one weight per answer"):
        nps_counts([10, 10], weights=[1])


@pytest.mark.parametrize(
    ("answers", "breaks", "expected"),
    [
        ([1, 2, 3, 4, 5] * 4, {}, "no answer above 5: is this a question from 0 to 10?"),
        ([0, 2, 4] * 7, {}, "no answer above 4: is this a question from 0 to 10?"),
        ([1, 4, 6, 7] * 5, {}, "no answer below 1 or above 7: is this a question from 0 to 10?"),
        ([None, *[5, 1] * 10], {}, "no answer above 5: is this a question from 0 to 10?"),
        ([1, 2, 3, 4, 5] * 3, {}, None),
        ([0, 4, 6, 7] * 5, {}, None),
        ([1, 4, 6, 6] * 5, {}, None),
        ([1, 4, 5, 8] * 5, {}, None),
        ([1, 2, 3, 4, 5] * 4, {"lowest": 1, "passive_from": 4, "promoter_from": 5, "highest": 5}, None),
        ([None] * 30, {}, None),
    ],
    ids=["1 to 5", "0 to 4", "1 to 7", "with missing", "few", "0 to 7", "1 to 6", "to 8", "another scale", "none"],
)
def test_answers_to_another_question_are_doubted(answers, breaks, expected):
    doubts = NpsBreaks(**breaks).judged(answers, missing="exclude")[1]
    assert doubts == (() if expected is None else (expected,))
