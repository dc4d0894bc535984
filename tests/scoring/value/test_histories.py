"""Bad histories are refused with everything that is wrong, before a formula sees them."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value.histories import checked_columns, checked_histories, checked_numbers, checked_weights

GOOD = {"frequency": [0, 2, 1], "recency": [0, 5, 3], "age": [10, 10, 10]}


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("frequency", [0, 1.5, 1], "1 fractional value(s), the first in row 1"),
        ("frequency", [0, 2, np.nan], "1 missing value(s) (NaN), the first in row 2"),
        ("frequency", [0, 2, np.inf], "1 infinite value(s), the first in row 2"),
        ("frequency", [-1, 2, -1], "2 negative value(s), the first in row 0"),
        ("recency", [0, 11, 12], "2 value(s) above age, the first in row 1"),
        ("recency", [4, 5, 3], "1 value(s) above 0 without a repeat purchase, the first in row 0"),
        ("recency", [0, -5, 3], "1 negative value(s), the first in row 1"),
        ("recency", ["0", "5", "3"], "not numbers"),
        ("age", np.array(["2020-01-01"] * 3, dtype="datetime64[D]"), "not numbers"),
        ("age", [10, None, "old"], "not numbers"),
        ("age", [10, None, 10], "1 missing value(s)"),
        ("age", [10, object(), 10], "not numbers"),
        ("age", [10, 10], "columns differ in shape"),
        ("age", [[10, 10, 10]], "columns differ in shape"),
    ],
)
def test_fitting_refuses(name, values, text):
    with pytest.raises(InvalidValueError) as caught:
        checked_columns({**GOOD, name: values})
    assert text in str(caught.value)


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(InvalidValueError) as caught:
        checked_columns({"frequency": [0.5, -1], "recency": [np.inf, 1], "age": [np.nan, 0.5]})
    assert [problem.where for problem in caught.value.problems] == [
        "frequency", "frequency", "recency", "age", "recency",
    ]  # fmt: skip


def test_no_rows_cannot_be_fitted():
    with pytest.raises(FitError):
        checked_columns({"frequency": [], "recency": [], "age": []})


@pytest.mark.parametrize("weights", [[-1, 1], [np.nan, 1], [np.inf, 1], [1], [[1, 1]], ["a", "b"]])
def test_bad_weights_are_refused(weights):
    with pytest.raises(InvalidValueError):
        checked_weights(weights, 2)


def test_weights_that_sum_to_nothing_are_refused():
    with pytest.raises(FitError):
        checked_weights([0, 0], 2)


def test_scoring_keeps_missing_values_and_refuses_wrong_ones():
    histories = checked_histories([np.nan, 2.0, 0.0], [1.0, 2.0, 0.0], [5.0, np.nan, 5.0])
    assert np.isnan(histories.frequency[0])
    with pytest.raises(InvalidValueError, match="above age"):
        checked_histories([np.nan, 2.0], [1.0, 9.0], [5.0, 5.0])


def test_shapes_that_do_not_broadcast_are_refused():
    with pytest.raises(InvalidValueError, match="do not broadcast"):
        checked_numbers({"horizon": [1, 2], "n": [1, 2, 3]})


def test_columns_come_out_contiguous_and_the_input_stays_as_it_was():
    table = np.arange(12.0).reshape(4, 3)
    columns = checked_numbers({"age": table[:, 1], "recency": 0.0})
    assert all(column.flags.c_contiguous and column.shape == (4,) for column in columns.values())
    assert np.array_equal(table, np.arange(12.0).reshape(4, 3))
