from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from crmrisk.core.customers import Customer
from crmrisk.core.errors import PortfolioError
from crmrisk.core.measures import Input
from crmrisk.core.rows import portfolio_of_one

DAY = date(2026, 1, 31)
READS = (Input("age", "day"), Input("recency", "day"), Input("segment", "label"), Input("region", "label"))


def test_everything_read_is_there_and_nothing_else():
    customer = Customer(
        customer_id="C1", as_of=DAY, segment="retail", tags=("vip",), features={"age": 40, "region": "north", "nps": 9}
    )
    book = portfolio_of_one(customer, READS)
    assert set(book.columns) == {"age", "recency"}
    assert book["age"][0] == 40
    assert np.isnan(book["recency"][0])
    assert (book.label("region")[0], book.label("segment")[0], book.label("tier")[0]) == ("north", "retail", None)
    assert book.require(READS).tolist() == [False]


def test_the_customer_comes_back():
    day, since = datetime(2026, 1, 31, tzinfo=UTC), datetime(2020, 2, 3, 4, 5, tzinfo=UTC)
    customer = Customer(customer_id="C1", as_of=day, since=since, tier="gold", tags=("vip",), features={"age": 40.0})
    back = portfolio_of_one(customer, (Input("age", "day"),)).customer("C1")
    assert back == customer


@pytest.mark.parametrize(
    ("features", "reads"), [({"age": "forty"}, Input("age", "day")), ({"region": 3}, Input("region", "label"))]
)
def test_text_is_no_number_and_a_number_no_label(features, reads):
    with pytest.raises(PortfolioError):
        portfolio_of_one(Customer(customer_id="C1", as_of=DAY, features=features), (reads,))
