"""Tests of SERVQUAL and SERVPERF: gaps by item, dimension and in all, paired and weighted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.means import mean_score
from crmrisk.satisfaction.service_quality import DIMENSIONS, servperf, servqual, servqual_score
from crmrisk.satisfaction.service_quality_records import ServiceQuality

ITEMS = ["clean", "modern", "prompt", "willing"]
PARTS = {"tangibles": ["clean", "modern"], "responsiveness": ["prompt", "willing"]}


@pytest.fixture
def tables():
    rng = np.random.default_rng(7)
    seen = pd.DataFrame(rng.integers(2, 7, (30, 4)), columns=ITEMS)
    wanted = (seen + rng.integers(0, 3, (30, 4))).clip(upper=7)
    return seen, wanted


def test_a2_from_gaps():
    """Formula, gaps and weights of reference row A-2."""
    gaps, points = (-1.2, -0.8, -0.5, -0.3, -0.1), (0.25, 0.30, 0.20, 0.15, 0.10)
    assert servqual_score(gaps, allocation=points) == pytest.approx(-0.695, abs=1e-12)
    assert servqual_score(gaps) == pytest.approx(-0.58, abs=1e-12)
    named = dict(zip(DIMENSIONS, gaps, strict=True))
    hundred = dict(zip(DIMENSIONS, (25, 30, 20, 15, 10), strict=True))
    assert servqual_score(named, allocation=hundred) == pytest.approx(-0.695, abs=1e-12)


def test_a2_from_answers():
    """Ten respondents whose mean gaps are those of A-2."""
    short = {"tangibles": 12, "reliability": 8, "responsiveness": 5, "assurance": 3, "empathy": 1}
    wanted = {name: [7] * 10 for name in short}
    seen = {name: [5 if row < by - 10 else 6 if row < by else 7 for row in range(10)] for name, by in short.items()}
    hundred = dict(zip(DIMENSIONS, (25, 30, 20, 15, 10), strict=True))
    found = servqual(seen, wanted, dimensions={name: [name] for name in short}, allocation=hundred)
    assert [part.gap.value for part in found.dimensions] == pytest.approx([-1.2, -0.8, -0.5, -0.3, -0.1])
    assert found.weighted_gap.value == pytest.approx(-0.695)
    assert found.gap.value == pytest.approx(-0.58)


def test_intervals_are_those_of_paired_differences(tables):
    seen, wanted = tables
    found = servqual(seen, wanted, dimensions=PARTS)
    gaps = seen - wanted
    item = found.items[2]
    assert item.name == "prompt"
    assert (item.gap.value, item.gap.standard_error) == pytest.approx((gaps["prompt"].mean(), gaps["prompt"].sem()))
    dimension = gaps[PARTS["tangibles"]].mean(axis=1)
    assert found.dimensions[0].gap.standard_error == pytest.approx(dimension.sem())
    unpaired = np.hypot(seen["prompt"].sem(), wanted["prompt"].sem())
    assert item.gap.standard_error < unpaired
    assert item.perception == mean_score(seen["prompt"], lowest=1, highest=7)


def test_weights_of_dimensions(tables):
    seen, wanted = tables
    gaps = seen - wanted
    tangible, responsive = (gaps[items].mean(axis=1) for items in PARTS.values())
    points = servqual(seen, wanted, dimensions=PARTS, allocation={"responsiveness": 70, "tangibles": 30})
    assert points.weighted_gap.value == pytest.approx((0.3 * tangible + 0.7 * responsive).mean())
    assert points.weighted_gap.standard_error == pytest.approx((0.3 * tangible + 0.7 * responsive).sem())
    assert (points.weighting, points.dimensions[0].weight, points.items[0].weight) == ("points", 0.3, 0.15)
    share = np.random.default_rng(3).integers(0, 101, 30)
    own = pd.DataFrame({"responsiveness": 100 - share, "tangibles": share})
    each = servqual(seen, wanted, dimensions=PARTS, allocation=own)
    assert each.weighted_gap.value == pytest.approx((share / 100 * tangible + (1 - share / 100) * responsive).mean())
    assert each.weighting == "own points"
    assert each.dimensions[0].weight == pytest.approx(share.mean() / 100)
    matrix = servqual(seen, wanted, dimensions=PARTS, allocation=own[["tangibles", "responsiveness"]].to_numpy())
    assert matrix == each
    assert servqual(seen, wanted, dimensions=PARTS).weighting == "equal"


def test_performance_stands_beside_the_gaps(tables):
    seen, wanted = tables
    found = servqual(seen, wanted, dimensions=PARTS, allocation=[30, 70])
    alone = servperf(seen, dimensions=PARTS, allocation=[30, 70])
    assert found.performance == alone
    assert alone.score.value == pytest.approx(seen.mean().mean())
    assert found.frame().loc[("dimension", "tangibles"), "gap_mean"] == found.dimensions[0].gap.value
    assert alone.frame().loc[("item", "willing"), "mean"] == alone.items[3].perception.value
    assert ServiceQuality.from_json(found.to_json()) == found
    assert "weights: points" in str(found)


def test_a_missing_answer_leaves_every_number_it_belongs_to(tables):
    seen, wanted = (table.astype(float) for table in tables)
    seen.loc[0, "clean"] = None
    wanted.loc[1, "modern"] = None
    found = servqual(seen, wanted, dimensions=PARTS, missing="exclude")
    assert [part.gap.n for part in found.items] == [29, 29, 30, 30]
    assert [part.gap.n for part in found.dimensions] == [28, 30]
    assert (found.gap.n, found.performance.score.n) == (28, 29)
    with pytest.raises(CrmRiskError, match=r"perceptions\.clean: 1 answer missing, row 0"):
        servqual(seen, wanted, dimensions=PARTS)


def test_surveys_with_weights_and_strata(tables):
    seen, wanted = tables
    weights, strata = np.random.default_rng(1).uniform(1, 3, 30), ["a", "b", "c"] * 10
    found = servqual(seen, wanted, dimensions=PARTS, weights=weights, strata=strata)
    expected = mean_score((seen - wanted)["clean"], weights=weights, strata=strata)
    assert found.items[0].gap.standard_error == expected.standard_error
    assert found.items[0].gap.value == pytest.approx(np.average((seen - wanted)["clean"], weights=weights))


def test_respondents_in_another_order_and_items_too_change_nothing(tables):
    seen, wanted = tables
    found = servqual(seen, wanted, dimensions=PARTS)
    turned = servqual(seen[::-1][ITEMS[::-1]], wanted[::-1], dimensions=PARTS)
    assert turned.gap.value == pytest.approx(found.gap.value)
    assert [part.name for part in turned.items] == ITEMS


def test_nobody_is_unrated():
    none = {name: [] for name in ITEMS}
    found = servqual(none, none, dimensions=PARTS)
    assert (found.gap.value, found.performance.score.value) == (None, None)


@pytest.mark.parametrize(
    "options",
    [
        {"dimensions": {}},
        {"dimensions": {"a": []}},
        {"dimensions": {"a": "clean"}},
        {"dimensions": {"a": ["clean"], "b": ["clean"]}},
        {"dimensions": {"a": ["noise"]}},
        {"dimensions": ["clean"]},
        {"dimensions": {"a": 7}},
        {"allocation": [1]},
        {"allocation": {"tangibles": 1}},
        {"allocation": {"tangibles": -1, "responsiveness": 2}},
        {"allocation": "mine"},
        {"allocation": [[50, 50]]},
        {"allocation": [[0, 0]] * 30},
        {"allocation": [[float("nan"), 1]] * 30},
        {"allocation": {"tangibles": [50] * 30, "noise": [50] * 30}},
        {"lowest": 7, "highest": 1},
        {"highest": 5},
        {"level": 95},
        {"weights": [1]},
        {"expectations": {"clean": [7] * 30}},
        {"expectations": {name: [7] for name in ITEMS}},
        {"expectations": {name: ["high"] * 30 for name in ITEMS}},
    ],
)
def test_bad_arguments_are_refused(tables, options):
    seen, wanted = tables
    with pytest.raises(CrmRiskError):
        servqual(**({"perceptions": seen, "expectations": wanted, "dimensions": PARTS} | options))


@pytest.mark.parametrize(
    ("gaps", "allocation"), [([], "equal"), ("ab", "equal"), ([1, 2], [1]), ([float("nan")], [1]), (3, "equal")]
)
def test_bad_gaps_are_refused(gaps, allocation):
    with pytest.raises(CrmRiskError):
        servqual_score(gaps, allocation=allocation)


@pytest.mark.realdata
def test_sfo_items_as_performance(data_folder):
    survey = pd.read_parquet(data_folder / "sfo_survey_harmonised_2014_2018.parquet")
    year = survey[survey["year"] == 2018]
    parts = {"wayfinding": ["Q7SIGN", "Q7SCREENS"], "offers": ["Q7FOOD", "Q7STORE"]}
    found = servperf(
        year[["Q7SIGN", "Q7SCREENS", "Q7FOOD", "Q7STORE"]],
        dimensions=parts,
        highest=5,
        weights=year["WEIGHT"],
        missing="exclude",
    )
    complete = year.dropna(subset=["Q7SIGN", "Q7SCREENS"])
    mean = np.average(complete[["Q7SIGN", "Q7SCREENS"]].mean(axis=1), weights=complete["WEIGHT"])
    assert found.dimensions[0].perception.value == pytest.approx(mean)
    assert found.dimensions[0].perception.n == len(complete)
