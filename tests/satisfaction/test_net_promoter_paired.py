"""Tests of two waves of the same customers: inversion, exactness, designs, broken input."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.marginal_homogeneity import mcnemar_test
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
from crmrisk.satisfaction.net_promoter_paired import compare_paired_net_promoter, net_promoter_moves

ANSWERS = {-1: 3, 0: 8, 1: 10}


@given(table=st.lists(st.integers(0, 30), min_size=9, max_size=9).filter(lambda cells: sum(cells) > 4))
@settings(max_examples=50, deadline=None)
def test_the_score_interval_inverts_the_score_test(table):
    table = np.reshape(table, (3, 3))
    found = compare_paired_net_promoter(table=table, method="score").difference
    if found.low is not None and found.low > -2.0:
        at_low = compare_paired_net_promoter(table=table, method="score", target=found.low)
        assert at_low.p_value == pytest.approx(0.05, abs=1e-6)
    flipped = compare_paired_net_promoter(table=table.T, method="score").difference
    assert flipped.value == pytest.approx(-found.value, abs=1e-12)


@given(
    first=st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=8),
    alternative=st.sampled_from(["two-sided", "greater", "less"]),
    data=st.data(),
)
@settings(max_examples=40, deadline=None)
def test_the_exact_p_value_is_the_share_of_all_sign_flips(first, alternative, data):
    second = data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=len(first), max_size=len(first)))
    changes = np.subtract(first, second)
    sums = np.array([(changes * signs).sum() for signs in product((-1, 1), repeat=len(first))])
    far = {"two-sided": abs(sums) >= abs(changes.sum()), "greater": sums >= changes.sum()}
    here, there = ([ANSWERS[each] for each in column] for column in (first, second))
    found = compare_paired_net_promoter(here, there, alternative=alternative)
    assert found.difference.method == "exact"
    assert found.p_value == pytest.approx(far.get(alternative, sums <= changes.sum()).mean(), abs=1e-10)


def test_without_moves_by_two_it_is_mcnemar():
    found = compare_paired_net_promoter(table=[[6, 1, 0], [7, 7, 0], [0, 0, 0]], method="exact")
    assert found.p_value == pytest.approx(mcnemar_test(table=[[6, 1], [7, 7]], method="exact").p_value, abs=1e-12)


def test_pairs_know_more_than_two_surveys():
    rng = np.random.default_rng(1)
    first = rng.integers(5, 11, 400)
    second = np.clip(first - (rng.random(400) < 0.15), 0, 10)
    paired, unpaired = compare_paired_net_promoter(first, second), compare_net_promoter(first, second)
    assert paired.difference.value == pytest.approx(unpaired.difference.value, abs=1e-12)
    assert paired.verdict == "higher"
    assert paired.difference.standard_error < 0.5 * unpaired.difference.standard_error
    assert compare_paired_net_promoter(table=net_promoter_moves(first, second)) == paired


def test_equal_weights_change_little_and_designs_enter():
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 11, (2, 300))
    plain = compare_paired_net_promoter(first, second, method="wald").difference
    same = compare_paired_net_promoter(first, second, weights=np.full(300, 2.0), method="wald").difference
    assert same.value == pytest.approx(plain.value, abs=1e-12)
    assert same.standard_error == pytest.approx(plain.standard_error * (300 / 299) ** 0.5, rel=1e-9)
    households = compare_paired_net_promoter(
        np.tile(first, 2), np.tile(second, 2), clusters=np.tile(np.arange(300), 2), method="wald"
    ).difference
    assert households.standard_error == pytest.approx(same.standard_error, rel=1e-9)  # twice the same is not more


def test_incomplete_pairs_are_left_out():
    found = compare_paired_net_promoter([10, None, 3, 9], [8, 9, None, 10], missing="exclude")
    assert (found.difference.n, found.difference.warnings) == (2, ("2 incomplete pairs excluded",))
    nobody = compare_paired_net_promoter([10, None], [None, 3], missing="exclude")
    assert (nobody.difference.value, nobody.verdict) == (None, "not distinguishable yet")


def test_a_common_change_has_no_width():
    found = compare_paired_net_promoter(table=[[0, 0, 0], [30, 0, 0], [0, 0, 0]])
    assert (found.difference.value, found.difference.low, found.verdict) == (1.0, None, "higher")


@pytest.mark.parametrize(
    ("arguments", "settings_", "match"),
    [
        (([10, 9], [9]), {}, "not the same customers"),
        (([10, 12], [9, 9]), {}, "first: 1 answer off the scale, row 1"),
        (([10], [None]), {}, "second: 1 answer missing"),
        (([10],), {}, "two columns of answers, or a table"),
        ((), {"table": [[1, 2], [3, 4]]}, "no such table"),
        ((), {"table": np.eye(3), "weights": [1, 2, 3]}, "belong to answers"),
        ((), {"table": np.eye(3) / 2 + 0.1, "method": "exact"}, "no exact test"),
        (([10], [9]), {"method": "exact", "target": 0.1}, "exact test is for target 0"),
        (([10], [9]), {"method": "waldo"}, "no such method"),
        (([10], [9]), {"alternative": "up"}, "no such alternative"),
    ],
)
def test_broken_input_is_named(arguments, settings_, match):
    with pytest.raises(CrmRiskError, match=match):
        compare_paired_net_promoter(*arguments, **settings_)
