"""Proportional covariates: the same customers as with parameters of their own, found again, in any units."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError
from crmrisk.scoring.value import (
    NBD,
    BetaGeoCNBD,
    BetaGeoNBD,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ProportionalFit,
    ProportionalModel,
)

BETA = {"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 3.0}
BASES = [
    BetaGeoNBD(**BETA),
    ModifiedBetaGeoNBD(**BETA),
    ParetoNBD(r=0.8, alpha=6, s=0.9, beta=15),
    BetaGeoCNBD(k=3, **BETA | {"r": 2.0, "alpha": 3.0}),
]
NAMES = [type(base).__name__ for base in BASES]


def _model(base):
    staying = {} if isinstance(base, ParetoNBD) else {"online": -0.2}
    return ProportionalModel(
        base=base, purchase={"online": 0.5, "spent": -0.1}, dropout={"online": 0.4, "spent": 0.1}, staying=staying
    )


def _seen(base, n, seed=1):
    rng = np.random.default_rng(seed)
    covariates = {"online": rng.random(n) < 0.4, "spent": np.round(rng.normal(3, 2, n), 2)}
    return _model(base).simulate(rng.uniform(20, 60, n), rng=rng, covariates=covariates), covariates


@pytest.mark.parametrize("base", BASES, ids=NAMES)
def test_every_answer_is_that_of_the_base_model_with_the_customers_own_parameters(base):
    model = _model(base)
    seen, covariates = _seen(base, 300)
    history = {"frequency": seen.frequency, "recency": seen.recency, "age": seen.age}
    answers = [
        model.log_likelihood(**history, covariates=covariates),
        model.probability_alive(**history, covariates=covariates),
        model.expected_purchases(26, **history, covariates=covariates),
        model.expected_purchases(26, covariates=covariates),
        model.probability_of_no_purchase(26, **history, covariates=covariates),
        model.probability_of_purchases(2, 26, **history, covariates=covariates),
        model.probability_of_purchases(0, 0, **history, covariates=covariates),
        model.probability_of_purchases(2, 26, covariates=covariates),
    ]
    for row in range(0, 300, 13):
        one = {name: column[row] for name, column in history.items()}
        own = model.at(**{name: float(column[row]) for name, column in covariates.items()})
        alone = [
            own.log_likelihood(**one),
            own.probability_alive(**one),
            own.expected_purchases(26, **one),
            own.expected_purchases(26),
            own.probability_of_no_purchase(26, **one),
            own.probability_of_purchases(2, 26, **one),
            own.probability_of_purchases(0, 0, **one),
            own.probability_of_purchases(2, 26),
        ]
        assert [column[row] for column in answers] == pytest.approx(alone, rel=1e-12, abs=1e-300)
        known = {name: column[row] for name, column in covariates.items()}
        assert model.expected_purchases(26, **one, covariates=known) == answers[2][row]  # alone as among many


def test_the_parameters_move_as_the_note_says():
    own = _model(BASES[0]).at(online=1, spent=2)
    assert own.alpha == pytest.approx(6 * np.exp(-0.5 + 0.2))
    assert (own.a, own.b) == pytest.approx((0.8 * np.exp(0.4 + 0.2), 3 * np.exp(-0.2)))
    assert _model(BASES[2]).at(online=1, spent=2).beta == pytest.approx(15 * np.exp(-0.4 - 0.2))


@pytest.mark.parametrize("base", BASES, ids=NAMES)
def test_the_coefficients_that_were_simulated_are_found_again(base):
    seen, covariates = _seen(base, 4_000, seed=4)
    fit = ProportionalModel.fit(type(base), *seen[:3], purchase=covariates, dropout=covariates)
    assert fit.converged
    assert not fit.not_identified
    true = _model(base)
    for coefficient in fit.coefficients:
        role, name = coefficient.name.split(".")
        assert abs(coefficient.value - getattr(true, role).get(name, 0.0)) < 3 * coefficient.standard_error
        assert coefficient.z == pytest.approx(coefficient.value / coefficient.standard_error)
    for name in fit.parameters[:4]:
        distance = np.log(fit.estimates[name] / getattr(base, name))
        assert abs(distance) < 3 * fit.standard_errors[name] / fit.estimates[name]
    total = fit.model.log_likelihood(*seen[:3], covariates=covariates).sum()
    assert fit.log_likelihood == pytest.approx(total, rel=1e-12)
    assert fit.log_likelihood_without == pytest.approx(type(base).fit(*seen[:3]).log_likelihood)
    assert fit.likelihood_ratio.p_value < 1e-9
    assert ProportionalFit.model_validate_json(fit.model_dump_json()) == fit


def test_what_does_nothing_is_found_to_do_nothing():
    p_values = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        seen = BASES[0].simulate(np.full(400, 50.0), rng=rng)
        fit = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase={"noise": rng.normal(size=400)})
        p_values.append(fit.likelihood_ratio.p_value)
        assert fit.coefficients[0].p_value == pytest.approx(p_values[-1], abs=0.02)
    assert min(p_values) > 0.003
    assert max(p_values) > 0.4


@settings(max_examples=6, deadline=None)
@given(st.floats(-3, 3), st.floats(0.5, 100), st.sampled_from([0, 2]), st.floats(0.1, 40))
def test_units_and_origins_of_covariates_and_of_time_do_not_matter(shift, scale, which, unit):
    base = BASES[which]
    seen, covariates = _seen(base, 800)
    spent = {"spent": covariates["spent"]}
    moved = {"spent": shift + scale * covariates["spent"]}
    ours = ProportionalModel.fit(type(base), *seen[:3], purchase=spent, dropout=spent)
    units = seen.frequency, seen.recency * unit, seen.age * unit
    theirs = ProportionalModel.fit(type(base), *units, purchase=moved, dropout=moved)
    assert theirs.log_likelihood == pytest.approx(ours.log_likelihood - seen.frequency.sum() * np.log(unit), rel=1e-9)
    for one, other in zip(ours.coefficients, theirs.coefficients, strict=True):
        assert other.value * scale == pytest.approx(one.value, rel=1e-4, abs=1e-5)
        assert other.p_value == pytest.approx(one.p_value, rel=1e-3, abs=1e-6)
    history = {"frequency": 3, "recency": 10 * unit, "age": 20 * unit}
    expected = theirs.model.expected_purchases(9 * unit, **history, covariates={"spent": shift + scale * 2.5})
    history = {"frequency": 3, "recency": 10, "age": 20}
    assert expected == pytest.approx(ours.model.expected_purchases(9, **history, covariates={"spent": 2.5}), rel=1e-5)


def test_covariates_far_from_0_are_refused_with_the_remedy():
    seen, covariates = _seen(BASES[0], 800)
    far = {"spent": 31.0 + 0.01 * covariates["spent"]}
    with pytest.raises(FitError, match="subtract a typical value from the covariates"):
        ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase=far, dropout=far)


def test_counted_rows_are_fitted_as_if_written_out():
    seen, covariates = _seen(BASES[0], 500)
    online = {"online": covariates["online"]}
    doubled = [np.repeat(column, 2) for column in seen[:3]]
    ours = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase=online, weights=np.full(500, 2))
    theirs = ProportionalModel.fit(BetaGeoNBD, *doubled, purchase={"online": np.repeat(covariates["online"], 2)})
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-12)
    assert ours.n == theirs.n == 1_000
    assert ours.model.purchase["online"] == pytest.approx(theirs.model.purchase["online"], rel=1e-7)


def test_constant_and_collinear_covariates_are_named_and_the_rest_is_fitted():
    seen, covariates = _seen(BASES[0], 1_500)
    online, spent = covariates["online"].astype(float), covariates["spent"]
    several = {"online": online, "offline": 1 - online, "one": np.ones(1_500), "spent": spent}
    fit = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase=several)
    assert set(fit.not_identified) == {"purchase.online", "purchase.offline", "purchase.one"}
    plain = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase={"online": online, "spent": spent})
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert fit.likelihood_ratio.degrees_of_freedom == 2
    assert (fit.aic, fit.bic) == pytest.approx((plain.aic, plain.bic))
    by_name = {each.name: each for each in fit.coefficients}
    assert by_name["purchase.one"].value == by_name["purchase.offline"].value == 0
    assert by_name["purchase.online"].standard_error is None
    assert by_name["purchase.spent"].standard_error == pytest.approx(plain.coefficients[1].standard_error, rel=1e-6)
    assert any("purchase.one is not identified: it is the same for every customer" in text for text in fit.warnings)


def test_degenerate_customers_give_a_fit_that_says_so():
    fit = ProportionalModel.fit(BetaGeoNBD, [0, 0, 0], [0, 0, 0], [12, 30, 31], purchase={"z": [1, 2, 3]})
    assert "purchase.z" in fit.not_identified
    assert fit.coefficients[0].p_value is None
    with pytest.raises(FitError):
        ProportionalModel.fit(BetaGeoNBD, [], [], [], purchase={"z": []})


@pytest.mark.parametrize(
    ("purchase", "dropout", "says"),
    [
        ({"z": [1.0, np.nan, 3.0]}, {}, "missing value"),
        ({"z": [1.0, np.inf, 3.0]}, {}, "infinite"),
        ({"z": ["a", "b", "c"]}, {}, "0 and 1 for each"),
        ({"z": [1.0, 2.0]}, {}, "wrong shape"),
        ({"z": [1.0, 2.0, 3.0]}, {"z": [3.0, 2.0, 1.0]}, "rename"),
    ],
    ids=["missing", "infinite", "text", "short", "two of a name"],
)
def test_what_cannot_be_fitted_is_refused(purchase, dropout, says):
    with pytest.raises(InvalidValueError, match=says):
        ProportionalModel.fit(BetaGeoNBD, [0, 1, 2], [0, 3, 4], [9, 9, 9], purchase=purchase, dropout=dropout)


def test_bases_outside_the_family_are_refused():
    with pytest.raises(InvalidValueError, match="BetaGeoNBD"):
        ProportionalModel.fit(NBD, [0, 1], [0, 3], [9, 9], purchase={"z": [1, 2]})
    for wrong in (NBD(r=1, alpha=2), {"model": "NBD", "r": 1, "alpha": 2}, {"r": 1}):
        with pytest.raises(CrmRiskError, match="base"):
            ProportionalModel(base=wrong)
    with pytest.raises(InvalidValueError, match="no b"):
        ProportionalModel(base=BASES[2], staying={"z": 1.0})


def test_who_lacks_a_covariate_is_unrated_and_a_lacking_column_is_refused():
    model, history = _model(BASES[0]), {"frequency": 2, "recency": 3, "age": 9}
    found = model.expected_purchases(5, **history, covariates={"online": [0, 1, np.nan], "spent": 2})
    assert np.isnan(found).tolist() == [False, False, True]
    for wrong, says in (
        ({"online": 1}, "spent"),
        ({"online": 1, "spent": 2, "sepnt": 3}, "sepnt"),
        ({"online": [1, 0], "spent": [1, 2, 3]}, "broadcast"),
        ({"online": 1, "spent": 1e6}, "units of the fit"),
    ):
        with pytest.raises(InvalidValueError, match=says):
            model.expected_purchases(5, **history, covariates=wrong)
    with pytest.raises(InvalidValueError, match="half a history"):
        model.expected_purchases(5, frequency=2, covariates={"online": 1, "spent": 2})


def test_a_covariate_may_be_called_like_a_part_of_the_history():
    model = ProportionalModel(base=BASES[0], purchase={"age": 0.01, "horizon": 0.1})
    found = model.expected_purchases(5, frequency=2, recency=3, age=9, covariates={"age": 40, "horizon": 1})
    assert found == pytest.approx(model.at(age=40, horizon=1).expected_purchases(5, frequency=2, recency=3, age=9))


def test_times_may_be_time_spans():
    model, covariates = _model(BASES[0]), {"online": 1, "spent": 2}
    week = timedelta(weeks=1)
    spans = model.expected_purchases(week, frequency=2, recency=3 * week, age=9 * week, covariates=covariates)
    assert spans == model.expected_purchases(7, frequency=2, recency=21, age=63, covariates=covariates)


def test_models_are_equal_to_their_parameters_and_readable():
    for base in BASES:
        model = _model(base)
        assert ProportionalModel.model_validate_json(model.model_dump_json()) == model
        assert f'"model":"{type(base).__name__}"' in model.model_dump_json()
        assert hash(model) == hash(_model(base))
    assert _model(BASES[0]).covariates == ("online", "spent")


@pytest.mark.realdata
def test_who_spends_more_on_the_first_day_comes_back_more_often(cdnow, data_folder):
    import pandas as pd

    table = pd.read_parquet(data_folder / "cdnow_sample.parquet")
    days = table.groupby(["customer_id", "date"], as_index=False)["spend"].sum().sort_values(["customer_id", "date"])
    first = {"first": days.groupby("customer_id")["spend"].first().to_numpy()}
    history = cdnow.frequency, cdnow.weeks(cdnow.recency), cdnow.weeks(cdnow.age)
    fit = ProportionalModel.fit(BetaGeoNBD, *history, purchase=first)
    assert fit.log_likelihood == pytest.approx(-9562.71489, abs=1e-4)
    assert fit.likelihood_ratio.statistic == pytest.approx(2 * (9582.429207 - 9562.714889), abs=1e-4)
    assert fit.coefficients[0].value == pytest.approx(0.0090677, abs=1e-6)
