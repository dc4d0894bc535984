"""Tier policies applied to histories: the reference rows, what each rule does, and what must hold for any policy."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError, MissingInputsError, PortfolioError
from crmrisk.segmentation.conditions import AnyOf, Criterion
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.tier_application import apply_policy
from crmrisk.segmentation.tier_policy import Tier, TierPolicy
from crmrisk.segmentation.tier_records import TierApproval, TierOverride, TierProtection
from crmrisk.segmentation.tiers import TierSegmenter

LADDER = {"silver": 100, "gold": 200, "platinum": 300}


def months(n):
    return [date(2026 + month // 12, month % 12 + 1, 1) for month in range(n)]


def one(values, **settings):
    """Apply a policy over `value` to one customer."""
    people = {
        name: settings.pop(name) for name in ("overrides", "approvals", "protected", "initial") if name in settings
    }
    since = settings.pop("since", None)
    policy = TierPolicy.from_cuts("value", LADDER, **settings)
    history = CustomerHistory(["C1"], months(len(values)), {"value": [[v] for v in values]}, since=since)
    return apply_policy(policy, history, **people)["C1"]


def tiers_of(reviews):
    return [review.tier for review in reviews]


def siebel(points, segments, *, days_a_member):
    """Review a Silver member of the ladder that the Siebel Loyalty documentation prints."""
    policy = TierPolicy(
        tiers=[
            Tier("Base"),
            Tier("Silver", Criterion("points", ge=60_000)),
            Tier("Gold", AnyOf([Criterion("points", ge=120_000), Criterion("segments", ge=40)])),
            Tier("Platinum", AnyOf([Criterion("points", ge=250_000), Criterion("segments", ge=60)])),
        ],
        grace=timedelta(days=365),  # the qualifying period
    )
    columns = {"points": [points], "segments": [segments], "age": [days_a_member]}
    book = Portfolio(["C1"], date(2026, 1, 31), columns, {"tier": ["Silver"]})
    return TierSegmenter(policy=policy).segment(book).labels[0]


@pytest.mark.parametrize(
    ("points", "segments", "within", "tier"),
    [
        pytest.param(250_000, 0, False, "Platinum", id="T1-points"),
        pytest.param(249_999, 60, False, "Platinum", id="T1-segments"),
        pytest.param(119_999, 39, False, "Silver", id="T1-stays"),
        pytest.param(0, 0, True, "Silver", id="T1-requalifies"),
        pytest.param(0, 0, False, "Base", id="T1-falls"),
    ],
)
def test_the_ladder_of_siebel_loyalty(points, segments, within, tier):
    assert siebel(points, segments, days_a_member=100 if within else 400) == tier


def test_a_band_is_left_only_below_its_lower_end():
    assert tiers_of(one([200, 180, 179.99, 199, 200], demotion_band=20)) == ["gold", "gold", "silver", "silver", "gold"]


def test_a_promotion_band_asks_for_more_than_the_bound_except_at_first():
    reviews = one([100, 200, 219, 220], promotion_band=20)
    assert tiers_of(reviews) == ["silver", "silver", "silver", "gold"]
    assert reviews[2].reason == "kept silver short of promotion: not gold, value 219 < 220"


def test_bands_may_be_shares_of_the_bound():
    assert tiers_of(one([300, 271, 269], demotion_band=0.1, bands="share")) == ["platinum", "platinum", "gold"]


def test_dwell_counts_reviews_in_a_row_and_begins_again_after_each_step():
    values = [300, 50, 300, 50, 50, 50, 50, 50, 50]
    p, g, s, b = "platinum", "gold", "silver", "base"
    assert tiers_of(one(values, dwell=2)) == [p, p, p, p, g, g, s, s, b]


def test_a_missing_review_neither_counts_nor_clears():
    reviews = one([300, 50, None, 50], dwell=2)
    assert tiers_of(reviews) == ["platinum", "platinum", "platinum", "gold"]
    assert reviews[2].reason == "evidence missing: value; platinum kept"
    assert tiers_of(one([None, 50])) == [None, "base"]


def test_steps_may_be_limited_up_and_unlimited_down():
    assert tiers_of(one([0, 300, 300, 0], promotion_steps=1, demotion_steps=None)) == ["base", "silver", "gold", "base"]
    assert tiers_of(one([300, 210, 0], dwell=2, demotion_steps=None)) == ["platinum", "platinum", "gold"]


def test_grace_spares_newcomers_and_is_counted_from_the_first_review_if_nothing_else_is_known():
    grace = timedelta(days=45)
    assert tiers_of(one([200, 0, 0, 0], grace=grace)) == ["gold", "gold", "silver", "base"]
    assert tiers_of(one([200, 0], grace=grace, since=[date(2020, 1, 1)])) == ["gold", "silver"]
    assert "grace of a newcomer: value 0 < 200" in one([200, 0], grace=grace)[1].reason


def test_who_is_protected_may_rise_but_not_fall():
    spring = TierProtection("C1", date(2026, 2, 1), date(2026, 4, 1), reason="open dispute")
    assert tiers_of(one([200, 0, 300, 0], protected=[spring])) == ["gold", "gold", "platinum", "gold"]
    assert tiers_of(one([200, 0, 0], protected=["C1"])) == ["gold"] * 3
    assert one([200, 0], protected="C1")[1].reason == "kept gold, protected: value 0 < 200"


def test_an_override_covers_the_policy_and_ends():
    override = TierOverride("C1", "platinum", date(2026, 2, 1), date(2026, 4, 1), reason="merger", by="board")
    reviews = one([200, 150, 150, 150], dwell=2, overrides=[override])
    assert tiers_of(reviews) == ["gold", "platinum", "platinum", "silver"]
    assert reviews[2].decision == "overridden"
    assert reviews[2].reason == (
        "set to platinum until 2026-04-01, merger (board); the policy says: "
        "demoted from gold to silver: value 150 < 200, for 2 reviews in a row"
    )
    assert reviews[3].reason == "no longer set to platinum; kept silver: value 150 >= 100"
    assert (reviews[1].since, reviews[3].since) == (datetime(2026, 2, 1), datetime(2026, 4, 1))


def with_approval(**settings):
    ladder = TierPolicy.from_cuts("value", LADDER)
    top = Tier("platinum", Criterion("value", ge=300), needs_approval=True)
    return TierPolicy(tiers=[*ladder.tiers[:-1], top], **settings)


def test_a_tier_that_needs_approval_waits_for_it():
    history = CustomerHistory(["C1"], months(4), {"value": [[150], [300], [300], [300]]})
    approval = TierApproval("C1", "platinum", date(2026, 4, 1))
    reviews = apply_policy(with_approval(), history, approvals=[approval])["C1"]
    assert tiers_of(reviews) == ["silver", "gold", "gold", "platinum"]
    assert [review.awaiting for review in reviews] == [None, "platinum", "platinum", None]
    assert reviews[1].reason == "promoted from silver to gold: value 300 >= 300; platinum awaits approval"
    assert reviews[2].reason == "kept gold until platinum is approved: value 300 >= 300"
    newcomer = CustomerHistory(["C1"], months(1), {"value": [[300]]})
    assert apply_policy(with_approval(), newcomer)["C1"][0].tier == "gold"


def test_demotions_may_need_approval_too():
    waiting = one([200, 0, 0], approve_demotions=True)
    assert tiers_of(waiting) == ["gold"] * 3
    assert waiting[1].awaiting == "silver"
    assert waiting[1].reason == "kept gold until silver is approved: value 0 < 200"
    allowed = [TierApproval("C1", "silver", date(2026, 3, 1))]
    assert tiers_of(one([200, 0, 0], approve_demotions=True, approvals=allowed)) == ["gold", "gold", "silver"]


def test_versions_of_a_policy_take_their_turns():
    old = TierPolicy.from_cuts("value", {"gold": 100}, effective_from=date(2026, 2, 1))
    new = TierPolicy.from_cuts("value", {"gold": 200}, effective_from=date(2026, 3, 1), version="2")
    history = CustomerHistory(["C1"], months(3), {"value": [[150], [150], [150]]})
    reviews = apply_policy([new, old], history)["C1"]
    assert tiers_of(reviews) == [None, "gold", "base"]
    assert reviews[0].reason == "the policy is in force from 2026-02-01 on"


def test_since_next_review_and_the_calendar():
    reviews = one([100, 100, 200, 200], review_every=timedelta(days=10))
    assert [review.since.month for review in reviews] == [1, 1, 3, 3]
    assert [review.next_review for review in reviews][-2:] == [datetime(2026, 4, 1), datetime(2026, 4, 11)]


def test_a_history_goes_on_where_another_ended():
    values = np.random.default_rng(3).normal(200, 80, (12, 30))
    ids = [f"C{n}" for n in range(30)]
    policy = TierPolicy.from_cuts("value", LADDER, demotion_band=30, dwell=3, demotion_steps=None)
    began = ["2020-01-01"] * 30
    whole = apply_policy(policy, CustomerHistory(ids, months(12), {"value": values}, since=began))
    first = apply_policy(policy, CustomerHistory(ids, months(12)[:5], {"value": values[:5]}, since=began))
    rest = CustomerHistory(ids, months(12)[5:], {"value": values[5:]}, since=began)
    second = apply_policy(policy, rest, initial=first)
    assert np.array_equal(second.tiers, whole.tiers[5:])
    assert np.array_equal(second.since, whole.since[5:])
    assert second.reasons(0, np.arange(30)).tolist() == whole.reasons(5, np.arange(30)).tolist()


def test_frames_and_portfolios_give_the_same_history():
    rows = {"customer_id": ["C1", "C2", "C1", "C2"], "at": pd.to_datetime(["2026-01-01"] * 2 + ["2026-02-01"] * 2)}
    values = [100.0, 50.0, 210.0, np.nan]
    policy = TierPolicy.from_cuts("value", LADDER)
    wanted = apply_policy(policy, pd.DataFrame(rows | {"value": values}))
    books = [Portfolio(["C1", "C2"], day, {"value": values[2 * i : 2 * i + 2]}) for i, day in enumerate(months(2))]
    assert apply_policy(policy, books) == wanted
    frame = wanted.frame()
    assert frame["reason"].tolist() == [
        review.reason for at in (0, 1) for c in ("C1", "C2") for review in [wanted[c][at]]
    ]
    assert list(frame["tier"].astype(object)) == ["silver", "base", "gold", "base"]


VALUES = st.lists(st.lists(st.floats(-50, 400) | st.none(), min_size=4, max_size=4), min_size=1, max_size=8)
POLICIES = st.builds(
    lambda up, down, dwell, steps, rise: TierPolicy.from_cuts(
        "value", LADDER, promotion_band=up, demotion_band=down, dwell=dwell, demotion_steps=steps, promotion_steps=rise
    ),
    st.sampled_from([0.0, 15.0]),
    st.sampled_from([0.0, 30.0, 150.0]),
    st.integers(1, 3),
    st.sampled_from([1, 2, None]),
    st.sampled_from([1, None]),
)


def run(policy, values):
    table = np.array(values, dtype=float)
    return apply_policy(
        policy,
        CustomerHistory([f"C{n}" for n in range(table.shape[1])], months(len(table)), {"value": table}),
    )


@settings(max_examples=20, deadline=None)
@given(policy=POLICIES, values=VALUES, order=st.permutations(range(4)))
def test_customers_are_judged_alone_and_in_any_order(policy, values, order):
    table = np.array(values, dtype=float)
    tiers = run(policy, table).tiers
    assert np.array_equal(run(policy, table[:, order]).tiers, tiers[:, order])
    assert np.array_equal(run(policy, table[:, :1]).tiers, tiers[:, :1])


@settings(max_examples=20, deadline=None)
@given(policy=POLICIES, values=VALUES, more=st.lists(st.floats(0, 200), min_size=8, max_size=8))
def test_more_is_never_a_lower_tier(policy, values, more):
    table = np.nan_to_num(np.array(values, dtype=float))
    extra = np.array(more[: len(table)])[:, np.newaxis]
    assert (run(policy, table + extra).tiers >= run(policy, table).tiers).all()


@settings(max_examples=15, deadline=None)
@given(policy=POLICIES, values=VALUES)
def test_constant_numbers_are_a_fixed_point(policy, values):
    table = np.array([values[0]] * 5, dtype=float)
    tiers = run(policy, table).tiers
    assert (tiers == tiers[0]).all()


@settings(max_examples=15, deadline=None)
@given(values=VALUES)
def test_without_band_and_dwell_a_policy_is_plain_cuts_but_falls_one_step_at_a_time(values):
    table = np.nan_to_num(np.array(values, dtype=float))
    plain = np.searchsorted(list(LADDER.values()), table, side="right")
    wanted = [plain[0]]
    for cut in plain[1:]:
        wanted.append(np.maximum(cut, wanted[-1] - 1))
    assert np.array_equal(run(TierPolicy.from_cuts("value", LADDER), table).tiers, wanted)
    assert np.array_equal(run(TierPolicy.from_cuts("value", LADDER, demotion_steps=None), table).tiers, plain)


POLICY = TierPolicy.from_cuts("value", LADDER)
HISTORY = CustomerHistory(["C1"], [date(2026, 1, 1)], {"value": [[1]]})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: apply_policy("gold", HISTORY), InvalidValueError, "no policy"),
        (lambda: apply_policy([], HISTORY), InvalidValueError, "no policy"),
        (lambda: apply_policy(POLICY, None), PortfolioError, "no frame"),
        (lambda: apply_policy(POLICY, []), PortfolioError, "no portfolios"),
        (lambda: apply_policy(POLICY, CustomerHistory(["C1"], [date(2026, 1, 1)], {})), MissingInputsError, "value"),
        (lambda: apply_policy(POLICY, HISTORY, initial={"C9": "gold"}), InvalidValueError, "C9"),
        (lambda: apply_policy(POLICY, HISTORY, initial=["lead"]), PortfolioError, "lead"),
        (lambda: apply_policy(POLICY, HISTORY, protected=["C9"], approvals=[3]), InvalidValueError, "2 problems"),
        (lambda: apply_policy(POLICY, HISTORY, protected=5), InvalidValueError, "protected"),
        (lambda: apply_policy([POLICY, POLICY], HISTORY), InvalidValueError, "begin together"),
        (lambda: apply_policy(POLICY, HISTORY).at(7), InvalidValueError, "no such review"),
        (lambda: apply_policy(POLICY, HISTORY).at(date(2020, 1, 1)), InvalidValueError, "no such review"),
        (lambda: apply_policy(POLICY, HISTORY)["C9"], PortfolioError, "no such customer"),
    ],
)
def test_what_is_wrong_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
