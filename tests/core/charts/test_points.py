from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.charts import PointChart, Quadrants
from crmrisk.core.errors import InvalidValueError

WORDS = {"title": "Map", "x_label": "better", "y_label": "worse"}


def test_the_ellipse_holds_its_probability():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    chart = PointChart.of(["a"], [1.0], [2.0], covariance=[[0.04, 0.09, 0.01]], level=0.8, **WORDS)
    away = chart.ellipse("a") - [1.0, 2.0]
    distances = np.einsum("ij,jk,ik->i", away, np.linalg.inv(covariance), away)
    np.testing.assert_allclose(distances, -2 * np.log(0.2), rtol=1e-12)
    with pytest.raises(InvalidValueError, match="no such ellipse"):
        chart.ellipse("b")


def test_drawn_with_groups_sizes_ellipses_and_quadrants(matplotlib):
    chart = PointChart.of(
        ["wifi", "app"],
        [0.46, 0.49],
        [0.21, 0.12],
        groups=["attractive", "indifferent"],
        sizes=[10, 40],
        covariance=[[0.001, 0.001, 0], [0.002, 0.001, 0]],
        quadrants=Quadrants(0.5, 0.5, ("nw", "ne", "sw", "se")),
        limits=((0, 1), (0, 1)),
        **WORDS,
    )
    axes = chart.plot()
    written = {text.get_text() for text in axes.texts}
    assert {"wifi", "app", "nw", "se"} <= written
    assert [each.get_text() for each in axes.get_legend().get_texts()] == ["attractive", "indifferent", "95 % ellipse"]
    assert axes.get_xlim() == (0, 1)
    assert set(chart.frame().columns) >= {"name", "x", "y", "group", "size", "variance_x"}


def test_labels_of_points_in_one_place_do_not_cover_each_other(matplotlib):
    axes = PointChart.of(["first name", "second name"], [0.5, 0.5], [0.5, 0.5], **WORDS).plot()
    renderer = axes.figure.canvas.get_renderer()
    one, other = (text.get_window_extent(renderer) for text in axes.texts)
    assert not one.overlaps(other)


def test_broken_columns_are_named_together():
    with pytest.raises(InvalidValueError, match=r"length differs[\s\S]*not finite[\s\S]*no probability"):
        PointChart.of(["a"], [1, 2], [np.nan], level=2, **WORDS)


def test_an_ellipse_lies_where_its_region_does_and_the_legend_says_what_it_is(matplotlib):
    labels = {"title": "", "x_label": "", "y_label": "", "groups": ["sure"], "group_label": "how sure"}
    chart = PointChart.of(["a"], [0], [0], covariance=[[1, 1, 0]], centres=[[2, 3]], level=0.9, **labels)
    assert chart.ellipse("a")[:-1].mean(axis=0) == pytest.approx([2, 3])
    legend = chart.plot().get_legend()
    assert legend.get_title().get_text() == "how sure"
    assert [text.get_text() for text in legend.get_texts()] == ["sure", "90 % ellipse"]
    with pytest.raises(InvalidValueError, match=r"PointChart\.centres"):
        PointChart.of(["a"], [0], [0], centres=[[2, 3], [1, 1]], **labels)


def test_decades_are_of_heights_above_zero_and_written_as_plain_numbers(matplotlib):
    axes = PointChart.of(["a", "b"], [1, 2], [90, 60_000], **WORDS, sizes=[10, 1], decades=True).plot()
    assert axes.get_yscale() == "log"
    assert axes.yaxis.get_major_formatter()(20_000, None) == "20,000"
    with pytest.raises(InvalidValueError, match="decades"):
        PointChart.of(["a"], [1], [0], **WORDS, decades=True)


def test_labels_stand_beside_large_points_not_on_them(matplotlib):
    axes = PointChart.of(["large", "small"], [0.2, 0.8], [0.2, 0.8], **WORDS, sizes=[100, 1]).plot()
    renderer = axes.figure.canvas.get_renderer()
    label = next(text for text in axes.texts if text.get_text() == "large").get_window_extent(renderer)
    middle = axes.transData.transform((0.2, 0.2))
    away = np.maximum(np.maximum([label.x0, label.y0] - middle, middle - [label.x1, label.y1]), 0.0)
    radius = (920.0**0.5 / 2.0) * axes.figure.dpi / 72.0
    assert np.hypot(*away) >= 0.9 * radius
