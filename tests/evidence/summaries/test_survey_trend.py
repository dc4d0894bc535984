"""Waves, level, slope and change of a customer's answers, on every engine."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import RecordError
from crmrisk.evidence import Evidence, SurveyTrend

AS_OF = datetime(2024, 7, 1)
NAN = float("nan")


def _answers(rows, question="nps"):
    columns = ("customer_id", "at", "score")
    table = {name: list(values) for name, values in zip(columns, zip(*rows, strict=True), strict=True)}
    return {**table, "question": [question] * len(rows)}


def _ago(days, hours=0):
    return AS_OF - timedelta(days=days, hours=hours)


ROWS = [
    ("A", _ago(400), 9.0),
    ("A", _ago(200), 8.0),
    ("A", _ago(100), 10.0),
    ("A", _ago(10), 3.0),
    ("A", _ago(9, 23), 5.0),  # the same day: one wave of 4
    ("A", _ago(-5), 0.0),  # not known yet
    ("B", _ago(30), 7.0),
    ("C", _ago(30), None),
    ("D", _ago(0), 2.0),
    ("D", _ago(365), 6.0),
]


def test_definitions_hold_on_every_engine(engine):
    book = Evidence(surveys=engine(_answers(ROWS))).portfolio(AS_OF, [SurveyTrend()])
    ages, scores = np.array([400.0, 200, 100, 10]), np.array([9.0, 8, 10, 4])
    slope, intercept = np.polyfit(-ages / 365.25, scores, 1)
    residual = scores - intercept + slope * ages / 365.25
    expected = {
        "nps_waves": (4, 1, 0, 2),
        "nps_wave_mean": (7.75, 7, NAN, 4),
        "nps_latest_wave": (4, 7, NAN, 2),
        "nps_change": (-6, NAN, NAN, -4),
        "nps_slope": (slope, NAN, NAN, -4 * 365.25 / 365),
        "nps_mean_age": (177.5, 30, NAN, 182.5),
        "nps_age_variance": (ages.var(), 0, NAN, 182.5**2),
        "nps_scatter": ((residual**2).sum() / 2, NAN, NAN, NAN),
    }
    assert book.customer_id.tolist() == ["A", "B", "C", "D"]
    for name, values in expected.items():
        np.testing.assert_allclose(book[name], np.array(values, dtype=float), rtol=1e-12, err_msg=name)


def test_the_order_of_records_changes_no_bit():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "customer_id": rng.integers(0, 40, 600).astype(str),
            "at": pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(0, 500, 600), unit="D"),
            "question": "csat",
            "score": rng.normal(5, 3, 600),
        }
    )
    one = Evidence(surveys=frame).portfolio(AS_OF, [SurveyTrend(question="csat")])
    other = Evidence(surveys=frame.sample(frac=1, random_state=1)).portfolio(AS_OF, [SurveyTrend(question="csat")])
    assert one == other


def test_answers_beyond_any_scale_are_refused():
    evidence = Evidence(surveys=pd.DataFrame(_answers([("A", _ago(1), 1e7)])))
    with pytest.raises(RecordError, match=r"1 answer\(s\) to 'nps' that are no survey scores"):
        evidence.portfolio(AS_OF, [SurveyTrend()])
    assert evidence.portfolio(AS_OF, [SurveyTrend(question="ces")])["ces_waves"].tolist() == [0.0]
