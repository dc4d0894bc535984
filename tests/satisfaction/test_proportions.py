"""Tests of intervals for a share against published tables and exact enumeration."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.proportions import ProportionMethod, proportion

METHODS = get_args(ProportionMethod)

REFERENCE = [
    ("P1a", "wilson", 81, 263, 0.2553, 0.3662, 6e-5, "Newcombe 1998a"),
    ("P1b", "wilson", 15, 148, 0.0624, 0.1605, 6e-5, "Newcombe 1998a"),
    ("P1c", "wilson", 0, 20, 0.0, 0.1611, 6e-5, "Newcombe 1998a"),
    ("P2a", "clopper-pearson", 81, 263, 0.2527, 0.3676, 6e-5, "Newcombe 1998a"),
    ("P2b", "clopper-pearson", 13, 16, 0.5435, 0.9595, 6e-5, "Ligarden 2010 in contingencytables"),
    ("P3-wilson", "wilson", 13, 16, 0.5699, 0.9341, 6e-5, "contingencytables"),
    ("P3-jeffreys", "jeffreys", 13, 16, 0.5792, 0.9442, 6e-5, "contingencytables"),
    ("P3-plus-four", "plus four", 13, 16, 0.5602, 0.9398, 6e-5, "contingencytables (its Agresti-Coull, centre 15/20)"),
    ("P3-mid-p", "mid-p", 13, 16, 0.5699, 0.9500, 6e-5, "contingencytables"),
    ("trap-agresti-coull", "agresti-coull", 13, 16, 0.562, 0.942, 6e-4, "statsmodels, the z^2 variant"),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    row, method, x, n, low, high, tolerance, source = reference
    estimate = proportion(x, n, method=method)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=tolerance), (row, source)
    assert (estimate.value, estimate.n, estimate.method) == (x / n, n, method)


@pytest.mark.parametrize("method", METHODS)
def test_the_edges_are_reached_where_they_must_be(method):
    none, every = proportion(0, 9, method=method), proportion(9, 9, method=method)
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - every.low, abs=1e-12)
    if method != "wald":
        assert none.high > 0.05


@given(
    n=st.integers(1, 400),
    share=st.floats(0, 1),
    method=st.sampled_from(METHODS),
    level=st.floats(0.5, 0.99),
)
@settings(max_examples=150, deadline=None)
def test_intervals_mirror_contain_their_share_and_stay_in_range(n, share, method, level):
    x = round(share * n)
    here, mirrored = proportion(x, n, method=method, level=level), proportion(n - x, n, method=method, level=level)
    assert 0.0 <= here.low <= here.high <= 1.0
    assert (here.low, here.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-9)
    if method not in {"agresti-coull", "plus four"}:  # these two centre elsewhere
        assert here.low - 1e-12 <= here.value <= here.high + 1e-12


@given(n=st.integers(2, 200), x=st.integers(0, 199), method=st.sampled_from(METHODS))
@settings(max_examples=100, deadline=None)
def test_limits_rise_with_successes(n, x, method):
    x = x % n
    fewer, more = proportion(x, n, method=method), proportion(x + 1, n, method=method)
    if method != "wald":  # its width collapses at the edges, which is what is wrong with it
        assert more.low >= fewer.low
        assert more.high >= fewer.high


def _coverage(method, n, share):
    from scipy.stats import binom

    x = np.arange(n + 1)
    limits = [proportion(int(k), n, method=method) for k in x]
    inside = [estimate.low <= share <= estimate.high for estimate in limits]
    return float(binom.pmf(x, n, share)[inside].sum())


def test_clopper_pearson_guarantees_its_coverage_and_wald_does_not_come_near():
    for share in (0.02, 0.1, 0.37, 0.5):
        assert _coverage("clopper-pearson", 25, share) >= 0.95
    assert _coverage("wald", 25, 0.02) < 0.45


def test_weighted_shares_are_worth_their_effective_n():
    weighted = proportion(30.0, 100.0, effective_n=50.0)
    plain = proportion(15, 50)
    assert (weighted.value, weighted.n, weighted.effective_n) == (0.3, 100.0, 50.0)
    assert (weighted.low, weighted.high) == pytest.approx((plain.low, plain.high), abs=1e-15)


def test_nothing_answered_is_unrated():
    estimate = proportion(0, 0)
    assert (estimate.value, estimate.low, estimate.high, estimate.warnings) == (None, None, None, ("no answers",))


def test_wald_says_what_is_wrong_with_it():
    assert "undercovers" in proportion(5, 10, method="wald").warnings[0]
    assert proportion(5, 10).warnings == ()


@pytest.mark.parametrize(
    ("x", "n", "options"),
    [
        (3, 2, {}),
        (-1, 2, {}),
        (float("nan"), 2, {}),
        (1, float("inf"), {}),
        (1, 2, {"level": 0}),
        (1, 2, {"method": "waldo"}),
        (1, 2, {"effective_n": -1}),
    ],
)
def test_bad_counts_and_settings_are_refused(x, n, options):
    with pytest.raises(InvalidValueError):
        proportion(x, n, **options)
