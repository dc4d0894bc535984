"""Exposures in words, and spans of whole days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate, whole_days
from crmrisk.satisfaction.proportions import proportion


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "of 12,345 customers"),
        ({"end": datetime(2026, 1, 31)}, "of 12,345 customers, up to 2026-01-31"),
        (
            {"start": datetime(2025, 1, 1), "end": datetime(2026, 1, 31)},
            "of 12,345 customers, after 2025-01-01 up to 2026-01-31",
        ),
        ({"minimum": timedelta(days=7)}, "of 12,345 customers, each watched for at least 7 d"),
    ],
)
def test_words(fields, words):
    assert str(Exposure(n_at_risk=12345, cohort="customers", **fields)) == words


def test_an_estimate_keeps_its_warnings_and_comes_back_from_json():
    everyone = Exposure(n_at_risk=5, cohort="customers", end=datetime(2026, 1, 31), minimum=timedelta(days=7))
    found = loyalty_estimate(proportion(2, 5, method="wald"), "rate", everyone, "mind this")
    assert found.warnings[-1] == "mind this"
    assert len(found.warnings) == 2
    assert LoyaltyEstimate.from_json(found.to_json()) == found


@pytest.mark.parametrize("wrong", [90, "90", None, timedelta(0), timedelta(hours=36), timedelta(days=-3)])
def test_spans_are_whole_days(wrong):
    with pytest.raises(InvalidValueError, match="whole days"):
        whole_days(wrong, where="window")
