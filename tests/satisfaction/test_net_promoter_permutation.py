"""Tests of the exact comparison: it is the share of all permutations."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
from crmrisk.satisfaction.net_promoter_counts import NpsCounts
from crmrisk.satisfaction.net_promoter_permutation import permutation_p_value

ANSWERS = {-1: 3, 0: 8, 1: 10}


@given(
    first=st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=5),
    second=st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=5),
    alternative=st.sampled_from(["two-sided", "greater", "less"]),
)
@settings(max_examples=40, deadline=None)
def test_the_exact_p_value_is_the_share_of_all_permutations(first, second, alternative):
    together = np.array([*first, *second])
    picks = [list(pick) for pick in combinations(range(together.size), len(first))]
    gaps = np.array([together[pick].mean() - np.delete(together, pick).mean() for pick in picks])
    observed = np.mean(first) - np.mean(second)
    far = {"two-sided": abs(gaps) >= abs(observed) - 1e-9, "greater": gaps >= observed - 1e-9}
    found = compare_net_promoter(
        [ANSWERS[each] for each in first], [ANSWERS[each] for each in second], alternative=alternative
    )
    assert found.difference.method == "permutation"
    assert found.p_value == pytest.approx(far.get(alternative, gaps <= observed + 1e-9).mean(), abs=1e-10)


def test_an_empty_group_is_no_evidence():
    assert permutation_p_value(NpsCounts(0, 0, 0), NpsCounts(1, 2, 3)) == 1.0


def test_too_many_answers_for_the_exact_test_are_refused():
    big = NpsCounts(1000, 1000, 1000)
    with pytest.raises(CrmRiskError, match="too many answers"):
        permutation_p_value(big, big)
