"""Tests of who moved between categories: reference rows, statsmodels where it is right, broken tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.marginal_homogeneity import (
    MovementTest,
    bhapkar_test,
    bowker_test,
    mcnemar_test,
    stuart_maxwell_test,
)

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


def test_statsmodels_where_every_pair_moved():
    # statsmodels 0.15.0: SquareTable(table, shift_zeros=False).homogeneity(...), .symmetry(), mcnemar(...)
    table = [[29, 37, 35, 20], [37, 39, 38, 4], [18, 24, 12, 15], [25, 32, 23, 7]]
    theirs = {
        stuart_maxwell_test: (20.75159290143253, 0.00011855091280021934),
        bhapkar_test: (21.902242041893313, 6.835867286847375e-05),
        bowker_test: (32.631664370909014, 1.2343174682379366e-05),
    }
    for test, expected in theirs.items():
        found = test(table=table)
        assert (found.statistic, found.p_value) == pytest.approx(expected, rel=1e-9)
    two = [[20, 11], [4, 9]]
    assert mcnemar_test(table=two, method="exact").p_value == pytest.approx(0.11846923828125, rel=1e-9)
    corrected = mcnemar_test(table=two, method="continuity")
    assert (corrected.statistic**2, corrected.p_value) == pytest.approx((2.4, 0.12133525035848208), rel=1e-9)
    assert mcnemar_test(table=[[1, 5], [5, 1]], method="continuity").p_value == 1.0  # statsmodels corrects past 0


def test_order_of_categories_and_unused_ones_do_not_matter():
    table = np.array(PETERSON)
    expected = stuart_maxwell_test(table=table).statistic
    order = [2, 0, 3, 1]
    assert stuart_maxwell_test(table=table[np.ix_(order, order)]).statistic == pytest.approx(expected)
    assert stuart_maxwell_test(table=np.pad(table, (0, 1))).degrees_of_freedom == 3
    assert bowker_test(table=table.T).statistic == pytest.approx(26.25)


def test_columns_of_answers_are_a_table():
    first, second = pd.Series(["a", "a", "b", None, "b"]), ["a", "b", "b", "a", "a"]
    found = mcnemar_test(first, second, missing="exclude")
    assert replace(found, warnings=()) == mcnemar_test(table=[[1, 1], [1, 1]])


@pytest.mark.parametrize("test", [stuart_maxwell_test, bhapkar_test, bowker_test, mcnemar_test])
def test_missing_pairs_are_refused_or_counted(test):
    first, second = ["a", "a", "b", None, "b", "a"], ["a", "b", "b", "a", None, float("nan")]
    with pytest.raises(CrmRiskError, match=r"first: 1 answer missing, row 3.*\n.*second: 2 answers missing, rows 4, 5"):
        test(first, second)
    found = test(first, second, missing="exclude")
    assert (found.n, found.warnings) == (3, ("3 incomplete pairs excluded",))
    assert MovementTest.from_json(found.to_json()) == found
    with pytest.raises(CrmRiskError, match="no such policy"):
        test(["a", "b"], ["b", "a"], missing="skip")


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
        (lambda: bowker_test(range(2000), range(2000)), "too many categories"),
        (lambda: bowker_test(["a"]), "give two columns"),
    ],
)
def test_broken_input_is_named(call, match):
    with pytest.raises(CrmRiskError, match=match):
        call()
