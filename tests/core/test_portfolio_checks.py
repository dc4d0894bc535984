from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import PortfolioError
from crmrisk.core.portfolio import Portfolio
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


IDS = pd.Series(["C1", "C2", "C3"])
NAMED = pd.Series([3, 1, 2], index=["C3", "C1", "C2"])


@pytest.mark.parametrize("columns", [{"age": NAMED}, {"age": IDS[::-1].map(len)}], ids=["by customer", "by row"])
def test_columns_in_another_order_than_customers_are_refused(columns):
    with pytest.raises(PortfolioError, match="age: rows of customer_id in another order"):
        Portfolio(IDS, date(2026, 1, 31), columns)


def test_columns_added_later_are_compared_with_the_customers():
    book = Portfolio(IDS, date(2026, 1, 31), {"age": NAMED.reindex(IDS), "size": pd.Series([7, 8, 9])})
    assert book["age"].tolist() == [1, 2, 3]
    with pytest.raises(PortfolioError, match="tier: rows of customer_id in another order"):
        book.with_labels({"tier": NAMED.astype(str)})
    assert book.with_labels({"tier": NAMED.astype(str).to_numpy()}).label("tier")[0] == "3"
