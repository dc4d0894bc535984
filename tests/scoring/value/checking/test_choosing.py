from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import NBD, BetaGeoNBD
from crmrisk.scoring.value.checking import Holdout, choose_model, hold_out
from crmrisk.scoring.value.checking.choosing import PURCHASES


def loyal_customers(n=1_500, seed=5):
    rng = np.random.default_rng(seed)
    rate, age = rng.gamma(0.8, 1 / 5, n), np.full(n, 40.0)
    x = rng.poisson(rate * age)
    recency = np.where(x > 0, age * rng.random(n) ** (1 / np.maximum(x, 1)), 0)
    return Holdout(x, recency, age, purchases=rng.poisson(rate * 20), duration=20)


def test_dropout_is_found_where_there_is_some(simulated, true_model):
    choice = choose_model(simulated, models=["NBD", "BetaGeoNBD"])
    assert choice.best == "BetaGeoNBD"
    assert choice["NBD"].distinguishable
    for name in ("r", "alpha"):
        estimate, error = choice.fit.estimates[name], choice.fit.log_standard_errors[name]
        assert abs(np.log(estimate / getattr(true_model, name))) < 4 * error


def test_no_dropout_is_found_where_there_is_none():
    choice = choose_model(loyal_customers())
    assert choice.best == "NBD"
    assert set(PURCHASES.members) | {"NBD"} == {each.model for each in choice.candidates}


def test_out_of_time_is_the_probability_of_what_happened(simulated):
    choice = choose_model(simulated, models="BetaGeoNBD")
    fit = BetaGeoNBD.fit(simulated.frequency, simulated.recency, simulated.age)
    history = {"frequency": simulated.frequency, "recency": simulated.recency, "age": simulated.age}
    chances = fit.model.probability_of_purchases(simulated.purchases, simulated.duration, **history)
    [candidate] = choice.candidates
    assert candidate.out_of_time == pytest.approx(np.log(chances).sum())
    assert candidate.log_likelihood == fit.log_likelihood
    assert (candidate.aic, candidate.bic) == (fit.aic, fit.bic)
    expected = fit.model.expected_purchases(simulated.duration, **history)
    assert candidate.bias == pytest.approx(expected.sum() - simulated.purchases.sum())


def test_the_best_is_fitted_again_to_everything(simulated):
    choice = choose_model(simulated, models=["BetaGeoNBD"], refit=True)
    assert choice.refitted
    assert choice.fit == BetaGeoNBD.fit(*simulated.complete)
    assert choice.fit != choice.calibration_fits["BetaGeoNBD"]


def test_the_unit_of_time_does_not_change_the_choice(simulated):
    weeks = Holdout(
        simulated.frequency, simulated.recency / 7, simulated.age / 7,
        purchases=simulated.purchases, duration=simulated.duration / 7,
    )  # fmt: skip
    one, other = (choose_model(each, models=["NBD", "BetaGeoNBD"]) for each in (simulated, weeks))
    assert one["NBD"].difference == pytest.approx(other["NBD"].difference, rel=1e-6)
    assert one["BetaGeoNBD"].out_of_time == pytest.approx(other["BetaGeoNBD"].out_of_time, rel=1e-9)


def test_a_table_is_split_on_the_way():
    rng = np.random.default_rng(8)
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 180, 600), unit="D")
    table = pd.DataFrame({"client": rng.integers(0, 80, 600), "at": at, "amount": 5.0})
    rename = {"client": "customer_id"}
    choice = choose_model(table, date(2026, 4, 1), models=[NBD], rename=rename)
    assert choice == choose_model(hold_out(table, date(2026, 4, 1), rename=rename), models=[NBD])
    with pytest.raises(InvalidValueError, match="calibration_end"):
        choose_model(table)


def test_degenerate_customers_give_a_choice_that_says_what_is_not_known():
    holdout = Holdout([0] * 5, [0] * 5, [30] * 5, purchases=[0, 0, 0, 0, 1], duration=30)
    choice = choose_model(holdout, models=["NBD", "BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD"])
    assert choice["BetaGeoNBD"].not_identified
    assert np.isfinite([each.out_of_time for each in choice.candidates]).all()


def test_a_bot_is_not_the_end_of_it():
    holdout = Holdout([0, 1, 2, 5_000], [0, 9, 20, 40], [40] * 4, purchases=[0, 1, 0, 9_000], duration=40)
    choice = choose_model(holdout, models=["NBD", "BetaGeoNBD"])
    assert np.isfinite([each.out_of_time for each in choice.candidates]).all()


def test_progress_is_told(simulated):
    seen = []
    choose_model(simulated, models=["NBD", "BetaGeoNBD"], progress=lambda done, all_: seen.append((done, all_)))
    assert seen == [(1, 2), (2, 2)]


def test_one_customer_chooses_the_simplest():
    choice = choose_model(Holdout([0], [0], [30], purchases=[1], duration=30))
    assert choice.best == "NBD"
    assert "standard error unknown" in choice.why
    assert "NBD (r, alpha)" in choice.why


BG = BetaGeoNBD(r=1, alpha=5, a=1, b=3)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"calibration_end": "x"}, "calibration_end: a Holdout is split already"),
        ({"holdout_end": date(2026, 1, 1)}, "holdout_end: a Holdout is split already"),
        ({"time_unit": 3}, "time_unit: a Holdout is split already"),
        ({"time_unit": timedelta(weeks=1)}, "time_unit: a Holdout is split already"),
        ({"rename": {}}, "rename: a Holdout is split already"),
        ({"models": [1]}, "models: neither the name nor the class"),
        ({"models": [None]}, "models: neither the name nor the class"),
        ({"models": [BG]}, "models: neither the name nor the class"),
        ({"models": BG}, "models: neither the name nor the class"),
        ({"models": ["zz"]}, "allowed: .*, NBD"),
        ({"progress": 3}, "progress: cannot be called"),
    ],
)
def test_arguments_that_do_not_belong_are_refused(changes, says):
    with pytest.raises(InvalidValueError, match=says):
        choose_model(Holdout([0], [0], [30], purchases=[1], duration=30), **changes)


def test_refused_with_a_reason(simulated):
    with pytest.raises(InvalidValueError, match="no model of purchases has this name"):
        choose_model(simulated, models=["BetaGeoNDB"])
    with pytest.raises(InvalidValueError, match="no model"):
        choose_model(simulated, models=[])
    with pytest.raises(InvalidValueError, match="nothing to fit again to"):
        choose_model(loyal_customers(20), refit=True)
    table = pd.DataFrame({"customer_id": ["A"], "at": [pd.Timestamp("2026-01-01")], "amount": [1.0]})
    with pytest.raises(FitError, match="nobody had bought"):
        choose_model(table, date(2025, 1, 1))


@pytest.mark.realdata
def test_cdnow(cdnow_holdout):
    """Fitted and judged on the sample: dropout is worth 190 units of log-likelihood, which kind of it hardly matters."""
    choice = choose_model(cdnow_holdout, models=["NBD", "BetaGeoNBD", "ModifiedBetaGeoNBD", "ParetoNBD"])
    assert choice.best == "ModifiedBetaGeoNBD"
    assert choice["NBD"].distinguishable
    assert not choice["BetaGeoNBD"].distinguishable
    assert choice["NBD"].difference < -150
    assert choice["BetaGeoNBD"].log_likelihood == pytest.approx(-9582.429207, abs=1e-5)
    assert choice["ParetoNBD"].log_likelihood == pytest.approx(-9594.976179, abs=1e-5)
