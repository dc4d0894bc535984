"""Tests of who moved between categories: reference rows, statsmodels where it is right, broken tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.marginal_homogeneity import bhapkar_test, bowker_test, mcnemar_test, stuart_maxwell_test
from crmrisk.satisfaction.square_tables import cross_table

PETERSON = [[596, 18, 6, 5], [0, 2, 0, 0], [0, 0, 42, 0], [11, 0, 0, 0]]
REFERENCE = [
    ("N9 Stuart-Maxwell", stuart_maxwell_test, 26.250, 3, 8e-6, 6e-7),
    ("N9 Bhapkar", bhapkar_test, 27.304, 3, 5e-6, 6e-7),
    ("N9 Bowker", bowker_test, 26.250, 6, 2e-4, 6e-5),
]


@pytest.mark.parametrize("reference", REFERENCE, ids=lambda reference: reference[0])
def test_reference(reference):
    # Peterson 2007 in Fagerland, Lydersen & Laake 2017 ch. 9
    _, test, statistic, freedom, p_value, tolerance = reference
    found = test(table=PETERSON)
    assert found.statistic == pytest.approx(statistic, abs=1e-3)
    assert found.degrees_of_freedom == freedom
    assert found.p_value == pytest.approx(p_value, abs=tolerance)
    assert found.n == 680


@pytest.mark.parametrize(("method", "p_value"), [("score", 0.0339), ("exact", 0.0703), ("mid-p", 0.0391)], ids=str)
def test_mcnemar_reference(method, p_value):
    # N4a-t: detractors 7, passives 13, promoters 1; Bentur 2009 in Fagerland, Lydersen & Laake 2017 ch. 8
    found = mcnemar_test(table=[[6, 1], [7, 7]], method=method)
    assert found.statistic == pytest.approx(-2.121, abs=6e-4)
    assert found.p_value == pytest.approx(p_value, abs=6e-5)


def test_n8_mcnemar():
    # N8: Agresti, Categorical Data Analysis (approval): z -4.17
    assert mcnemar_test(table=[[794, 86], [150, 570]], method="score").statistic == pytest.approx(-4.17, abs=0.005)


def test_statsmodels_agrees_where_every_pair_moved():
    from statsmodels.stats.contingency_tables import SquareTable, mcnemar

    table = np.random.default_rng(4).integers(1, 40, (4, 4))
    theirs = SquareTable(table, shift_zeros=False)
    pairs = [
        (stuart_maxwell_test(table=table), theirs.homogeneity("stuart_maxwell")),
        (bhapkar_test(table=table), theirs.homogeneity("bhapkar")),
        (bowker_test(table=table), theirs.symmetry()),
    ]
    for ours, other in pairs:
        assert (ours.statistic, ours.p_value) == pytest.approx((other.statistic, other.pvalue), rel=1e-9)
    two = [[20, 11], [4, 9]]  # with b = c statsmodels corrects past 0
    assert mcnemar_test(table=two, method="exact").p_value == pytest.approx(mcnemar(two, exact=True).pvalue, rel=1e-9)
    corrected = mcnemar(two, exact=False, correction=True)
    ours = mcnemar_test(table=two, method="continuity")
    assert (ours.statistic**2, ours.p_value) == pytest.approx((corrected.statistic, corrected.pvalue), rel=1e-9)


def test_order_of_categories_and_unused_ones_do_not_matter():
    table = np.array(PETERSON)
    expected = stuart_maxwell_test(table=table).statistic
    order = [2, 0, 3, 1]
    assert stuart_maxwell_test(table=table[np.ix_(order, order)]).statistic == pytest.approx(expected)
    assert stuart_maxwell_test(table=np.pad(table, (0, 1))).degrees_of_freedom == 3
    assert bowker_test(table=table.T).statistic == pytest.approx(26.25)


def test_columns_of_answers_are_a_table():
    first, second = pd.Series(["a", "a", "b", None, "b"]), ["a", "b", "b", "a", "a"]
    table, categories = cross_table(first, second)
    assert (table.tolist(), categories) == ([[1, 1], [1, 1]], ("a", "b"))
    assert mcnemar_test(first, second) == mcnemar_test(table=table)
    assert cross_table([1, "a"], ["a", 1])[1] == (1, "a")


def test_nothing_moved_decides_nothing():
    for test in (stuart_maxwell_test, bhapkar_test, bowker_test, mcnemar_test):
        found = test(table=[[3, 0], [0, 4]])
        assert (found.statistic, found.p_value) == (None, None)
        assert "nothing moved" in str(found)
    assert bhapkar_test(table=[[0, 9], [0, 0]]).p_value is None  # everybody moved: no variance is left


@pytest.mark.parametrize(
    "table", [[[1, 2]], [[1, -1], [0, 2]], [[1, np.nan], [0, 2]], [["a", 1], [2, 3]], [[1]], [], None, [[1, 2], [3]]]
)
def test_broken_tables_are_refused(table):
    with pytest.raises(CrmRiskError, match=r"no square table|give two columns"):
        stuart_maxwell_test(table=table)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: mcnemar_test(table=PETERSON), "not two categories"),
        (lambda: mcnemar_test(table=[[1, 2], [3, 4]], method="best"), "no such method"),
        (lambda: mcnemar_test(table=[[1, 2.5], [3, 4]]), "not whole"),
        (lambda: bowker_test(["a"], ["a", "b"]), "not the same people"),
        (lambda: bowker_test(["a"], ["a"]), "too few categories"),
        (lambda: bowker_test(["a"]), "give two columns"),
    ],
)
def test_broken_input_is_named(call, match):
    with pytest.raises(CrmRiskError, match=match):
        call()
