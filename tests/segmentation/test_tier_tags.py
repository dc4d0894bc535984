"""Tiers by tags and by names of segments, beside numbers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import PortfolioError
from crmrisk.segmentation import (
    AllOf,
    AnyOf,
    Criterion,
    CustomerHistory,
    Tagged,
    TagRule,
    ThresholdSegmenter,
    Tier,
    TierPolicy,
    TierSegmenter,
    apply_policy,
    apply_tags,
)

POLICY = TierPolicy(
    tiers=[
        Tier("base"),
        Tier("silver", AnyOf([Tagged("founder"), Criterion("revenue", ge=100)])),
        Tier("gold", AllOf([Criterion("segment", one_of=["champions"]), Tagged("complained", present=False)])),
    ],
    demotion_band=20,
)
IDS = ["C1", "C2", "C3", "C4"]


def book(month=1, **changes):
    parts = {
        "columns": {"revenue": [10, 300, 300, 90]},
        "labels": {"segment": ["others", "champions", "champions", "others"]},
        "tags": [["founder"], [], ["complained"], None],
    }
    return Portfolio(IDS, date(2026, month, 1), **(parts | changes))


def test_tags_and_segments_are_criteria_with_reasons_in_words():
    tiers = TierSegmenter(policy=POLICY).segment(book())
    assert tiers.labels.tolist() == ["silver", "gold", "silver", "base"]
    assert tiers.reason.tolist() == [
        "first classified as silver: tagged founder",
        "first classified as gold: segment champions and not tagged complained",
        "first classified as silver: revenue 300 >= 100",
        "first classified as base: not silver, not tagged founder and revenue 90 < 100",
    ]
    assert TierPolicy.model_validate_json(POLICY.model_dump_json()) == POLICY


def test_a_history_of_portfolios_or_of_a_frame_holds_tags():
    later = book(2, tags=[[], [], [], ["founder"]])
    tiers = apply_policy(POLICY, [book(), later])
    assert tiers.labels[1].tolist() == ["base", "gold", "gold", "silver"]
    assert tiers["C1"][1].reason == "demoted from silver to base: not tagged founder and revenue 10 < 80"
    rows = [
        {"customer_id": who, "at": at.as_of, "revenue": revenue, "segment": segment, "tags": list(tags)}
        for at in (book(), later)
        for who, revenue, segment, tags in zip(IDS, at["revenue"], at.label("segment"), at.tags.tolist(), strict=True)
    ]
    framed = apply_policy(POLICY, pd.DataFrame(rows))
    np.testing.assert_array_equal(framed.tiers, tiers.tiers)
    assert repr(framed.history).endswith("revenue, segment, tags)")


def test_rows_in_another_order_and_a_customer_alone_have_the_same_tiers():
    order = np.array([2, 0, 3, 1])
    whole, turned = (
        TierSegmenter(policy=POLICY).segment(book()),
        TierSegmenter(policy=POLICY).segment(book().take(order)),
    )
    assert turned.labels.tolist() == whole.labels[order].tolist()
    assert turned.reason.tolist() == whole.reason[order].tolist()
    for row in range(4):
        alone = TierSegmenter(policy=POLICY).segment(book().take([row]))
        assert (alone.labels[0], alone.reason[0]) == (whole.labels[row], whole.reason[row])


def test_who_is_not_in_the_book_keeps_the_tier_even_where_only_tags_are_read():
    policy = TierPolicy(tiers=[Tier("base"), Tier("gold", Tagged("founder"))])
    months = [book(1), book(2).take([1, 2, 3]), book(3)]
    tiers = apply_policy(policy, months)
    assert tiers.labels[:, 0].tolist() == ["gold", "gold", "gold"]
    assert tiers["C1"][1].reason == "evidence missing: not in the book; gold kept"


def test_tags_given_by_rules_drive_tiers():
    rules = [TagRule("founder", Criterion("revenue", lt=50))]
    tagged = apply_tags(rules, book(tags=None)).onto(book(tags=None))
    assert TierSegmenter(policy=POLICY).segment(tagged).labels.tolist() == ["silver", "gold", "gold", "base"]


def test_the_label_of_any_segmenter_is_a_criterion():
    segments = ThresholdSegmenter(column="revenue", cuts=[200], names=["others", "champions"]).segment(book())
    named = segments.onto(book(labels={}), label="segment")
    assert TierSegmenter(policy=POLICY).segment(named).labels[1] == "gold"


@pytest.mark.parametrize("tags", [{"vip": [[1, 0, 0, 0]]}, {"vip": [[True]]}, {"vip": "C1"}])
def test_tags_that_are_no_table_of_yes_and_no_are_refused(tags):
    with pytest.raises(PortfolioError, match="vip"):
        CustomerHistory(IDS, [date(2026, 1, 1)], {}, tags=tags)
