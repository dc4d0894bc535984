"""Tests of response rates: reference rows, the eligible share, broken input."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.dispositions import (
    Dispositions,
    response_rate,
    response_rates,
)

ASKED = Dispositions(
    complete=600, partial=50, refusal=200, non_contact=100, other=10, unknown_household=30, unknown_other=10
)
N13 = {"RR1": 0.6, "RR2": 0.65, "RR3": 0.612245, "RR4": 0.663265, "RR5": 0.625, "RR6": 0.677083}


@pytest.mark.parametrize("kind", N13)
def test_n13(kind):
    # N13: formulas of AAPOR, Standard Definitions
    assert ASKED.rate(kind, eligible_share=0.5) == pytest.approx(N13[kind], abs=1e-6)
    found = response_rate(ASKED, kind, eligible_share=0.5)
    assert found.value == pytest.approx(N13[kind], abs=1e-6)
    assert found.low < found.value < found.high
    assert getattr(response_rates(ASKED, eligible_share=0.5), kind.lower()) == found


def test_the_frame_has_a_row_per_rate():
    frame = response_rates(ASKED, eligible_share=0.5).frame()
    assert frame["rate"].tolist() == list(N13)
    assert frame["value"].tolist() == pytest.approx(list(N13.values()), abs=1e-6)
    assert frame["n"].tolist() == [1000, 1000, 980, 980, 960, 960]


def test_the_eligible_share_comes_from_the_known_cases():
    counted = Dispositions(complete=60, refusal=20, unknown_other=20, not_eligible=20)
    assert counted.eligible_share == 0.8
    assert counted.rate("RR3") == pytest.approx(60 / 96)
    assert Dispositions(complete=60, refusal=20).rate("RR3") == 0.75  # nobody is unknown
    with pytest.raises(CrmRiskError, match="RR3 needs it"):
        response_rates(ASKED)


def test_nobody_asked_has_no_rate():
    assert Dispositions(complete=0).rate() is None
    assert response_rate(Dispositions(complete=0)).value is None


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: Dispositions(complete=-1), "Dispositions.complete"),
        (lambda: Dispositions(complete=1.5), "Dispositions.complete"),
        (lambda: Dispositions(complete="many"), "Dispositions.complete"),
        (Dispositions, "Dispositions.complete"),
        (lambda: ASKED.rate("RR7"), "no such rate"),
        (lambda: ASKED.rate("RR3", eligible_share=1.5), "no share"),
        (lambda: ASKED.rate("RR3", eligible_share=float("nan")), "no share"),
        (lambda: response_rate({"complete": 5}), "not a Dispositions"),
    ],
)
def test_broken_input_is_named(call, match):
    with pytest.raises(CrmRiskError, match=match):
        call()
