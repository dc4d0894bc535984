"""Tests of driver studies by segment."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import RecordError
from crmrisk.satisfaction.drivers import drivers_by_segment, key_drivers

QUICK = partial(key_drivers, interval=None)


def answers() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(size=(120, 2)), columns=["fast", "kind"])
    table["all"] = np.where(np.arange(120) < 60, table["fast"], table["kind"]) + rng.normal(size=120)
    return table


def test_each_segment_is_its_own_study():
    table, segment, weights = answers(), np.repeat(["web", "shop"], 60), np.linspace(1, 2, 120)
    found = drivers_by_segment(segment, "all", table, study=QUICK, weights=weights)
    assert list(found) == ["shop", "web"]
    assert [study.ranked[0].name for study in found.values()] == ["kind", "fast"]
    alone = QUICK("all", table.iloc[:60], weights=weights[:60])
    assert [d.importance.value for d in found["web"].drivers] == pytest.approx(
        [d.importance.value for d in alone.drivers], abs=1e-12
    )
    assert found.frame()["segment"].tolist() == ["shop", "shop", "web", "web"]


def test_a_segment_that_is_too_small_is_unrated_with_the_reason():
    segment = ["few"] * 2 + ["many"] * 117 + [None]
    with pytest.raises(RecordError, match="row 119"):
        drivers_by_segment(segment, "all", answers(), study=QUICK)
    found = drivers_by_segment(segment, "all", answers(), study=QUICK, missing="exclude")
    assert list(found) == ["many"]
    assert "2 complete rows" in found.unrated["few"]
    assert found.warnings == ("respondents without a segment excluded: 1",)
    assert "few: unrated" in repr(found)


def test_lengths_are_checked():
    with pytest.raises(RecordError, match=r"(?s)outcome: not one per row.*weights: not one per row"):
        drivers_by_segment(["a", "b"], "all", answers(), weights=[1.0])


def test_bad_answers_are_named():
    with pytest.raises(RecordError, match="kind"):
        drivers_by_segment(["a"] * 5, [1, 2, 3, 4, 5], {"kind": [1, 2, 3, 4, np.inf]}, study=QUICK)
