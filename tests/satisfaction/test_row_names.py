"""Columns of the same rows in another order are refused; everything that was paired rightly still is."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

import crmrisk.satisfaction as survey
from crmrisk.core.errors import RecordError

ROWS = pd.DataFrame(
    {"nps": [10, 9, 3, 7, 10, 0], "then": [9, 9, 2, 8, 10, 1], "kano": [1, 2, 3, 4, 5, 1], "w": [1.0, 2, 1, 2, 1, 3]}
).assign(group=list("ababab"), wave=[1, 1, 1, 2, 2, 2])
MIXED = ROWS.iloc[::-1]
ITEMS = ROWS[["nps", "then"]].clip(1, 7)
PARTS = {"tangibles": ["nps"], "empathy": ["then"]}

PAIRED_WRONGLY = {
    "weights": partial(survey.net_promoter_score, ROWS.nps, weights=MIXED.w),
    "strata": partial(survey.net_promoter_score, ROWS.nps, strata=MIXED.group),
    "counted": partial(survey.nps_counts, ROWS.nps, weights=MIXED.w),
    "two waves": partial(survey.compare_paired_net_promoter, ROWS.nps, MIXED.then),
    "moves": partial(survey.net_promoter_moves, ROWS.nps, MIXED.then),
    "one of two samples": partial(survey.compare_net_promoter, ROWS.nps, ROWS.then, weights=(None, MIXED.w)),
    "benchmark": partial(survey.compare_net_promoter_to_benchmark, ROWS.nps, benchmark=0.1, weights=MIXED.w),
    "groups": partial(survey.compare_net_promoter_groups, ROWS.nps, MIXED.group),
    "waves": partial(survey.net_promoter_waves, MIXED.wave, ROWS.nps),
    "segments": partial(survey.by_segment, MIXED.group, survey.net_promoter_score, ROWS.nps),
    "marginal homogeneity": partial(survey.bowker_test, ROWS.nps, MIXED.then),
    "mean": partial(survey.mean_score, ROWS.nps, weights=MIXED.w),
    "top box": partial(survey.top_box, ROWS.nps, lowest=0, highest=10, clusters=MIXED.group),
    "design": partial(survey.design_mean, ROWS.nps, weights=MIXED.w),
    "gaps": partial(survey.servqual, ITEMS, ITEMS.iloc[::-1], dimensions=PARTS),
    "performance": partial(survey.servperf, ITEMS, dimensions=PARTS, weights=MIXED.w),
    "index": partial(survey.satisfaction_index, ITEMS, lowest=1, highest=7, weights=MIXED.w),
    "kano": partial(survey.kano_requirements, ROWS.group, ROWS.kano, MIXED.kano),
    "kano pairs": partial(survey.classify_pairs, ROWS.kano, MIXED.kano),
}


@pytest.mark.parametrize("call", PAIRED_WRONGLY.values(), ids=PAIRED_WRONGLY)
def test_rows_in_another_order_are_refused(call):
    with pytest.raises(RecordError, match="in another order"):
        call()


@pytest.mark.parametrize(
    "weights",
    [
        ROWS.w,
        list(ROWS.w),
        ROWS.w.to_numpy(),
        ROWS.w.set_axis(list("uvwxyz")),
        ROWS.w.set_axis(np.arange(6.0)),
        ROWS.w.set_axis([0, 0, 1, 2, 3, 4]),
    ],
    ids=["same", "list", "array", "names of its own", "equal names", "names twice"],
)
def test_what_is_paired_by_position_still_is(weights):
    expected = survey.net_promoter_score(list(ROWS.nps), weights=list(ROWS.w))
    assert survey.net_promoter_score(ROWS.nps, weights=weights) == expected


def test_two_waves_cut_out_of_one_frame_are_paired_by_position():
    first, second = (ROWS.nps[ROWS.wave == wave] for wave in (1, 2))
    assert survey.compare_paired_net_promoter(first, second).difference.n == 3
