"""Tests of omega and the variance extracted against psych and semTools, and of their standard errors."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.reliability import (
    average_variance_extracted,
    confirmatory_factor_analysis,
    factor_coefficient,
    mcdonald_omega,
)
from crmrisk.satisfaction.reliability.omega import FactorCoefficient


def test_r1c_attitude(attitude):
    """psych fa(ml) of the correlations."""
    assert mcdonald_omega(covariance=attitude, n=30, kind="standardised omega").value == pytest.approx(
        0.84054, abs=1e-4
    )
    deviation = np.sqrt(np.diag(attitude))
    correlations = attitude / np.outer(deviation, deviation)
    assert mcdonald_omega(covariance=correlations, n=30).value == pytest.approx(0.84054, abs=1e-4)


def test_r2b_holzinger_swineford(holzinger_swineford):
    """semTools help: omega and average variance extracted of three factors."""
    factors = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
    model = confirmatory_factor_analysis(covariance=holzinger_swineford, n=301, factors=factors)
    omega = [factor_coefficient(model, factor=name).value for name in factors]
    extracted = [factor_coefficient(model, "average variance extracted", factor=name).value for name in factors]
    assert omega == pytest.approx([0.6253180, 0.8851754, 0.6877600], abs=1e-5)
    assert extracted == pytest.approx([0.370559, 0.721016, 0.424488], abs=1e-5)


TRUTH = np.outer([0.9, 1.5, 0.6, 1.1], [0.9, 1.5, 0.6, 1.1]) + np.diag([0.5, 1.0, 0.7, 1.2])


@pytest.mark.parametrize("kind", get_args(FactorCoefficient))
def test_the_influence_of_a_covariance_is_what_refitting_gives(kind):
    """Where the model holds, the change that gives the standard error is the derivative of the whole fit."""
    direction = np.array([[0.3, 0.1, -0.2, 0.0], [0.1, 0.5, 0.2, 0.1], [-0.2, 0.2, 0.1, 0.3], [0.0, 0.1, 0.3, -0.4]])

    def refitted(step):
        model = confirmatory_factor_analysis(covariance=TRUTH + step * direction, n=100)
        return factor_coefficient(model, kind).value

    model = confirmatory_factor_analysis(covariance=TRUTH, n=100)
    slope = (refitted(1e-3) - refitted(-1e-3)) / 2e-3
    # the variance of a coefficient with dg = tr(Gamma dS) is 2 tr(Gamma S Gamma S)/n, checked in test_normal_theory
    from crmrisk.satisfaction.reliability import omega

    seen = {}

    def caught(_, change):
        seen["change"] = change
        return 0.1

    original, omega.normal_theory_error = omega.normal_theory_error, caught
    try:
        factor_coefficient(model, kind)
    finally:
        omega.normal_theory_error = original
    assert float((seen["change"] * direction).sum()) == pytest.approx(slope, rel=1e-3, abs=1e-6)


def test_coefficients_of_a_known_model():
    loadings, left = np.array([0.9, 1.5, 0.6, 1.1]), np.array([0.5, 1.0, 0.7, 1.2])
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + left.sum())
    estimate = mcdonald_omega(covariance=TRUTH, n=100)
    assert estimate.value == pytest.approx(expected, abs=1e-6)
    assert mcdonald_omega(covariance=TRUTH, n=100, kind="omega3").value == pytest.approx(expected, abs=1e-6)
    extracted = average_variance_extracted(covariance=TRUTH, n=100).value
    assert extracted == pytest.approx((loadings**2).sum() / ((loadings**2).sum() + left.sum()), abs=1e-6)
    assert 0.0 < estimate.low < estimate.value < estimate.high < 1.0
    four_times = mcdonald_omega(covariance=TRUTH, n=400)
    assert four_times.standard_error == pytest.approx(estimate.standard_error / 2)


def test_omega_of_equal_loadings_is_alpha():
    from crmrisk.satisfaction.reliability import cronbach_alpha

    covariance = np.full((4, 4), 0.5) + np.diag([0.3, 0.6, 0.9, 1.2])
    assert mcdonald_omega(covariance=covariance, n=90).value == pytest.approx(
        cronbach_alpha(covariance=covariance, n=90).value, abs=1e-6
    )


def test_a_heywood_case_has_no_interval():
    estimate = mcdonald_omega(covariance=[[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]], n=100)
    assert (estimate.standard_error, estimate.low) == (None, None)
    assert estimate.value > 0.8
    assert "Heywood" in estimate.warnings[0]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([[1, 2, 3]], "fewer than two complete respondents"),
        ([[1, 2], [2, 3], [4, 1]], "too few items: one factor needs three, each of several needs two"),
        ([[1, 2, 3], [2, 3, 5], [4, 1, 5], [4, 7, 11]], "items determine each other"),
    ],
)
def test_what_answers_do_not_identify_is_unrated(items, reason):
    for function in (mcdonald_omega, average_variance_extracted):
        estimate = function(items)
        assert estimate.value is None
        assert reason in estimate.warnings


@pytest.mark.parametrize("options", [{}, {"items": [[1, 2]], "kind": "total"}, {"items": [[1, None]]}])
def test_bad_arguments_are_refused(options):
    with pytest.raises(CrmRiskError):
        mcdonald_omega(**options)


def test_a_module_lives_once_however_tests_are_collected():
    """Pytest imported omega.py twice where it was named first: see conftest.py of the root."""
    from crmrisk.satisfaction.reliability import omega

    assert factor_coefficient is omega.factor_coefficient
    assert factor_coefficient.__globals__ is vars(omega)
