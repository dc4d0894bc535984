from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD
from crmrisk.scoring.value.checking import Holdout, conditional_expectations

GROUPINGS = ["frequency", "recency", "age"]


@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_add_up_to_everybody(simulated, true_model, by):
    table = conditional_expectations(true_model, simulated, by=by)
    some = table.customers > 0
    assert table.customers.sum() == len(simulated)
    assert (table.customers * table.actual)[some].sum() == pytest.approx(simulated.purchases.sum())
    history = {"frequency": simulated.frequency, "recency": simulated.recency, "age": simulated.age}
    expected = true_model.expected_purchases(simulated.duration, **history)
    assert (table.customers * table.expected)[some].sum() == pytest.approx(expected.sum())


@pytest.mark.parametrize("by", GROUPINGS)
def test_a_true_model_expects_what_happens(simulated, true_model, by):
    table = conditional_expectations(true_model, simulated, by=by)
    big = table.customers >= 30
    # the error is estimated from as few as 30 customers of a skewed distribution: 4.5 leaves room for that
    assert (np.abs(table.actual - table.expected)[big] < 4.5 * table.standard_error[big]).all()
    assert big.sum() >= 3


def test_means_and_errors_by_hand():
    holdout = Holdout([0, 1, 1, 1, 9], [0, 5, 5, 5, 30], [39] * 5, purchases=[0, 1, 2, 6, 7], duration=39)
    table = conditional_expectations(BetaGeoNBD(r=0.6, alpha=4, a=0.8, b=2.5), holdout, most=2)
    assert table.group.tolist() == ["0", "1", "2+"]
    assert table.actual.tolist() == [0, 3, 7]
    assert table.standard_error[1] == pytest.approx(np.std([1, 2, 6], ddof=1) / np.sqrt(3))
    assert np.isnan(table.standard_error[[0, 2]]).all()


def test_intervals_of_recency_hold_their_upper_ends():
    holdout = Holdout([0, 1, 1, 1], [0, 5, 10, 20], [39] * 4, purchases=[0, 1, 2, 3], duration=39)
    table = conditional_expectations(BetaGeoNBD(r=0.6, alpha=4, a=0.8, b=2.5), holdout, by="recency", bins=4)
    assert table.group.tolist() == ["once", "0 to 5", "5 to 10", "10 to 15", "15 to 20"]
    assert table.customers.tolist() == [1, 1, 1, 0, 1]
    assert table.chart().lines()["actual"][0] == ["once", "0 to 5", "5 to 10", "15 to 20"]


def test_nobody_bought_again():
    holdout = Holdout([0, 0], [0, 0], [39, 20], purchases=[0, 1], duration=39)
    for by in GROUPINGS:
        table = conditional_expectations(BetaGeoNBD(r=0.6, alpha=4, a=0.8, b=2.5), holdout, by=by)
        assert table.customers[0] == table.customers.sum() == 2


def test_refused_with_a_reason(simulated, true_model):
    with pytest.raises(InvalidValueError, match="frequency, recency, age"):
        conditional_expectations(true_model, simulated, by="spend")
    with pytest.raises(InvalidValueError):
        conditional_expectations(true_model, simulated, by="recency", bins=0)


@pytest.mark.realdata
def test_cdnow_by_frequency(cdnow_holdout):
    """Figure 5 of Fader, Hardie & Lee (2005): one-time buyers are expected too low, heavy buyers close."""
    fit = BetaGeoNBD.fit(cdnow_holdout.frequency, cdnow_holdout.recency, cdnow_holdout.age)
    table = conditional_expectations(fit.model, cdnow_holdout)
    assert (table.customers * table.actual).sum() == pytest.approx(1_882)
    assert (table.customers * table.expected).sum() == pytest.approx(1_653.4, abs=0.1)
    assert (np.diff(table.expected) > 0).all()
