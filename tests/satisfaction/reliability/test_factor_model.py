"""Tests of confirmatory factor analysis against lavaan and models that are known."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.satisfaction.reliability import confirmatory_factor_analysis
from crmrisk.satisfaction.reliability.factor_fit import Parameters, implied

FACTORS = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}


def test_r2b_fit_of_three_factors(holzinger_swineford):
    """lavaan; its tutorial prints chi2 85.306, df 24, CFI 0.931, RMSEA 0.092."""
    model = confirmatory_factor_analysis(covariance=holzinger_swineford, n=301, factors=FACTORS)
    assert model.chi_square == pytest.approx(85.306, abs=1e-3)
    assert model.degrees_of_freedom == 24
    assert model.p_value < 1e-6
    assert model.comparative_fit_index == pytest.approx(0.931, abs=6e-4)
    assert model.root_mean_square_error_of_approximation == pytest.approx(0.092, abs=6e-4)
    assert model.parameters.correlations[0, 1:] == pytest.approx([0.459, 0.471], abs=6e-4)  # lavaan, standardised


def test_a_model_that_is_true_is_found():
    factor = np.array([0, 0, 0, 1, 1, 1])
    truth = Parameters(
        np.array([0.9, 1.5, -0.6, 2.0, 0.5, 1.1]),
        np.array([0.5, 1.0, 0.7, 1.2, 0.4, 2.0]),
        np.array([[1.0, -0.3], [-0.3, 1.0]]),
    )
    factors = {"one": ["item1", "item2", "item3"], "two": ["item4", "item5", "item6"]}
    model = confirmatory_factor_analysis(covariance=implied(truth, factor), n=500, factors=factors)
    for found, true in zip(model.parameters, truth, strict=True):
        assert found == pytest.approx(true, abs=1e-5)
    assert model.chi_square == pytest.approx(0.0, abs=1e-6)
    assert model.warnings == ()


def test_other_items_are_left_out_and_the_order_of_factors_is_kept(holzinger_swineford):
    part = {name: FACTORS[name] for name in ("speed", "visual")}
    model = confirmatory_factor_analysis(covariance=holzinger_swineford, n=301, factors=part)
    assert model.covariance.names == ("x7", "x8", "x9", "x1", "x2", "x3")
    assert model.frame()["factor"].tolist() == ["speed"] * 3 + ["visual"] * 3
    assert model.of_factor("visual").tolist() == [False] * 3 + [True] * 3


def test_a_heywood_case_is_named():
    covariance = [[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]]
    model = confirmatory_factor_analysis(covariance=covariance, n=100)
    assert model.warnings == ("Heywood case, nothing left to: item1",)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"covariance": [[1.0, 0.5], [0.5, 1.0]], "n": 50}, "too few items"),
        ({"covariance": np.ones((3, 3)), "n": 50}, "items determine each other"),
        ({"items": [[1, 2, 5], [2, 3, 5], [4, 1, 5], [2, 2, 5]]}, "items that do not vary: item3"),
        ({"items": [[1, 2, 5]]}, "fewer than two complete respondents"),
    ],
)
def test_what_cannot_be_identified_is_refused(options, words):
    with pytest.raises(FitError, match=words):
        confirmatory_factor_analysis(**options)


@pytest.mark.parametrize(
    "factors",
    [{}, {"a": ["x1", "x2", "x3"], "b": ["x3", "x4"]}, {"a": ["x1", "x2", "y"]}, {"a": "x1"}, {"a": 7}, 7],
)
def test_factors_that_do_not_share_the_items_out_are_refused(holzinger_swineford, factors):
    with pytest.raises(InvalidValueError):
        confirmatory_factor_analysis(covariance=holzinger_swineford, n=301, factors=factors)


def test_an_unknown_factor_is_refused(holzinger_swineford):
    model = confirmatory_factor_analysis(covariance=holzinger_swineford, n=301, factors=FACTORS)
    for factor in ("memory", None):
        with pytest.raises(InvalidValueError, match="no such factor"):
            model.of_factor(factor)
