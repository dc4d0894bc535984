"""Coefficients, their errors and the tests on them are those of the tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from crmrisk.scoring.value import BetaGeoNBD, Coefficient, ProportionalModel, compare, likelihood_ratio


@pytest.fixture(scope="module")
def fits():
    rng = np.random.default_rng(2)
    online = rng.random(600) < 0.5
    base = BetaGeoNBD(r=0.8, alpha=6, a=0.8, b=3)
    seen = ProportionalModel(base=base, purchase={"online": 0.3}).simulate(
        np.full(600, 40.0), rng=rng, covariates={"online": online}
    )
    with_online = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase={"online": online}, dropout={"online": online})
    return BetaGeoNBD.fit(*seen[:3]), with_online


def test_p_values_are_two_sided(fits):
    for each in fits[1].coefficients:
        assert each.p_value == pytest.approx(2 * stats.norm.sf(abs(each.z)), rel=1e-10)
        assert each.standard_error == fits[1].standard_errors[each.name]


def test_tables_are_consistent(fits):
    fit = fits[1]
    assert fit.parameters == ("r", "alpha", "a", "b", "purchase.online", "dropout.online", "staying.online")
    assert np.allclose(fit.covariance, fit.covariance.T)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(list(fit.standard_errors.values()))
    assert fit.estimates["alpha"] == fit.model.base.alpha
    assert fit.estimates["dropout.online"] == fit.model.dropout["online"]


def test_comparisons_take_fits_with_covariates(fits):
    plain, fit = fits
    test = likelihood_ratio(plain, fit)
    assert (test.statistic, test.degrees_of_freedom) == pytest.approx(
        (fit.likelihood_ratio.statistic, fit.likelihood_ratio.degrees_of_freedom)
    )
    assert test.p_value == pytest.approx(stats.chi2.sf(test.statistic, 3))
    assert compare({"plain": plain, "online": fit})


def test_what_is_not_identified_has_no_error():
    assert Coefficient("purchase.z", 0.0, None, None, None).p_value is None
