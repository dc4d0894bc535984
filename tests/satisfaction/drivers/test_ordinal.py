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


def test_equal_weights_change_the_errors_only_to_robust_ones(applicants, study):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    weighted = ordinal_drivers("apply", applicants, order=ORDER, weights=np.full(400, 7.0))
    codes = np.array([ORDER.index(answer) for answer in applicants["apply"]])
    model = OrderedModel(codes, applicants[["pared", "public", "gpa"]].to_numpy(dtype=float), distr="logit")
    robust = model.fit(method="bfgs", disp=False, cov_type="HC0").bse[:3] * (400 / 399) ** 0.5
    for found, plain, error in zip(weighted.drivers, study.drivers, robust, strict=True):
        assert found.coefficient.value == pytest.approx(plain.coefficient.value, abs=1e-5)
        assert found.coefficient.standard_error == pytest.approx(error, rel=1e-4)
        assert found.coefficient.method == "weighted proportional odds, linearised"
        assert found.correlation == pytest.approx(plain.correlation, abs=1e-12)
    assert weighted.log_likelihood == pytest.approx(study.log_likelihood, abs=1e-4)
    assert weighted.thresholds == pytest.approx(study.thresholds, abs=1e-4)


def test_a_weight_is_not_a_count_but_stands_for_a_cluster_of_copies(applicants):
    copies = np.random.default_rng(1).integers(1, 4, len(applicants))
    weighted = ordinal_drivers("apply", applicants, order=ORDER, weights=copies)
    repeated = applicants.loc[np.repeat(applicants.index, copies)].reset_index(drop=True)
    cluster = np.repeat(np.arange(len(applicants)), copies)
    counted = ordinal_drivers("apply", repeated, order=ORDER, clusters=cluster)
    for one, other in zip(weighted.drivers, counted.drivers, strict=True):
        assert one.coefficient.value == pytest.approx(other.coefficient.value, abs=1e-5)
        assert one.coefficient.standard_error == pytest.approx(other.coefficient.standard_error, rel=1e-4)
        assert one.splits == pytest.approx(other.splits, abs=1e-6)
        assert one.importance == pytest.approx(other.importance, abs=1e-5)
    # rows that are not used change nothing, whatever they say
    spare = applicants.iloc[:9].assign(apply=ORDER[2])
    with_spare = pd.concat([applicants, spare], ignore_index=True)
    more = ordinal_drivers("apply", with_spare, order=ORDER, weights=np.append(copies, np.zeros(9)))
    assert more["gpa"].coefficient == weighted["gpa"].coefficient


def test_strata_and_the_population_narrow_errors(applicants):
    strata = np.where(applicants["gpa"] > 3, "high", "low")
    sizes = {name: 2.0 * count for name, count in pd.Series(strata).value_counts().items()}
    endless = ordinal_drivers("apply", applicants, order=ORDER, strata=strata)["pared"].coefficient
    half = ordinal_drivers("apply", applicants, order=ORDER, strata=strata, population=sizes)["pared"].coefficient
    assert half.value == pytest.approx(endless.value, abs=1e-5)  # both strata were drawn by half
    assert half.standard_error == pytest.approx(endless.standard_error * 0.5**0.5, rel=1e-4)


def test_different_slopes_are_noticed_in_clusters_too():
    rng = np.random.default_rng(5)
    x = np.repeat(rng.normal(size=750), 4)
    rating = (x + rng.logistic(size=3000) > 0).astype(int)
    rating += rating * (-x + rng.logistic(size=3000) > 0)
    found = ordinal_drivers(rating, {"x": x}, clusters=np.repeat(np.arange(750), 4))
    assert found.proportional_odds.p_value < 1e-6


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"weights": [1, -1, 1, 1, 1, 1]}, RecordError),
        ({"weights": [1, 1]}, RecordError),
        ({"clusters": ["a", None, "b", "b", "c", "c"]}, RecordError),
        ({"strata": list("aabbcc"), "population": 10}, InvalidValueError),
        ({"clusters": ["a"] * 6}, FitError),
        ({"weights": [1, 0, 0, 0, 0, 0]}, FitError),
    ],
)
def test_designs_that_cannot_be_used_are_named(wrong, error):
    with pytest.raises(error):
        ordinal_drivers([0, 1, 0, 1, 1, 0], {"x": [1, 2, 3, 4, 5, 2]}, **wrong)


def test_rows_in_another_order_are_refused():
    outcome, weights = pd.Series([0, 1, 0, 1], index=list("abcd")), pd.Series([1, 2, 1, 2], index=list("badc"))
    with pytest.raises(RecordError, match="another order"):
        ordinal_drivers(outcome, {"x": [1, 2, 3, 4]}, weights=weights)
