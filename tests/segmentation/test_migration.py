"""What a migration says about itself: estimates, mobility, ratio, flow, and its own consistency."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, InvalidValueError
from crmrisk.segmentation.migration import Migration
from crmrisk.segmentation.transitions import transition_matrix

NAMES = ("basic", "gold", "platinum")
COUNTS = [[[70, 20, 10], [10, 80, 10], [0, 20, 30]], [[60, 30, 10], [20, 70, 10], [5, 15, 30]]]


@pytest.fixture
def moved():
    return transition_matrix(counts=COUNTS, names=NAMES, ordered=True)


def test_probabilities_are_pooled(moved):
    assert moved.counts.tolist() == np.sum(COUNTS, axis=0).tolist()
    assert moved.probabilities[0] == pytest.approx([0.65, 0.25, 0.1])
    assert moved.steps(3).probabilities == pytest.approx(np.linalg.matrix_power(moved.probabilities, 3))
    frame = moved.frame(level=0.9)
    assert ((frame["low"] <= frame["probability"]) & (frame["probability"] <= frame["high"])).all()
    assert frame.loc[frame["source"] == "basic", "probability"].sum() == pytest.approx(1.0)


def test_estimates(moved):
    found = moved.estimate("gold", "basic", method="dirichlet")
    assert found.value == 30 / 200
    assert found.standard_error == pytest.approx((0.15 * 0.85 / 200) ** 0.5)
    assert found.low < 0.15 < found.high
    with pytest.raises(InvalidValueError, match="no such segment"):
        moved.estimate("gold", "silver")
    for wrong in ({"level": 95}, {"method": "wald"}, {"prior": 0}):
        with pytest.raises(InvalidValueError):
            moved.limits(**wrong)


def test_mobility_interval_holds_what_it_says():
    rng, p = np.random.default_rng(4), np.array([[0.8, 0.2], [0.3, 0.7]])
    found = [transition_matrix(counts=rng.multinomial(150, p)).mobility() for _ in range(300)]
    assert np.mean([each.low <= 0.5 <= each.high for each in found]) > 0.95 - 3 * (0.95 * 0.05 / 300) ** 0.5
    spread = np.std([each.value for each in found])
    assert found[0].standard_error == pytest.approx(spread, rel=0.2)


def test_up_and_down(moved):
    ratio = moved.up_down_ratio()
    assert ratio.value == pytest.approx((50 + 20 + 20) / (30 + 5 + 35))
    assert ratio.low < ratio.value < ratio.high
    flipped = transition_matrix(counts=np.array(COUNTS)[:, ::-1, ::-1], names=NAMES[::-1], ordered=True)
    other = flipped.up_down_ratio()
    assert (1 / other.value, 1 / other.high, 1 / other.low) == pytest.approx((ratio.value, ratio.low, ratio.high))
    assert transition_matrix(counts=np.eye(2), ordered=True).up_down_ratio().value is None
    assert transition_matrix(counts=[[1, 1], [0, 1]], ordered=True).up_down_ratio().warnings == ("nobody moved down",)
    with pytest.raises(InvalidValueError, match="not ordered"):
        transition_matrix(counts=COUNTS, names=NAMES).up_down_ratio()


def test_segments_nobody_was_seen_in():
    empty = transition_matrix(counts=[[8, 2], [0, 0]], names=("active", "gone"))
    assert np.isnan(empty.probabilities[1]).all()
    assert empty.estimate("gone", "gone").value is None
    with pytest.raises(FitError, match=r"absorbing=\('gone',\)"):
        empty.steps(2)
    known = transition_matrix(counts=[[8, 2], [0, 0]], names=("active", "gone"), absorbing=("gone",))
    assert known.chain.absorption().steps == pytest.approx([5.0])
    assert known.estimate("gone", "gone").method == "declared absorbing"
    assert known.mobility().value == pytest.approx(0.2)


def test_flow_has_every_customer(moved):
    flow = moved.flow(title="Tiers")
    assert flow.groups == NAMES[::-1]
    assert flow.frame()["count"].sum() == np.sum(COUNTS)
    assert flow.sizes(0) == {"platinum": 50.0, "gold": 100.0, "basic": 100.0}


def test_frozen_and_comparable(moved):
    assert moved == transition_matrix(counts=COUNTS, names=NAMES, ordered=True)
    assert moved != transition_matrix(counts=COUNTS, names=NAMES)
    with pytest.raises(ValueError, match="read-only"):
        moved.by_period[0, 0, 0] = 1
    with pytest.raises(TypeError):
        hash(moved)


@pytest.mark.parametrize(
    "wrong", [{"by_period": [[[1]]]}, {"sizes": [[1, 2]]}, {"entries": [[-1, 0]]}, {"names": ("a", "a")}], ids=str
)
def test_by_hand(wrong):
    plain = {
        "names": ("a", "b"),
        "ordered": False,
        "periods": ("1", "2"),
        "by_period": [[[1, 2], [3, 4]]],
        "sizes": [[3, 7], [4, 6]],
        "entries": [[0, 0]],
        "exits": [[0, 0]],
    }
    assert Migration(**plain).counts.sum() == 10
    with pytest.raises(CrmRiskError):
        Migration(**plain | wrong)
