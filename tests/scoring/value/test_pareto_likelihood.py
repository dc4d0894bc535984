"""The log-likelihood of the Pareto/NBD and its derivatives, against differences and the model's own formula."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import ModifiedBetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.beta_geo_likelihood import BetaGeoLikelihood
from crmrisk.scoring.value.pareto_likelihood import ParetoLikelihood

POINTS = [(0.553, 10.578, 0.606, 11.669), (3.0, 0.2, 9.0, 0.05), (150.0, 700.0, 0.01, 40.0), (0.01, 30.0, 1.0, 30.0)]
PAIRS = {
    "pareto": (ParetoNBD, ParetoLikelihood.of),
    "modified": (ModifiedBetaGeoNBD, lambda *columns: BetaGeoLikelihood.of(*columns, 1)),
}


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(4)
    end = rng.uniform(1, 60, 80)
    simulated = ParetoNBD(r=0.6, alpha=5, s=0.8, beta=20).simulate(end, rng=rng)
    recency = np.where(np.arange(80) % 9 == 0, end * (simulated.frequency > 0), simulated.recency)
    return simulated.frequency, recency, end, rng.uniform(0.1, 3, 80)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("model", "prepare"), PAIRS.values(), ids=PAIRS)
def test_derivatives_are_the_differences_of_the_values(columns, point, model, prepare):
    likelihood, at = prepare(*columns), np.array(point)
    here = likelihood(at)
    for index, step in enumerate(np.eye(4) * at * 1e-5):
        ahead, behind = likelihood(at + step), likelihood(at - step)
        slope = (ahead.value - behind.value) / (2 * step[index])
        bend = (ahead.gradient - behind.gradient) / (2 * step[index])
        assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-5)
    names = tuple(model.model_fields)
    total = model(**dict(zip(names, point, strict=True))).log_likelihood(*columns[:3]) @ columns[3]
    assert here.value == pytest.approx(total, rel=1e-12)


def test_customers_who_just_bought_say_nothing_of_dropout_but_that_they_stayed():
    columns = np.array([[2.0, 1.0], [5.0, 8.0], [5.0, 8.0], [1.0, 2.0]])
    found = ParetoLikelihood.of(*columns)(np.ones(4))
    assert found.value == pytest.approx(np.log(2) - 3 * np.log(6) - 4 * np.log(9) - np.log(6) - 2 * np.log(9))
