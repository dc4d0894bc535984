"""The next answer: a detractor's, or lower than the last; unknown of who does not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.core.events import OutcomeRule, RiskEvent
from crmrisk.evidence import Declines, Detracts, Evidence

AS_OF = datetime(2024, 7, 1)
NAN = float("nan")
ROWS = [
    ("A", -30, "nps", 9.0),
    ("A", 5, " NPS", 6.0),
    ("A", 9, "nps", 10.0),  # later than the next one
    ("B", -30, "nps", 2.0),
    ("B", 4, "csat", 1.0),  # another question
    ("B", 5, "nps", None),  # no answer
    ("B", 6, "nps", 7.0),
    ("C", -1, "nps", 3.0),  # none within the window
    ("C", 11, "nps", 0.0),
    ("D", 10, "nps", 8.0),  # at the very end, none before
    ("E", -3, "nps", 9.0),
    ("E", 0, "nps", 7.0),  # at as_of itself: known
    ("E", 1, "nps", 5.0),
    ("F", 2, "nps", 9.0),  # several answers at one moment
    ("F", 2, "nps", 6.0),
    ("F", -2, "nps", 8.5),
]
RULES = [
    (Detracts(), (1, 0, NAN, 0, 1, 1)),
    (Detracts(detractor_most=5), (0, 0, NAN, 0, 1, 0)),
    (Detracts(question="csat"), (NAN, 1, NAN, NAN, NAN, NAN)),
    (Declines(drop=2), (1, 0, NAN, NAN, 1, 0)),  # F fell from 8.5 to the mean of 7.5
    (Declines(drop=1), (1, 0, NAN, NAN, 1, 1)),
]


def _surveys(rows):
    names = ("customer_id", "days", "question", "score")
    table = {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    return {**table, "at": [AS_OF + timedelta(days=days) for days in table.pop("days")]}


def _outcomes(rule, surveys, listed=None):
    evidence = Evidence(listed, surveys=surveys, observed_until=datetime(2025, 1, 1))
    event = RiskEvent("unhappy", category="satisfaction", horizon=timedelta(days=10), outcome=rule)
    return evidence.outcomes(event, AS_OF)


@pytest.mark.parametrize(("rule", "expected"), RULES, ids=lambda value: getattr(value, "kind", ""))
def test_outcomes_are_what_the_rules_say(rule, expected):
    found = _outcomes(rule, pd.DataFrame(_surveys(ROWS)), pd.DataFrame({"customer_id": list("ABCDEF")}))
    np.testing.assert_array_equal(found.occurred, np.array(expected, dtype=float))


def test_engines_agree(engine):
    surveys, listed = engine(_surveys(ROWS)), engine({"customer_id": list("ABCDEF")})
    for rule, expected in (RULES[0], RULES[3]):
        np.testing.assert_array_equal(_outcomes(rule, surveys, listed).occurred, np.array(expected, dtype=float))


def test_rules_are_values():
    assert all(isinstance(rule, OutcomeRule) for rule, _ in RULES)
    event = RiskEvent("unhappy", category="satisfaction", horizon=timedelta(days=10), outcome=Detracts())
    assert RiskEvent.from_json(event.to_json()) == event


def test_answers_off_the_scale_are_refused():
    with pytest.raises(RecordError, match=r"1 answer\(s\) to 'nps' off the scale"):
        _outcomes(Detracts(), pd.DataFrame(_surveys([("A", -5, "nps", 9.0), ("A", 5, "nps", 11.0)])))


@pytest.mark.parametrize(
    "make", [lambda: Detracts(detractor_most=10), lambda: Detracts(question=""), lambda: Declines(drop=0)]
)
def test_settings_that_mean_nothing_are_errors(make):
    with pytest.raises(InvalidValueError):
        make()
