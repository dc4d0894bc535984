"""Tests of the customer effort score."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.box_shares import top_box
from crmrisk.satisfaction.effort import CustomerEffort, customer_effort_score
from crmrisk.satisfaction.means import mean_score

ANSWERS = [7, 6, 5, 7, 3, 6, 1, 7]


def test_both_forms_are_those_of_their_own_estimators():
    weights = [1, 2, 1, 1, 3, 1, 1, 1]
    effort = customer_effort_score(ANSWERS, weights=weights)
    assert effort.mean == mean_score(ANSWERS, lowest=1, highest=7, weights=weights)
    assert effort.top_box == top_box(ANSWERS, lowest=1, highest=7, weights=weights)
    assert effort.easy == (6, 7)


def test_effort_scales_that_run_the_other_way():
    turned = customer_effort_score([8 - answer for answer in ANSWERS], easy="bottom")
    assert turned.top_box == customer_effort_score(ANSWERS).top_box
    assert turned.easy == (1, 2)


def test_counts_and_another_scale():
    counted = customer_effort_score(counts=[1, 0, 2, 4, 3], highest=5, box=1, missing="error")
    assert counted == customer_effort_score([1, 3, 3, 4, 4, 4, 4, 5, 5, 5], highest=5, box=1)
    assert (counted.mean.value, counted.top_box.value) == pytest.approx((3.8, 0.3))


def test_frame_and_json():
    effort = customer_effort_score(ANSWERS)
    frame = effort.frame()
    assert frame.loc["mean", "value"] == effort.mean.value
    assert frame.loc["top box", "high"] == effort.top_box.high
    assert CustomerEffort.from_json(effort.to_json()) == effort


def test_nothing_answered_is_unrated_in_both():
    effort = customer_effort_score([None, None], missing="exclude")
    assert (effort.mean.value, effort.top_box.value) == (None, None)


@pytest.mark.parametrize("answers", [[8], [0], ["easy"], [None], [2.5]])
def test_bad_answers_are_refused(answers):
    with pytest.raises(CrmRiskError):
        customer_effort_score(answers)
