from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import NBD, BetaGeoNBD, GammaGamma, ModifiedBetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.checking import Holdout, HoldoutErrors, holdout_errors
from crmrisk.scoring.value.checking.accuracy import errors_between

PUBLISHED = [
    pytest.param(BetaGeoNBD, 1653.4, 0.786, id="BG/NBD"),
    pytest.param(ModifiedBetaGeoNBD, 1576.7, 0.765, id="MBG/NBD"),
    pytest.param(ParetoNBD, 1665.5, 0.755, id="Pareto/NBD"),
    pytest.param(NBD, 2929.8, 1.041, id="NBD"),
]
"""Maximum likelihood on the CDNOW sample, 39 weeks held out, 1,882 purchases: /work/shared/reference/value.md."""


@pytest.mark.realdata
@pytest.mark.parametrize(("kind", "total", "error"), PUBLISHED)
def test_cdnow_holdout(cdnow_holdout, kind, total, error):
    fit = kind.fit(cdnow_holdout.frequency, cdnow_holdout.recency, cdnow_holdout.age)
    errors = holdout_errors(fit.model, cdnow_holdout)
    assert errors.actual == 1_882
    assert errors.expected == pytest.approx(total, abs=0.1)
    # printed to three decimals; BG/NBD at the maximum is .78545, which rounds to .785
    assert errors.mean_absolute_error == pytest.approx(error, abs=0.0006)


def test_by_hand():
    errors = errors_between(np.array([0.0, 2.0, 4.0]), np.array([1.0, 2.0, 2.0]))
    assert (errors.customers, errors.actual, errors.expected, errors.bias) == (3, 6, 5, -1)
    assert errors.mean_absolute_error == 1
    assert errors.root_mean_squared_error == pytest.approx(np.sqrt(5 / 3))
    assert errors.relative_bias == pytest.approx(-1 / 6)
    assert errors.bias_standard_error == pytest.approx(np.sqrt(3) * np.std([1, 0, -2], ddof=1))
    assert HoldoutErrors.from_json(errors.to_json()) == errors


def test_one_customer_who_buys_nothing():
    errors = errors_between(np.array([0.0]), np.array([0.5]))
    assert errors.bias_standard_error is None
    assert errors.relative_bias is None


def test_a_true_model_is_not_biased(simulated, true_model):
    errors = holdout_errors(true_model, simulated)
    assert abs(errors.bias) < 4 * errors.bias_standard_error


def test_spend_is_purchases_times_what_each_is_expected_to_spend(true_model):
    history = {"frequency": [0, 3], "recency": [0, 20], "age": [39, 38]}
    holdout = Holdout(**history, purchases=[1, 2], duration=39, mean_spend=[None, 30], spend=[25, 70])
    spending = GammaGamma(p=6.25, q=3.74, v=15.44)
    errors = holdout_errors(true_model, holdout, spend_model=spending)
    each = spending.expected_spend(frequency=[0, 3], mean_spend=[0, 30])
    assert errors.expected == pytest.approx((true_model.expected_purchases(39, **history) * each).sum())
    assert errors.actual == 95
    with pytest.raises(InvalidValueError, match="spend is not known"):
        holdout_errors(true_model, Holdout(**history, purchases=[1, 2], duration=39), spend_model=spending)


def test_the_unit_of_time_does_not_matter(simulated, true_model):
    weeks = Holdout(
        simulated.frequency, simulated.recency / 7, simulated.age / 7,
        purchases=simulated.purchases, duration=simulated.duration / 7,
    )  # fmt: skip
    scaled = BetaGeoNBD(**true_model.model_dump() | {"alpha": true_model.alpha / 7})
    assert holdout_errors(scaled, weeks).expected == pytest.approx(holdout_errors(true_model, simulated).expected)
