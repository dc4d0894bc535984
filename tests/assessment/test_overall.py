from __future__ import annotations

from datetime import datetime

import numpy as np

import crmrisk as cr


def test_each_customer_over_all_risks(assessed):
    overall = assessed.customers()
    frame = overall.frame()
    assert frame["level"].tolist() == ["high", "low", "unrated", "low"]
    np.testing.assert_allclose(frame["probability_of_any_low"], [0.5, 0.1, np.nan, 0.01])
    np.testing.assert_allclose(frame["probability_of_any_high"], [0.7, 0.1, np.nan, 0.01])
    np.testing.assert_allclose(frame["expected_loss"], [700.0, 10.0, np.nan, 0.0])
    assert frame["unrated_risks"].tolist() == [0, 1, 2, 0]


def test_frechet_bounds_hold_for_every_dependence(assessed):
    """Independent, comonotone and mutually exclusive events all lie within the bounds (AG2)."""
    first = assessed.customers()
    p, q = 0.5, 0.2
    for any_ in (1 - (1 - p) * (1 - q), max(p, q), min(1, p + q)):
        assert first.probability_of_any_low[0] <= any_ <= first.probability_of_any_high[0] + 1e-15


def test_a_likelihood_whose_risk_is_unrated_does_not_count(make_pipeline):
    book = cr.Portfolio(["C1"], datetime(2026, 1, 31), {"churn": [0.5], "fraud": [0.2], "value": [None]})
    programme = cr.RiskProgramme([make_pipeline("churn"), make_pipeline("fraud")])
    overall = programme.fit_portfolio(book).assess_portfolio(book).customers()
    assert overall.levels[0] == "unrated"
    assert np.isnan(overall.probability_of_any_high[0])
    assert overall.unrated_risks[0] == 2
