"""Derivatives by base parameters and coefficients against differences of the values."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from crmrisk.scoring.value import BetaGeoNBD
from crmrisk.scoring.value import covariates_likelihood as module
from crmrisk.scoring.value.covariates_likelihood import ProportionalLikelihood
from crmrisk.scoring.value.covariates_rows import geometric_rows, pareto_rows
from crmrisk.scoring.value.histories import Histories

ROWS = {"geometric": partial(geometric_rows, early=0, k=1), "pareto": pareto_rows}


@pytest.fixture
def make():
    rng = np.random.default_rng(4)
    end = rng.uniform(1, 60, 90)
    seen = BetaGeoNBD(r=0.6, alpha=5, a=0.8, b=3).simulate(end, rng=rng)
    z = rng.normal(size=(90, 2))
    designs = z[:, :0], -z, z[:, :0], z[:, :1]
    return lambda rows: ProportionalLikelihood(rows, Histories(*seen[:3]), rng.uniform(0.5, 2, 90), designs)


@pytest.mark.parametrize("kind", ROWS)
def test_derivatives_are_the_differences_of_the_values(make, kind):
    likelihood, at = make(ROWS[kind]), np.array([0.7, 4.0, 0.9, 2.0, 1.3, 0.6, 0.8])
    here = likelihood(at)
    for index, step in enumerate(np.eye(7) * at * 1e-5):
        ahead, behind = likelihood(at + step), likelihood(at - step)
        slope = (ahead.value - behind.value) / (2 * step[index])
        bend = (ahead.gradient - behind.gradient) / (2 * step[index])
        assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-4)


def test_blocks_change_nothing(make, monkeypatch):
    likelihood, at = make(pareto_rows), np.array([0.7, 4.0, 0.9, 2.0, 1.3, 0.6, 0.8])
    whole = likelihood(at)
    monkeypatch.setattr(module, "BLOCK", 7)
    assert likelihood(at).value == pytest.approx(whole.value, rel=1e-13)
    assert likelihood(at).hessian == pytest.approx(whole.hessian, rel=1e-10, abs=1e-10)


def test_absurd_coefficients_stay_finite(make):
    found = make(pareto_rows)(np.array([0.7, 4.0, 0.9, 2.0, 1e6, 1e-6, 1.0]))
    assert np.isfinite(found.value)
