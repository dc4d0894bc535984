from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

AS_OF = datetime(2026, 1, 31)
YEAR = timedelta(days=365)
PURCHASES = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)


def scorer(**changes) -> cr.LifetimeValueScorer:
    settings = {"currency": "USD", "horizon": YEAR, "discount_rate": 0.1, "purchases": PURCHASES, "spend": SPEND}
    return cr.LifetimeValueScorer(**settings | changes)


@pytest.fixture
def book() -> cr.Portfolio:
    columns = {
        "frequency": [0, 2, 7, None],
        "recency": [0, 30, 200, None],
        "age": [270, 100, 270, None],
        "mean_spend": [None, 20, 70, None],
    }
    return cr.Portfolio(["C0", "C1", "C2", "C3"], AS_OF, columns)


def test_without_discount_it_is_margin_times_spend_times_purchases(book):
    value = scorer(discount_rate=0, margin=0.25).fit(book).score(book).values
    history = {"frequency": [0, 2, 7], "recency": [0, 30, 200], "age": [270, 100, 270]}
    purchases = PURCHASES.expected_purchases(365.0, **history)
    spend = SPEND.expected_spend(frequency=[0, 2, 7], mean_spend=[0, 20, 70])
    np.testing.assert_allclose(value[:3], 0.25 * spend * purchases, rtol=1e-9)
    assert np.isnan(value[3])


def test_discounting_lowers_and_a_longer_horizon_raises_value(book):
    base = scorer().fit(book).score(book).values[:3]
    assert (scorer(discount_rate=0.3).fit(book).score(book).values[:3] < base).all()
    assert (scorer(horizon=2 * YEAR).fit(book).score(book).values[:3] > base).all()


def test_value_is_proportional_to_margin(book):
    whole, half = (scorer(margin=margin).fit(book).score(book).values[:3] for margin in (1.0, 0.5))
    np.testing.assert_allclose(half * 2, whole, rtol=1e-12)


def test_nobody_bought_twice_is_a_fit_error():
    once = cr.Portfolio(
        ["C0", "C1"],
        AS_OF,
        {"frequency": [0, 0], "recency": [0, 0], "age": [3, 9], "mean_spend": [None, None]},
    )
    with pytest.raises(FitError, match="no customer has frequency, mean_spend"):
        scorer(spend=None).fit(once)


@pytest.mark.parametrize(
    "changes", [{"margin": 0}, {"margin": 1.5}, {"discount_rate": -0.1}, {"horizon": timedelta(0)}, {"currency": ""}]
)
def test_settings_that_make_no_sense_are_refused(changes):
    with pytest.raises(InvalidValueError):
        scorer(**changes)
