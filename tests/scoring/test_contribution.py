from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.contribution import portfolio_margin, shrunken_margin
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

AS_OF = datetime(2026, 1, 31)
PURCHASES = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)


def book(**columns) -> cr.Portfolio:
    n = len(next(iter(columns.values())))
    return cr.Portfolio([f"C{row}" for row in range(n)], AS_OF, columns)


def test_contribution_is_margin_times_net_spend_less_what_serving_and_winning_cost():
    customers = book(
        total_spend=[100, 100, 100, None], refunds=[0, 20, None, 0], contribution_margin=[0.4, 0.4, None, 0.4],
        service_cost=[0, 5, None, 0], acquisition_cost=[50, 10, None, 0],
    )  # fmt: skip
    found = cr.ContributionScorer(currency="EUR", margin=0.25).score(customers).values
    np.testing.assert_allclose(found, [40 - 50, 0.4 * 80 - 15, 25, np.nan])


def test_costs_that_are_not_recorded_are_not_counted():
    found = cr.ContributionScorer(currency="EUR", margin=0.25).score(book(total_spend=[100]))
    assert found.values.tolist() == [25]


def test_own_margins_are_drawn_to_the_portfolios_by_the_purchases_that_speak_for_them():
    customers = book(contribution_margin=[0.9, 0.9, None, -5], frequency=[0, 99, 3, 99])
    found = shrunken_margin(customers, 0.3, 1.0)
    np.testing.assert_allclose(found, [0.6, (0.3 + 90) / 101, 0.3, 0.0])
    np.testing.assert_allclose(shrunken_margin(customers, 0.3, 0.0), [0.9, 0.9, 0.3, 0.0])


def test_where_no_cost_is_known_there_is_no_margin():
    with pytest.raises(FitError, match="no customer's costs are known"):
        portfolio_margin(book(frequency=[1, 2]))


def _evidence() -> cr.Evidence:
    at = [AS_OF - timedelta(days=days) for days in (200, 100, 50, 200, 100)]
    sales = {"customer_id": list("AAABB"), "at": at, "amount": [50.0, 50.0, 100.0, 40.0, 40.0]}
    return cr.Evidence(transactions=pd.DataFrame(sales | {"cost": [30.0, 30.0, 60.0, 36.0, None]}))


def test_value_with_margins_from_evidence_is_the_value_at_each_margin():
    portfolio = _evidence().portfolio(AS_OF)
    np.testing.assert_allclose(portfolio["contribution_margin"], [0.4, 0.1])
    settings = {"currency": "EUR", "horizon": timedelta(days=365), "discount_rate": 0.1}
    scorer = cr.LifetimeValueScorer(**settings, margin="evidence", purchases=PURCHASES, spend=SPEND)
    fitted = scorer.fit(portfolio)
    assert fitted.margin == pytest.approx((3 * 0.4 + 2 * 0.1) / 5)
    whole = cr.LifetimeValueScorer(**settings, purchases=PURCHASES, spend=SPEND).fit(portfolio).score(portfolio).values
    margins = shrunken_margin(portfolio, fitted.margin, 1.0)
    np.testing.assert_allclose(fitted.score(portfolio).values, margins * whole, rtol=1e-12)
    explanation = fitted.explain(portfolio)
    np.testing.assert_allclose(explanation.total, margins * whole, rtol=1e-9)
    high, low = explanation.contributions[:, explanation.names.index("contribution_margin")]
    assert high > 0 > low


def test_without_costs_margins_from_evidence_are_refused():
    portfolio = book(frequency=[2], recency=[30], age=[90], mean_spend=[20])
    scorer = cr.LifetimeValueScorer(
        currency="EUR",
        horizon=timedelta(days=365),
        discount_rate=0.1,
        margin="evidence",
        purchases=PURCHASES,
        spend=SPEND,
    )
    with pytest.raises(FitError, match="costs"):
        scorer.fit(portfolio)


@pytest.mark.parametrize("margin", ["mine", 0, 2])
def test_margins_that_make_no_sense_are_refused(margin):
    with pytest.raises(InvalidValueError):
        cr.LifetimeValueScorer(currency="EUR", horizon=timedelta(days=1), discount_rate=0, margin=margin)
