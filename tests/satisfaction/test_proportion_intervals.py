"""Tests of intervals for columns of shares."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction import proportion_intervals
from crmrisk.satisfaction.proportion_intervals import wilson_interval


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("wilson_interval", "wilson"),
        ("jeffreys_interval", "jeffreys"),
        ("clopper_pearson_interval", "beta"),
        ("agresti_coull_interval", "agresti_coull"),
        ("wald_interval", "normal"),
    ],
)
def test_agrees_with_statsmodels(name, theirs):
    from statsmodels.stats.proportion import proportion_confint

    x, n = np.array([1.0, 3, 250, 999]), np.array([7.0, 7, 1000, 1000])
    found = getattr(proportion_intervals, name)(x, n, 0.9)
    assert np.array(found) == pytest.approx(np.array(proportion_confint(x, n, 0.1, method=theirs)), abs=1e-10)


@pytest.mark.parametrize("name", proportion_intervals.__all__)
def test_a_row_equals_its_column_bit_for_bit(name):
    interval = getattr(proportion_intervals, name)
    x = np.array([0, 3, 7, 19, 20.0])
    lows, highs = interval(x, 20)
    for row, successes in enumerate(x):
        low, high = interval(successes, 20)
        assert (low, high) == (lows[row], highs[row])


def test_wilson_takes_columns():
    low, high = wilson_interval([0, 81], [20, 263])
    assert low == pytest.approx([0.0, 0.2553], abs=6e-5)
    assert high == pytest.approx([0.1611, 0.3662], abs=6e-5)


@pytest.mark.parametrize("name", proportion_intervals.__all__)
def test_a_level_lies_strictly_between_0_and_1(name):
    with pytest.raises(InvalidValueError, match="confidence level"):
        getattr(proportion_intervals, name)(1, 2, 1.0)
