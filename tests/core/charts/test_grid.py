from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.charts import GridChart
from crmrisk.core.errors import InvalidValueError

WORDS = {"title": "Cohorts", "x_label": "month", "y_label": "cohort"}


def test_cells_without_a_number_are_empty(matplotlib):
    cells = [[0.5, 0.126], [0.25, np.nan]]
    chart = GridChart.of(["a", "b"], [1, 2], cells, percent=True, value_label="bought [%]", **WORDS)
    assert chart.frame().to_dict("list") == {
        "row": ["a", "a", "b"],
        "column": ["1", "2", "1"],
        "value": [0.5, 0.126, 0.25],
    }
    axes = chart.plot()
    assert [text.get_text() for text in axes.texts] == ["50", "13", "25"]
    assert axes.get_xlabel() == "month\nin the cells: bought [%]"
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["a", "b"]


def test_numbers_have_the_decimals_of_the_largest(matplotlib):
    texts = [GridChart.of(["a"], [1, 2], [[low, high]], **WORDS).plot().texts for low, high in ((12, 3456), (-0.5, 4))]
    assert [[text.get_text() for text in each] for each in texts] == [["12", "3,456"], ["-0.50", "4.00"]]


def test_large_grids_have_a_scale_instead_of_numbers(matplotlib):
    axes = GridChart.of(
        range(50), range(50), np.full((50, 50), 0.2), percent=True, value_label="share [%]", **WORDS
    ).plot()
    assert not axes.texts
    assert axes.get_figure().axes[1].get_ylabel() == "share [%]"
    assert len(axes.get_yticks()) <= 30


def test_a_grid_of_nothing_is_drawn(matplotlib):
    assert not GridChart.of(["a"], [1], [[np.nan]], **WORDS).plot().texts


def test_one_number_per_cell():
    with pytest.raises(InvalidValueError, match=r"values[\s\S]*low"):
        GridChart.of(["a", "b"], [1], [[1.0]], intervals=([[0.0]], [[1.0], [2.0]]), **WORDS)
