"""What a policy accepts, how it is written, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crmrisk.core.errors import InvalidValueError, MissingInputsError
from crmrisk.core.portfolio import Portfolio
from crmrisk.segmentation.conditions import AllOf, AnyOf, Criterion
from crmrisk.segmentation.entitlements import EntitlementVariant, ServiceEntitlements
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import Tier, TierPolicy
from crmrisk.segmentation.tier_presets import institutional_clients

VISIT = ServiceEntitlements(12, "visit", timedelta(days=1))
MIXED = [
    Tier("base"),
    Tier("gold", AllOf([Criterion("assets", ge=100), Criterion("need", one_of=["trading"])])),
    Tier(
        "top",
        AnyOf([Criterion("assets", ge=200), Criterion("lifetime_value", ge=20, optional=True)]),
        needs_approval=True,
    ),
]


@pytest.mark.parametrize(
    "policy",
    [
        TierPolicy(
            tiers=MIXED, demotion_band={"assets": 10}, dwell=3, grace=timedelta(days=90), approve_demotions=True
        ),
        TierPolicy(
            tiers=MIXED, promotion_band=0.1, bands="share", effective_from=date(2026, 1, 1), demotion_steps=None
        ),
        institutional_clients(),
    ],
)
def test_a_policy_comes_back_from_json(policy):
    assert TierPolicy.model_validate_json(policy.model_dump_json()) == policy


def test_inputs_are_required_unless_every_criterion_can_do_without():
    assert {each.name: (each.unit, each.optional) for each in TierPolicy(tiers=MIXED).inputs} == {
        "assets": ("", False),
        "need": ("label", False),
        "lifetime_value": ("", True),
    }


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: TierPolicy(tiers=[Tier("base")]), "tiers"),
        (lambda: TierPolicy(tiers=[Tier("a"), Tier("a", Criterion("x", ge=1))]), "name repeats"),
        (lambda: TierPolicy(tiers=[Tier("a"), Tier("b"), Tier("c")]), "2 problems"),
        (lambda: TierPolicy(tiers=[Tier("a", Criterion("x", ge=1)), Tier("b", Criterion("x", ge=2))]), "lowest"),
        (lambda: TierPolicy(tiers=MIXED, demotion_band=10), "one width for several"),
        (lambda: TierPolicy(tiers=MIXED, demotion_band={"asets": 10}, promotion_band={"need": 1}), "2 problems"),
        (lambda: TierPolicy(tiers=MIXED, demotion_band={"assets": -1}), "demotion_band"),
        (lambda: TierPolicy(tiers=MIXED, dwell=0), "dwell"),
        (lambda: TierPolicy(tiers=MIXED, dwell="often"), "dwell"),
        (lambda: TierPolicy(tiers=MIXED, grace=90), "no bare number"),
        (lambda: TierPolicy(tiers=MIXED, grace=timedelta(days=-1)), "negative"),
        (lambda: TierPolicy(tiers=MIXED, demotion_steps=0), "demotion_steps"),
        (lambda: TierPolicy(tiers=MIXED, review_every=timedelta(0)), "review_every"),
        (lambda: TierPolicy.from_cuts("x", {"b": 2, "c": 1}), "do not rise"),
        (lambda: TierPolicy.from_cuts("x", {"b": float("nan")}), "ge"),
        (lambda: TierPolicy.from_cuts("x", {}), "no cuts"),
        (lambda: TierPolicy.from_cuts("x", {"b": 1}, dwel=2), "dwel"),
        (
            lambda: Tier("gold", Criterion("x", ge=1), variants=[EntitlementVariant(Criterion("x", ge=1), VISIT)]),
            "variants",
        ),
        (lambda: Tier("gold", "revenue > 3"), "Criterion, AllOf, AnyOf or Tagged"),
        (
            lambda: TierPolicy(
                tiers=[Tier("a"), Tier("b", Criterion("x", ge=1)), Tier("c", Criterion("x", one_of=["y"]))]
            ),
            "two ways",
        ),
        (lambda: ServiceEntitlements(-1, "visit", timedelta(days=1)), "contacts_per_year"),
        (lambda: ServiceEntitlements(1, "visit", timedelta(0)), "response_time"),
    ],
)
def test_what_is_wrong_is_named(build, words):
    with pytest.raises(InvalidValueError, match=words):
        build()


def test_that_cuts_state_the_unit_of_what_they_cut() -> None:
    money = Portfolio(["C1"], date(2026, 1, 1), {"spend": [300.0]}, units={"spend": "money"})
    policy = TierPolicy.from_cuts("spend", {"gold": 200}, unit="money")
    assert apply_policy(policy, [money]).labels.tolist() == [["gold"]]
    with pytest.raises(
        MissingInputsError, match=r"spend: in another unit; allowed: no unit; got: money; remedy: .*unit="
    ):
        apply_policy(TierPolicy.from_cuts("spend", {"gold": 200}), [money])
