from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError
from crmrisk.scoring.learning_value import fitted_purchases

AS_OF = datetime(2026, 1, 31)


def histories(frequency, recency, age) -> cr.Portfolio:
    columns = {"frequency": frequency, "recency": recency, "age": age}
    return cr.Portfolio([f"C{i}" for i in range(len(age))], AS_OF, columns)


@pytest.mark.parametrize(
    "book",
    [
        histories(np.zeros(50), np.zeros(50), np.linspace(10, 300, 50)),
        histories([2.0], [213.0], [272.0]),
    ],
    ids=["nobody bought twice", "one customer"],
)
def test_histories_that_identify_nothing_are_refused_not_used(book):
    with pytest.raises(FitError, match="do not identify"):
        cr.AttritionScorer(horizon=timedelta(days=90)).fit(book)


def test_nobody_leaving_is_a_finding_and_a_warning():
    rng = np.random.default_rng(3)
    age = np.full(2_000, 365.0)
    frequency = rng.poisson(rng.gamma(2, 3, 2_000)).astype(float)
    recency = np.where(frequency > 0, age - rng.exponential(20, 2_000).clip(0, 364), 0.0)
    learnt = fitted_purchases(histories(frequency, recency, age))
    assert learnt.model.r > 0
    fitted = cr.AttritionScorer(horizon=timedelta(days=90)).fit(histories(frequency, recency, age))
    assert fitted.warnings == learnt.warnings
