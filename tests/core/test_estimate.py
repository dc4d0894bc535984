from __future__ import annotations

import math

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.estimate import Estimate


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(value=0.3, low=0.14, high=0.44, method="score", n=100), "0.3 [0.14, 0.44] (95 % score, n 100)"),
        (Estimate(value=0.3, method="count", n=7), "0.3 (count, n 7)"),
        (Estimate(value=None, method="count", n=0), "unrated (count, n 0)"),
        (Estimate(value=0.3, low=0.2, high=0.4, level=0.9, method="t", n=12.5), "0.3 [0.2, 0.4] (90 % t, n 12.5)"),
    ],
)
def test_an_estimate_reads_well_and_survives_json(estimate, text):
    assert str(estimate) == text
    assert Estimate.from_json(estimate.to_json()) == estimate


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": 0.5, "high": 0.4},
        {"level": 0.0},
        {"level": 1.0},
        {"level": 95},
        {"n": -1},
        {"value": math.nan},
        {"low": -math.inf},
        {"standard_error": math.nan},
    ],
    ids=str,
)
def test_an_incoherent_estimate_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        Estimate(**{"value": 0.3, "method": "score", "n": 10} | wrong)


def test_every_incoherence_is_listed():
    with pytest.raises(InvalidValueError) as caught:
        Estimate(value=0.3, low=1, high=0, level=2, n=-1, method="score")
    assert [problem.where for problem in caught.value.problems] == ["Estimate.low", "Estimate.level", "Estimate.n"]
