from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD

AS_OF = datetime(2026, 1, 31)
PUBLISHED = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


def histories(**changes) -> cr.Portfolio:
    columns = {"frequency": [0, 2, 7, None], "recency": [0, 30, 200, None], "age": [270, 100, 270, None]} | changes
    return cr.Portfolio([f"C{i}" for i in range(len(columns["age"]))], AS_OF, columns)


def test_probability_is_the_papers_formula():
    scorer = cr.AttritionScorer(horizon=timedelta(days=10), model=PUBLISHED)
    book = histories()
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    x, tx, age, t = 2, 30, 100, 10
    alive = 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + tx)) ** (r + x))
    expected = 1 - alive * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x))
    assert scorer.fit(book).score(book).values[1] == pytest.approx(expected, rel=1e-12)


def test_customers_without_purchases_are_unrated():
    book = histories()
    assert np.isnan(cr.AttritionScorer(horizon=timedelta(days=10), model=PUBLISHED).fit(book).score(book).values[3])


def test_a_longer_horizon_is_never_likelier_to_stay_silent():
    book = histories()
    short, long = (
        cr.AttritionScorer(horizon=timedelta(days=days), model=PUBLISHED).fit(book).score(book).values[:3]
        for days in (30, 90)
    )
    assert (long < short).all()


def test_fitting_recovers_simulated_parameters():
    truth = BetaGeoNBD(r=0.8, alpha=40.0, a=0.9, b=3.0)
    drawn = truth.simulate(np.full(20_000, 365.0), rng=np.random.default_rng(2))
    book = cr.Portfolio(
        [f"C{i}" for i in range(20_000)],
        AS_OF,
        {"frequency": drawn.frequency, "recency": drawn.recency, "age": drawn.age},
    )
    fitted = cr.AttritionScorer(horizon=timedelta(days=90)).fit(book)
    assert fitted.model.r == pytest.approx(0.8, rel=0.1)
    assert fitted.model.alpha == pytest.approx(40, rel=0.1)


def test_nobody_to_learn_from_is_a_fit_error():
    empty = histories(frequency=[None], recency=[None], age=[None])
    with pytest.raises(FitError, match="no customer has frequency, recency, age"):
        cr.AttritionScorer(horizon=timedelta(days=90)).fit(empty)


@pytest.mark.parametrize("horizon", [timedelta(0), timedelta(days=-1), "soon"])
def test_horizons_that_make_no_sense_are_refused(horizon):
    with pytest.raises(InvalidValueError):
        cr.AttritionScorer(horizon=horizon)
