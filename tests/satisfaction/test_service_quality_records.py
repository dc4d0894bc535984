"""Tests of the records of service quality."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.service_quality_records import QualityMean, ServicePerformance

SEEN = Estimate(value=5.1, low=4.9, high=5.3, method="t", n=40)


def test_records_can_be_made_by_hand_and_laid_out():
    item = QualityMean(name="clean", dimension="tangibles", weight=1.0, perception=SEEN)
    whole = QualityMean(name="tangibles", dimension="tangibles", weight=1.0, perception=SEEN)
    record = ServicePerformance(items=(item,), dimensions=(whole,), score=SEEN, weighted_score=SEEN, weighting="equal")
    frame = record.frame()
    assert frame.index.tolist() == [("dimension", "tangibles"), ("item", "clean")]
    assert frame.loc[("item", "clean"), ["mean", "low", "high", "n"]].tolist() == [5.1, 4.9, 5.3, 40.0]
    assert ServicePerformance.from_json(record.to_json()) == record


def test_records_refuse_what_is_no_estimate():
    with pytest.raises(InvalidValueError):
        QualityMean(name="clean", dimension="tangibles", weight=1.0, perception=5.1)
