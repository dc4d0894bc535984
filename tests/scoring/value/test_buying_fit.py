"""From histories to a fit: counting, and large fits that begin with a sample."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import BetaGeoNBD, ParetoNBD, buying_fit
from crmrisk.scoring.value.histories import Histories


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(8)
    truth = ParetoNBD(r=0.6, alpha=10, s=0.6, beta=11)
    return truth.simulate(rng.integers(180, 365, 6_000) / 7, rng=rng)[:3]


@pytest.mark.parametrize("model", [BetaGeoNBD, ParetoNBD])
def test_a_sample_to_begin_with_changes_nothing(book, model, monkeypatch):
    plain = model.fit(*book)
    monkeypatch.setattr(buying_fit, "LARGE", 500)
    quick = model.fit(*book)
    assert quick.steps < plain.steps
    assert quick.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)
    assert list(quick.estimates.values()) == pytest.approx(list(plain.estimates.values()), rel=1e-9)
    assert np.allclose(quick.covariance, plain.covariance, rtol=1e-7)


def test_a_sample_that_identifies_nothing_is_not_begun_with(monkeypatch):
    monkeypatch.setattr(buying_fit, "LARGE", 3)
    x = np.array([0, 3, 2, 1, 5, 0, 1, 4])
    last, end = np.array([0, 3, 2, 1, 5, 0, 1, 4.5]), np.array([5, 8, 9, 6.1, 5.2, 7, 3, 8])
    thin = BetaGeoNBD.fit(x, last, end)
    monkeypatch.undo()
    assert thin == BetaGeoNBD.fit(x, last, end)


def test_one_time_buyers_are_counted_beside_moments_on_no_grid(book):
    (x, last, end), weight = buying_fit._counted(Histories(*book), None)
    assert weight.sum() == 6_000
    assert (x == 0).sum() <= 186
    assert np.array_equal(np.sort(last[x > 0]), np.sort(book[1][book[0] > 0]))
    assert weight @ end == pytest.approx(book[2].sum())
