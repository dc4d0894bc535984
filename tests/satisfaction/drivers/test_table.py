"""Tests of reading an outcome and its drivers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, FitError, RecordError, SchemaError
from crmrisk.satisfaction.drivers.table import driver_table

PRICE, SPEED, ALL = [1, 2, 4, 5, 3], [2, 2, 5, 4, 1], [1, 3, 4, 5, 2]


def engines() -> dict[str, object]:
    import polars as pl
    import pyarrow as pa

    columns = {"price": PRICE, "speed": SPEED}
    return {
        "mapping": columns,
        "pandas": pd.DataFrame(columns),
        "polars": pl.DataFrame(columns),
        "polars lazy": pl.LazyFrame(columns),
        "pyarrow": pa.table(columns),
        "nullable": pd.DataFrame(columns, dtype="Int64"),
    }


@pytest.mark.parametrize("engine", list(engines()))
def test_any_table_is_read_alike(engine):
    table = driver_table(ALL, engines()[engine])
    assert table.names == ("price", "speed")
    assert table.values.tolist() == np.column_stack([PRICE, SPEED, ALL]).tolist()


def test_arrays_get_names_and_outcomes_may_be_columns():
    array = np.column_stack([PRICE, SPEED])
    assert driver_table(ALL, array).names == ("driver 1", "driver 2")
    assert driver_table(ALL, array.tolist(), names=["price", "speed"]).names == ("price", "speed")
    frame = pd.DataFrame({"price": PRICE, "speed": SPEED, "all": ALL})
    assert driver_table("all", frame).names == ("price", "speed")
    assert driver_table("all", frame, names=["speed"]).outcome.tolist() == ALL


def test_missing_answers_are_refused_or_left_out_whole_and_counted():
    frame = pd.DataFrame({"price": [1, None, 4, 5, 3, 2, 5], "speed": [2, 2, 5, None, 1, 3, 2]})
    outcome = [*ALL, 4, 2]
    with pytest.raises(RecordError, match="2 answers missing, rows 1, 3"):
        driver_table(outcome, frame)
    before = frame.copy()
    table = driver_table(outcome, frame, missing="exclude", weights=[1, 1, 2, 1, 1, 0, 4])
    assert (table.n, table.n_missing, table.kept.tolist()) == (4, 2, [0, 2, 4, 6])
    assert table.weights == pytest.approx([0.5, 1.0, 0.5, 2.0])
    assert table.warnings == ("2 of 7 rows left out, an answer is missing (most: price 1, speed 1)",)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("outcome", "drivers", "settings", "error", "says"),
    [
        (ALL, {"price": [1, 9, 4, 5, 3], "speed": ["a", 2, 5, 4, 1]}, {"scale": (1, 5)}, RecordError, "price: 1 answer off the scale, row 1.*\n.*speed: 1 answer off the scale, row 0"),
        (ALL, {"price": [1, np.inf, 4, 5, 3]}, {}, RecordError, "price: 1 infinite"),
        (ALL, {"price": ["1", "2", "3", "4", "5"]}, {}, RecordError, "price: not numbers"),
        (ALL[:3], {"price": PRICE}, {}, SchemaError, "3 outcomes, 5 rows"),
        (ALL, {"price": PRICE, "speed": SPEED[:2]}, {}, SchemaError, "price 5, speed 2"),
        ("overall", {"price": PRICE}, {}, SchemaError, "no column 'overall'"),
        (ALL, {"price": PRICE}, {"names": ["speed"]}, SchemaError, "no column 'speed'"),
        (ALL, {"price": PRICE}, {"names": ["price", "price"]}, SchemaError, "named twice"),
        (ALL, {}, {}, SchemaError, "no drivers"),
        (ALL, PRICE, {}, SchemaError, "no table"),
        (ALL, 7, {}, SchemaError, "no table"),
        (ALL, [[1, 2], [3]], {}, SchemaError, "lengths"),
        (ALL, np.column_stack([PRICE, SPEED]), {"names": ["price"]}, SchemaError, "2 different names"),
        ([], {"price": []}, {}, FitError, "0 complete rows"),
        ([3], {"price": [4]}, {}, FitError, "1 complete rows"),
        ([2] * 5, {"price": PRICE}, {}, FitError, "outcome: one value only"),
        (ALL, {"price": [3] * 5, "speed": [2] * 5}, {}, FitError, "2 problems"),
        (ALL, {"price": PRICE}, {"weights": [1, -1, 1, 1, 1]}, RecordError, "weights"),
        (ALL, {"price": PRICE}, {"weights": [1, 1]}, RecordError, "weights"),
        (ALL, {"price": PRICE}, {"missing": "drop"}, CrmRiskError, "no such policy"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(outcome, drivers, settings, error, says):
    with pytest.raises(error, match=f"(?s){says}"):
        driver_table(outcome, drivers, **settings)


def test_columns_that_cannot_be_told_apart_and_rows_that_do_not_match_are_refused():
    twice = pd.DataFrame(np.column_stack([PRICE, SPEED]), columns=["price", "price"])
    with pytest.raises(SchemaError, match="columns of one name; got: price"):
        driver_table(ALL, twice)
    numbered = pd.DataFrame(np.column_stack([PRICE, SPEED]))
    assert driver_table(ALL, numbered).names == ("0", "1")
    elsewhere = pd.Series(ALL, index=range(5, 10))
    with pytest.raises(SchemaError, match="rows named differently"):
        driver_table(elsewhere, numbered)
    assert driver_table(elsewhere.to_numpy(), numbered).n == 5
