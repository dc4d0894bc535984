from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.assessment.pairs import Column, checked, likelihood_and_consequence
from crmrisk.core.errors import InvalidValueError


def test_every_column_that_is_wrong_is_reported_at_once():
    with pytest.raises(InvalidValueError) as caught:
        likelihood_and_consequence([0.1, 1.2, -0.1], [-5.0, 10.0, np.inf])
    assert [problem.where for problem in caught.value.problems] == ["likelihood", "consequence"]
    assert "2 value(s)" in str(caught.value)


@pytest.mark.parametrize(
    "values", ["0.5", ["a"], [0.1, "b"], np.array([1 + 2j]), np.array(["2024-01-01"], dtype="datetime64[D]"), object()]
)
def test_what_is_no_number_is_refused(values):
    with pytest.raises(InvalidValueError, match="not numbers"):
        checked(Column("loss", values))


@pytest.mark.parametrize(
    "values",
    [
        [0.5, None],
        np.array([0.5, np.nan]),
        np.ma.masked_array([0.5, 0.7], mask=[False, True]),
        pd.Series([0.5, None]),
        pd.Series([0.5, None], dtype="Float64"),
    ],
)
def test_every_kind_of_missing_becomes_nan(values):
    (array,) = checked(Column("p", values, le=1.0))
    assert array.tolist()[0] == 0.5
    assert np.isnan(array[1])


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(InvalidValueError, match="shapes do not fit"):
        likelihood_and_consequence([0.1, 0.2], [1.0, 2.0, 3.0])


def test_whole_numbers_only_where_asked():
    with pytest.raises(InvalidValueError, match="whole numbers in"):
        checked(Column("severity", 2.5, 1, 10, whole=True))


def test_the_callers_array_is_left_alone():
    given = np.array([0.1, 0.2])
    likelihood, _ = likelihood_and_consequence(given, 1.0)
    assert likelihood.tolist() == given.tolist() == [0.1, 0.2]
    assert given.flags.writeable
