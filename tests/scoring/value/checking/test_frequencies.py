from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.checking import frequency_table
from crmrisk.scoring.value.histories import Histories

MODELS = [
    BetaGeoNBD(r=0.6, alpha=4, a=0.8, b=2.5),
    ModifiedBetaGeoNBD(r=0.6, alpha=4, a=0.8, b=2.5),
    ParetoNBD(r=0.6, alpha=4, s=0.6, beta=9),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_a_true_model_expects_what_happens(model):
    rng = np.random.default_rng(11)
    table = frequency_table(model, model.simulate(rng.choice([26.0, 33.0, 39.0], 20_000), rng=rng))
    # a sum of independent indicators varies by less than its mean
    assert (np.abs(table.actual - table.expected) < 4 * np.sqrt(table.expected)).all()
    assert table.actual.sum() == 20_000
    assert table.expected.sum() == pytest.approx(20_000)


def test_expected_is_the_sum_over_customers_of_their_own_probability():
    model, ages = MODELS[0], np.array([5.0, 39.0, 39.0, 80.0])
    table = frequency_table(model, Histories(np.array([0, 9.0, 1, 2]), np.array([0, 20.0, 3, 70]), ages), most=3)
    assert table.actual.tolist() == [1, 1, 1, 1]
    for n in range(3):
        assert table.expected[n] == pytest.approx(sum(model.probability_of_purchases(n, age) for age in ages))
    assert table.purchases.tolist() == ["0", "1", "2", "3+"]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99))
def test_order_does_not_matter_and_weights_count(seed):
    rng = np.random.default_rng(seed)
    drawn = MODELS[0].simulate(rng.integers(1, 50, 30).astype(float), rng=rng)
    rows = rng.permutation(30)
    shuffled = Histories(*(column[rows] for column in drawn[:3]))
    twice = Histories(*(np.concatenate([column, column]) for column in drawn[:3]))
    table = frequency_table(MODELS[0], Histories(*drawn[:3]))
    assert frequency_table(MODELS[0], shuffled).expected == pytest.approx(table.expected)
    weighted = frequency_table(MODELS[0], Histories(*drawn[:3]), weights=np.full(30, 2.0))
    assert weighted.actual.tolist() == frequency_table(MODELS[0], twice).actual.tolist()
    assert weighted.expected == pytest.approx(2 * table.expected)


def test_refused_with_a_reason():
    history = Histories(*np.ones((3, 2)))
    with pytest.raises(InvalidValueError, match="most"):
        frequency_table(MODELS[0], history, most=0)
    with pytest.raises(InvalidValueError, match="negative"):
        frequency_table(MODELS[0], Histories(np.array([1.0]), np.array([1.0]), np.array([-1.0])))
    with pytest.raises(FitError, match="no customers"):
        frequency_table(MODELS[0], Histories(*np.ones((3, 0))))


def test_the_chart_holds_the_table(simulated, true_model):
    table = frequency_table(true_model, simulated)
    lines = table.chart().lines()
    assert lines["actual"] == (table.purchases.tolist(), table.actual.tolist())
    assert lines["expected"][1] == table.expected.tolist()
    assert "customers" in table.chart().y_label


@pytest.mark.realdata
def test_cdnow_buys_as_often_as_the_fitted_model_says(cdnow_holdout):
    """1,411 of 2,357 bought once only; figure 3 of Fader, Hardie & Lee (2005) has both models follow the data closely."""
    fit = BetaGeoNBD.fit(cdnow_holdout.frequency, cdnow_holdout.recency, cdnow_holdout.age)
    table = frequency_table(fit.model, cdnow_holdout)
    assert table.actual.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert np.abs(table.actual - table.expected).sum() < 0.05 * 2_357
