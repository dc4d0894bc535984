"""Tests of NPS intervals against published tables and by full enumeration."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.net_promoter_intervals import (
    IntervalMethod,
    net_promoter_interval,
    net_promoter_statistic,
    net_promoter_variance,
)

METHODS = get_args(IntervalMethod)
FAGERLAND = "Bentur 2009 in Fagerland, Lydersen & Laake 2017 ch. 8; contingencytables 3.1"

REFERENCE = [
    ("N4a", "wald", (7, 13, 1), -0.5197, -0.0517, 6e-5, FAGERLAND),
    ("N4a", "agresti-min", (7, 13, 1), -0.4932, -0.0285, 6e-5, FAGERLAND),
    ("N4a", "bonett-price", (7, 13, 1), -0.5084, -0.0134, 6e-5, FAGERLAND),
    ("N4a", "score", (7, 13, 1), -0.5172, -0.0260, 6e-5, FAGERLAND),
    ("N6a", "adjusted wald", (7, 13, 1), -0.48098397, -0.01901603, 1e-7, "R NPS"),
    ("N6b", "adjusted wald", (20, 30, 50), 0.14051130, 0.44201297, 1e-7, "R NPS"),
    ("N6c", "score", (20, 30, 50), 0.13955141, 0.44339305, 1e-6, "R NPS"),
    ("N6c-mirrored", "score", (50, 30, 20), -0.44339305, -0.13955141, 1e-6, "symmetry"),
    ("N6f", "wald", (1, 2, 3), -0.26306471, 0.92973138, 1e-7, "R NPS"),
    ("N6f", "adjusted wald", (1, 2, 3), -0.26743259, 0.71187703, 1e-7, "R NPS"),
    ("N6f", "score", (1, 2, 3), -0.31107, 0.75396, 1e-5, "R NPS"),
    ("N8", "wald", (150, 1364, 86), -0.0587, -0.0213, 6e-5, "Agresti, Categorical Data Analysis"),
    ("N8b", "adjusted wald", (150, 1364, 86), -0.05866634, -0.02118394, 1e-7, "R NPS"),
    ("N8b", "score", (150, 1364, 86), -0.058998, -0.021362, 1e-6, "R NPS"),
    ("N10", "wald", (0, 0, 10), 1.0, 1.0, 1e-12, "R NPS"),
    ("N10", "adjusted wald", (0, 0, 10), 0.47503552, 1.0, 1e-6, "R NPS, cut at 1"),
    ("N10", "score", (0, 0, 10), 0.44493, 1.0, 1e-5, "R NPS"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: f"{reference[0]} {reference[1]}")
def test_reference(reference):
    row, method, counts, low, high, tolerance, source = reference
    found = net_promoter_interval(*counts, method=method)
    assert [float(limit) for limit in found] == pytest.approx([low, high], abs=tolerance), (row, source)


COVERAGE = [
    ("N11a", 10, (0.2, 0.3, 0.5), {"wald": 0.896, "adjusted wald": 0.962, "bonett-price": 0.947, "score": 0.947}),
    ("N11b", 10, (0.02, 0.08, 0.90), {"wald": 0.649, "adjusted wald": 0.930, "bonett-price": 0.987, "score": 0.959}),
    ("N11c", 20, (0.05, 0.15, 0.80), {"wald": 0.860, "adjusted wald": 0.956, "bonett-price": 0.982, "score": 0.962}),
    ("N11d", 40, (0.02, 0.08, 0.90), {"wald": 0.836, "adjusted wald": 0.961, "bonett-price": 0.984, "score": 0.963}),
]


def _surveys(n):
    d, p = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
    possible = d + p <= n
    return d[possible], n - d[possible] - p[possible], p[possible]


def _coverage(n, shares, method):
    from scipy.stats import multinomial

    d, m, p = _surveys(n)
    low, high = net_promoter_interval(d, m, p, method=method)
    truth = shares[2] - shares[0]
    covered = (low - 1e-12 <= truth) & (truth <= high + 1e-12)
    return float(multinomial.pmf(np.column_stack([d, m, p]), n, shares)[covered].sum())


@pytest.mark.parametrize(("row", "n", "shares", "expected"), COVERAGE)
def test_exact_coverage_of_nominal_95_percent(row, n, shares, expected):
    found = {method: _coverage(n, shares, method) for method in expected}
    assert found == pytest.approx(expected, abs=1e-3), row
    assert found["score"] >= 0.94


counts = st.tuples(*[st.integers(0, 60) | st.floats(0, 60, allow_subnormal=False)] * 3).filter(lambda c: sum(c) > 0.01)


@given(counts=counts, method=st.sampled_from(METHODS), level=st.floats(0.5, 0.999))
@settings(max_examples=200, deadline=None)
def test_a_mirrored_survey_has_the_mirrored_interval_exactly(counts, method, level):
    low, high = net_promoter_interval(*counts, method=method, level=level)
    mirrored_low, mirrored_high = net_promoter_interval(*counts[::-1], method=method, level=level)
    assert (low, high) == (-mirrored_high, -mirrored_low)
    assert -1.0 <= low <= high <= 1.0


@given(counts=counts, level=st.floats(0.5, 0.99))
@settings(max_examples=100, deadline=None)
def test_score_and_wald_contain_the_raw_score_and_more_level_is_wider(counts, level):
    score = (counts[2] - counts[0]) / sum(counts)
    for method in ("score", "wald"):
        low, high = net_promoter_interval(*counts, method=method, level=level)
        wider_low, wider_high = net_promoter_interval(*counts, method=method, level=level + 0.009)
        assert low - 1e-12 <= score <= high + 1e-12
        assert wider_low <= low + 1e-12
        assert wider_high >= high - 1e-12


@given(counts=counts)
@settings(max_examples=100, deadline=None)
def test_the_score_limits_solve_the_test_they_invert(counts):
    d, m, p = counts
    n = d + m + p
    for limit, sign in zip(net_promoter_interval(d, m, p), (1, -1), strict=True):
        if abs(limit) > 0.999999:
            continue
        # Tango's statistic written out once more, as in the reference
        b = -p - d + (2 * n - p + d) * limit
        q = ((max(b * b + 8 * n * d * limit * (1 - limit), 0.0)) ** 0.5 - b) / (4 * n)
        spread = (n * (2 * q + limit * (1 - limit))) ** 0.5
        assert (p - d - n * limit) == pytest.approx(sign * 1.959963984540054 * spread, abs=1e-6 * max(n, 1))


@pytest.mark.parametrize("method", METHODS)
def test_a_row_equals_its_column_bit_for_bit(method):
    rng = np.random.default_rng(5)
    d, m, p = rng.integers(0, 30, (3, 500))
    lows, highs = net_promoter_interval(d, m, p, method=method)
    for row in (0, 17, 499):
        assert (lows[row], highs[row]) == net_promoter_interval(d[row], m[row], p[row], method=method)


@pytest.mark.parametrize("method", METHODS)
def test_a_survey_without_answers_has_no_interval(method):
    low, high = net_promoter_interval([0, 20], [0, 30], [0, 50], method=method)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False]


def test_everyone_passive_leaves_room_on_both_sides():
    low, high = net_promoter_interval(0, 10, 0)
    # the score test of 0 of n: z^2/(n + z^2)
    assert -low == high == pytest.approx(1.959963984540054**2 / (10 + 1.959963984540054**2), abs=1e-12)


def test_variance_lies_between_0_and_1_and_is_that_of_the_points():
    points = np.repeat([-1.0, 0.0, 1.0], [4, 5, 6])
    assert net_promoter_variance(np.array(4.0), np.array(5.0), np.array(6.0)) == pytest.approx(points.var(), abs=1e-15)
    assert net_promoter_variance(np.array(5.0), np.array(0.0), np.array(5.0)) == 1.0
    assert net_promoter_variance(np.array(0.0), np.array(0.0), np.array(5.0)) == 0.0


def test_an_unknown_method_is_refused():
    with pytest.raises(InvalidValueError, match="'score', 'adjusted wald', 'bonett-price', 'agresti-min' or 'wald'"):
        net_promoter_interval(1, 2, 3, method="newcombe")


def test_the_statistic_is_what_the_score_interval_inverts():
    counts = (np.array([20.0, 150.0, 3.0, 0.0]), np.array([30.0, 1364.0, 4.0, 0.0]), np.array([50.0, 86.0, 2.0, 0.0]))
    low, high = net_promoter_interval(*counts)
    assert net_promoter_statistic(*counts, low)[:3] == pytest.approx(1.959964, abs=1e-6)
    assert net_promoter_statistic(*counts, high)[:3] == pytest.approx(-1.959964, abs=1e-6)
    assert np.isnan(net_promoter_statistic(*counts)[3])
    assert net_promoter_statistic(0, 5, 0) == 0.0
