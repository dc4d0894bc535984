"""Tests of means from counts."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.means import mean_of_counts


def test_agrees_with_scipy_on_the_expanded_answers():
    from scipy.stats import sem, t

    answers = np.repeat([1.0, 4.0, 7.0], [3, 5, 9])
    estimate = mean_of_counts([1, 4, 7], [3, 5, 9], level=0.9)
    low, high = t.interval(0.9, 16, loc=answers.mean(), scale=sem(answers))
    assert (estimate.value, estimate.standard_error) == pytest.approx((answers.mean(), sem(answers)), abs=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-12)


def test_one_answer_has_a_mean_and_no_interval_and_none_has_neither():
    one, none = mean_of_counts([1, 2], [0, 1]), mean_of_counts([1, 2], [0, 0])
    assert (one.value, one.low, one.high, one.standard_error) == (2.0, None, None, None)
    assert (none.value, none.warnings) == (None, ("no answers",))


def test_equal_answers_have_an_interval_of_no_width():
    estimate = mean_of_counts([3], [50])
    assert (estimate.low, estimate.value, estimate.high) == (3.0, 3.0, 3.0)


def test_a_level_is_checked_without_answers_too():
    with pytest.raises(InvalidValueError):
        mean_of_counts([1], [0], level=2.0)
