"""A pipeline's event and its survey scorer speak of the same outcome, and what the scorer lacks is named."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

import crmrisk as cr
from crmrisk.core.errors import CompositionError, MissingInputsError
from crmrisk.core.scorers import predicted_outcomes
from crmrisk.evidence import Declines, Detracts, Occurs, SurveyTrend

QUARTER = timedelta(days=90)
AT = pd.to_datetime(["2025-01-01", "2025-07-01", "2025-11-01"])
ANSWERS = pd.DataFrame({"customer_id": ["C1", "C1", "C2"], "at": AT, "question": "food", "score": [9, 6, 8]})


def pipeline(outcome, likelihood):
    event = cr.RiskEvent("unhappy", category="satisfaction", horizon=QUARTER, outcome=outcome)
    loss = cr.ColumnScorer(column="loss", measure=cr.Measure.money("EUR"))
    criteria = cr.RiskCriteria("EUR", moderate=50, high=200)
    return cr.AssessmentPipeline(
        name="unhappy", event=event, likelihood=likelihood, consequence=loss, criteria=criteria
    )


def detractor(**settings):
    return cr.DetractorScorer(horizon=QUARTER, **settings)


def decline(**settings):
    return cr.SatisfactionDeclineScorer(horizon=QUARTER, **settings)


@pytest.mark.parametrize(
    ("outcome", "likelihood"),
    [
        (Detracts(detractor_most=5), detractor()),
        (Detracts(question="food"), detractor(model="levels")),
        (Declines(drop=3), decline()),
        (Declines(), decline(question="food")),
        (Declines(), detractor()),
        (Occurs("surveys"), detractor()),
        (Detracts(), cr.SegmentedScorer(scorers={"a": detractor()}, default=detractor(detractor_most=4))),
    ],
)
def test_another_outcome_than_the_events_is_refused(outcome, likelihood):
    with pytest.raises(CompositionError, match=r"likelihood: predicts another outcome than the event's; allowed: "):
        pipeline(outcome, likelihood)


@pytest.mark.parametrize(
    ("outcome", "likelihood"),
    [
        (None, detractor(detractor_most=3)),
        (Detracts(), detractor()),
        (Detracts(question="NPS", detractor_most=5), detractor(detractor_most=5)),
        (Detracts(question="food"), detractor(model="levels", question="food")),
        (Declines(drop=1), decline(drop=1)),
        (Occurs("complaints"), detractor()),  # another table may record the very same
        (Detracts(detractor_most=5), cr.CalibratedScorer(scorer=detractor(), horizon=QUARTER)),  # learns it
    ],
)
def test_the_same_outcome_and_what_cannot_be_told_fit(outcome, likelihood):
    assert pipeline(outcome, likelihood).event.outcome == outcome


def test_a_fitted_scorer_says_what_it_predicts():
    book = cr.Evidence(surveys=ANSWERS).portfolio(datetime(2026, 1, 1), [SurveyTrend(question="food")])
    for scorer in (detractor(model="levels", question="food", detractor_most=7), decline(question="food", drop=1)):
        fitted = scorer.fit(book)
        assert predicted_outcomes(fitted) == predicted_outcomes(scorer)
        assert fitted.score(book).rated.all()


@pytest.mark.parametrize("scorer", [decline(), decline(question="food"), detractor(model="levels")])
def test_the_summary_to_add_is_named(scorer):
    book = cr.Evidence(surveys=ANSWERS).portfolio(datetime(2026, 1, 1))
    with pytest.raises(MissingInputsError, match=r"remedy: add the summary that yields it \(SurveyTrend\)"):
        scorer.fit(book)
