from __future__ import annotations

import pytest

from crmrisk.core.charts import FlowChart
from crmrisk.core.errors import InvalidValueError

MOVES = {("gold", "gold"): 5, ("gold", "silver"): 3, ("silver", "silver"): 7, ("silver", "gold"): 1}


def chart(*flows, steps=("Q1", "Q2", "Q3")):
    return FlowChart(("gold", "silver"), steps, flows, "Tiers")


def test_groups_keep_their_size():
    flow = chart(MOVES, {("gold", "gold"): 6, ("silver", "silver"): 10})
    assert [flow.sizes(step) for step in range(3)] == [{"gold": 8, "silver": 8}, *[{"gold": 6, "silver": 10}] * 2]
    assert flow.frame()["count"].sum() == 32


def test_drawn_ribbons_fill_their_boxes(matplotlib):
    flow = chart(MOVES, {("gold", "gold"): 6, ("silver", "silver"): 10})
    axes = flow.plot()
    ribbons = [patch for patch in axes.patches if type(patch).__name__ == "PathPatch"]
    assert len(ribbons) == 6
    heights = [patch.get_path().vertices[0, 1] - patch.get_path().vertices[-1, 1] for patch in ribbons[:4]]
    assert heights[0] + heights[1] == pytest.approx(heights[2] + heights[3])  # 8 customers each
    assert {"gold  8", "silver  10", "Q3"} <= {text.get_text() for text in axes.texts}


def test_broken_flows_are_named_together():
    with pytest.raises(InvalidValueError, match=r"not one set[\s\S]*unknown groups[\s\S]*negative"):
        chart({("gold", "lead"): -1})
