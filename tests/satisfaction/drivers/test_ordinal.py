"""Tests of ordinal drivers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError, RecordError, SchemaError
from crmrisk.satisfaction.drivers import OrdinalDrivers, ordinal_drivers

ORDER = ["unlikely", "somewhat likely", "very likely"]


@pytest.fixture(scope="module")
def applicants() -> pd.DataFrame:
    import statsmodels

    return pd.read_csv(Path(statsmodels.__file__).parent / "miscmodels" / "tests" / "results" / "ologit_ucla.csv")


@pytest.fixture(scope="module")
def study(applicants) -> OrdinalDrivers:
    return ordinal_drivers("apply", applicants, order=ORDER)


def test_reference_row_o1(study):
    # O1: UCLA's ordered logit example, R polr; data shipped with statsmodels
    assert study.n == 400
    assert [d.coefficient.value for d in study.drivers] == pytest.approx([1.0476, -0.0586, 0.6158], abs=3e-4)
    assert study.thresholds == pytest.approx([2.2035, 4.2990], abs=3e-4)
    assert study.log_likelihood == pytest.approx(-358.5124, abs=3e-4)
    assert study["pared"].odds_ratio == pytest.approx(np.exp(1.0476), abs=1e-3)
    assert study.steps == tuple(ORDER)


def test_signs_are_those_of_correlations(study):
    assert study["public"].coefficient.value < 0 < study["public"].correlation
    assert study["public"].sign == 1


def test_splits_are_logistic_regressions_and_their_covariance_is_brants(applicants, study):
    from statsmodels.discrete.discrete_model import Logit

    from crmrisk.satisfaction.drivers.proportional_odds import binary_splits

    X = applicants[["pared", "public", "gpa"]].to_numpy(dtype=float)
    codes = np.array([ORDER.index(answer) for answer in applicants["apply"]])
    coefficients, covariance = binary_splits(codes, X)
    for step in (0, 1):
        fit = Logit(codes > step, np.column_stack([np.ones(400), X])).fit(disp=0)
        assert coefficients[step] == pytest.approx(fit.params[1:], abs=1e-6)
        assert [d.splits[step] for d in study.drivers] == pytest.approx(fit.params[1:], abs=1e-6)
        block = covariance[3 * step : 3 * step + 3, 3 * step : 3 * step + 3]
        assert block == pytest.approx(fit.cov_params()[1:, 1:], abs=1e-6)
    assert study.proportional_odds.degrees_of_freedom == 3
    assert 0.05 < study.proportional_odds.p_value < 1.0


def test_different_slopes_are_noticed():
    rng = np.random.default_rng(5)
    x = rng.normal(size=3000)
    rating = (x + rng.logistic(size=3000) > 0).astype(int)
    rating += rating * (-x + rng.logistic(size=3000) > 0)
    found = ordinal_drivers(rating, {"x": x})
    assert found.proportional_odds.p_value < 1e-6
    assert any("Brant" in text for text in found.warnings)
    assert found["x"].splits[0] > found["x"].splits[1]


def test_importance_is_shared_out_and_units_do_not_matter(applicants, study):
    assert sum(d.importance for d in study.drivers) == pytest.approx(study.r_squared, abs=1e-9)
    other = ordinal_drivers("apply", applicants.assign(gpa=applicants["gpa"] * 100), order=ORDER)
    assert other["gpa"].coefficient.value * 100 == pytest.approx(study["gpa"].coefficient.value, abs=1e-6)
    assert other["gpa"].importance == pytest.approx(study["gpa"].importance, abs=1e-8)
    assert OrdinalDrivers.from_json(study.to_json()) == study
    assert list(study.frame()["driver"]) == ["pared", "public", "gpa"]


@pytest.mark.parametrize(
    ("outcome", "settings", "error", "says"),
    [
        (["low", "high", "low", "high", "low", "high"], {}, RecordError, "without an order"),
        (["low", "high", "low", "huge", "low", "high"], {"order": ["low", "high"]}, RecordError, "row 3"),
        ([1, 2, None, 1, 2, 1], {}, RecordError, "missing"),
        ([0, 0, 0, 1, 1, 1], {}, FitError, "apart entirely"),
        ([1, 1, 1, 1, 1, 1], {}, FitError, "one value"),
        (np.linspace(0, 1, 30), {}, RecordError, "too many steps"),
        ([1, 2, 1], {}, SchemaError, "outcome"),
        ([1, 2, 1, 2, 1, 2], {"level": 2.0}, InvalidValueError, "level"),
        ("apply", {}, SchemaError, "no column"),
    ],
)
def test_what_cannot_be_used_is_named(outcome, settings, error, says):
    with pytest.raises(error, match=says):
        ordinal_drivers(outcome, {"x": np.arange(30 if np.size(outcome) == 30 else 6)}, **settings)


def test_no_driver_of_that_name(study):
    with pytest.raises(CrmRiskError, match="no such driver"):
        study["price"]
