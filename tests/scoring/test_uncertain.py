from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.scores import Ranged
from crmrisk.scoring.uncertain import Uncertain, amount_range, known_errors, probability_range
from crmrisk.scoring.value import GammaGamma, ShiftedBetaGeometric

COVARIANCE = ((0.04, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
MODEL = GammaGamma(p=6, q=3, v=15)
Z = 1.959963984540054


def times(factor: float) -> Uncertain:
    return Uncertain(MODEL, COVARIANCE, lambda model: np.array([factor * model.p]))


def test_an_amount_has_the_error_of_its_logarithm():
    found = amount_range(np.array([6.0]), [times(1)], level=0.95)
    assert found.high[0] == pytest.approx(6 * np.exp(Z * 0.2), rel=1e-6)
    assert found.low[0] == pytest.approx(6 * np.exp(-Z * 0.2), rel=1e-6)


def test_errors_of_two_models_add_as_squares():
    both = amount_range(np.array([6.0]), [times(0.3), times(0.4)], level=0.95)
    one = amount_range(np.array([6.0]), [times(0.5)], level=0.95)
    assert both.high[0] == pytest.approx(one.high[0], rel=1e-9)


def test_an_amount_below_zero_has_a_symmetric_interval():
    found = amount_range(np.array([-6.0]), [times(1)], level=0.95)
    assert found.low[0] == pytest.approx(-6 - Z * 1.2, rel=1e-6)
    assert found.high[0] == pytest.approx(-6 + Z * 1.2, rel=1e-6)


@pytest.mark.parametrize("covariance", [None, ((None,) * 3,) * 3])
def test_models_of_unknown_error_give_no_interval(covariance):
    part = times(1)._replace(log_covariance=covariance)
    assert not isinstance(amount_range(np.array([6.0]), [part], level=0.95), Ranged)
    assert not isinstance(probability_range(part, level=0.95), Ranged)
    assert not known_errors(covariance)


def test_probabilities_stay_within_0_and_1():
    model = ShiftedBetaGeometric(alpha=0.01, beta=50)
    part = Uncertain(model, ((4.0, 0.0), (0.0, 4.0)), lambda each: np.atleast_1d(each.survival([0, 1, 50])))
    found = probability_range(part, level=0.99)
    assert ((found.low >= 0) & (found.low <= found.values) & (found.values <= found.high) & (found.high <= 1)).all()
    assert found.low[0] == found.high[0] == 1.0
