from __future__ import annotations

from datetime import datetime, timedelta

import crmrisk as cr
from crmrisk.assessment.strength import strengths
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

PURCHASES = BetaGeoNBD(r=0.243, alpha=30.9, a=0.793, b=2.426)


def test_a_missing_optional_input_weakens_the_knowledge(make_pipeline):
    """Mean spend is optional for lifetime value: whoever bought once is rated on less."""
    month = timedelta(days=30)
    book = cr.Portfolio(
        ["C1", "C2", "C3"],
        datetime(2026, 1, 31),
        {"frequency": [2, 0, None], "recency": [9, 0, None], "age": [50, 50, None], "mean_spend": [9, None, None]},
    )
    value = cr.LifetimeValueScorer(
        currency="EUR",
        horizon=month,
        discount_rate=0,
        purchases=PURCHASES,
        spend=GammaGamma(p=6.25, q=3.74, v=15.44),
    )
    pipeline = make_pipeline(likelihood=cr.AttritionScorer(horizon=month, model=PURCHASES), consequence=value)
    assessed = pipeline.fit(book).assess(book)
    assert strengths(assessed).tolist() == ["moderate", "weak", "none"]
    assert [row.strength_of_knowledge for row in assessed] == ["moderate", "weak", "none"]
