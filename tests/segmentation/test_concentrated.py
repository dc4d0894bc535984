"""Concentration: by the definitions, by known distributions, and by whether the intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.concentrated import Concentration, concentration, gini, herfindahl, top_share
from crmrisk.segmentation.lorenz import lorenz_curve

books = st.lists(st.integers(-50, 1000), min_size=1, max_size=30).filter(lambda each: sum(each) > 0)


@settings(deadline=None, max_examples=60)
@given(books)
def test_definitions(values):
    array = np.array(values, dtype=float)
    differences = np.abs(array[:, None] - array[None, :]).mean()
    assert gini(values) == pytest.approx(differences / 2 / array.mean(), abs=1e-12)
    curve = lorenz_curve(values)
    area = float((np.diff(curve.customers) * (curve.total[1:] + curve.total[:-1]) / 2).sum())
    assert gini(values) == pytest.approx(1 - 2 * area, abs=1e-12)
    for top in (0.1, 0.25, 0.5):
        assert top_share(values, top=top) == pytest.approx(1 - float(curve.at(1 - top)), abs=1e-12)
    if (array >= 0).all():
        assert herfindahl(values) == pytest.approx(((array / array.sum()) ** 2).sum())
        assert 0 <= gini(values) <= 1 - 1 / len(values) + 1e-12
    else:
        assert herfindahl(values) is None


@settings(deadline=None, max_examples=20)
@given(books)
def test_units_and_order_say_nothing(values):
    found = concentration(values, replicates=5)
    again = concentration([4.0 * each for each in reversed(values)], replicates=5)
    assert again.gini == found.gini
    assert again.top_share == found.top_share
    assert again.peak == found.peak
    distinct, counts = np.unique(values, return_counts=True)
    assert concentration(distinct, counts=counts, replicates=5) == found


def test_equal_and_extreme_books():
    assert (gini([7] * 5), herfindahl([7] * 5), top_share([7] * 5, top=0.2)) == (
        0,
        pytest.approx(0.2),
        pytest.approx(0.2),
    )
    assert (gini([0, 0, 0, 9]), herfindahl([0, 0, 0, 9]), top_share([0, 0, 0, 9])) == (0.75, 1.0, pytest.approx(0.4))


def test_lognormal_book():
    """Gini 2Φ(σ/√2) − 1, top decile 1 − Φ(Φ⁻¹(0.9) − σ): Kleiber and Kotz (2003), section 4.5."""
    found = concentration(np.random.default_rng(1).lognormal(3, 1, 20_000), replicates=200)
    assert found.gini.low < 2 * ndtr(1 / 2**0.5) - 1 < found.gini.high
    assert found.top_share.low < 1 - ndtr(ndtri(0.9) - 1) < found.top_share.high


def test_intervals_hold_what_they_say():
    rng, truth = np.random.default_rng(2), 0.5  # exponential: Gini 1/2
    found = [concentration(rng.exponential(size=300), replicates=200, rng=rng).gini for _ in range(80)]
    held = np.mean([each.low <= truth <= each.high for each in found])
    assert held > 0.95 - 3 * (0.95 * 0.05 / 80) ** 0.5
    assert found[0].standard_error == pytest.approx(np.std([each.value for each in found]), rel=0.25)


def test_both_ways_to_resample_agree():
    values = np.random.default_rng(3).integers(1, 60, 400).astype(float)
    many = concentration(values, replicates=600).gini  # counts of values
    few = concentration(values + np.linspace(0, 1e-9, 400), replicates=600).gini  # places of customers
    assert (many.low, many.high) == pytest.approx((few.low, few.high), rel=0.03)


def test_below_zero_is_said():
    found = concentration([60, 50, 10, -20, None], replicates=300)
    assert (found.peak.value, found.above_zero, found.unrated) == (pytest.approx(1.2), 0.75, 1)
    assert found.below_zero.value == pytest.approx(0.2)
    assert found.herfindahl.value is None
    assert "Gini may exceed 1" in found.gini.warnings[0]
    assert "above 0 and hold 1.2" in str(found)
    lost = concentration([10, -30], replicates=10)
    assert lost.gini.value is None
    assert "not above 0" in lost.gini.warnings[0] or "not above 0" in lost.peak.warnings[0]
    assert concentration([0.1, 0.2, -0.3], replicates=10).peak.value is None  # 0, but for rounding
    assert Concentration.from_json(found.to_json()) == found


def test_one_customer_has_no_interval():
    found = concentration([5.0], replicates=5)
    assert (found.gini.value, found.gini.low) == (0.0, None)
    assert found.gini.warnings == ("one customer: no interval",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": []},
        {"values": [np.inf]},
        {"values": ["a"]},
        {"top": 0},
        {"top": 10},
        {"top": "x"},
        {"level": 95},
        {"replicates": 1},
        {"replicates": 9.5},
        {"rng": 4},
        {"counts": [1]},
    ],
    ids=str,
)
def test_bad_input(wrong):
    given_values = {"values": [1, 2]} | wrong
    with pytest.raises(CrmRiskError):
        concentration(given_values.pop("values"), **given_values)


@pytest.mark.realdata
def test_online_retail(data_folder):
    columns = ["Quantity", "UnitPrice", "CustomerID"]
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=columns).dropna()
    money = (lines["Quantity"] * lines["UnitPrice"]).groupby(lines["CustomerID"]).sum()
    found = concentration(money, replicates=200)
    assert found.n == 4372
    assert 0.5 < found.top_share.low < found.top_share.value < found.top_share.high < 0.75
    assert found.above_zero < 1.0 < found.peak.value  # some gave back more than they bought in the year


def test_what_is_not_defined_says_why_where_it_is_printed():
    said = str(concentration([5, -1, 3, 4, 20], replicates=20))
    assert "HHI unrated (bootstrap, n 5): customers below 0: their shares of the total are no shares" in said
