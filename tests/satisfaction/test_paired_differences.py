"""Tests of differences within people: reference rows of general scores, few pairs, broken scores."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.paired_differences import PairedDifferences, compare_differences, compare_paired_scores

PETERSON = [[596, 18, 6, 5], [0, 2, 0, 0], [0, 0, 42, 0], [11, 0, 0, 0]]


@pytest.mark.parametrize(("method", "low", "high"), [("wald", 0.0041, 0.2164), ("score", 0.0038, 0.2168)])
def test_n9b_general_scores(method, low, high):
    # N9b, contingencytables: mean difference .1103
    found = compare_paired_scores(PETERSON, scores=(8, 3.5, 2, 1), method=method)
    assert found.difference.value == pytest.approx(0.1103, abs=6e-5)
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high), abs=6e-5)


def test_n8_two_by_two():
    # N8: Agresti, Categorical Data Analysis (approval): D -.04, SE .0095, Wald CI -.0587, -.0213, z -4.17
    table = [[794, 150], [86, 570]]
    found = compare_paired_scores(table, scores=(0, 1), method="wald")
    limits = (found.difference.standard_error, found.difference.low, found.difference.high)
    assert found.difference.value == pytest.approx(-0.04, abs=1e-12)
    assert limits == pytest.approx((0.0095, -0.0587, -0.0213), abs=6e-5)
    assert compare_paired_scores(table, scores=(0, 1)).statistic == pytest.approx(-4.17, abs=0.005)
    assert found.verdict == "lower"


def test_few_pairs_bound_nothing():
    few = compare_differences(PairedDifferences(0.5, 0.5, 3, 3.0, 2.0))
    assert (few.difference.low, few.difference.high) == (-2.0, 2.0)


def test_scores_belong_to_categories():
    with pytest.raises(CrmRiskError, match="not one score per category"):
        compare_paired_scores(PETERSON, scores=(1, 2))
    assert compare_paired_scores(np.zeros((2, 2)), scores=(0, 1)).difference.value is None
