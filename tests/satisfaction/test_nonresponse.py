"""Tests of what non-response can do: bounds that hold whatever the silent think, broken input."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.dispositions import Dispositions, response_rate
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.nonresponse import nonresponse_bias_bound, nonresponse_range


@given(score=st.floats(-1, 1), silent=st.floats(-1, 1), rate=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_score_of_everybody_is_within_the_range(score, silent, rate):
    truth = rate * score + (1 - rate) * silent
    found = nonresponse_range(score, response_rate=rate)
    assert found.low - 1e-12 <= truth <= found.high + 1e-12
    assert abs(score - truth) <= nonresponse_bias_bound(score, silent, response_rate=rate) + 1e-12


def test_the_range_holds_the_interval_too():
    estimate = net_promoter_score(counts=(20, 30, 50))
    found = nonresponse_range(estimate, response_rate=0.5)
    assert (found.low, found.high) == pytest.approx((0.5 * estimate.low - 0.5, 0.5 * estimate.high + 0.5))
    assert (nonresponse_range(0.3, response_rate=1.0).low, nonresponse_range(0.3, response_rate=1.0).high) == (0.3, 0.3)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: nonresponse_range(30, response_rate=0.5), "a score of 30 is 0.3"),
        (lambda: nonresponse_range("0.3", response_rate=0.5), "not a Estimate"),
        (lambda: nonresponse_range(0.3, response_rate=50), "no rate"),
        (lambda: nonresponse_range(Estimate(value=None, method="x", n=0), response_rate=0.5), "no score"),
        (lambda: nonresponse_bias_bound(0.3, float("nan"), response_rate=0.5), "nonrespondents: no score"),
    ],
)
def test_broken_input_is_named(call, match):
    with pytest.raises(CrmRiskError, match=match):
        call()


def test_an_estimated_response_rate_counts_as_its_value():
    rate = response_rate(Dispositions(complete=60, refusal=40))
    assert nonresponse_range(0.3, response_rate=rate) == nonresponse_range(0.3, response_rate=0.6)
    assert nonresponse_bias_bound(0.4, 0.1, response_rate=rate) == nonresponse_bias_bound(0.4, 0.1, response_rate=0.6)
    with pytest.raises(InvalidValueError, match="no rate"):
        nonresponse_range(0.3, response_rate=response_rate(Dispositions(complete=0)))
