"""Contributions: the scorer's answer laid out, nothing lost on the way, and what is not known stays so."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, MissingInputsError, PortfolioError
from crmrisk.core.measures import Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Scores
from crmrisk.scoring import ContributionScorer
from crmrisk.segmentation.contribution import Contribution, contributions

AS_OF = date(2026, 1, 31)
COLUMNS = {
    "total_spend": [200.0, 80.0, None, 0.1],
    "refunds": [20.0, None, 5.0, 0.0],
    "contribution_margin": [0.3, None, 0.4, -0.2],
    "service_cost": [7.0, 30.0, 1.0, None],
    "acquisition_cost": [40.0, None, 10.0, 10.0],
    "spend_recent": [120.0, 0.0, None, 0.1],
    "spend_previous": [60.0, 80.0, None, 0.0],
    "wallet": [900.0, 60.0, None, 0.0],
    "lifetime_value": [500.0, 10.0, None, 1.0],
}
BOOK = Portfolio(["C1", "C2", "C3", "C4"], AS_OF, COLUMNS)


def test_it_is_the_scorers_answer():
    found = contributions(BOOK, currency="EUR", margin=0.5)
    scores = ContributionScorer(currency="EUR", margin=0.5).fit(BOOK).score(BOOK).values
    assert np.array_equal(found.contribution, scores, equal_nan=True)  # bit for bit
    parts = found.direct_cost + found.service_cost + found.acquisition_cost + found.expected_risk_cost
    assert found.revenue - parts == pytest.approx(found.contribution, nan_ok=True)
    assert found.revenue[0] == 180.0
    assert found.direct_cost[0] == pytest.approx(126.0)


def test_acquisition_is_spread_and_risk_is_a_cost():
    plain = contributions(BOOK, currency="EUR", margin=0.5)
    spread = contributions(BOOK, currency="EUR", margin=0.5, amortised=0.25, expected_risk_cost=[3, None, 1, 0])
    assert spread.acquisition_cost.tolist() == [10.0, 0.0, 2.5, 2.5]
    assert (spread.contribution - plain.contribution)[[0, 1, 3]] == pytest.approx([27.0, 0.0, 7.5])


def test_what_could_be_won_and_what_grows():
    found = contributions(BOOK, currency="EUR")
    assert found.potential == pytest.approx([720, 0, np.nan, 0], nan_ok=True)  # a wallet below revenue is all ours
    assert found.share_of_wallet == pytest.approx([0.2, 1.0, np.nan, np.nan], nan_ok=True)
    assert found.growth == pytest.approx([1.0, -1.0, np.nan, np.nan], nan_ok=True)
    assert found.lifetime_value.tolist()[:2] == [500.0, 10.0]


def test_rows_frames_and_totals():
    found = contributions(BOOK, currency="EUR", margin=0.5)
    assert found["C3"] == Contribution(
        customer_id="C3", currency="EUR", service_cost=1, acquisition_cost=10, expected_risk_cost=0
    )
    assert len(found.frame()) == len(found) == 4
    assert found.totals()["contribution"] == pytest.approx(np.nansum(found.contribution))
    assert found.onto(BOOK)["contribution"][0] == found.contribution[0]
    one = contributions(BOOK.take(slice(1)), currency="EUR", margin=0.5)
    assert one["C1"] == found["C1"]
    assert one != found
    assert found == contributions(BOOK, currency="EUR", margin=0.5)
    with pytest.raises(ValueError, match="read-only"):
        found.revenue[0] = 1


def test_scores_and_columns_by_name():
    value = Scores(BOOK.customer_id, [1, 2, 3, 4], Measure.money("EUR"))
    assert contributions(BOOK, currency="EUR", lifetime_value=value).lifetime_value.tolist() == [1, 2, 3, 4]
    named = contributions(BOOK, currency="EUR", lifetime_value="wallet").lifetime_value
    assert np.array_equal(named, BOOK["wallet"], equal_nan=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amortised": 2},
        {"amortised": "all"},
        {"margin": 0},
        {"currency": ""},
        {"wallet": [1, 2]},
        {"wallet": "purse"},
        {"expected_risk_cost": ["a"] * 4},
        {"lifetime_value": Scores(["x"], [1], Measure.money("EUR"))},
        {"lifetime_value": Scores(BOOK.customer_id, [1, 2, 3, 4], Measure.money("USD"))},
        {"expected_risk_cost": Scores(BOOK.customer_id, [0.1] * 4, Measure.share())},
        {"portfolio": BOOK.frame()},
    ],
    ids=lambda each: next(iter(each)),
)
def test_bad_input(wrong):
    given = {"portfolio": BOOK, "currency": "EUR"} | wrong
    with pytest.raises(CrmRiskError):
        contributions(given.pop("portfolio"), **given)


def test_what_is_missing_is_named():
    with pytest.raises(MissingInputsError, match="total_spend"):
        contributions(Portfolio(["C1"], AS_OF, {"wallet": [1]}), currency="EUR")
    with pytest.raises(PortfolioError, match="other customers"):
        contributions(BOOK, currency="EUR").onto(BOOK.take(slice(2)))
