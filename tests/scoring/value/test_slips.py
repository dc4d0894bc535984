"""Slips of a new user: what is no prior, no level, no fit, no class of models is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoCNBD,
    BetaGeoNBD,
    ModelFit,
    ProportionalModel,
    bootstrap_interval,
    compare,
    delta_interval,
    fit_cohorts,
    likelihood_ratio,
    pool_segments,
    predict_purchases,
    profile_interval,
    weakly_informative,
)
from crmrisk.scoring.value.intervals import drawn_models

HISTORIES = [0, 2, 1, 0, 6], [0, 20, 9, 0, 30], [38, 38, 36, 35, 31]
MODEL = BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5)
COVARIANCE = np.diag([0.01, 0.04, 0.09, 0.02])
ONE = ["a"] * 5


@pytest.fixture(scope="module")
def fit():
    return BetaGeoNBD.fit(*HISTORIES, weights=[60, 12, 9, 40, 3])


def _ahead(model):
    return model.expected_purchases([13.0])


@pytest.mark.parametrize("prior", [3, "weak", [], ()])
@pytest.mark.parametrize(
    "use",
    [
        lambda prior: BetaGeoNBD.fit(*HISTORIES, prior=prior),
        lambda prior: BetaGeoCNBD.fit(*HISTORIES, prior=prior),
        lambda prior: fit_cohorts(BetaGeoNBD, *HISTORIES, cohort=ONE, prior=prior),
        lambda prior: profile_interval(BetaGeoNBD, *HISTORIES, parameter="r", prior=prior),
    ],
)
def test_what_is_no_prior(use, prior):
    with pytest.raises(InvalidValueError, match="prior: not a Prior"):
        use(prior)


@pytest.mark.parametrize("model", ["x", 3, None, ModelFit, ProportionalModel, str])
def test_what_no_weak_prior_is_for(model):
    with pytest.raises(InvalidValueError, match="model: no such model"):
        weakly_informative(model)


@pytest.mark.parametrize("log_sd", ["x", None, float("nan"), -1.0])
def test_a_spread_that_is_none(log_sd):
    with pytest.raises(InvalidValueError, match="log_sd"):
        weakly_informative(BetaGeoNBD, log_sd=log_sd)
    assert weakly_informative(MODEL) == weakly_informative(BetaGeoNBD)


@pytest.mark.parametrize("level", ["x", None, True, float("nan"), 0, 1, 95, [0.9]])
@pytest.mark.parametrize(
    "use",
    [
        lambda fit, level: fit.interval(_ahead, level=level),
        lambda fit, level: fit.confidence_intervals(level),
        lambda _, level: profile_interval(BetaGeoNBD, *HISTORIES, parameter="r", level=level),
        lambda _, level: predict_purchases(MODEL, 13.0).interval(level),
        lambda fit, level: bootstrap_interval(
            fit, _ahead, observed=HISTORIES[2], rng=np.random.default_rng(1), level=level
        ),
    ],
)
def test_what_is_no_level(fit, use, level):
    with pytest.raises(InvalidValueError, match=r"level: not a confidence level; allowed: 0 < level < 1"):
        use(fit, level)


def test_a_fit_is_not_its_model(fit):
    with pytest.raises(InvalidValueError, match=r"pass fit\.model"):
        delta_interval(fit, fit.log_covariance, _ahead)
    with pytest.raises(InvalidValueError, match=r"pass fit\.model"):
        drawn_models(fit, fit.log_covariance, 2, rng=np.random.default_rng(1))
    with pytest.raises(InvalidValueError, match="model: not a Model"):
        delta_interval(3, fit.log_covariance, _ahead)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"n": 2.5}, "n"),
        ({"n": -1}, "n"),
        ({"n": "x"}, "n"),
        ({"rng": 1}, "rng"),
        ({"log_covariance": "x"}, "log_covariance"),
        ({"log_covariance": [[1.0], [1.0, 2.0]]}, "log_covariance"),
        ({"log_covariance": {}}, "log_covariance"),
    ],
)
def test_what_models_are_not_drawn_from(options, where):
    with pytest.raises(InvalidValueError, match=f"{where}: "):
        drawn_models(MODEL, **{"log_covariance": COVARIANCE, "n": 2, "rng": np.random.default_rng(1)} | options)


def test_what_is_not_compared(fit):
    for fits in ([fit, fit], fit, None, "x"):
        with pytest.raises(InvalidValueError, match="fits: no names; allowed: a mapping"):
            compare(fits)
    for wrong in (3, None, MODEL, ModelFit):
        with pytest.raises(InvalidValueError, match="b: not a fit"):
            compare({"a": fit, "b": wrong})
        with pytest.raises(InvalidValueError, match="smaller: not a fit"):
            likelihood_ratio(wrong, fit)
        with pytest.raises(InvalidValueError, match="larger: not a fit"):
            likelihood_ratio(fit, [fit, wrong])


USES = [
    lambda model, *columns: fit_cohorts(model, *columns, cohort=ONE),
    lambda model, *columns: pool_segments(model, *columns, segment=ONE),
    lambda model, *columns: profile_interval(model, *columns, parameter="r"),
]


@pytest.mark.parametrize("use", USES)
def test_what_is_no_class_of_models(use):
    for wrong in ("BetaGeoNBD", None, 3):
        with pytest.raises(InvalidValueError, match=r"model: not a class of models; allowed: the class of a model"):
            use(wrong, *HISTORIES)
    with pytest.raises(InvalidValueError, match="remedy: pass BetaGeoNBD itself"):
        use(MODEL, *HISTORIES)
    for wrong in (str, ModelFit, ProportionalModel):
        with pytest.raises(FitError, match="no model of value with a likelihood"):
            use(wrong, *HISTORIES)


@pytest.mark.parametrize("columns", [(), HISTORIES[:1], HISTORIES[:2], (*HISTORIES, HISTORIES[0])])
@pytest.mark.parametrize("use", USES)
def test_too_few_columns_are_told_their_names(use, columns):
    with pytest.raises(InvalidValueError, match="BetaGeoNBD needs 3; allowed: frequency, recency, age"):
        use(BetaGeoNBD, *columns)


@pytest.mark.parametrize("segment", ["zz", "A", "", None, 3, []])
def test_a_segment_never_seen_is_no_typical_one_by_accident(segment):
    found = pool_segments(BetaGeoNBD, *HISTORIES, segment=["a", "a", "b", "b", "b"])
    with pytest.raises(InvalidValueError, match=r"segment: never seen; allowed: a, b; .*remedy: .*typical"):
        found.of(segment)


@pytest.mark.parametrize("log_gaps", ["q", ["q"] * 5, {}, [1.0]])
def test_what_are_no_gaps(log_gaps):
    with pytest.raises(CrmRiskError, match="log_gaps: "):
        BetaGeoCNBD.fit(*HISTORIES, log_gaps=log_gaps)


def test_a_copy_of_a_model_is_a_model():
    with pytest.raises(InvalidValueError, match=r"BetaGeoNBD\.r"):
        MODEL.model_copy(update={"r": -1})
    with pytest.raises(TypeError, match=r"BetaGeoNBD\(r=\.\.\., alpha=\.\.\., a=\.\.\., b=\.\.\.\)"):
        BetaGeoNBD(0.2, 4, 0.8, 2.4)
