"""Tests of the map of requirements as data."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.continuous import UNIT_SCALE
from crmrisk.satisfaction.kano.map import KanoMap, kano_map
from crmrisk.satisfaction.kano.requirement import kano_requirements, requirement_from_pairs


def requirement(name, **options):
    pairs = np.zeros((5, 5))
    pairs[0, 2], pairs[0, 4], pairs[1, 4], pairs[2, 2] = 30, 60, 90, 20
    return requirement_from_pairs(name, pairs, replicates=400, **options)


BOOK = (requirement("x"), requirement_from_pairs("nobody", np.zeros((5, 5))))


def test_points_keep_the_coordinates_of_their_requirement():
    found = kano_map(BOOK)
    (point,) = found.points
    assert (point.horizontal, point.vertical) == (BOOK[0].worse.value, BOOK[0].better.value) == (-0.75, 0.45)
    assert point.horizontal_interval == (BOOK[0].worse.low, BOOK[0].worse.high)
    assert (point.quadrant.value, point.category.value, point.probability) == ("must_be", "must_be", BOOK[0].stability)
    assert found.unrated == ("nobody",)
    assert KanoMap.from_json(found.to_json()) == found
    assert found.frame().loc[0, ["horizontal", "vertical", "quadrant"]].tolist() == [-0.75, 0.45, "must_be"]


@pytest.mark.parametrize("kind", ["better-worse", "continuous"])
def test_the_ellipse_is_turned_with_the_coordinates(kind):
    (point,) = kano_map(BOOK, kind=kind, level=0.8)
    source = BOOK[0].position if kind == "better-worse" else BOOK[0].continuous
    turned = {tuple(pair) for pair in source.ellipse(0.8).outline(64)[:, ::-1].round(9).tolist()}
    extremes = np.array(sorted(turned))
    outline = point.ellipse.outline(64)
    assert outline.min(axis=0) == pytest.approx(extremes.min(axis=0), abs=1e-3)
    assert outline.max(axis=0) == pytest.approx(extremes.max(axis=0), abs=1e-3)
    away = outline - np.array(point.ellipse.centre)
    assert (away @ np.linalg.inv(point.covariance) * away).sum(axis=1) == pytest.approx(-2 * np.log(0.2))
    # 204 answers with the four added: the centre lies a little nearer to the middle than the point
    centre = (-152 / 204, 92 / 204) if kind == "better-worse" else (point.horizontal, point.vertical)
    assert point.ellipse.centre == pytest.approx(centre)


def test_quadrants_cover_the_map():
    quadrants = {each.category.value: (each.horizontal, each.vertical) for each in kano_map(BOOK).quadrants}
    assert quadrants == {
        "attractive": ((0.0, -0.5), (0.5, 1.0)),
        "one_dimensional": ((-0.5, -1.0), (0.5, 1.0)),
        "must_be": ((-0.5, -1.0), (0.0, 0.5)),
        "indifferent": ((0.0, -0.5), (0.0, 0.5)),
    }
    unit = kano_map([requirement("x", points=UNIT_SCALE)], kind="continuous").quadrants[1]
    dumouchel = kano_map(BOOK, kind="continuous").quadrants[1]
    assert (unit.horizontal, dumouchel.vertical) == ((0.5, 1.0), (2.0, 4.0))


def test_bad_settings_are_refused_and_an_empty_map_is_a_map():
    for options in ({"kind": "radar"}, {"level": 2.0}):
        with pytest.raises(InvalidValueError):
            kano_map(BOOK, **options)
    assert len(kano_map(())) == 0
    assert kano_map(()).frame().empty


@pytest.mark.parametrize(("kind", "limits"), [("better-worse", ((0, -1), (0, 1))), ("continuous", ((0, 4), (0, 4)))])
def test_the_chart_draws_points_regions_and_quadrants_of_the_map(kind, limits):
    found = kano_map(BOOK, kind=kind)
    chart, point = found.chart(), found.points[0]
    assert (chart.names, chart.x, chart.y) == (("x",), (point.horizontal,), (point.vertical,))
    assert chart.ellipse("x").max(axis=0) == pytest.approx(point.ellipse.outline(400).max(axis=0), abs=2e-3)
    cut = {each.category.value: each for each in found.quadrants}["one_dimensional"]
    assert chart.quadrants[:2] == (cut.horizontal[0], cut.vertical[0])
    assert chart.quadrants.names == ("attractive", "one-dimensional", "indifferent", "must-be")
    assert chart.limits == limits
    assert chart.groups == ("must-be",)
    assert chart.title.startswith("Kano map: 1 must-be")
    assert kano_map(()).chart().frame().empty


def test_the_chart_names_who_is_not_sure_and_tells_segments_apart():
    pairs = np.zeros((5, 5))
    pairs[0, 2], pairs[1, 4] = 11, 10
    chart = kano_map([requirement_from_pairs("near", pairs)]).chart()
    assert chart.title == "Kano map: 1 attractive; open (P below 95 %): near"
    both = kano_requirements(["x"] * 6, [1] * 6, [3] * 6, by=["a", "b"] * 3)
    assert kano_map(both).chart().names == ("x (a)", "x (b)")
