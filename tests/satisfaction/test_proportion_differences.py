"""Tests of intervals for differences of shares against published tables, and of the one in statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.proportion_differences import (
    difference_score,
    mee_interval,
    miettinen_nurminen_interval,
    newcombe_interval,
)

INTERVALS = (miettinen_nurminen_interval, mee_interval, newcombe_interval)

REFERENCE = [
    ("P4a-mn", miettinen_nurminen_interval, (56, 70, 48, 80), 0.0528, 0.3382, "Newcombe 1998b"),
    ("P4a-mee", mee_interval, (56, 70, 48, 80), 0.0533, 0.3377, "Newcombe 1998b"),
    ("P4b", miettinen_nurminen_interval, (9, 10, 3, 10), 0.1700, 0.8406, "Newcombe 1998b"),
    ("P5a", newcombe_interval, (56, 70, 48, 80), 0.0524, 0.3339, "Newcombe 1998b"),
    ("P5b", newcombe_interval, (9, 10, 3, 10), 0.1705, 0.8090, "Newcombe 1998b"),
    ("P5d", newcombe_interval, (5, 56, 0, 29), -0.0381, 0.1926, "Newcombe 1998b"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    row, interval, counts, low, high, source = reference
    assert interval(*counts) == pytest.approx((low, high), abs=6e-5), (row, source)


def test_the_interval_of_statsmodels_is_another_and_fails_at_small_counts():
    from statsmodels.stats.proportion import confint_proportions_2indep

    theirs = confint_proportions_2indep(56, 70, 48, 80, method="score", compare="diff")
    # if this fails, statsmodels was mended, and the docstrings that warn of it want changing
    assert theirs == pytest.approx((0.0526, 0.3440), abs=6e-5)
    assert miettinen_nurminen_interval(56, 70, 48, 80) == pytest.approx((0.0528, 0.3382), abs=6e-5)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="f\\(a\\) and f\\(b\\) must have different signs"):
        confint_proportions_2indep(9, 10, 3, 10, method="score", compare="diff")


def test_newcombe_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    theirs = confint_proportions_2indep(7, 34, 1, 34, method="newcomb", compare="diff", alpha=0.1)
    assert newcombe_interval(7, 34, 1, 34, 0.9) == pytest.approx(theirs, abs=1e-12)


def _by_search(counts, difference):
    """Maximise the likelihood over the second share by brute force."""
    from scipy.optimize import minimize_scalar
    from scipy.special import xlog1py, xlogy

    x1, n1, x2, n2 = counts
    ends = max(0.0, -difference), min(1.0, 1.0 - difference)

    def against(share):
        one = min(max(share + difference, 0.0), 1.0)
        return -(xlogy(x1, one) + xlog1py(n1 - x1, -one) + xlogy(x2, share) + xlog1py(n2 - x2, -share))

    share2 = minimize_scalar(against, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
    share1 = share2 + difference
    variance = (share1 * (1 - share1) / n1 + share2 * (1 - share2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return (x1 / n1 - x2 / n2 - difference) / variance**0.5


@pytest.mark.parametrize("counts", [(9, 10, 3, 10), (5, 56, 0, 29), (20, 20, 13, 40)])
@pytest.mark.parametrize("difference", [-0.6, -0.1, 0.05, 0.3])
def test_the_closed_form_is_the_maximum_of_the_likelihood(counts, difference):
    assert difference_score(*counts, difference) == pytest.approx(_by_search(counts, difference), rel=1e-5)


@given(
    n1=st.integers(1, 60),
    n2=st.integers(1, 60),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    level=st.floats(0.6, 0.99),
    interval=st.sampled_from(INTERVALS),
)
@settings(max_examples=25, deadline=None)
def test_limits_contain_the_difference_stay_in_range_and_turn_with_the_groups(n1, n2, shares, level, interval):
    x1, x2 = round(shares[0] * n1), round(shares[1] * n2)
    low, high = interval(x1, n1, x2, n2, level)
    assert -1.0 <= low <= x1 / n1 - x2 / n2 + 1e-12
    assert x1 / n1 - x2 / n2 - 1e-12 <= high <= 1.0
    assert interval(x2, n2, x1, n1, level) == pytest.approx((-high, -low), abs=1e-9)
    assert interval(n1 - x1, n1, n2 - x2, n2, level) == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize("interval", INTERVALS)
def test_differences_at_the_edges(interval):
    low, high = interval([12, 0], 12, [0, 15], 15)
    assert (high[0], low[1]) == (1.0, -1.0)
    assert 0.5 < low[0] < 0.9
    assert -0.9 < high[1] < -0.5
    lows, highs = interval([0, 9], 9, [0, 9], 9)
    assert lows == pytest.approx(-highs, abs=1e-12)
    assert highs[0] == pytest.approx(highs[1], abs=1e-12)
    assert 0.2 < highs[0] < 0.6


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_row_equals_its_column_bit_for_bit(interval):
    x1, x2 = np.array([0, 3, 7, 19, 20, 20, 4.0]), np.array([0, 9, 31, 3, 0, 40, 8.0])
    lows, highs = interval(x1, 20, x2, 40)
    for row in range(x1.size):
        assert interval(x1[row], 20, x2[row], 40) == (lows[row], highs[row])


def _coverage(interval, n1, n2, share1, share2):
    from scipy.stats import binom

    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    low, high = interval(x1, n1, x2, n2)
    inside = (low <= share1 - share2) & (share1 - share2 <= high)
    return float((binom.pmf(x1, n1, share1) * binom.pmf(x2, n2, share2))[inside].sum())


def test_coverage_by_enumeration_is_near_nominal():
    for shares in ((0.8, 0.6), (0.95, 0.9), (0.5, 0.1)):
        assert _coverage(miettinen_nurminen_interval, 20, 25, *shares) > 0.935


def test_the_score_at_an_edge_the_data_exclude_is_infinite():
    assert difference_score([5, 5], 10, [1, 1], 10, [1.0, -1.0]).tolist() == [-np.inf, np.inf]
    assert difference_score(10, 10, 0, 10, 1.0) == 0.0


@pytest.mark.parametrize("interval", INTERVALS)
def test_a_level_lies_strictly_between_0_and_1(interval):
    with pytest.raises(InvalidValueError, match="confidence level"):
        interval(1, 2, 1, 2, 1.0)
