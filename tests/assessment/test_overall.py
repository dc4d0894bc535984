from __future__ import annotations

import numpy as np


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
