"""The scheme of institutional clients: size by assets, service by need and tolerance."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product

import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.tier_capacity import entitlements_of
from crmrisk.segmentation.tier_presets import BUSINESS_NEEDS, RISK_TOLERANCES, institutional_clients
from crmrisk.segmentation.tiers import TierSegmenter


def test_larger_clients_are_called_on_more_often_and_answered_faster_whatever_they_need():
    by_size = [
        (tier.entitlements, *(each.entitlements for each in tier.variants)) for tier in institutional_clients().tiers
    ]
    assert all(len(each) == 1 + len(BUSINESS_NEEDS) * len(RISK_TOLERANCES) + 3 + 3 for each in by_size)
    for smaller, larger in pairwise(by_size):
        for less, more in zip(smaller, larger, strict=True):
            assert less.contacts_per_year < more.contacts_per_year
            assert less.response_time > more.response_time


def test_every_need_and_tolerance_is_served_in_its_own_way():
    policy, profiles = institutional_clients(), list(product((None, *BUSINESS_NEEDS), (None, *RISK_TOLERANCES)))
    needs, tolerances = zip(*profiles, strict=True)
    labels = {"business_need": needs, "risk_tolerance": tolerances}
    book = Portfolio(
        [f"C{n}" for n in range(len(profiles))], date(2026, 1, 31), {"assets": [5e7] * len(profiles)}, labels
    )
    tiers = TierSegmenter(policy=policy).segment(book)
    assert tiers.sizes() == {"small": 0, "medium": 16, "large": 0}
    table = entitlements_of(policy, tiers, book).frame()
    served = dict(zip(profiles, zip(table["channel"], table["contacts_per_year"], strict=True), strict=True))
    assert served["wealth", "low"] == ("named adviser", 18.0)
    assert served["trading", "high"] == ("dealing desk", 9.0)
    assert served["trading", None] == served["trading", "medium"] == ("dealing desk", 12.0)
    assert served[None, "low"] == served["service", "low"]
    assert served[None, None] == served["service", "medium"] == ("named service manager", 12.0)


@pytest.mark.parametrize("wrong", [{"medium": 10, "large": 5}, {"dwell": 0}, {"demotion_band": -1}, {"medium": "much"}])
def test_what_is_wrong_is_named(wrong):
    with pytest.raises(InvalidValueError):
        institutional_clients(**wrong)
