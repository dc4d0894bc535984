"""Every built-in segmenter passes the conformance kit; a registered one without an example here fails the suite.

To add a segmenter: write a function that returns its cases and name it in `EXAMPLES`.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from crmrisk.core.measures import Measure
from crmrisk.core.registry import SEGMENTERS, component_class, component_names
from crmrisk.scoring import ColumnScorer, SegmentedScorer
from crmrisk.testing import ScorerCase, SegmenterCase, scorer_checks, segmenter_checks

if TYPE_CHECKING:
    from collections.abc import Callable


def rfm_cases() -> tuple[SegmenterCase, ...]:
    from crmrisk.segmentation.rfm import RfmSegmenter
    from crmrisk.segmentation.rfm_cuts import RfmCuts

    given = RfmCuts(recency=(5, 15), frequency=(1, 5), monetary=(4.5, 20), closed="left")
    return (
        SegmenterCase(RfmSegmenter()),
        SegmenterCase(RfmSegmenter(groups=3, method="r_rfm", frequency="orders", monetary="revenue")),
        SegmenterCase(RfmSegmenter(cuts=given, method="rank", refunds="ignore")),
    )


def cluster_cases() -> tuple[SegmenterCase, ...]:
    from crmrisk import Input
    from crmrisk.segmentation.clusters import ClusterSegmenter

    recency, spend = Input("idle_days", "day", ge=0), Input("total_spend", "money", ge=0)
    mixed, few = (recency, spend, Input("region", "label")), {"replicates": 3, "starts": 2}
    return (
        SegmenterCase(ClusterSegmenter(inputs=(recency, spend), k=(2, 3), log=True, **few)),
        SegmenterCase(ClusterSegmenter(inputs=(recency, spend), k=3, method="hierarchical", scaling="robust", **few)),
        SegmenterCase(ClusterSegmenter(inputs=mixed, k=3, method="k-medoids", names=("a", "b", "c"), **few)),
        SegmenterCase(ClusterSegmenter(inputs=mixed, k=2, method="k-prototypes", sample=20, **few)),
    )


def tier_cases() -> tuple[SegmenterCase, ...]:
    from datetime import date, timedelta

    from crmrisk import Portfolio
    from crmrisk.segmentation.tier_policy import TierPolicy
    from crmrisk.segmentation.tier_presets import institutional_clients
    from crmrisk.segmentation.tiers import TierSegmenter

    policy = TierPolicy.from_cuts("revenue", {"silver": 100, "gold": 200}, demotion_band=20, dwell=2)
    n = 40
    book = Portfolio(
        [f"C{row}" for row in range(n)],
        date(2026, 1, 31),
        {
            "revenue": [None if row % 11 == 5 else 6.5 * row for row in range(n)],
            "reviews_below": [row % 2 for row in range(n)],
            "age": [None if row % 5 == 2 else 20 * row for row in range(n)],
        },
        {"tier": [("gold", None, "silver", "base")[row % 4] for row in range(n)]},
    )
    early = policy.model_copy(update={"grace": timedelta(days=365), "promotion_band": 5.0})
    return (
        SegmenterCase(TierSegmenter(policy=policy), book),
        SegmenterCase(TierSegmenter(policy=early), book),
        SegmenterCase(TierSegmenter(policy=institutional_clients(), current=None)),
    )


def tag_cases() -> tuple[SegmenterCase, ...]:
    from crmrisk.segmentation.conditions import AllOf, AnyOf, Criterion, Tagged
    from crmrisk.segmentation.tag_rules import TagRule
    from crmrisk.segmentation.tags import TagSegmenter

    vip = TagRule("vip", AnyOf([Criterion("revenue", ge=40), Criterion("visits", gt=10, optional=True)]))
    lost = TagRule("lost vip", AllOf([Tagged("vip"), Criterion("idle_days", gt=30, unit="day")]))
    return (
        SegmenterCase(TagSegmenter(rules=[lost, vip])),
        SegmenterCase(TagSegmenter(rules=[vip, TagRule("quiet", Tagged("vip", present=False))], otherwise="others")),
    )


def threshold_cases() -> tuple[SegmenterCase, ...]:
    from crmrisk.segmentation.thresholds import ThresholdSegmenter

    return (
        SegmenterCase(ThresholdSegmenter(column="idle_days", cuts=[10, 60], unit="day")),
        SegmenterCase(ThresholdSegmenter(column="assets", cuts=[50], names=["small", "large"], closed="right")),
    )


EXAMPLES: MappingProxyType[str, Callable[[], tuple[SegmenterCase, ...]]] = MappingProxyType(
    {
        "crmrisk.clusters": cluster_cases,
        "crmrisk.rfm": rfm_cases,
        "crmrisk.thresholds": threshold_cases,
        "crmrisk.tags": tag_cases,
        "crmrisk.tiers": tier_cases,
    }
)


@cache
def cases_of(kind: str) -> tuple[SegmenterCase, ...]:
    return EXAMPLES[kind]()


def builtin_kinds() -> list[str]:
    return [name for name in component_names(SEGMENTERS) if name.startswith("crmrisk.")]


@pytest.mark.parametrize("kind", builtin_kinds())
def test_every_registered_builtin_has_an_example(kind):
    assert kind in EXAMPLES, f"add an example of {kind} to EXAMPLES"
    assert {type(case.segmenter) for case in cases_of(kind)} == {component_class(kind)}
    assert component_class(kind).kind == kind


def test_builtins_are_registered_at_all():
    assert set(builtin_kinds()) == set(EXAMPLES)


NOT_FOR_EVERY_SEGMENTER = {
    "missing_evidence_has_no_segment",  # where every input may be missing
    "values_out_of_range_are_refused",  # where no input has bounds
}


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("check", segmenter_checks(), ids=str)
def test_builtin_keeps_its_promises(kind, check):
    for case in cases_of(kind):
        does_not_apply = check(case)
        assert not does_not_apply or check.name in NOT_FOR_EVERY_SEGMENTER


@pytest.mark.parametrize("kind", EXAMPLES)
def test_any_segmenter_drives_a_scorer_of_segments(kind):
    first = cases_of(kind)[0]
    silence, anger = (ColumnScorer(column=name, measure=Measure.share()) for name in ("silence", "anger"))
    scorer = SegmentedScorer(scorers={first.fitted.names[0]: silence}, default=anger, segmenter=first.segmenter)
    shares = np.linspace(0, 1, len(first.given))
    book = first.given.with_columns({"silence": shares, "anger": shares[::-1]}, first.given.units)
    case = ScorerCase(scorer, book)
    for check in scorer_checks(case):
        if check.name in {"one_customer_equals_the_portfolio", "missing_inputs_are_named", "survives_json"}:
            check()
    expected = np.where(first.segments.codes == 0, shares, shares[::-1])
    np.testing.assert_array_equal(case.scores.values, expected)
