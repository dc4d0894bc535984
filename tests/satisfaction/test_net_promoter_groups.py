"""Tests of several scores at once: the overall test, Holm's adjustment, broken input."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
from crmrisk.satisfaction.net_promoter_groups import adjusted_p_values, compare_net_promoter_groups

WAVES = {"2016": (20, 30, 50), "2017": (35, 30, 35), "2018": (30, 40, 30)}


def test_holm_is_the_step_down_procedure():
    # R: p.adjust(c(.01, .04, .03, .005), "holm") is .03 .06 .06 .02
    assert adjusted_p_values([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert adjusted_p_values([0.01, 0.04, 0.3], "bonferroni") == pytest.approx([0.03, 0.12, 0.9])
    assert adjusted_p_values([None, 0.5]) == [None, 0.5]


def test_pairs_are_the_single_comparisons_adjusted():
    found = compare_net_promoter_groups(counts=WAVES)
    single = compare_net_promoter(counts=(WAVES["2016"], WAVES["2017"]))
    pair = found["2016", "2017"]
    assert (pair.difference, pair.p_value) == (single.difference, single.p_value)
    smallest = found["2016", "2018"].p_value  # the smallest of three; adjusted values never fall
    assert pair.adjusted_p_value == pytest.approx(max(3 * smallest, 2 * single.p_value))
    assert [each.verdict for each in (pair, found["2016", "2018"], found["2017", "2018"])] == [
        "higher",
        "higher",
        "not distinguishable yet",
    ]
    assert found.estimates["2018"] == net_promoter_score(counts=WAVES["2018"])
    assert found.frame()["verdict"].tolist() == [each.comparison.verdict for each in found.pairs]


def test_with_two_groups_the_overall_test_is_the_comparison():
    found = compare_net_promoter_groups(counts={"a": WAVES["2016"], "b": WAVES["2017"]})
    assert found.heterogeneity.statistic == pytest.approx(found["a", "b"].statistic ** 2)
    assert found.heterogeneity.p_value == pytest.approx(found["a", "b"].p_value)


def test_the_overall_test_weighs_groups_by_their_precision():
    counts = {"a": (200, 300, 500), "b": (20, 30, 50), "c": (350, 300, 350)}
    centres = np.array([300 / 1003, 30 / 103, 0.0])
    squares = np.array(
        [
            ((d + p + 1.5) / (n + 3) - c**2) / (n + 3)
            for (d, p, n), c in zip([(200, 500, 1000), (20, 50, 100), (350, 350, 1000)], centres, strict=True)
        ]
    )
    common = np.average(centres, weights=1 / squares)
    expected = ((centres - common) ** 2 / squares).sum()
    assert compare_net_promoter_groups(counts=counts).heterogeneity.statistic == pytest.approx(expected)


def test_answers_with_groups_are_counts_by_group():
    answers = [0] * 20 + [7] * 30 + [10] * 50 + [0] * 35 + [7] * 30 + [10] * 35
    groups = [2016] * 100 + [2017] * 100
    expected = compare_net_promoter_groups(counts={"2016": WAVES["2016"], "2017": WAVES["2017"]})
    assert compare_net_promoter_groups(answers, groups) == expected
    order = np.random.default_rng(0).permutation(200)
    assert compare_net_promoter_groups(np.array(answers)[order], np.array(groups)[order]) == expected


def test_one_group_or_none_decides_nothing():
    found = compare_net_promoter_groups(counts={"a": (1, 2, 3)})
    assert (found.heterogeneity.p_value, found.pairs) == (None, ())
    assert "fewer than two" in str(found.heterogeneity)
    assert compare_net_promoter_groups([], []).estimates == {}
    assert compare_net_promoter_groups(counts={"a": (0, 0, 0), "b": (1, 2, 3)})["a", "b"].p_value is None


@pytest.mark.parametrize(
    ("arguments", "settings_", "match"),
    [
        (([10, 9], ["a"]), {}, "groups: not one per answer"),
        (([10, 9], ["a", None]), {}, "groups: 1 answer missing, row 1"),
        (([10, 11], ["a", "b"]), {}, "1 answer off the scale, row 1"),
        (([10, 9], [1, "1"]), {}, "read alike"),
        (([10, 9],), {}, "answers with their groups"),
        ((), {"counts": [(1, 2, 3)]}, "counts: no counts"),
        ((), {"counts": {"a": (1, 2)}}, "counts, a: no counts"),
        ((), {"counts": WAVES, "weights": [1, 2]}, "answers with their groups"),
        ((), {"counts": WAVES, "adjustment": "fdr"}, "no such adjustment"),
        ((), {"counts": WAVES, "method": "score"}, "no such method"),
    ],
)
def test_broken_input_is_named(arguments, settings_, match):
    with pytest.raises(CrmRiskError, match=match):
        compare_net_promoter_groups(*arguments, **settings_)


def test_an_unknown_pair_is_named():
    with pytest.raises(CrmRiskError, match="no such pair"):
        compare_net_promoter_groups(counts=WAVES)["2016", "2020"]
