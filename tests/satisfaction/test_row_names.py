"""Columns of the same rows in another order are refused; everything that was paired rightly still is."""

from __future__ import annotations

from datetime import date
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
    "allocation": partial(survey.servperf, ITEMS, dimensions=PARTS, allocation=ITEMS.iloc[::-1]),
    "performance": partial(survey.servperf, ITEMS, dimensions=PARTS, weights=MIXED.w),
    "index": partial(survey.satisfaction_index, ITEMS, lowest=1, highest=7, weights=MIXED.w),
    "kano": partial(survey.kano_requirements, ROWS.group, ROWS.kano, MIXED.kano),
    "kano pairs": partial(survey.classify_pairs, ROWS.kano, MIXED.kano),
    "alpha": partial(survey.cronbach_alpha, ITEMS, weights=MIXED.w),
    "items by name": partial(survey.mcdonald_omega, {"nps": ROWS.nps, "then": MIXED.then, "kano": ROWS.kano}),
    "covariance": partial(survey.item_covariance, {"nps": ROWS.nps, "then": ROWS.then}, weights=MIXED.w),
    "survival": partial(survey.kaplan_meier, ROWS.w, MIXED.wave == 1),
    "counted survival": partial(survey.kaplan_meier, ROWS.w, ROWS.wave == 1, counts=MIXED.w),
    "texts": partial(survey.text_signals, ROWS.group, customer_id=MIXED.wave, at=["2026-01-05"] * 6),
    "purchases": partial(survey.purchase_history, ROWS.group, ["2026-01-05"] * 6, MIXED.w, as_of=date(2026, 2, 1)),
    "revenue": partial(survey.revenue_retention, ROWS.w, MIXED.w),
    "drivers' weights": partial(survey.key_drivers, "nps", ITEMS, weights=MIXED.w),
    "drivers by name": partial(survey.key_drivers, list(ROWS.nps), {"then": ROWS.then, "kano": MIXED.kano}),
    "drivers' outcome": partial(survey.key_drivers, MIXED.nps, {"then": ROWS.then, "kano": ROWS.kano}),
    "contrasts": partial(survey.penalty_reward, "nps", ITEMS, best=7, worst=1, clusters=MIXED.group),
    "importance": partial(survey.importance_performance, "nps", ROWS[["nps", "then", "kano"]], strata=MIXED.group),
    "stated importance": partial(survey.importance_performance, None, ITEMS, stated=ITEMS.iloc[::-1]),
    "drivers by segment": partial(survey.drivers_by_segment, MIXED.group, "nps", ITEMS),
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


@pytest.mark.parametrize(
    ("first", "second", "match"),
    [
        (list("abcdef"), list("abcdeg"), "some rows of first beside others"),
        (list("abcdef"), list("bcdefg"), "some rows of first beside others"),
        (list("aabbcc"), list("abcabc"), "rows of first in another order"),
        (list("aabbcc"), list("abbbcc"), "some rows of first beside others"),
    ],
    ids=["another row", "shifted", "names twice", "names twice and thrice"],
)
def test_waves_of_other_customers_are_refused(first, second, match):
    with pytest.raises(RecordError, match=match):
        survey.compare_paired_net_promoter(ROWS.nps.set_axis(first), ROWS.then.set_axis(second))


def test_waves_paired_by_position_say_so():
    first, second = (ROWS.nps[ROWS.wave == wave] for wave in (1, 2))
    named = ROWS.nps.set_axis(list("aabbcc"))
    for one, other in ((first, second), (ROWS.nps, ROWS.then.set_axis(list("uvwxyz"))), (named, ROWS.then)):
        assert "paired by position" in survey.compare_paired_net_promoter(one, other).difference.warnings[0]
        assert "paired by position" in survey.bowker_test(one, other).warnings[0]
        quality = survey.servqual({"x": one.clip(1, 7)}, {"x": other.clip(1, 7)}, dimensions={"all": ["x"]})
        assert "paired by position" in quality.gap.warnings[-1]
        assert not quality.performance.score.warnings
    for other in (ROWS.then, list(ROWS.then)):
        assert "paired" not in str(survey.compare_paired_net_promoter(ROWS.nps, other).difference.warnings)
    assert not survey.bowker_test(named, ROWS.then.set_axis(list("aabbcc"))).warnings
