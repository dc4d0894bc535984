"""The one normal quantile and the one Wilson interval, against scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.intervals import normal_quantile, two_sided_p_value, wilson_limits
from crmrisk.satisfaction.proportion_intervals import wilson_interval


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1, 95, float("nan"), "95 %", None, True, 1j, [0.9]])
@pytest.mark.parametrize("function", [normal_quantile, lambda level: wilson_limits(np.ones(1), np.ones(1), level)])
def test_a_level_lies_strictly_between_0_and_1(function, level):
    with pytest.raises(InvalidValueError, match="level: not a confidence level; allowed: 0 < level < 1"):
        function(level)


def test_quantile_and_p_value_agree_with_scipy():
    assert normal_quantile(0.9) == pytest.approx(norm.ppf(0.95), rel=1e-14)
    assert normal_quantile(np.float64(0.9)) == normal_quantile(0.9)
    assert two_sided_p_value(3.1) == pytest.approx(2 * norm.sf(3.1), rel=1e-12)
    assert two_sided_p_value(-35) == pytest.approx(2 * norm.sf(35), rel=1e-10)


def test_wilson_agrees_with_statsmodels_for_every_count():
    from statsmodels.stats.proportion import proportion_confint

    counts, n = np.arange(21.0), np.full(21, 20.0)
    ours, theirs = wilson_limits(counts, n, 0.9), proportion_confint(counts, n, alpha=0.1, method="wilson")
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(np.asarray(other), abs=1e-15)
    assert (ours[0][0], ours[1][-1]) == (0.0, 1.0)  # to the bit, not after rounding


def test_one_row_alone_is_the_row_among_many():
    rng = np.random.default_rng(1)
    n = rng.integers(0, 50, 200).astype(float)
    x = np.floor(n * rng.random(200))
    low, high = wilson_limits(x, n)
    alone = np.array([wilson_limits(a, b) for a, b in zip(x, n, strict=True)], dtype=float)
    np.testing.assert_array_equal(np.column_stack([low, high]), alone)
    np.testing.assert_array_equal(np.isnan(low), n == 0)
    np.testing.assert_array_equal(np.array(wilson_interval(x, n)), np.array([low, high]))
