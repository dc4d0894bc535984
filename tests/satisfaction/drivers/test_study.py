"""Tests of driver studies: against regressions on expanded rows, resampling by rows, and known truths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError, RecordError
from crmrisk.satisfaction.drivers import DriverAnalysis, driver_importance, key_drivers, shapley_importance

NAMES = ["staff", "signs", "food", "colour"]


def survey(rows: int = 300, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = np.clip(np.round(3.5 + rng.normal(size=(rows, 4)) * 0.8 + 0.6 * rng.normal(size=(rows, 1))), 1, 5)
    return X[:, :3] @ [0.6, 0.3, 0.1] + 0.5 * rng.normal(size=rows), X


def test_answers_and_their_correlations_give_the_same_study():
    y, X = survey()
    matrix = pd.DataFrame(np.corrcoef(np.column_stack([y, X]).T), columns=["all", *NAMES])
    for method in ("shapley", "relative weights", "first", "last", "beta squared"):
        answers, table = (
            key_drivers(y, X, names=NAMES, method=method, interval=None),
            driver_importance(matrix, method=method),
        )
        assert answers.names == table.names == tuple(NAMES)
        assert [d.importance.value for d in answers.drivers] == pytest.approx(
            [d.importance.value for d in table.drivers], abs=1e-12
        )
        assert answers.r_squared.value == pytest.approx(table.r_squared.value, abs=1e-12)
    assert answers.r_squared.low is None


def test_weights_are_repeated_rows():
    y, X = survey(80)
    times = np.random.default_rng(0).integers(0, 4, size=80)
    weighted = key_drivers(y, X, weights=times, interval=None)
    repeated = key_drivers(np.repeat(y, times), np.repeat(X, times, axis=0), interval=None)
    assert [d.importance.value for d in weighted.drivers] == pytest.approx(
        [d.importance.value for d in repeated.drivers], abs=1e-12
    )
    assert weighted.n == (times > 0).sum()
    assert weighted.effective_n == pytest.approx(times.sum() ** 2 / (times**2).sum())


def test_units_of_answers_and_the_order_of_rows_do_not_matter():
    y, X = survey(60)
    order = np.random.default_rng(0).permutation(60)
    plain = key_drivers(y, X, interval=None)
    for outcome, drivers in ((y * 100 - 7, X * [1, 2, 1e6, 0.1] + 3), (y[order], X[order])):
        other = key_drivers(outcome, drivers, interval=None)
        assert [d.importance.value for d in other.drivers] == pytest.approx(
            [d.importance.value for d in plain.drivers], abs=1e-10
        )


def test_the_bootstrap_is_that_of_rows():
    y, X = survey(120)
    study = key_drivers(
        y, X, replicates=2000, interval="percentile", random_predictor=False, rng=np.random.default_rng(4)
    )
    rng, drawn = np.random.default_rng(8), []
    for _ in range(400):
        rows = rng.integers(120, size=120)
        found = np.corrcoef(np.column_stack([X, y])[rows].T)
        drawn.append(shapley_importance(found[:-1, :-1], found[:-1, -1]))
    spread = np.std(drawn, axis=0, ddof=1)
    # a standard deviation of 400 draws has a relative error of 1/sqrt(800), 3.5 %: three and a half of them
    assert [d.importance.standard_error for d in study.drivers] == pytest.approx(spread, rel=0.125)
    ends = np.quantile(drawn, [0.025, 0.975], axis=0)
    assert [d.importance.low for d in study.drivers] == pytest.approx(ends[0], abs=0.35 * spread.max())
    assert [d.importance.high for d in study.drivers] == pytest.approx(ends[1], abs=0.35 * spread.max())


def test_ranks_signs_and_noise():
    y, X = survey(600)
    noise = np.random.default_rng(9).normal(size=600)
    study = key_drivers(-y, np.column_stack([X, noise]), names=[*NAMES, "noise"], replicates=300)
    assert [driver.name for driver in study.ranked][:2] == ["staff", "signs"]
    assert [study[name].sign for name in NAMES] == [-1] * 4
    assert study["staff"].rank_probability[0] == 1.0
    assert all(sum(driver.rank_probability) == pytest.approx(1.0) for driver in study.drivers)
    assert study["staff"].significant
    assert study["noise"].significant is False
    assert study["noise"].excess_over_random.low < 0.0
    assert study["staff"].importance.low < study["staff"].importance.value < study["staff"].importance.high
    assert study.adjusted_r_squared < study.r_squared.value


def test_drivers_of_nothing_rarely_beat_noise():
    rng = np.random.default_rng(11)
    told = 0
    for _ in range(12):
        study = key_drivers(
            rng.normal(size=80), rng.normal(size=(80, 4)), replicates=200, interval="percentile", rng=rng
        )
        told += sum(driver.significant for driver in study.drivers)
    # at most 2.5 % of 48 by design, 1.2: seven or more has a chance below one in a thousand
    assert told < 7


def test_clusters_widen_and_strata_keep_their_sizes():
    y, X = survey(100)
    wide = np.repeat(y, 4), np.repeat(X, 4, axis=0)
    customers = np.repeat(np.arange(100), 4)
    settings = {"random_predictor": False, "replicates": 400}
    rows, clusters = key_drivers(*wide, **settings), key_drivers(*wide, clusters=customers, **settings)
    once = key_drivers(y, X, **settings)
    assert clusters.r_squared.standard_error == pytest.approx(once.r_squared.standard_error, rel=0.15)
    assert clusters.r_squared.standard_error > 1.5 * rows.r_squared.standard_error
    assert key_drivers(y, X, strata=X[:, 0] > 3, **settings).r_squared.value == once.r_squared.value
    with pytest.raises(RecordError, match="clusters"):
        key_drivers(y, X, clusters=[1, 2])


def test_the_same_seed_is_the_same_study_and_survives_json():
    y, X = survey(50)
    study = key_drivers(y, X, replicates=50, rng=np.random.default_rng(3))
    assert study == key_drivers(y, X, replicates=50, rng=np.random.default_rng(3))
    assert study != key_drivers(y, X, replicates=50, rng=np.random.default_rng(4))
    assert key_drivers(y, X, replicates=50) == key_drivers(y, X, replicates=50)
    assert DriverAnalysis.from_json(study.to_json()) == study
    frame = study.frame()
    assert frame["rank"].tolist() == [1, 2, 3, 4]
    assert frame["share"].sum() == pytest.approx(1.0)


def test_many_drivers_are_sampled():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(200, 14))
    study = key_drivers(X[:, 0] + rng.normal(size=200), X, replicates=40, permutations=20, rng=rng)
    assert study.ranked[0].name == "driver 1"
    assert all(driver.monte_carlo_error > 0 for driver in study.drivers)
    assert sum(driver.importance.value for driver in study.drivers) == pytest.approx(study.r_squared.value, abs=1e-9)


def test_collinear_drivers_warn_and_repeated_ones_are_refused():
    y, X = survey(200)
    near = X[:, 0] + 0.05 * np.random.default_rng(1).normal(size=200)
    study = key_drivers(y, np.column_stack([X, near]), interval=None)
    assert any("variance inflation" in text for text in study.warnings)
    with pytest.raises(FitError, match="driver 1, driver 5"):
        key_drivers(y, np.column_stack([X, 10 - 2 * X[:, 0]]), interval=None)


def test_suppression_is_told_and_the_sign_is_that_of_the_correlation():
    rng = np.random.default_rng(0)
    noise, truth = rng.normal(size=(2, 400))
    suppressor = noise + 0.15 * truth
    study = key_drivers(truth, {"mixed": truth + noise, "suppressor": suppressor}, interval=None)
    assert study["suppressor"].suppression
    assert (study["suppressor"].sign, study["suppressor"].coefficient < 0) == (1, True)
    assert study["suppressor"].last > study["suppressor"].first
    assert any("suppressor: suppression" in text for text in study.warnings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"method": "magic"}, "method"),
        ({"interval": "normal"}, "interval"),
        ({"level": 95.0}, "level"),
        ({"replicates": 1}, "replicates"),
        ({"replicates": 10.5}, "replicates"),
        ({"rng": 7}, "rng"),
    ],
)
def test_settings_are_checked(settings, says):
    with pytest.raises(InvalidValueError, match=says):
        key_drivers(*survey(30), **settings)


def test_no_driver_of_that_name():
    with pytest.raises(CrmRiskError, match="no such driver"):
        key_drivers(*survey(30), interval=None)["price"]


@pytest.mark.parametrize(
    ("correlations", "settings", "says"),
    [
        ([[1, 0.5], [0.4, 1]], {}, "symmetric"),
        ([[2, 0.5], [0.5, 1]], {}, "diagonal"),
        ([[1, np.nan], [np.nan, 1]], {}, "missing"),
        ([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]], {}, "contradict"),
        ([[1.0]], {}, "square"),
        ("text", {}, "numbers"),
        (np.eye(2), {"names": ["a", "a"]}, "names"),
        (np.eye(2), {"names": ["a", "b"], "outcome": "c"}, "outcome"),
        (np.eye(2), {"n": -1}, "respondents"),
        (np.eye(3) + np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0]]), {}, "repeat"),
    ],
)
def test_what_is_no_table_of_correlations_is_refused(correlations, settings, says):
    with pytest.raises(CrmRiskError, match=says):
        driver_importance(correlations, **settings)


def test_an_outcome_may_be_any_of_the_names():
    study = driver_importance(
        [[1, 0.5, 0.6], [0.5, 1, 0.3], [0.6, 0.3, 1]], names=["price", "speed", "all"], outcome="all"
    )
    assert (study.outcome, study.names) == ("all", ("price", "speed"))
    assert study["price"].correlation == 0.6


@pytest.mark.realdata
def test_airport_guests(data_folder):
    answers = pd.read_parquet(data_folder / "sfo_survey_2017.parquet").apply(pd.to_numeric, errors="coerce")
    items = [name for name in answers if name.startswith("Q7") and name != "Q7ALL"]
    with pytest.raises(RecordError, match=r"Q7FOOD: 341 answers off the scale.*got: 6"):
        key_drivers("Q7ALL", answers[["Q7ALL", *items]], scale=(1, 5), missing="exclude")
    used = answers[items].where(answers[items].isin([1, 2, 3, 4, 5]))  # 0 is blank, 6 is never used
    core = ["Q7ART", "Q7FOOD", "Q7STORE", "Q7SIGN", "Q7WALKWAYS", "Q7SCREENS", "Q7WIFI"]
    study = key_drivers(answers["Q7ALL"], used[core], missing="exclude", replicates=200)
    assert (study.outcome, study.n, study.n_missing) == ("Q7ALL", 1548, 1283)
    assert study.r_squared.value == pytest.approx(0.574, abs=5e-4)
    assert study.ranked[0].name == "Q7FOOD"
    assert study.ranked[0].rank_probability[0] < 0.8  # nobody should bet on the order
    every = key_drivers(answers["Q7ALL"], used, missing="exclude", interval=None)
    assert (every.n, every.ranked[0].name) == (494, "Q7PARK")
    assert every["Q7STORE"].sign == 1 > every["Q7STORE"].coefficient
    raw = key_drivers(answers["Q7ALL"].fillna(0), answers[items], interval=None)
    assert raw.r_squared.value < 0.5 * study.r_squared.value


def test_the_chart_has_the_drivers_largest_first_beside_what_all_alike_would_have():
    y, X = survey()
    study = key_drivers(pd.Series(y, name="mood"), X, names=NAMES, replicates=100)
    chart = study.chart()
    assert chart.frame()["x"].tolist() == [driver.name for driver in study.ranked]
    assert chart.frame()[["y", "low", "high"]].to_numpy() == pytest.approx(
        study.frame()[["importance", "low", "high"]].to_numpy()
    )
    assert chart.marks["if all drivers were alike"] == pytest.approx(chart.frame()["y"].mean())
    first = 100 * study.ranked[0].rank_probability[0]
    assert chart.title.startswith(f"What drives mood: staff most, first in {first:.0f} % of resamples")
    assert key_drivers(y, X, names=NAMES, interval=None).chart().low is None


def test_intervals_hold_what_was_found_even_where_a_driver_is_nothing():
    rng = np.random.default_rng(9)
    X = rng.normal(size=(300, 3))
    study = key_drivers(X[:, 0] + rng.normal(size=300), X, random_predictor=False)
    least = study.ranked[-1].importance
    assert least.value < 1e-4  # nearly all resamples lie above it
    assert least.low <= least.value <= least.high
    assert least.high > 0.005  # and not a hair above it
