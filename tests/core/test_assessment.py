from __future__ import annotations

from datetime import datetime

import pytest

from crmrisk.core.assessment import (
    Interval,
    LevelOfRisk,
    Provenance,
    Recommendation,
    RiskAssessment,
    StrengthOfKnowledge,
)
from crmrisk.core.errors import InvalidValueError
from crmrisk.core.explanation import Driver
from crmrisk.core.levels import RiskLevel

SOURCE = Provenance(pipeline="churn", fingerprint="0f", crmrisk_version="0.1.0", as_of=datetime(2026, 1, 31))


def level(**parts: object) -> LevelOfRisk:
    usual = {"likelihood": 0.2, "consequence": 500, "currency": "EUR", "expected_loss": 100, "level": "moderate"}
    return LevelOfRisk(**usual | parts)


def test_an_assessment_survives_json():
    assessment = RiskAssessment(
        customer_id="C1",
        event="churn",
        category="attrition",
        current=level(likelihood_interval=Interval(0.1, 0.3)),
        residual=level(level=RiskLevel.LOW),
        inherent=level(level="extreme"),
        drivers=(Driver("idle_days", 0.4, "log-odds"),),
        recommendations=(Recommendation("call", 30.0),),
        provenance=SOURCE,
        strength_of_knowledge="strong",
    )
    back = RiskAssessment.model_validate_json(assessment.model_dump_json())
    assert back == assessment
    assert back.strength_of_knowledge is StrengthOfKnowledge.STRONG
    assert back.current.level < back.inherent.level


def test_unrated_is_a_state():
    unrated = level(likelihood=None, consequence=None, expected_loss=None, level="unrated")
    assessment = RiskAssessment(
        customer_id="C1", event="churn", category="attrition", current=unrated, residual=unrated, provenance=SOURCE
    )
    assert assessment.current.level is RiskLevel.UNRATED
    assert assessment.strength_of_knowledge is StrengthOfKnowledge.NONE
    assert RiskAssessment.model_validate_json(assessment.model_dump_json()) == assessment


@pytest.mark.parametrize(
    "wrong",
    [
        {"likelihood": 1.1},
        {"likelihood": -0.1},
        {"likelihood": float("nan")},
        {"consequence": -1},
        {"expected_loss": float("inf")},
        {"level": "grave"},
        {"currency": ""},
        {"likelihood_interval": (0.1, 0.2, 0.3)},
    ],
    ids=str,
)
def test_an_impossible_level_is_refused(wrong):
    with pytest.raises(InvalidValueError):
        level(**wrong)


def test_an_interval_has_its_ends_in_order():
    assert Interval(0.1, 0.1).low == 0.1
    with pytest.raises(InvalidValueError, match="ends are crossed"):
        Interval(0.3, 0.1)
