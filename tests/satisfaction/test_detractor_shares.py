"""Detractors among a customer's answers, between their own share and the segment's."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from crmrisk import Portfolio
from crmrisk.satisfaction.detractor_shares import DetractorShares

COUNT = st.floats(0, 100)


def _book(promoters, passives, detractors) -> Portfolio:
    kinds = {"nps_promoters": [promoters], "nps_passives": [passives], "nps_detractors": [detractors]}
    return Portfolio(["C1"], date(2026, 1, 31), kinds, {"segment": ["gold"]})


@settings(max_examples=40, deadline=None)
@given(COUNT, COUNT, COUNT, st.floats(0.01, 0.99), st.floats(0.05, 1000))
def test_the_probability_is_a_compromise_that_is_explained(promoters, passives, detractors, share, strength):
    model = DetractorShares(overall=0.3, segments={"gold": share}, prior_answers=strength)
    book, answers = _book(promoters, passives, detractors), promoters + passives + detractors
    found = model.probability(book, level=0.95)
    own = detractors / answers if answers else share
    assert min(own, share) - 1e-9 <= found.values[0] <= max(own, share) + 1e-9
    total = model.explain(book, np.array([True])).total[0]
    np.testing.assert_allclose(total, found.values[0], atol=1e-9)


def test_the_interval_is_the_posteriors():
    model = DetractorShares(overall=0.3, segments={"gold": 0.2}, prior_answers=2)
    found = model.probability(_book(3, 1, 2), level=0.9)
    np.testing.assert_allclose([found.low[0], found.high[0]], beta(2.4, 5.6).ppf([0.05, 0.95]))
