"""Tests of estimates by segment."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.effort import customer_effort_score
from crmrisk.satisfaction.indices import satisfaction_index
from crmrisk.satisfaction.means import mean_of_counts
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.segments import SegmentEstimates, by_segment

RNG = np.random.default_rng(4)
FRAME = pd.DataFrame(
    {
        "segment": RNG.choice(["web", "shop", "phone"], 300),
        "answer": RNG.integers(0, 11, 300),
        "weight": RNG.uniform(0.5, 2.0, 300),
    }
)


@pytest.mark.parametrize("kind", [list, np.asarray, pd.Series])
def test_each_segment_is_estimated_from_its_own_rows(kind):
    segments, answers, weights = (kind(FRAME[name]) for name in ("segment", "answer", "weight"))
    found = by_segment(segments, partial(net_promoter_score, method="adjusted wald"), answers, weights=weights)
    assert list(found) == ["phone", "shop", "web"]
    for name, part in FRAME.groupby("segment"):
        expected = net_promoter_score(part["answer"], weights=part["weight"], method="adjusted wald")
        assert found[name] == expected
    assert sum(each.n for each in found.values()) == 300


def test_tables_of_several_columns_are_taken_by_rows():
    def gap(table):
        return Estimate(value=float((table["answer"] - table["weight"]).mean()), method="gap", n=len(table))

    found = by_segment(FRAME["segment"], gap, FRAME[["answer", "weight"]])
    web = FRAME[FRAME["segment"] == "web"]
    assert found["web"].value == pytest.approx((web["answer"] - web["weight"]).mean())


def test_the_frame_has_one_row_per_segment_and_missing_numbers_are_nan():
    frame = by_segment(["a", "b"], lambda x: mean_of_counts(x, np.ones(len(x))), [1, 2]).frame()
    assert frame["segment"].tolist() == ["a", "b"]
    assert frame["value"].tolist() == [1.0, 2.0]
    assert frame["low"].isna().all()
    assert frame["low"].dtype == np.float64


def test_bonferroni_raises_the_level_of_each():
    found = by_segment(FRAME["segment"], net_promoter_score, FRAME["answer"], simultaneous="bonferroni", level=0.9)
    assert {round(each.level, 9) for each in found.values()} == {round(1 - 0.1 / 3, 9)}
    assert found["web"] == net_promoter_score(FRAME.loc[FRAME["segment"] == "web", "answer"], level=1 - 0.1 / 3)


def test_holm_decides_as_ordered_p_values_do():
    values = {"a": 3.5, "b": 2.3, "c": 2.05, "d": 1.0, "e": 0.2}  # standard normal statistics

    def estimator(x, *, level):
        half = normal_quantile(level)
        return Estimate(value=x[0], low=x[0] - half, high=x[0] + half, level=level, method="z", n=1)

    found = by_segment(list(values), estimator, list(values.values()), simultaneous="holm")
    # p .00047 < .05/5; .0214 > .05/4: only the first differs, the rest is read at 1 - .05/4
    assert [round(each.level, 6) for each in found.values()] == [0.99, 0.9875, 0.9875, 0.9875, 0.9875]
    assert [each.low > 0 for each in found.values()] == [True, False, False, False, False]
    assert "Holm" in found.warnings[0]
    shifted = by_segment(list(values), estimator, list(values.values()), simultaneous="holm", benchmark=4.0)
    assert [each.high < 4.0 for each in shifted.values()] == [False, False, False, True, True]


def test_a_segment_without_an_interval_is_never_called_different():
    found = by_segment(["a", "b"], lambda x, **_: Estimate(value=1.0, method="x", n=1), [1, 2], simultaneous="holm")
    assert len(found) == 2


def test_answers_without_a_segment_are_refused_or_counted():
    with pytest.raises(RecordError, match="segments: 1 answer missing, row 1"):
        by_segment(["a", None], net_promoter_score, [9, 8])
    found = by_segment(["a", None], net_promoter_score, [9, 8], missing="exclude")
    assert (list(found), found.warnings) == (["a"], ("answers without a segment excluded: 1",))
    assert len(by_segment([], net_promoter_score, [])) == 0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"answers": [1]}, RecordError, "not one row per segment label"),
        ({"answers": 5}, RecordError, "answers: not one row"),
        ({"weights": [1]}, RecordError, "weights: not one row"),
        ({"estimator": lambda x: 1.0}, InvalidValueError, "segment 'a': no Estimate; got: float"),
        ({"simultaneous": "sidak"}, InvalidValueError, "simultaneous: no such adjustment"),
        ({"simultaneous": "holm", "level": 95}, InvalidValueError, "level"),
    ],
)
def test_what_does_not_fit_is_refused(options, error, message):
    arguments = {"segments": ["a", "b"], "estimator": net_promoter_score, "answers": [9, "nine"], **options}
    with pytest.raises(error, match=message):
        by_segment(arguments.pop("segments"), arguments.pop("estimator"), arguments.pop("answers"), **arguments)


def test_mixed_answers_are_named_by_the_estimator():
    with pytest.raises(RecordError, match=r"segment 'a', answers: 1 answer off the scale, row 1; .* got: 'nine'"):
        by_segment(["a", "a"], net_promoter_score, [9, "nine"])


def test_estimates_by_segment_compare_by_content():
    one, two = (by_segment(["a", "b"], net_promoter_score, [9, 1]) for _ in range(2))
    assert one == two
    assert one != SegmentEstimates({})
    assert "a: 1" in repr(one)


def test_the_chart_has_one_dot_per_segment_and_says_what_intervals_cover():
    found = by_segment(FRAME["segment"], net_promoter_score, FRAME["answer"])
    chart = found.chart(title="By channel", label="NPS [-1, 1]", by="channel")
    assert chart.frame()[["y", "low", "high"]].to_numpy() == pytest.approx(
        found.frame()[["value", "low", "high"]].to_numpy()
    )
    assert (chart.x_label, chart.y_label) == ("NPS [-1, 1], 95 % interval", "channel")
    together = by_segment(FRAME["segment"], net_promoter_score, FRAME["answer"], simultaneous="bonferroni", level=0.9)
    assert together.chart().x_label == "estimate, 90 % intervals, all at once"
    nobody = SegmentEstimates({"shop": Estimate(value=None, method="score", n=0)})
    assert np.isnan(nobody.chart().frame()["y"][0])


ITEMS = {"overall": [8, 9, 4, 10, 7, 6], "expected": [7, 9, 5, 9, 7, 5]}


@pytest.mark.parametrize("table", [pd.DataFrame(ITEMS), pl.DataFrame(ITEMS), pa.table(ITEMS)], ids=["pd", "pl", "pa"])
def test_a_part_of_a_record_is_estimated_by_segment_whatever_the_table(table):
    weights, segments = [1, 2, 1, 1, 2, 1], ["a", "a", "b", "a", "b", "b"]
    found = by_segment(segments, satisfaction_index, table, weights=weights, part="index")
    alone = satisfaction_index({"overall": [8, 9, 10], "expected": [7, 9, 9]}, weights=[1, 2, 1])
    assert found["a"] == alone.index


def test_records_without_a_part_name_those_they_have():
    with pytest.raises(InvalidValueError, match="part='mean' or part='top_box'"):
        by_segment(["a", "a"], customer_effort_score, [7, 5])
    with pytest.raises(InvalidValueError, match="part='middle' of CustomerEffort"):
        by_segment(["a", "a"], customer_effort_score, [7, 5], part="middle")
