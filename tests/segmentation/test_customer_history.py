"""Histories of customers: from frames of several engines and from portfolios, and what is refused."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import PortfolioError
from crmrisk.segmentation.customer_history import CustomerHistory

ROWS = {
    "customer_id": ["B", "A", "B"],
    "at": [datetime(2026, 2, 1), datetime(2026, 1, 1), datetime(2026, 1, 1)],
    "revenue": [1.5, None, 3.0],
    "need": ["trading", None, "wealth"],
    "since": [None, datetime(2020, 1, 1), datetime(2021, 1, 1)],
}


def engines():
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    return {"pandas": pd.DataFrame(ROWS), "polars": polars.DataFrame(ROWS), "pyarrow": pyarrow.table(ROWS)}


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_a_frame_of_any_engine_becomes_tables(engine):
    history = CustomerHistory.from_frame(engines()[engine])
    assert history.customer_id.tolist() == ["B", "A"]
    np.testing.assert_array_equal(history.columns["revenue"], [[3.0, np.nan], [1.5, np.nan]])
    assert [history.at(review).names("need").tolist() for review in (0, 1)] == [["wealth", None], ["trading", None]]
    assert history.since.astype("datetime64[D]").astype(str).tolist() == ["2021-01-01", "2020-01-01"]


def test_portfolios_in_any_order_become_tables():
    books = [
        Portfolio([who], date(2026, month, 1), {"x": [month]}, {"need": [who]}) for who, month in (("A", 3), ("B", 1))
    ]
    history = CustomerHistory.from_portfolios(books)
    assert history.customer_id.tolist() == ["B", "A"]
    np.testing.assert_array_equal(history.columns["x"], [[1, np.nan], [np.nan, 3]])
    assert history.at(1).among("need", {"A"}).tolist() == [False, True]


def test_nothing_of_the_caller_is_kept_or_changed():
    values = np.array([[1.0, 2.0]])
    history = CustomerHistory(["A", "B"], [date(2026, 1, 1)], {"x": values})
    values[:] = 9
    assert history.columns["x"].tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match="read-only"):
        history.columns["x"][0, 0] = 5


DAY = [date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: CustomerHistory(["A", "A"], DAY, {}), "duplicate"),
        (lambda: CustomerHistory([1], DAY, {}), "no text"),
        (lambda: CustomerHistory(["A"], [], {}), "no review"),
        (lambda: CustomerHistory(["A"], [date(2026, 2, 1), date(2026, 1, 1)], {}), "do not rise"),
        (lambda: CustomerHistory(["A"], [None], {}), "missing"),
        (lambda: CustomerHistory(["A"], [20260101], {}), "points in time"),
        (lambda: CustomerHistory(["A"], DAY, {"x": [[1, 2]]}), "another shape"),
        (lambda: CustomerHistory(["A"], DAY, {"x": [[1], [2, 3]]}), "not one value each"),
        (lambda: CustomerHistory(["A"], DAY, {"x": [[np.inf]], "y": [["a"]]}), "2 problems"),
        (lambda: CustomerHistory(["A"], DAY, {}, {"need": [[3]]}), "no names"),
        (lambda: CustomerHistory(["A"], DAY, {}, since=[None, None]), "since"),
        (lambda: CustomerHistory(["A"], DAY, [3]), "columns"),
        (lambda: CustomerHistory.from_frame(pd.DataFrame({"customer_id": ["A"]})), "'at'"),
        (lambda: CustomerHistory.from_frame(pd.DataFrame(ROWS).head(0)), "no rows|another type"),
        (lambda: CustomerHistory.from_frame(pd.DataFrame(ROWS).iloc[[0, 0]]), "two rows for one review"),
        (lambda: CustomerHistory.from_frame(pd.DataFrame(ROWS).assign(at=pd.NaT)), "without customer_id or time"),
        (lambda: CustomerHistory.from_frame(pd.DataFrame(ROWS).assign(at=3)), "at"),
        (lambda: CustomerHistory.from_frame(3), "no frame"),
        (lambda: CustomerHistory.from_portfolios([3]), "no portfolios"),
        (lambda: CustomerHistory.from_portfolios([Portfolio(["A"], DAY[0], {}), Portfolio(["B"], DAY[0], {})]), "two portfolios"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(call, words):
    with pytest.raises(PortfolioError, match=words):
        call()
