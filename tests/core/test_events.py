from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.core.events import BUILTIN_CATEGORIES, Incident, OutcomeRule, RiskCategory, RiskEvent, TimelineEntry
from crmrisk.core.levels import RiskLevel
from crmrisk.evidence import NoActivity

QUARTER = timedelta(days=90)
NOON = datetime(2026, 1, 2, 12)

DESIGNED = "attrition satisfaction loyalty complaint credit fraud compliance technology partner market competition demand operational reputation"


def test_the_builtin_categories_are_those_of_the_design():
    assert [str(category) for category in BUILTIN_CATEGORIES] == DESIGNED.split()
    assert all(getattr(RiskCategory, name.upper()) == name for name in DESIGNED.split())
    assert all(category.is_builtin for category in BUILTIN_CATEGORIES)


def test_a_category_may_be_extended():
    assert not RiskCategory("supply-chain.tier_2").is_builtin
    assert RiskEvent("storm", "weather", QUARTER).category == "weather"


@pytest.mark.parametrize("bad", ["", "Credit", "a b", "é", ".", "a\n", 3, None])
def test_a_category_is_a_lower_case_name(bad):
    with pytest.raises(InvalidValueError):
        RiskCategory(bad)
    with pytest.raises(InvalidValueError):
        RiskEvent("x", bad, QUARTER)


def test_an_event_survives_json_with_its_rule():
    event = RiskEvent("churn", "attrition", QUARTER, NoActivity("transactions"), "long silence", 0.4, 0.5)
    back = RiskEvent.from_json(event.to_json())
    assert back == event
    assert isinstance(back.outcome, OutcomeRule)
    assert type(back.category) is RiskCategory
    assert back.share_avoidable == pytest.approx(0.2)
    assert RiskEvent("churn", "attrition", QUARTER).share_avoidable == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon": timedelta(0)},
        {"horizon": -QUARTER},
        {"horizon": 90},
        {"controllability": 1.1},
        {"predictability": -0.1},
        {"name": ""},
        {"outcome": "NoActivity"},
        {"outcome": NoActivity},
        {"outcome": {"kind": "os:system"}},
        {"outcome": {"table": "transactions"}},
        {"colour": "red"},
    ],
    ids=str,
)
def test_an_incoherent_event_is_refused(wrong):
    with pytest.raises(CrmRiskError):
        RiskEvent(**{"name": "churn", "category": "attrition", "horizon": QUARTER} | wrong)


def incident(**parts: object) -> Incident:
    return Incident(**{"customer_id": "C1", "event": "fraud", "occurred_at": NOON} | parts)


def test_an_incident_survives_json():
    full = incident(
        detected_at=NOON + timedelta(hours=2),
        severity="high",
        loss=120,
        currency="EUR",
        source="bank",
        timeline=(
            TimelineEntry(NOON + timedelta(hours=3), "called"),
            TimelineEntry(NOON + timedelta(hours=4), "refunded"),
        ),
    )
    assert Incident.model_validate_json(full.model_dump_json()) == full
    assert full.severity is RiskLevel.HIGH
    assert incident().severity is RiskLevel.UNRATED


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"detected_at": NOON - timedelta(hours=1)}, "detected before it occurred"),
        ({"loss": -5, "currency": "EUR"}, "greater than or equal to 0"),
        ({"detected_at": NOON.replace(tzinfo=UTC)}, "naive and aware times mixed"),
        ({"timeline": (TimelineEntry(NOON + QUARTER, "b"), TimelineEntry(NOON, "a"))}, "timeline out of order"),
        ({"occurred_at": 20260102}, "no bare number"),
        ({"occurred_at": None}, "Incident.occurred_at"),
        ({"severity": "grave"}, "severity"),
    ],
)
def test_an_incoherent_incident_is_refused(wrong, message):
    with pytest.raises(InvalidValueError, match=message):
        incident(**wrong)


def test_all_incoherences_are_listed():
    with pytest.raises(InvalidValueError) as caught:
        incident(detected_at=NOON - QUARTER, timeline=(TimelineEntry(NOON + QUARTER, "b"), TimelineEntry(NOON, "a")))
    assert len(caught.value.problems) == 2


def test_a_date_is_its_first_moment():
    assert incident(occurred_at=date(2026, 1, 2)).occurred_at == datetime(2026, 1, 2)


def test_categories_have_a_json_form():
    adapter = TypeAdapter(RiskCategory)
    assert adapter.validate_json(adapter.dump_json(RiskCategory.CREDIT)) == RiskCategory.CREDIT
