"""What a new user gets wrong with the value models is refused in words, or understood; never answered by nonsense."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    BetaDiscreteWeibull,
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    GammaGamma,
    ShiftedBetaGeometric,
    discounted_value,
    predict_purchases,
    predict_value,
)

MODEL = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
FIT = BetaGeoNBD.fit([0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31])
HISTORY = {"frequency": [2, 0], "recency": [30.0, 0.0], "age": [39.0, 39.0]}
TERMS = {"time_unit": timedelta(weeks=1), "horizon": 365, "discount_rate": 0.1}
FUTURE = {"mean_spend": [25.0, 0.0], "n_draws": 20}


def _worth(model=MODEL, **options):
    return discounted_value(model, **HISTORY | {"expected_spend": 20.0} | TERMS | options)


def _futures(model=MODEL, spend=SPEND, **options):
    return predict_value(model, spend, **HISTORY | TERMS | FUTURE | {"rng": np.random.default_rng(1)} | options)


@pytest.mark.parametrize("ask", [_worth, _futures])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"margin": None}, "margin: missing"),
        ({"margin": np.nan}, "margin: 1 missing"),
        ({"frequency": None}, "frequency: missing"),
        ({"frequency": [[1, 2], [3]]}, "frequency: rows of different lengths"),
        ({"discount_rate": "x"}, "discount_rate: not a rate"),
        ({"discount_rate": None}, "discount_rate: not a rate"),
        ({"discount_rate": [0.1, 0.1]}, "discount_rate: not a rate"),
        ({"time_unit": None}, "time_unit: not a time span"),
        ({"horizon": np.timedelta64(1, "Y")}, "horizon: not a time span"),
        ({"model": FIT}, "model: not a model.*fit.model"),
        ({"model": None}, "model: not a model"),
    ],
)
def test_values_of_customers_refuse_what_is_no_argument(ask, options, words):
    with pytest.raises(InvalidValueError, match=words):
        ask(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rng": 1}, "rng: not a source"),
        ({"n_draws": "x"}, "n_draws: no number"),
        ({"n_draws": 2.5}, "n_draws: no number"),
        ({"shares": "x"}, "shares: no shares"),
        ({"shares": [0.5, 1.5]}, "shares: no shares"),
        ({"stream": [-1, 2]}, "stream: 1 negative"),
        ({"stream": [0.5, 2]}, "stream: 1 fractional"),
        ({"spend": GammaGamma.fit([1, 2, 3], [20.0, 35.0, 31.0])}, "spend: not a model.*fit.model"),
    ],
)
def test_futures_refuse_what_is_no_argument(options, words):
    with pytest.raises(InvalidValueError, match=words):
        _futures(**options)


@pytest.mark.parametrize("period", [timedelta(microseconds=1), timedelta(minutes=1)])
def test_countless_periods_are_refused(period):
    with pytest.raises(InvalidValueError, match=r"10,000 periods.*period=None"):
        _worth(period=period)
    assert np.isfinite(_worth(period=timedelta(days=1))).all()
    assert np.isfinite(_worth(period=timedelta.max)).all()


def test_what_is_missing_for_one_customer_leaves_that_one_unrated():
    assert np.isnan(_worth(margin=[0.3, np.nan])).tolist() == [False, True]
    assert np.isnan(_futures(margin=[0.3, np.nan]).mean).tolist() == [False, True]
    assert np.isnan(_worth(expected_spend=np.nan)).all()
    masked = np.ma.masked_array([2, 0], mask=[False, True])
    assert np.isnan(_worth(frequency=masked)).tolist() == [False, True]
    assert _worth(frequency=masked)[0] == _worth()[0]


@pytest.mark.parametrize(
    "age",
    [
        np.ma.masked_array([39.0, 0.0], mask=[False, True]),
        np.ma.masked_array([39, 0], mask=[False, True], dtype=object),
        np.ma.masked_array(np.array([273, 0], dtype="timedelta64[D]"), mask=[False, True]),
    ],
)
def test_masked_values_are_missing(age):
    alive = MODEL.probability_alive(frequency=0, recency=0, age=age)
    assert np.isnan(alive).tolist() == [False, True]


def test_spend_without_a_mean_leaves_a_customer_without_purchases_unrated():
    heavy = GammaGamma(p=6.25, q=0.9, v=15.44)
    found = _futures(spend=[SPEND, heavy])
    unrated = np.isnan(heavy.expected_spend(frequency=HISTORY["frequency"], mean_spend=FUTURE["mean_spend"]))
    assert np.isnan(found.mean).tolist() == unrated.tolist() == [False, True]
    assert np.isfinite(found.total).all()


def test_a_horizon_may_be_a_time_span_of_numpy():
    assert (_worth(horizon=np.timedelta64(52, "W")) == _worth(horizon=timedelta(weeks=52))).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"horizon": 1e9}, "10,000 purchases.*n_max="),
        ({"n_max": 10**7}, "n_max: no width.*10,000"),
        ({"n_max": "x"}, "n_max: no width"),
        ({"n_max": 2.5}, "n_max: no width"),
        ({"n_max": -1}, "n_max: no width"),
        ({"horizon": None}, "horizon: missing"),
        ({"horizon": np.nan}, "horizon: 1 missing"),
        ({"model": FIT}, "model: not a model.*fit.model"),
    ],
)
def test_tables_of_purchases_are_bounded(options, words):
    with pytest.raises(InvalidValueError, match=words):
        predict_purchases(**{"model": MODEL, "horizon": 39.0} | options)


@pytest.mark.parametrize("rng", [1, None, np.random.RandomState(1)])
@pytest.mark.parametrize(
    "model",
    [
        MODEL,
        SPEND,
        BetaGeoBetaBinomial(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783),
        ShiftedBetaGeometric(alpha=0.7, beta=1.2),
        BetaDiscreteWeibull(alpha=2, beta=6, c=1.5),
    ],
    ids=lambda model: type(model).__name__,
)
def test_simulations_need_a_source_of_randomness(model, rng):
    with pytest.raises(InvalidValueError, match="rng"):
        model.simulate([3, 4], rng=rng)


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_young_cohorts_may_have_shorter_rows(kind):
    ragged = kind.fit_survivors([[1000, 869, 743, 653], [500, 430]])
    assert ragged == kind.fit_survivors([[1000, 869, 743, 653], [500, 430, np.nan, np.nan]])
