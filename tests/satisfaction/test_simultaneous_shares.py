"""Tests of simultaneous intervals for shares."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.simultaneous_shares import net_promoter_shares, simultaneous_proportions

SEVEN = [56, 72, 73, 59, 62, 87, 58]


def _limits(estimates):
    return np.array([(each.low, each.high) for each in estimates])


@pytest.mark.parametrize("counts", [SEVEN, [20, 30, 50], [1, 2, 3], [0, 4, 30], [5, 5], [50, 0, 0, 3]])
@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("method", ["goodman", "sison-glaz"])
def test_statsmodels_is_the_other_route(counts, level, method):
    from statsmodels.stats.proportion import multinomial_proportions_confint

    found = _limits(simultaneous_proportions(counts, method=method, level=level))
    expected = multinomial_proportions_confint(counts, alpha=1 - level, method=method)
    assert found == pytest.approx(expected, abs=1e-9)


def test_goodman_covers_all_three_shares_together():
    # full enumeration of n 30 at (.2, .3, .5): Bonferroni's bound leaves room above 95 %
    from scipy.stats import multinomial

    shares, n = np.array([0.2, 0.3, 0.5]), 30
    covered = 0.0
    for d, m in product(range(n + 1), repeat=2):
        if d + m <= n:
            counts = (d, m, n - d - m)
            limits = _limits(simultaneous_proportions(counts))
            if (limits[:, 0] <= shares).all() and (shares <= limits[:, 1]).all():
                covered += float(multinomial.pmf(counts, n, shares))
    assert 0.95 <= covered <= 0.98


@given(counts=st.lists(st.integers(0, 500), min_size=3, max_size=8).filter(lambda counts: sum(counts) > 5))
@settings(max_examples=40, deadline=None)
def test_intervals_contain_their_shares_and_lie_within_0_and_1(counts):
    for method in ("goodman", "sison-glaz"):
        for each in simultaneous_proportions(counts, method=method):
            assert 0.0 <= each.low <= each.value + 1e-12
            assert each.value - 1e-12 <= each.high <= 1.0


def test_large_surveys_are_quick():
    found = simultaneous_proportions([2_000_000, 3_000_000, 4_000_000], method="sison-glaz")
    assert found[0].high - found[0].low < 1e-3


def test_three_shares_of_answers():
    found = net_promoter_shares([10, 9, 8, 0])
    assert found.promoters.value == 0.5
    assert [each.value for each in found] == [0.25, 0.25, 0.5]
    assert found == net_promoter_shares(counts=(1, 1, 2))
    assert net_promoter_shares([None], missing="exclude").passives.value is None
    warned = net_promoter_shares(counts=(1, 1, 2), method="sison-glaz").passives
    assert "seven answers" in warned.warnings[0]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({}, InvalidValueError),
        ({"counts": (1, 2)}, InvalidValueError),
        ({"counts": (1, 2, -1)}, InvalidValueError),
        ({"counts": (1, 2, 3), "method": "wald"}, InvalidValueError),
        ({"counts": (1, 2, 3), "level": 95}, InvalidValueError),
        ({"counts": (1, 2, 3.5), "method": "sison-glaz"}, InvalidValueError),
        ({"answers": [11]}, RecordError),
        ({"answers": [1], "breaks": 7}, InvalidValueError),
    ],
)
def test_what_is_no_survey_is_refused(options, error):
    with pytest.raises(error):
        net_promoter_shares(**options)


@pytest.mark.parametrize("counts", [[1], [], [[1, 2], [3, 4]], "ab", [1, float("nan")], [1, float("inf")]])
def test_what_is_no_counts_is_refused(counts):
    with pytest.raises(InvalidValueError, match="counts"):
        simultaneous_proportions(counts)
