"""Tests of simultaneous intervals for shares."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.box_shares import top_box
from crmrisk.satisfaction.simultaneous_shares import net_promoter_shares, simultaneous_proportions
from crmrisk.satisfaction.survey_design import design_mean

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


def test_shares_of_a_weighted_survey_have_the_error_of_its_design():
    rng = np.random.default_rng(5)
    answers, weights = rng.integers(0, 11, 120), rng.uniform(0.5, 2.0, 120)
    strata = np.array(["shop", "web"] * 60)
    found = net_promoter_shares(answers, weights=weights, strata=strata)
    promoters = design_mean(1.0 * (answers >= 9), weights=weights, strata=strata)
    assert found.promoters.value == pytest.approx(promoters.value, abs=1e-12)
    assert found.promoters.standard_error == pytest.approx(promoters.standard_error, abs=1e-12)
    assert sum(share.value for share in found) == pytest.approx(1.0, abs=1e-12)
    assert (found.promoters.level, found.promoters.method) == (0.95, "goodman")
    wilson = top_box(answers, lowest=0, highest=10, box=(9, 10), weights=weights, strata=strata, level=1.0 - 0.05 / 3.0)
    assert (found.promoters.low, found.promoters.high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)
    with pytest.raises(InvalidValueError, match="sison-glaz knows no survey design"):
        net_promoter_shares(answers, weights=weights, method="sison-glaz")


def test_shares_say_how_many_answers_were_left_out():
    found = net_promoter_shares([10, None, 3], missing="exclude")
    assert found.promoters.warnings == ("1 missing answer excluded",)
