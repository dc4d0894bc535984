from __future__ import annotations

import builtins
import sys

import numpy as np
import pytest

from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, MissingExtraError

LABELS = {"title": "Purchases", "x_label": "time [week]", "y_label": "purchases"}


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_drawn_as_the_data_say(matplotlib, kind):
    chart = Chart.of([1, 2], {"actual": [3, 4], "expected": [3.5, 4.5]}, kind=kind, marks={"cut": 1.5}, **LABELS)
    axes = chart.plot()
    assert (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()) == tuple(LABELS.values())
    assert [text.get_text() for text in axes.get_legend().get_texts()][-1] in {"cut", "expected"}
    heights = (
        [patch.get_height() for patch in axes.patches]
        if kind == "bar"
        else [height for line in axes.lines[:2] for height in line.get_ydata()]
    )
    assert heights == [3, 4, 3.5, 4.5]


def test_drawn_on_axes_of_the_caller(matplotlib):
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert Chart.of(["0", "1+"], {"actual": [3, 4]}, kind="bar", **LABELS).plot(axes) is axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1+"]


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest, **more)

    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"crmrisk\[plot\]"):
        Chart.of([1], {"actual": [3]}, **LABELS).plot()


def test_data_first():
    chart = Chart.of([1, 2], {"a": [3.0, 4.0], "b": [5.0, 6.0]}, **LABELS)
    assert chart.frame().to_dict("list") == {
        "x": [1, 2, 1, 2],
        "series": ["a", "a", "b", "b"],
        "y": [3.0, 4.0, 5.0, 6.0],
    }
    assert chart == Chart.of([1, 2], {"a": [3.0, 4.0], "b": [5.0, 6.0]}, **LABELS)
    assert chart.lines() == {"a": ([1, 2], [3.0, 4.0]), "b": ([1, 2], [5.0, 6.0])}
    with pytest.raises(TypeError):
        chart.data["x"] = ()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InvalidValueError, match=r"Chart\.y"):
        Chart({"x": (1,), "series": ("a",)}, "x", "y", "series", **LABELS)
    with pytest.raises(InvalidValueError, match="length"):
        Chart({"x": (1, 2), "y": (1,), "series": ("a",)}, "x", "y", "series", **LABELS)


INTERVALS = {"actual": ([2.5, 3.5], [3.5, 4.5])}


@pytest.mark.parametrize("kind", ["line", "bar", "wave", "dot"])
def test_intervals_are_drawn(matplotlib, kind):
    chart = Chart.of([1, 2], {"actual": [3, 4], "plan": [3, 3]}, kind=kind, intervals=INTERVALS, **LABELS)
    assert list(chart.frame().columns) == ["x", "series", "y", "low", "high"]
    axes = chart.plot()
    if kind == "line":
        [band, _] = axes.collections
        assert np.allclose(np.unique(band.get_paths()[0].vertices[:, 1]), [2.5, 3.5, 4.5])
    else:
        segments = np.concatenate([segment for lines in axes.collections for segment in lines.get_segments()])
        assert {2.5, 3.5, 4.5} <= set(segments[:, 0 if kind == "dot" else 1].round(9).tolist())


def test_a_kind_that_is_none_and_columns_that_are_not_there():
    with pytest.raises(InvalidValueError, match=r"no such column[\s\S]*no such kind"):
        Chart({"x": (1,), "y": (1,), "s": ("a",)}, "x", "y", "s", "", "", "", "pie", low="least")


def test_a_mark_is_named_without_the_only_series_and_long_titles_are_wrapped(matplotlib):
    labels = LABELS | {"title": "A title that goes on and on until nobody would find room for it above the axes"}
    axes = Chart.of(["a", "b"], {"share": [0.3, 0.2]}, kind="dot", marks={"all alike": 0.25}, **labels).plot()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["all alike"]
    assert "\n" in axes.get_title()


def test_waves_stand_where_their_time_says_and_many_names_upright(matplotlib):
    chart = Chart.of(["Q1", "Q4"], {"a": [1, 2], "b": [2, 1]}, kind="wave", times=[0, 3], **LABELS)
    assert chart.frame()["time"].tolist() == [0, 3, 0, 3]
    assert chart.plot().get_xticks().tolist() == [0, 3]
    many = Chart.of([f"2024-{month:02d}" for month in range(1, 13)], {"a": range(12)}, kind="bar", **LABELS).plot()
    assert many.get_xticklabels()[0].get_rotation() == 90
    with pytest.raises(InvalidValueError, match=r"Chart\.time"):
        Chart({"x": (1,), "y": (1,), "s": ("a",)}, "x", "y", "s", "", "", "", "wave", time="when")
