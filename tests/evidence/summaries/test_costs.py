from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from crmrisk.evidence import Costs, Evidence

AS_OF = datetime(2026, 1, 31)
DAY = datetime(2026, 1, 1)


@pytest.fixture
def sales():
    return {
        "customer_id": ["A", "A", "A", "A", "B", "C"],
        "at": [DAY, DAY, DAY, datetime(2026, 2, 1), DAY, DAY],
        "amount": [50.0, 30.0, -20.0, 99.0, 10.0, 8.0],
        "cost": [40.0, None, 5.0, 1.0, 12.0, None],
    }


def test_costs_are_those_of_known_purchases_on_every_engine(engine, sales):
    book = Evidence(transactions=engine(sales)).portfolio(AS_OF)
    np.testing.assert_array_equal(book["total_cost"], [40, 12, np.nan])
    np.testing.assert_allclose(book["contribution_margin"], [0.2, -0.2, np.nan])
    assert book.units["total_cost"] == "money"


def test_without_costs_nothing_is_said_of_them(engine, sales):
    del sales["cost"]
    evidence = Evidence(transactions=engine(sales))
    assert "total_cost" not in evidence.portfolio(AS_OF).columns
    assert np.isnan(evidence.portfolio(AS_OF, [Costs()])["total_cost"]).all()
