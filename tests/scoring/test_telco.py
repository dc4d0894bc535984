"""The baseline of the field on real data: logistic regression on the Telco book, ten folds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.measures import Input
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import LogisticScorer
from crmrisk.scoring.folds import fold_numbers, unseen_scores

pytestmark = pytest.mark.realdata

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)


@pytest.fixture(scope="module")
def unseen(data_folder):
    frame = pd.read_parquet(data_folder / "telco_churn_ibm.parquet")
    y = (frame["Churn"] == "Yes").to_numpy(dtype=float)
    numbers = frame[["SeniorCitizen", "tenure", "MonthlyCharges"]].astype(float)
    names = frame.drop(columns=["customerID", "Churn", "TotalCharges", *numbers.columns]).astype(str)
    # One column per category but the first; those without internet are one group, told once.
    dummies = pd.get_dummies(names, drop_first=True, dtype=float)
    repeated = [name for name in dummies if name.endswith(("No internet service", "No phone service"))]
    design = pd.concat([numbers, dummies.drop(columns=repeated)], axis=1)
    book = Portfolio(frame["customerID"], DAY, {name: design[name].to_numpy() for name in design})
    outcomes = Outcomes(frame["customerID"], y, event="churn", as_of=DAY, horizon=QUARTER)
    scorer = LogisticScorer(inputs=tuple(Input(name) for name in design), horizon=QUARTER)
    return unseen_scores(scorer, book, outcomes, folds=10), y, fold_numbers(book, y, folds=10)


class TestBL1:
    """BL1, scorecards.md section 5: AUC .840-.850, Brier <= .137, |z| < 2 (cross-validation)."""

    def test_discrimination(self, unseen):
        p, y, fold = unseen
        aucs = [_auc(p[fold == k], y[fold == k]) for k in range(10)]
        assert 0.840 <= np.mean(aucs) <= 0.850

    def test_accuracy(self, unseen):
        p, y, _ = unseen
        assert np.mean((p - y) ** 2) <= 0.137

    def test_calibration(self, unseen):
        p, y, _ = unseen
        z = np.sum((y - p) * (1 - 2 * p)) / np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
        assert abs(z) < 2


def _auc(p, y):
    ranks = pd.Series(p).rank().to_numpy()
    events = y.sum()
    return (ranks[y == 1].sum() - events * (events + 1) / 2) / (events * (len(y) - events))
