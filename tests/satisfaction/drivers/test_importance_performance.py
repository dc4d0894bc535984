"""Tests of importance-performance maps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError, RecordError, SchemaError
from crmrisk.satisfaction.drivers import (
    ImportancePerformance,
    Quadrant,
    importance_performance,
    key_drivers,
    quadrants,
)

NAMES = ["food", "staff", "signs", "colour"]


def ratings(rows: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = np.clip(np.round(rng.normal([2.5, 4.2, 2.5, 4.2], 0.8, size=(rows, 4))), 1, 5)
    return X[:, 0] + X[:, 1] + 0.1 * X[:, 2] + rng.normal(size=rows), X


def test_each_corner_has_its_name():
    y, X = ratings()
    found = importance_performance(y, X, names=NAMES, scale=(1, 5), replicates=200)
    assert [driver.quadrant for driver in found.drivers] == [
        Quadrant.CONCENTRATE_HERE,
        Quadrant.KEEP_UP_THE_GOOD_WORK,
        Quadrant.LOW_PRIORITY,
        Quadrant.POSSIBLE_OVERKILL,
    ]
    assert all(driver.certainty == 1.0 for driver in found.drivers)
    assert all(sum(driver.probability.values()) == pytest.approx(1.0) for driver in found.drivers)
    assert ImportancePerformance.from_json(found.to_json()) == found


def test_derived_importance_and_performance_are_those_of_the_study_and_the_ratings():
    y, X = ratings()
    weights = np.random.default_rng(0).uniform(0.5, 2, size=400)
    found = importance_performance(y, X, names=NAMES, weights=weights, replicates=300)
    study = key_drivers(y, X, names=NAMES, weights=weights, interval=None)
    assert [d.derived.value for d in found.drivers] == pytest.approx(
        [d.importance.value for d in study.drivers], abs=1e-12
    )
    means = np.average(X, axis=0, weights=weights)
    assert [d.performance.value for d in found.drivers] == pytest.approx(means, abs=1e-12)
    assert (found.performance_cut, found.derived_cut) == pytest.approx((means.mean(), study.r_squared.value / 4))
    error = np.sqrt(((weights[:, None] * (X - means)) ** 2).sum(axis=0)) / weights.sum()
    # the bootstrap's own error at 300 replicates is 1/sqrt(600), 4 %: four of them
    assert [d.performance.standard_error for d in found.drivers] == pytest.approx(error, rel=0.17)


def test_stated_importance_stands_next_to_derived():
    y, X = ratings()
    asked = pd.DataFrame(10 - X[:, ::-1], columns=NAMES)
    found = importance_performance(y, X, names=NAMES, stated=asked, replicates=50)
    assert [d.stated.value for d in found.drivers] == pytest.approx(asked.mean().tolist(), abs=1e-12)
    assert found["food"].stated.low < found["food"].stated.value < found["food"].stated.high
    alone = importance_performance(None, X, names=NAMES, stated=asked, replicates=50)
    assert [d.quadrant for d in alone.drivers] == [d.stated_quadrant for d in found.drivers]
    assert alone["food"].derived is None
    fixed = importance_performance(None, X, names=NAMES, stated=asked.mean().to_dict(), replicates=50)
    assert [d.quadrant for d in fixed.drivers] == [d.quadrant for d in alone.drivers]
    assert "stated_quadrant" in found.frame()


@pytest.mark.parametrize(("centre", "cut"), [("mean", 3.5), ("median", 4.0), ("midpoint", 3.0)])
def test_cuts(centre, cut):
    drivers = {"a": [2, 2, 2], "b": [4, 4, 4], "c": [4, 5, 3], "d": [4, 4, 4]}
    found = importance_performance(
        None, drivers, stated={"a": 1, "b": 2, "c": 3, "d": 5}, centre=centre, scale=(1, 5), replicates=20
    )
    assert found.performance_cut == cut
    assert found["d"].quadrant == Quadrant.KEEP_UP_THE_GOOD_WORK


def test_a_driver_near_a_cut_is_uncertain():
    rng = np.random.default_rng(4)
    X = rng.normal(3.0, 1.0, size=(200, 2))
    found = importance_performance(X.sum(axis=1) + rng.normal(size=200), X, replicates=200)
    assert all(driver.certainty < 0.9 for driver in found.drivers)


@pytest.mark.parametrize(
    ("outcome", "drivers", "settings", "error", "says"),
    [
        (None, {"a": [1, 2], "b": [2, 3]}, {}, SchemaError, "no importance"),
        ([1, 2, 4], {"a": [1, 2, 2]}, {}, SchemaError, "one driver"),
        (None, {"a": [1, 2], "b": [2, 3]}, {"stated": {"a": 4}}, SchemaError, "no stated importance of b"),
        (
            None,
            {"a": [1, 9], "b": [2, 3]},
            {"stated": {"a": 4, "b": 2}, "scale": (1, 5)},
            RecordError,
            "a: 1 answer off",
        ),
        (None, {"a": [1, None], "b": [2, 3]}, {"stated": {"a": 4, "b": 2}}, RecordError, "missing"),
        (None, {"a": [], "b": []}, {"stated": {"a": 4, "b": 2}}, FitError, "no complete row"),
        ([1, 1, 1, 1], {"a": [1, 2, 3, 4], "b": [2, 3, 1, 2]}, {}, FitError, "outcome: one value"),
        ([1, 2, 1, 1], {"a": [1, 2, 3, 4], "b": [2, 3, 1, 2]}, {"centre": "mode"}, InvalidValueError, "mode"),
        ([1, 2, 1, 1], {"a": [1, 2, 3, 4], "b": [2, 3, 1, 2]}, {"replicates": 1}, InvalidValueError, "replicates"),
    ],
)
def test_what_cannot_be_used_is_named(outcome, drivers, settings, error, says):
    with pytest.raises(error, match=says):
        importance_performance(outcome, drivers, **settings)


def test_quadrants_of_numbers():
    found = quadrants([1, 2, 1, 2], [1, 1, 2, 2], importance_cut=2, performance_cut=2)
    assert [str(each) for each in found] == [
        "low priority",
        "concentrate here",
        "possible overkill",
        "keep up the good work",
    ]
    for bad in (([1], [1, 2]), ([np.nan], [1]), ("a", "b")):
        with pytest.raises(InvalidValueError):
            quadrants(*bad, importance_cut=1, performance_cut=1)
    with pytest.raises(CrmRiskError, match="no such driver"):
        importance_performance(None, {"a": [1], "b": [2]}, stated={"a": 1, "b": 2}, replicates=5)["c"]


def test_the_picture_advises_no_more_than_is_sure():
    y, X = ratings()
    sure = importance_performance(y, X, names=NAMES, scale=(1, 5), replicates=200).chart().title
    assert sure == "Concentrate on food; the quadrant is sure for 4 of 4"
    few = importance_performance(y[:60], X[:60], names=NAMES, scale=(1, 5), replicates=200)
    assert 0.5 < few["food"].certainty < 0.95  # sixty answers are few
    assert few.chart().title.startswith("Perhaps concentrate on food; ")


def test_the_chart_draws_the_map_surest_first():
    y, X = ratings()
    found = importance_performance(y, X, names=NAMES, scale=(1, 5), replicates=200)
    chart = found.chart()
    drawn = chart.frame().set_index("name")
    for driver in found.drivers:
        assert tuple(drawn.loc[driver.name, ["x", "y"]]) == (driver.performance.value, driver.derived.value)
        variances = (driver.performance.standard_error**2, driver.derived.standard_error**2)
        assert tuple(drawn.loc[driver.name, ["variance_x", "variance_y"]]) == pytest.approx(variances)
    assert chart.quadrants == (found.performance_cut, found.derived_cut, tuple(map(str, CORNERS)))
    assert [found[name].certainty for name in chart.names] == sorted((d.certainty for d in found.drivers), reverse=True)
    stated = importance_performance(None, X, names=NAMES, stated=X, scale=(1, 5), replicates=20)
    assert stated.chart().frame().query("x == y").shape[0] == len(NAMES)
    assert (chart.y_label, stated.chart().y_label) == (
        "derived importance [part of R²]",
        "stated importance [mean rating]",
    )


CORNERS = (  # low x and high y, both high, both low, high x and low y
    Quadrant.CONCENTRATE_HERE,
    Quadrant.KEEP_UP_THE_GOOD_WORK,
    Quadrant.LOW_PRIORITY,
    Quadrant.POSSIBLE_OVERKILL,
)
