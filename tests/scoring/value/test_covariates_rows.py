"""Row-by-row derivatives add up to those of the counted likelihoods, which are tested against differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from crmrisk.scoring.value import BetaGeoCNBD
from crmrisk.scoring.value.beta_geo_cnbd_likelihood import BetaGeoCNBDLikelihood
from crmrisk.scoring.value.counted_histories import CountedHistories
from crmrisk.scoring.value.covariates_rows import _trigamma, geometric_rows, pareto_rows
from crmrisk.scoring.value.histories import Histories
from crmrisk.scoring.value.pareto_likelihood import ParetoLikelihood

POINTS = [(0.243, 4.414, 0.793, 2.426), (3.0, 0.2, 9.0, 0.05), (150.0, 700.0, 0.01, 40.0)]


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(4)
    end = rng.uniform(1, 60, 200)
    seen = BetaGeoCNBD(k=2, r=1.6, alpha=2, a=0.8, b=3).simulate(end, rng=rng)
    return Histories(seen.frequency, np.where(np.arange(200) < 5, end, 1) * (seen.recency > 0) * seen.recency / 60, end)


def _agree(rows, whole):
    assert rows.value.sum() == pytest.approx(whole.value, rel=1e-12)
    assert rows.gradient.sum(axis=1) == pytest.approx(whole.gradient, rel=1e-9, abs=1e-9)
    assert rows.hessian.sum(axis=2) == pytest.approx(whole.hessian, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(("k", "early"), [(1, 0), (1, 1), (3, 0), (4, 1)])
def test_geometric_rows_add_up(columns, point, k, early):
    parameters = np.repeat(np.array(point)[:, np.newaxis], 200, axis=1)
    whole = BetaGeoCNBDLikelihood.of(k, CountedHistories.of(*columns, np.ones(200), early))(np.array(point))
    _agree(geometric_rows(parameters, columns, early=early, k=k), whole)


@pytest.mark.parametrize("point", POINTS)
def test_pareto_rows_add_up(columns, point):
    parameters = np.repeat(np.array(point)[:, np.newaxis], 200, axis=1)
    _agree(pareto_rows(parameters, columns), ParetoLikelihood.of(*columns, np.ones(200))(np.array(point)))


def test_the_trigamma_function():
    z = np.exp(np.linspace(np.log(1e-6), np.log(1e6), 400))
    assert _trigamma(z) == pytest.approx(special.polygamma(1, z), rel=1e-11)
