from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from crmrisk.core.errors import PortfolioError
from crmrisk.core.portfolio_checks import (
    frozen_labels,
    frozen_moments,
    frozen_tags,
    id_problems,
    name_problems,
    positions,
)


def test_moments_of_every_kind():
    east = datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    given = [date(2020, 1, 1), east, "2020-01-01", np.datetime64("2020-01-01"), None, float("nan")]
    moments = frozen_moments(given, where="since")
    first = np.datetime64("2020-01-01")
    assert moments[:4].tolist() == [
        m.item() for m in np.array([first, first - np.timedelta64(1, "h"), first, first], "M8[us]")
    ]
    assert np.isnat(moments[4:]).all()


@pytest.mark.parametrize("unit", ["Y", "M", "D", "h", "s", "ms", "us", "ns"])
def test_moments_of_every_unit_keep_their_value(unit):
    moments = frozen_moments(np.array(["2020-01-01", "NaT"], dtype=f"datetime64[{unit}]"), where="since")
    assert moments[0] == np.datetime64("2020-01-01")
    assert np.isnat(moments[1])


def test_every_wrong_moment_is_counted_and_the_first_are_shown():
    with pytest.raises(PortfolioError, match=r"since: 2 value\(s\).*3 in row 0, 'x' in row 2"):
        frozen_moments([3, None, "x"], where="since")


def test_rows_of_equal_length_are_rows():
    assert frozen_tags([["a", "b"], ["c", "d"]], where="tags").tolist() == [("a", "b"), ("c", "d")]
    assert frozen_labels(np.array(["a", "b"]), where="segment").tolist() == ["a", "b"]


def test_the_first_repeated_id_is_shown():
    [problem] = id_problems(np.array(["a", "b", "b", "a"], dtype=object))
    assert str(problem) == "customer_id: 2 duplicate id(s); got: 'b'"


def test_all_wrong_names_are_listed():
    problems = name_problems({"since": [], "": [], "a": []}, {"a": [], 3: []}, {"a": 1})
    assert len(problems) == 5


def test_a_mask_may_not_be_shorter():
    with pytest.raises(PortfolioError):
        positions(np.array([True]), 3)
    assert positions(np.array([True]), 1).tolist() == [0]
