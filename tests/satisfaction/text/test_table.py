from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk import Evidence
from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.evidence.summaries import Complaints, Surveys
from crmrisk.satisfaction.proportion_intervals import wilson_interval
from crmrisk.satisfaction.survey_design import design_mean
from crmrisk.satisfaction.text import TextSignals, text_signals

TEXTS = ["parcel late", "great parcel", "awful app, late parcel", None, "terrible app", "parcel late"]
IDS = ["A", "A", "B", "B", "C", "C"]
AT = [f"2026-01-0{day}" for day in (1, 2, 2, 3, 5, 5)]
ENTITY = ["X", "X", "Y", "Y", "X", "Y"]
SIGNALS = text_signals(TEXTS, customer_id=IDS, at=AT, entity=ENTITY)


def test_customer_by_topic_is_what_a_count_by_hand_gives():
    frame = SIGNALS.frame().set_index(["customer_id", "topic"])
    assert frame.loc[("A", "delivery"), ["n", "rated", "negative"]].tolist() == [2, 2, 1]
    assert frame.loc[("B", "other"), ["n", "rated", "negative"]].tolist() == [1, 0, 0]
    assert np.isnan(frame.loc[("B", "other"), "polarity"])
    mine = SIGNALS.polarity[(SIGNALS.text < 2) & (SIGNALS.topic == SIGNALS.topics.index("delivery"))]
    assert frame.loc[("A", "delivery"), "polarity"] == pytest.approx(mine.mean())
    assert frame.loc[("A", "delivery"), "last_at"] == pd.Timestamp("2026-01-02")
    assert frame["n"].sum() == len(SIGNALS.text)


def test_entities_with_wilson_limits():
    table = SIGNALS.entities().set_index(["entity", "topic"])
    row = table.loc[("X", "delivery")]
    low, high = wilson_interval(row["negative"], row["rated"])
    assert (row["negative_share"], row["negative_low"], row["negative_high"]) == (0.5, float(low), float(high))
    assert np.isnan(table.loc[("Y", "other"), ["negative_share", "negative_low", "negative_high"]].astype(float)).all()
    with pytest.raises(InvalidValueError, match="no entities"):
        text_signals(["a"], customer_id=["A"], at=["2026-01-01"]).entities()


def test_days_without_texts_count_zero():
    daily = SIGNALS.daily()
    assert daily["date"].dt.day.tolist() == [1, 2, 3, 4, 5]
    assert daily["n"].tolist() == [1, 2, 1, 0, 2]
    assert daily["negative"].tolist() == [1, 1, 0, 0, 2]
    assert SIGNALS.daily(topic="app and technology")["negative"].tolist() == [0, 1, 0, 0, 1]
    assert SIGNALS.daily(entity="Y")["n"].tolist() == [0, 1, 1, 0, 1]
    assert SIGNALS.daily(entity="X", topic="delivery")["n"].tolist() == [1, 1, 0, 0, 0]
    assert SIGNALS.daily(threshold=-0.65)["negative"].sum() < daily["negative"].sum()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: SIGNALS.daily(topic="weather"),
        lambda: SIGNALS.daily(entity="Z"),
        lambda: SIGNALS.daily(threshold=2),
        lambda: SIGNALS.frame(threshold="low"),
        lambda: SIGNALS.entities(level=1),
        lambda: SIGNALS.complaints(threshold=float("nan")),
        lambda: SIGNALS.surveys(question=" "),
        lambda: SIGNALS.mean_polarity("weather"),
        lambda: SIGNALS.mean_polarity(level=0),
    ],
)
def test_questions_that_cannot_be_answered(ask):
    with pytest.raises(InvalidValueError):
        ask()


@pytest.mark.parametrize("zone", [None, UTC])
def test_evidence_takes_the_tables_as_they_are(zone):
    at = [datetime(2026, 1, day, 12, tzinfo=zone) for day in (1, 2, 2, 3, 5, 5)]
    signals = text_signals(TEXTS, customer_id=IDS, at=at)
    summaries = (
        Surveys(questions=("sentiment", "sentiment_delivery")),
        Complaints(topics=("delivery", "app and technology")),
    )
    evidence = Evidence(surveys=signals.surveys(), complaints=signals.complaints(), summaries=summaries)
    portfolio = evidence.portfolio(datetime(2026, 2, 1, tzinfo=zone))
    assert portfolio.customer_id.tolist() == ["A", "B", "C"]
    polarity = signals.text_polarity
    np.testing.assert_allclose(portfolio["sentiment_last"], [polarity[1], polarity[2], (polarity[4] + polarity[5]) / 2])
    assert portfolio["sentiment_answers"].tolist() == [2, 1, 2]
    assert portfolio["complaint_count"].tolist() == [1, 1, 2]
    assert portfolio["complaints_delivery"].tolist() == [1, 0, 1]
    assert portfolio["complaints_app_and_technology"].tolist() == [0, 1, 1]
    assert np.isnan(portfolio["open_complaints"]).all()
    assert evidence.portfolio(datetime(2026, 1, 2, tzinfo=zone)).customer_id.tolist() == ["A"]


def test_a_complaint_is_about_what_it_is_most_negative_about():
    signals = text_signals(["late parcel, terrible awful app"], customer_id=[7], at=["2026-01-01"])
    complaint = signals.complaints().iloc[0]
    assert (complaint["customer_id"], complaint["topic"], complaint["text"]) == (
        7,
        "app and technology",
        signals.texts[0],
    )
    assert complaint["severity"] == -signals.text_polarity[0]


def test_mean_polarity_knows_that_customers_write_more_than_once():
    rated = ~np.isnan(SIGNALS.text_polarity)
    expected = design_mean(SIGNALS.text_polarity[rated], clusters=np.array(IDS)[rated])
    found = SIGNALS.mean_polarity()
    assert (found.value, found.standard_error, found.n) == (expected.value, expected.standard_error, 5)
    assert any("1" in warning for warning in found.warnings)
    assert SIGNALS.mean_polarity("delivery").n == 4


def test_numbers_and_text_as_identifiers_become_text():
    signals = text_signals(["bad", "bad"], customer_id=[1, "B"], at=["2026-01-01"] * 2)
    assert signals.complaints()["customer_id"].tolist() == ["1", "B"]
    huge = text_signals(["bad"], customer_id=[2**70], at=["2026-01-01"])
    assert huge.complaints()["customer_id"].tolist() == [str(2**70)]


NAMES = [field.name for field in fields(TextSignals)]


def columns(**changes):
    given = {name: getattr(SIGNALS, name) for name in NAMES}
    return TextSignals(**(given | changes))


def test_columns_that_do_not_fit_are_refused():
    assert repr(columns()) == repr(SIGNALS)
    for changes in ({"entity": ENTITY[:1]}, {"polarity": SIGNALS.polarity[:1]}, {"topics": ("a",)}):
        with pytest.raises(RecordError):
            columns(**changes)
