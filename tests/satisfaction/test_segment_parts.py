"""Tests of the rows of a segment and the parts of a record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.errors import RecordError
from crmrisk.satisfaction.segment_parts import estimate_part, indexable_rows, taken_rows
from crmrisk.satisfaction.service_quality import servperf


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_table_stays_what_it_is(kind):
    table = kind({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    taken = taken_rows(indexable_rows(table, 3, "answers"), np.array([0, 2]))
    assert isinstance(taken, type(table))
    assert list(taken["b"].to_pylist() if kind is pa.table else taken["b"]) == ["x", "z"]


@pytest.mark.parametrize("values", [[1, 2], 7, pd.Series([1, 2]), pl.DataFrame({"a": [1, 2]}), np.array(3)])
def test_one_row_per_label_is_asked_for(values):
    with pytest.raises(RecordError, match="not one row per segment label"):
        indexable_rows(values, 3, "answers")


def test_parts_of_parts_are_reached_with_dots():
    found = servperf({"a": [5, 6, 7], "b": [4, 6, 6]}, dimensions={"staff": ["a", "b"]})
    assert estimate_part(found, "score", where="all") == found.score
    assert estimate_part(found, "weighted_score", where="all").value == pytest.approx(34 / 6)
