"""Tiers from portfolio to portfolio: the same as over the whole history."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError, PortfolioError
from crmrisk.core.rows import portfolio_of_one
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tiers import TierSegmenter

POLICY = TierPolicy.from_cuts(
    "value", {"silver": 100, "gold": 200}, demotion_band=30, promotion_band=10, dwell=3, grace=timedelta(days=60)
)
SEGMENTER = TierSegmenter(policy=POLICY)
IDS = [f"C{n}" for n in range(50)]


def books():
    values = np.random.default_rng(8).normal(150, 60, (8, 50))
    values[3, 10:15] = np.nan
    since = [date(2025, 12, 1 + n % 28) for n in range(50)]
    return [Portfolio(IDS, date(2026, month + 1, 1), {"value": row}, since=since) for month, row in enumerate(values)]


def test_portfolio_after_portfolio_gives_what_the_history_gives():
    history, previous = apply_policy(POLICY, books()), None
    for review, book in enumerate(books()):
        previous = SEGMENTER.reviewed(book, previous=previous)
        assert previous.label("tier").tolist() == history.labels[review].tolist()
        assert previous["reviews_below"].tolist() == history.below[review].tolist()


def test_a_portfolio_may_go_on_from_a_history():
    whole, begun = apply_policy(POLICY, books()), apply_policy(POLICY, books()[:6])
    segments = SEGMENTER.segment(begun.onto(books()[6]))
    rated = segments.rated
    assert rated.all()
    assert segments.labels.tolist() == whole.labels[6].tolist()
    assert segments.reason.tolist() == whole.at(6).reason.tolist()


def test_the_age_of_the_relationship_counts_for_grace_as_the_date_does():
    book = Portfolio(["C1", "C2"], date(2026, 3, 1), {"value": [0, 0], "age": [59, 60]}, {"tier": ["gold", "gold"]})
    plain = TierSegmenter(policy=POLICY.model_copy(update={"dwell": 1}))
    assert plain.segment(book).labels.tolist() == ["gold", "silver"]


@pytest.mark.parametrize(
    ("age", "tiers"),
    [({}, "gold silver gold silver"), ({"age": [np.nan, 10.0, 400.0, np.nan]}, "gold gold silver silver")],
)
def test_one_customer_alone_is_as_young_as_in_the_portfolio(age, tiers):
    since = [date(2026, 2, 20), date(2020, 1, 1), date(2026, 2, 20), None]
    ids = ["C1", "C2", "C3", "C4"]
    book = Portfolio(ids, date(2026, 3, 1), {"value": [0] * 4} | age, {"tier": ["gold"] * 4}, since=since)
    segmenter = TierSegmenter(policy=POLICY.model_copy(update={"dwell": 1}))
    together = segmenter.segment(book)
    assert together.labels.tolist() == tiers.split()
    for each in ids:
        assert segmenter.segment(portfolio_of_one(book.customer(each), segmenter.inputs))[each] == together[each]


def test_what_is_wrong_is_named():
    book = Portfolio(["C1"], date(2026, 3, 1), {"value": [0]}, {"tier": ["diamond"]})
    with pytest.raises(PortfolioError, match="got: diamond; remedy: current= names the label"):
        SEGMENTER.segment(book)
    with pytest.raises(InvalidValueError, match="what criteria read"):
        TierSegmenter(policy=POLICY, current="value")
    with pytest.raises(InvalidValueError, match="no label"):
        TierSegmenter(policy=POLICY, current=None).reviewed(books()[0])
    with pytest.raises(PortfolioError, match="not earlier"):
        SEGMENTER.reviewed(books()[0], previous=books()[0])
