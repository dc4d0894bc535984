"""Fits per cohort: their test against one model for all, labels of any kind, and what cannot be fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoNBD,
    CohortFits,
    GammaGamma,
    ModelFit,
    ShiftedBetaGeometric,
    fit_cohorts,
    weakly_informative,
)

LIFETIMES = [1, 2, 3, 3] * 2, [1, 1, 1, 0] * 2
WEIGHTS = [369, 163, 86, 382, 131, 126, 90, 653]


def _contracts(alphas, rng, n=500):
    data = [ShiftedBetaGeometric(alpha=alpha, beta=2).simulate(np.full(n, 6), rng=rng) for alpha in alphas]
    return [np.concatenate(column) for column in zip(*data, strict=True)], np.repeat(np.arange(len(alphas)), n)


def test_each_cohort_is_fitted_by_itself_and_all_together():
    found = fit_cohorts(ShiftedBetaGeometric, *LIFETIMES, cohort=["a"] * 4 + ["b"] * 4, weights=WEIGHTS)
    assert found.cohorts["b"] == ShiftedBetaGeometric.fit(*(column[4:] for column in LIFETIMES), weights=WEIGHTS[4:])
    assert found.pooled == ShiftedBetaGeometric.fit(*LIFETIMES, weights=WEIGHTS)
    gain = sum(fit.log_likelihood for fit in found.cohorts.values()) - found.pooled.log_likelihood
    assert found.test.statistic == pytest.approx(2 * gain)
    assert found.test.p_value == pytest.approx(stats.chi2.sf(2 * gain, 2), rel=1e-9)
    assert found.frame().loc["all", "n"] == 2000
    assert CohortFits[ModelFit[ShiftedBetaGeometric]].model_validate_json(found.model_dump_json()) == found


def test_equal_cohorts_are_told_apart_no_more_often_than_chance_does():
    rng = np.random.default_rng(6)
    p_values = []
    for _ in range(40):
        data, cohort = _contracts([0.8, 0.8], rng)
        p_values.append(fit_cohorts(ShiftedBetaGeometric, *data, cohort=cohort).test.p_value)
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    data, cohort = _contracts([0.6, 1.2], rng)
    assert fit_cohorts(ShiftedBetaGeometric, *data, cohort=cohort).test.p_value < 1e-4


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (np.array([2026, 2025] * 4), ["2025", "2026"]),
        (pd.Series(["new", "old"] * 4), ["new", "old"]),
        (pd.Series(["new", "old"] * 4, dtype="category"), ["new", "old"]),
        (np.array(["2026-01", "2025-12"] * 4, dtype="datetime64[M]"), ["2025-12", "2026-01"]),
        ([True, False] * 4, ["False", "True"]),
        (pd.Series([None, "x", "y", "x"] * 2, dtype=object).fillna("none"), ["none", "x", "y"]),
    ],
    ids=["numbers", "text", "categories", "months", "flags", "objects"],
)
def test_labels_may_be_of_any_kind(labels, names):
    found = fit_cohorts(ShiftedBetaGeometric, *LIFETIMES, cohort=labels)
    assert list(found.cohorts) == names
    assert sum(fit.n for fit in found.cohorts.values()) == 8


@pytest.mark.parametrize(
    "labels", [["a", None] * 4, [1.0, np.nan] * 4, [pd.NaT, pd.Timestamp("2026-01-01")] * 4, ["a"] * 7, "a"]
)
def test_rows_without_a_cohort_are_refused(labels):
    with pytest.raises(InvalidValueError, match="cohort"):
        fit_cohorts(ShiftedBetaGeometric, *LIFETIMES, cohort=labels)


def test_a_cohort_without_anything_to_fit_is_named_and_not_tested():
    x, mean = [1, 2, 3, 1, 0, 0], [20.0, 30.0, 25.0, 11.0, 0.0, 0.0]
    found = fit_cohorts(GammaGamma, x, mean, cohort=["a", "a", "b", "b", "c", "c"])
    assert list(found.cohorts) == ["a", "b"]
    assert "paid repeat purchase" in found.failed["c"]
    assert found.test.degrees_of_freedom == 3
    with pytest.raises(FitError):
        fit_cohorts(GammaGamma, [0, 0], [0, 0], cohort=["a", "b"])


def test_rows_that_weigh_nothing_make_no_cohort():
    found = fit_cohorts(
        ShiftedBetaGeometric, *LIFETIMES, cohort=["a"] * 4 + ["b"] * 4, weights=[1, 2, 3, 4, 0, 0, 0, 0]
    )
    assert list(found.cohorts) == ["a"]
    assert found.test is None


def test_a_prior_holds_every_cohort_and_leaves_no_test():
    prior = weakly_informative(BetaGeoNBD)
    book = [0, 3, 0, 2], [0, 9, 0, 4], [30, 30, 20, 20]
    found = fit_cohorts(BetaGeoNBD, *book, cohort=[1, 1, 2, 2], prior=prior)
    assert found.test is None
    assert all(fit.prior == prior and not fit.not_identified for fit in found.cohorts.values())
