"""Tags: rules, derived tags, provenance, expiry, and what becomes of earlier tags."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError, MissingInputsError, PortfolioError
from crmrisk.segmentation.conditions import AllOf, AnyOf, Criterion, Tagged
from crmrisk.segmentation.tag_rules import TagRule
from crmrisk.segmentation.tags import TagSegmenter, apply_tags

if TYPE_CHECKING:
    from crmrisk.segmentation.tag_sets import Tags

QUARTER = timedelta(days=90)
VIP = TagRule("vip", Criterion("revenue", ge=1000), lasts=QUARTER, version="3")
IDLE = TagRule("idle", Criterion("idle_days", gt=60))
LOST = TagRule("lost vip", AllOf([Tagged("vip"), Tagged("idle")]))
FINE = TagRule("fine", Tagged("idle", present=False))


def book(day=date(2026, 1, 31), *, revenue=(1500, 1500, 20, None), idle=(5, 90, 90, 5), tags=None, ids="ABCD"):
    return Portfolio(list(ids), day, {"revenue": list(revenue), "idle_days": list(idle)}, tags=tags)


def names(tags: Tags):
    return [tags[each].names for each in tags.customer_id]


def test_derived_tags_follow_what_they_read_whatever_the_order_of_rules():
    wanted = [("vip", "fine"), ("vip", "idle", "lost vip"), ("idle",), ("fine",)]
    for rules in ([VIP, IDLE, LOST, FINE], [LOST, FINE, IDLE, VIP]):
        assert [set(each) for each in names(apply_tags(rules, book()))] == [set(each) for each in wanted]


def test_provenance_and_expiry():
    tag = apply_tags([VIP], book())["A"].tags[0]
    assert (tag.name, tag.rule, tag.version) == ("vip", "vip", "3")
    assert (tag.since, tag.as_of, tag.expires_at) == (
        datetime(2026, 1, 31),
        datetime(2026, 1, 31),
        datetime(2026, 5, 1),
    )


def test_a_tag_is_renewed_kept_until_it_expires_and_then_gone():
    first = apply_tags([VIP, IDLE], book())
    renewed = apply_tags([VIP, IDLE], book(date(2026, 3, 1), idle=(5,) * 4), first)["A"].tags[0]
    assert (renewed.since, renewed.as_of) == (datetime(2026, 1, 31), datetime(2026, 3, 1))
    poor = {"revenue": (0, None, 0, 0), "idle": (5,) * 4}
    kept = apply_tags([VIP, IDLE], book(date(2026, 4, 30), **poor), first)
    assert names(kept) == [("vip",), ("vip",), (), ()]  # a tag without a time of its own, idle, goes at once
    assert kept["A"].tags == first["A"].tags
    assert names(apply_tags([VIP, IDLE], book(date(2026, 5, 1), **poor), kept)) == [(), (), (), ()]


def test_given_tags_stay_and_ruled_ones_do_not_come_back_through_the_portfolio():
    tagged = book(tags=[("press", "vip"), ("press",), (), None])
    found = apply_tags([VIP], tagged)
    assert names(found) == [("press", "vip"), ("press", "vip"), (), ()]
    assert found["A"].tags[0].rule == "given"
    later = found.onto(book(date(2026, 6, 1), revenue=(0, 0, 0, 0)))
    assert names(apply_tags([VIP], later, found)) == [("press",), ("press",), (), ()]
    assert names(apply_tags([IDLE], later, found)) == [("press",), ("press", "idle"), ("idle",), ()]


def test_two_rules_may_give_one_tag_and_the_first_is_its_origin():
    other = TagRule("vip", Criterion("idle_days", gt=60), name="loyal")
    found = apply_tags([VIP, other], book())
    assert [[tag.rule for tag in found[each].tags] for each in "ABCD"] == [["vip"], ["vip"], ["loyal"], []]


def test_customers_come_and_go_between_two_portfolios():
    first = apply_tags([VIP], book())
    later = book(date(2026, 2, 28), revenue=(0, 0, 1200, 0), ids="XBYA")
    assert names(apply_tags([VIP], later, first)) == [(), ("vip",), ("vip",), ("vip",)]


def test_frame_and_portfolio_hold_what_the_tags_hold():
    found = apply_tags([VIP, IDLE], book())
    frame = found.frame()
    assert frame.groupby("tag").size().to_dict() == {"idle": 2, "vip": 2} == dict(sorted(found.sizes().items()))
    assert found.onto(book()).tags.tolist() == [("vip",), ("vip", "idle"), ("idle",), ()]
    with pytest.raises(PortfolioError, match="other customers"):
        found.onto(book(ids="XBYA"))


def test_order_of_customers_changes_nothing():
    turned = book(revenue=(None, 20, 1500, 1500), idle=(5, 90, 90, 5), ids="DCBA")
    rules = [LOST, FINE, IDLE, VIP]
    assert all(apply_tags(rules, turned)[each] == apply_tags(rules, book())[each] for each in "ABCD")


def test_the_first_tag_of_the_list_is_the_segment():
    segmenter = TagSegmenter(rules=[VIP, IDLE, LOST], tags=["lost vip", "idle", "vip", "press"], otherwise="others")
    segments = segmenter.fit(book()).segment(book(tags=[(), (), (), ()]))
    assert segments.labels.tolist() == ["vip", "lost vip", "idle", None]
    assert segments["B"].reason == "tagged lost vip: tagged vip and tagged idle"
    assert segments["D"].reason == "evidence missing"
    press = segmenter.segment(book(revenue=(0, 0, 0, 0), idle=(0, 0, 0, 0), tags=[("press",), (), (), ()]))
    assert press.labels.tolist() == ["press", "others", "others", "others"]
    assert press["A"].reason == "tagged press already"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: apply_tags([], book()), InvalidValueError, "no rules"),
        (lambda: apply_tags(["vip"], book()), InvalidValueError, "no rules"),
        (lambda: apply_tags([VIP, VIP], book()), InvalidValueError, "two rules of one name"),
        (
            lambda: apply_tags([TagRule("a", Tagged("b")), TagRule("b", Tagged("a"))], book()),
            InvalidValueError,
            "circle",
        ),
        (
            lambda: apply_tags([TagRule("a", Criterion("x", ge=1)), TagRule("b", Criterion("y", ge=1))], book()),
            MissingInputsError,
            "2 problems",
        ),
        (lambda: apply_tags([VIP], "book"), InvalidValueError, "Portfolio"),
        (lambda: apply_tags([VIP], book(), {"A": "vip"}), InvalidValueError, "existing"),
        (lambda: apply_tags([VIP], book(), apply_tags([VIP], book(date(2027, 1, 1)))), PortfolioError, "later"),
        (lambda: TagRule("vip", lambda row: True), InvalidValueError, "Criterion, AllOf, AnyOf or Tagged"),
        (lambda: TagRule("", Tagged("a")), InvalidValueError, "tag"),
        (lambda: TagRule("vip", Tagged("a"), lasts=90), InvalidValueError, "no bare number"),
        (lambda: TagSegmenter(rules=[VIP], tags=["vip", "vip"]), InvalidValueError, "repeats"),
        (lambda: TagSegmenter(rules=[]), InvalidValueError, "rules"),
        (lambda: TagSegmenter(rules=[TagRule("a", AnyOf([Tagged("a")]))]), InvalidValueError, "circle"),
    ],
)
def test_what_is_wrong_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
