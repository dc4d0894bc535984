"""The whole verdict on one score, and the baseline on Telco churn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.accuracy import brier_score, brier_skill, log_loss
from crmrisk.proof.calibration import calibration_line, spiegelhalter
from crmrisk.proof.discrimination import area_under_curve, kolmogorov_smirnov
from crmrisk.proof.evaluation import evaluate_probabilities, evaluate_ranking
from crmrisk.proof.lift import capture, lift
from crmrisk.proof.reliability import expected_calibration_error


def sample(n=500):
    rng = np.random.default_rng(4)
    p = rng.beta(1, 3, n)
    y = (rng.random(n) < p).astype(float)
    p[::50] = np.nan
    y[1::50] = np.nan
    return p, y


def test_the_verdict_holds_what_its_parts_say():
    p, y = sample()
    check = evaluate_probabilities(p, y)
    known = ~np.isnan(p) & ~np.isnan(y)
    assert (check.n, check.events, check.n_unrated) == (known.sum(), y[known].sum(), (~known).sum())
    assert check.base_rate == pytest.approx(y[known].mean())
    assert check.auc == area_under_curve(p, y)
    assert check.brier == brier_score(p, y).value
    assert check.brier_skill == brier_skill(p, y).value
    line, test = calibration_line(p, y), spiegelhalter(p, y)
    assert check.calibration_slope == line.slope.value
    assert check.calibration_intercept == line.intercept.value
    assert check.intercept_in_the_large == line.intercept_in_the_large.value
    assert (check.spiegelhalter_z, check.spiegelhalter_p_value) == (test.z, test.p_value)
    assert check.expected_calibration_error == expected_calibration_error(p, y).value
    assert (check.lift_10, check.capture_10) == (lift(p, y).value, capture(p, y).value)
    assert check.warnings == ("20 of 500 rows are unrated or of unknown outcome: left out",)


def test_a_ranking_needs_no_probabilities():
    p, y = sample()
    ranking, check = evaluate_ranking(1000 * p - 7, y), evaluate_probabilities(p, y)
    assert ranking.auc == check.auc
    assert (ranking.lift_10, ranking.capture_10) == (check.lift_10, check.capture_10)


def test_leaving_rows_out_equals_never_having_had_them():
    p, y = sample()
    known = ~np.isnan(p) & ~np.isnan(y)
    with_gaps, without = evaluate_probabilities(p, y), evaluate_probabilities(p[known], y[known])
    assert with_gaps.brier == without.brier
    assert with_gaps.auc.value == without.auc.value
    assert with_gaps.calibration_slope == without.calibration_slope


@pytest.mark.parametrize(
    ("p", "y"),
    [
        ([0.2, 0.3], [0, 0]),
        ([0.2, 0.3], [1, 1]),
        ([np.nan, 0.3], [1, np.nan]),
        ([0.2], [1]),
        ([0.0, 1.0], [0, 1]),
        ([0.5, 0.5], [0, 1]),
        ([0.0, 1.0], [1, 0]),
    ],
)
def test_what_cannot_be_told_is_none_and_explained(p, y):
    check = evaluate_probabilities(p, y)
    assert check.warnings
    assert type(check).from_json(check.to_json()) == check
    evaluate_ranking(p, y)


def test_right_probabilities_look_right():
    rng = np.random.default_rng(9)
    p = rng.beta(2, 5, 20_000)
    check = evaluate_probabilities(p, rng.random(20_000) < p)
    assert abs(check.spiegelhalter_z) < 3
    assert check.calibration_slope == pytest.approx(1, abs=0.1)
    assert check.intercept_in_the_large == pytest.approx(0, abs=0.06)
    assert check.expected_calibration_error < 0.02
    assert check.brier_skill > 0
    assert check.lift_10 > 1


def test_bad_input_lists_everything():
    with pytest.raises(InvalidValueError) as error:
        evaluate_probabilities([1.2, 0.1], [2, 0, 1], level=95)
    assert len(error.value.problems) == 4
    with pytest.raises(InvalidValueError, match="infinite"):
        evaluate_ranking([np.inf, 1], [0, 1])


def telco_out_of_fold(data_folder):
    """Ten-fold predictions of a plain logistic regression, one-hot and standardised, fitted by Newton steps."""
    table = pd.read_parquet(data_folder / "telco_churn_ibm.parquet")
    y = (table["Churn"] == "Yes").to_numpy(dtype=float)
    features = table.drop(columns=["Churn", "customerID"]).fillna({"TotalCharges": 0.0})
    design = pd.get_dummies(features, drop_first=True).to_numpy(dtype=float)
    design = (design - design.mean(axis=0)) / np.where(design.std(axis=0) > 0, design.std(axis=0), 1)
    design = np.column_stack([np.ones(len(y)), design])
    fold = np.empty(len(y), dtype=int)
    rng = np.random.default_rng(0)
    for value in (0, 1):
        rows = rng.permutation(np.flatnonzero(y == value))
        fold[rows] = np.arange(rows.size) % 10
    probability = np.empty(len(y))
    for k in range(10):
        train, beta = fold != k, np.zeros(design.shape[1])
        for _ in range(8):
            mean = expit(design[train] @ beta)
            hessian = (design[train] * (mean * (1 - mean))[:, None]).T @ design[train] + np.eye(beta.size)
            beta += np.linalg.solve(hessian, design[train].T @ (y[train] - mean) - beta)
        probability[~train] = expit(design[~train] @ beta)
    return probability, y


@pytest.mark.realdata
def test_telco_baseline_band_bl1(data_folder):
    # scorecards.md sections 5 and BL1: AUC .840-.850, Brier <= .137, |z| < 2; the rest near the executed run.
    p, y = telco_out_of_fold(data_folder)
    check = evaluate_probabilities(p, y)
    assert (check.n, check.events) == (7043, 1869)
    assert 0.840 <= check.auc.value <= 0.850
    assert check.auc.low < 0.8454 < check.auc.high
    assert check.brier <= 0.137
    assert check.base_rate * (1 - check.base_rate) == pytest.approx(0.1949, abs=5e-5)
    assert abs(check.spiegelhalter_z) < 2
    assert check.lift_10 == pytest.approx(2.87, abs=0.1)
    assert check.expected_calibration_error < 0.02
    assert log_loss(p, y).value == pytest.approx(0.4172, abs=0.004)
    assert kolmogorov_smirnov(p, y).value == pytest.approx(0.534, abs=0.02)
