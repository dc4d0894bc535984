"""A small book whose risks can be worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from crmrisk import (
    AssessmentPipeline,
    ColumnScorer,
    Control,
    Measure,
    Portfolio,
    RiskCriteria,
    RiskEvent,
    RiskProgramme,
)

MONTH = timedelta(days=30)
AS_OF = datetime(2026, 1, 31)


@pytest.fixture
def book() -> Portfolio:
    return Portfolio(
        ["C1", "C2", "C3", "C4"],
        AS_OF,
        {
            "churn": [0.5, 0.1, None, 0.0],
            "fraud": [0.2, None, None, 0.01],
            "value": [1000.0, 100.0, 500.0, 0.0],
        },
        {"segment": ["gold", "gold", None, "basic"]},
    )


def pipeline(name: str = "churn", **changes) -> AssessmentPipeline:
    settings = {
        "name": name,
        "event": RiskEvent(name, category="attrition", horizon=MONTH),
        "likelihood": ColumnScorer(column=name, measure=Measure.probability(horizon=MONTH)),
        "consequence": ColumnScorer(column="value", measure=Measure.money("EUR")),
        "criteria": RiskCriteria("EUR", moderate=50, high=200, extreme=600),
        "controls": (Control("call", likelihood_remaining=0.7), Control("discount", consequence_remaining=0.9)),
    }
    return AssessmentPipeline(**settings | changes)


@pytest.fixture(scope="session")
def make_pipeline():
    return pipeline


@pytest.fixture
def assessed(book, make_pipeline):
    programme = RiskProgramme([make_pipeline("churn", owner="Ann"), make_pipeline("fraud")])
    return programme.fit_portfolio(book).assess_portfolio(book)
