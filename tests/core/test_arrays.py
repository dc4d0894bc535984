from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmrisk.core.arrays import frozen_floats, frozen_objects, same_arrays
from crmrisk.core.errors import PortfolioError

NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1, 2.5, None], [1, 2.5, NAN]),
        ((True, False), [1, 0]),
        ([], []),
        ([None, None], [NAN, NAN]),
        ([Decimal("1.5"), None], [1.5, NAN]),
        (np.array([1, 2], dtype=np.uint8), [1, 2]),
        (np.ma.array([1, 2], mask=[False, True]), [1, NAN]),
        (np.ma.array([1.5, 2.5], mask=False), [1.5, 2.5]),
        (pd.Series([1, None], dtype="Int64"), [1, NAN]),
        (pd.Series([True, None], dtype="boolean"), [1, NAN]),
        (pl.Series([1, None]), [1, NAN]),
        (pa.chunked_array([[1.0], [None]]), [1, NAN]),
        (range(3), [0, 1, 2]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_numbers_of_every_engine_become_read_only_floats(given, expected):
    array = frozen_floats(given, where="age")
    np.testing.assert_array_equal(array, expected)
    assert array.dtype == np.float64
    assert not array.flags.writeable


@pytest.mark.parametrize(
    "bad",
    [
        5,
        None,
        "12",
        ["1"],
        [1, "2"],
        [b"1"],
        np.array(["1.5"], dtype=np.dtypes.StringDType()),
        [1 + 2j],
        [[1], [2]],
        [[1], [1, 2]],
        [float("inf")],
        [1.0, -float("inf")],
        [10**400],
        np.array([np.longdouble("1e400")]),
        [date(2026, 1, 31)],
        [timedelta(days=1)],
        np.array(["2026-01-31"], dtype="datetime64[D]"),
        np.array([np.datetime64("2026-01-31")], dtype=object),
        np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
        {"a": 1},
        {1, 2},
        (each for each in [1, 2]),
        [object()],
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0][:30],
)
def test_what_is_no_finite_number_per_customer_is_refused_by_name(bad):
    with pytest.raises(PortfolioError, match=r"^age: "):
        frozen_floats(bad, where="age")


def test_the_first_infinite_row_is_named():
    with pytest.raises(PortfolioError, match=r"2 infinite value\(s\), the first in row 1"):
        frozen_floats([0, np.inf, -np.inf], where="age")


def test_copies_are_independent():
    mine = np.array([1.0, 2.0])
    frozen = frozen_floats(mine, where="age")
    mine[0] = 9
    assert frozen[0] == 1
    assert mine.flags.writeable


@pytest.mark.parametrize("bad", ["abc", 3, None, [["a", "b"], ["c", "d"]]])
def test_objects_are_one_dimensional(bad):
    with pytest.raises(PortfolioError, match="not one value per customer"):
        frozen_objects(bad, where="segment")


def test_same_arrays_treats_nan_as_equal_and_none_as_nothing():
    assert same_arrays(np.array([1.0, NAN]), np.array([1.0, NAN]))
    assert not same_arrays(np.array([1.0]), np.array([1.0, 2.0]))
    assert same_arrays(None, None)
    assert not same_arrays(None, np.array([1.0]))
    assert same_arrays(np.array(["NaT"], dtype="datetime64[us]"), np.array(["NaT"], dtype="datetime64[us]"))
