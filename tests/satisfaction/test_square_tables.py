"""Tests of tables of the same people asked twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.square_tables import cross_table, square_table


def test_columns_become_a_table():
    first, second = pd.Series(["a", "a", "b", None, "b"]), ["a", "b", "b", "a", "a"]
    table, categories, warnings = cross_table(first, second, missing="exclude")
    assert (table.tolist(), categories) == ([[1, 1], [1, 1]], ("a", "b"))
    assert warnings == ("1 incomplete pair excluded",)
    assert cross_table([1, "a"], ["a", 1]).categories == (1, "a")
    assert cross_table([10, 9, 9], np.array([9, 9, 10])).categories == (9, 10)


def test_the_callers_table_is_copied():
    given = np.eye(2)
    square_table(given)[0, 0] = 7.0
    assert given[0, 0] == 1.0


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[1, np.inf], [0, 2]], 5, {"a": 1}, np.zeros((2, 2, 2))])
def test_no_square_tables_are_refused(table):
    with pytest.raises(CrmRiskError, match="no square table"):
        square_table(table)
