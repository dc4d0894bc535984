"""Tests of the record that shows alpha and omega side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.reliability import (
    Reliability,
    alpha_if_dropped,
    cronbach_alpha,
    factor_reliability,
    mcdonald_omega,
    scale_reliability,
)


def test_the_record_holds_what_the_estimators_say(attitude):
    record = scale_reliability(covariance=attitude, n=30, scale="attitude")
    assert record.alpha == cronbach_alpha(covariance=attitude, n=30)
    assert record.omega == mcdonald_omega(covariance=attitude, n=30)
    assert record.standardised_omega.value == pytest.approx(0.84054, abs=1e-4)
    assert {part.item: part.alpha_if_dropped for part in record.items} == alpha_if_dropped(covariance=attitude, n=30)
    assert Reliability.from_json(record.to_json()) == record
    assert str(record).startswith("attitude: alpha 0.8431 [0.7394, 0.9158] beside omega 0.8")


def test_correlations_with_the_rest_are_those_of_the_answers():
    answers = np.random.default_rng(1).normal(size=(50, 4)) + np.random.default_rng(2).normal(size=(50, 1))
    record = scale_reliability(answers)
    for place, part in enumerate(record.items):
        rest = np.delete(answers, place, axis=1).sum(axis=1)
        assert part.rest_correlation == pytest.approx(np.corrcoef(answers[:, place], rest)[0, 1])
    frame = record.item_frame()
    assert frame["alpha_if_dropped"].tolist() == [part.alpha_if_dropped.value for part in record.items]
    assert record.frame().loc["omega", "value"] == record.omega.value
    assert record.mean_correlation == pytest.approx((np.corrcoef(answers.T).sum() - 4) / 12)


def test_scales_modelled_together(holzinger_swineford):
    factors = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
    found = factor_reliability(covariance=holzinger_swineford, n=301, factors=factors)
    assert found.model.chi_square == pytest.approx(85.306, abs=1e-3)  # R2b, lavaan
    assert [record.alpha.value for record in found.scales] == pytest.approx([0.6261171, 0.8827069, 0.6884550], abs=1e-6)
    assert [record.omega.value for record in found.scales] == pytest.approx([0.6253180, 0.8851754, 0.6877600], abs=1e-5)
    assert found["speed"].scale == "speed"
    assert found.frame().loc[("textual", "average variance extracted"), "value"] == pytest.approx(0.721016, abs=1e-5)
    with pytest.raises(CrmRiskError, match="no such factor"):
        found["memory"]


def test_an_item_that_runs_against_the_rest_is_named():
    common = np.random.default_rng(4).normal(size=(80, 1))
    noise = np.random.default_rng(5).normal(size=(80, 4)) / 2
    table = pd.DataFrame(common * [1, 1, 1, -1] + noise, columns=["a", "b", "c", "rude"])
    assert scale_reliability(table).warnings == (
        "items that run against the rest, perhaps worded the other way round: rude",
    )


def test_a_model_that_does_not_fit_is_said(holzinger_swineford):
    warnings = scale_reliability(covariance=holzinger_swineford, n=301).warnings
    # lavaan, one factor of x1 to x9: chi2 312.264, df 27, RMSEA .187
    assert warnings == (
        "one factor does not fit the items (chi2 312.3, df 27, RMSEA 0.187): alpha and omega can both mislead",
    )
    factors = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}
    found = factor_reliability(covariance=holzinger_swineford, n=301, factors=factors)
    assert all(record.warnings == () for record in found.scales)


def test_what_answers_do_not_tell_is_unrated_and_the_rest_is_there():
    two = scale_reliability([[5, 4], [3, 3], [4, 4], [1, 2]])
    assert two.alpha.value is not None
    assert (two.omega.value, two.average_variance_extracted.value) == (None, None)
    nothing = scale_reliability([[5, 4, 3]])
    assert (nothing.alpha.value, nothing.omega.value, nothing.mean_correlation) == (None, None, None)
    assert nothing.warnings == ("fewer than two complete respondents",)
    assert "unrated" in str(nothing)


@pytest.mark.realdata
def test_sfo_items(data_folder):
    survey = pd.read_parquet(data_folder / "sfo_survey_harmonised_2014_2018.parquet")
    items = survey.loc[survey["year"] == 2017, ["Q7SIGN", "Q7WALKWAYS", "Q7SCREENS", "Q7STORE", "Q7FOOD"]]
    record = scale_reliability(items, missing="exclude", scale="airport")
    complete = items.dropna()
    covariance = complete.cov()
    k = 5
    by_hand = k / (k - 1) * (1 - np.trace(covariance) / covariance.to_numpy().sum())
    assert record.alpha.value == pytest.approx(by_hand)
    assert record.alpha.n == len(complete) < len(items)
    assert record.omega.value == pytest.approx(record.alpha.value, abs=0.05)
    assert "excluded" in record.warnings[0]
    weighted = scale_reliability(items, weights=survey.loc[items.index, "WEIGHT"], missing="exclude")
    assert weighted.alpha.effective_n < record.alpha.n
    assert weighted.alpha.value == pytest.approx(record.alpha.value, abs=0.03)
