"""Tests of reading tables of answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.errors import RecordError
from crmrisk.satisfaction.items import item_answers

COLUMNS = {"clean": [5, 4, None], "quiet": [3, 2, 1]}


@pytest.mark.parametrize("table", [COLUMNS, pd.DataFrame(COLUMNS), pl.DataFrame(COLUMNS), pa.table(COLUMNS)], ids=type)
def test_any_table_will_do(table):
    found = item_answers(table, lowest=1, highest=5, missing="exclude")
    assert found.names == ("clean", "quiet")
    assert np.array_equal(found.values, [[5, 3], [4, 2], [np.nan, 1]], equal_nan=True)
    assert found.complete.tolist() == [True, True, False]


def test_everything_off_the_scale_is_named_with_item_row_and_count():
    with pytest.raises(RecordError) as caught:
        item_answers({"clean": [5, 11, 11], "quiet": ["loud", 2, None]}, lowest=1, highest=5)
    assert [problem.where for problem in caught.value.problems] == ["items.clean", "items.quiet", "items.quiet"]
    assert "2 answers off the scale, rows 1, 2" in str(caught.value)


@pytest.mark.parametrize(
    "table",
    [
        {},
        [],
        [1, 2],
        [[1, 2], [3]],
        "text",
        None,
        7,
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        {"a": [1], "b": [1, 2]},
        [["a", 1]],
    ],
)
def test_what_is_no_table_is_refused(table):
    with pytest.raises(RecordError):
        item_answers(table)


def test_the_caller_keeps_their_table():
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    item_answers(table).values[:] = 0.0
    assert table.to_numpy().tolist() == [[1.0, 3.0], [2.0, 4.0]]
