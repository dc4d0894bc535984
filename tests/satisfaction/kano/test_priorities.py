"""Tests of the prioritised list."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.priorities import kano_priorities
from crmrisk.satisfaction.kano.priority_list import KanoPriorities
from crmrisk.satisfaction.kano.requirement import kano_requirements, requirement_from_pairs


def requirement(name, importance=None, **cells):
    pairs = np.zeros((5, 5))
    places = {"a": (0, 2), "o": (0, 4), "m": (1, 4), "i": (2, 2), "r": (4, 1)}
    for letter, count in cells.items():
        pairs[places[letter]] = count
    stated = None if importance is None else np.bincount([importance - 1], minlength=9) * 100
    return requirement_from_pairs(name, pairs, importance=stated, replicates=400)


BOOK = (
    requirement("gift", a=80, i=20, importance=9),
    requirement("speed", o=70, m=10, i=20, importance=5),
    requirement("secure", m=90, o=10, importance=8),
    requirement("legal", m=100, importance=9),
    requirement("colour", i=90, a=10, importance=1),
    requirement_from_pairs("new", np.zeros((5, 5))),
)


def names(ranked):
    return [line.requirement for line in ranked]


def test_category_comes_first_then_importance():
    ranked = kano_priorities(BOOK)
    assert names(ranked) == ["legal", "secure", "speed", "gift", "colour", "new"]
    assert [line.rank for line in ranked] == [1, 2, 3, 4, 5, 6]
    assert ranked.order == "category"


def test_benefit_is_range_times_importance_times_what_is_unmet():
    by_name = {line.requirement: line for line in kano_priorities(BOOK, performance={"speed": 0.75})}
    assert by_name["secure"].benefit.value == pytest.approx((0.1 + 1.0) * 8 / 9)
    assert by_name["speed"].benefit.value == pytest.approx((0.7 + 0.8) * 5 / 9 * 0.25)
    assert by_name["new"].benefit.value is None
    # scores 0, 1, 2 of each respondent; bootstrap covariance of 400 draws, five of its standard errors
    scores = np.repeat([2.0, 1.0, 0.0], [70, 10, 20])
    exact = scores.std() / 10 * 5 / 9 * 0.25
    assert by_name["speed"].benefit.standard_error == pytest.approx(exact, rel=5 * (0.5 / 400) ** 0.5)
    assert by_name["speed"].benefit.low < by_name["speed"].benefit.value < by_name["speed"].benefit.high


def test_costs_rank_by_benefit_per_cost_and_unknown_costs_come_last():
    ranked = kano_priorities(BOOK, costs=pd.Series({"gift": 1.0, "legal": 10.0, "secure": 2.0}))
    assert names(ranked) == ["gift", "secure", "legal", "speed", "colour", "new"]
    assert ranked[0].benefit_per_cost == pytest.approx(0.8)
    money = kano_priorities(BOOK, costs={"gift": 10, "legal": 10}, benefits={"gift": 5, "legal": 50})
    assert (names(money)[:2], money[0].benefit_per_cost) == (["legal", "gift"], 5.0)
    assert names(kano_priorities(BOOK, order="benefit"))[0] == "legal"


def test_the_frame_has_one_row_each_and_json_keeps_it_all():
    ranked = kano_priorities(BOOK, costs={"gift": 1})
    frame = ranked.frame()
    assert frame["requirement"].tolist() == names(ranked)
    assert frame["cost"].isna().sum() == 5
    assert {"rank", "category", "probability", "better", "worse", "importance", "benefit", "benefit_per_cost"} <= set(
        frame
    )
    assert KanoPriorities.from_json(ranked.to_json()) == ranked
    assert (
        str(ranked).splitlines()[1] == "1. gift: attractive (probability 1), benefit 0.8, cost 1, benefit per cost 0.8"
    )
    assert kano_priorities(()).frame().empty


def test_segments_are_told_apart():
    found = kano_requirements(["x", "x"], [1, 2], [3, 5], by=["new", "old"], replicates=20)
    assert [(line.requirement, line.segment) for line in kano_priorities(found)] == [("x", "old"), ("x", "new")]


@pytest.mark.parametrize(
    "given",
    [
        {"costs": {"gift": 0}},
        {"costs": {"gift": float("nan")}},
        {"costs": {"gift": "much"}},
        {"costs": {"typo": 1}},
        {"costs": [1, 2]},
        {"benefits": {"gift": -1}},
        {"performance": {"gift": 1.1}},
        {"order": "alphabet"},
    ],
)
def test_bad_numbers_are_refused(given):
    with pytest.raises(InvalidValueError):
        kano_priorities(BOOK, **given)


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(InvalidValueError) as caught:
        kano_priorities(BOOK, costs={"gift": 0, "typo": 1}, performance={"gift": 2}, order="alphabet")
    assert [problem.where for problem in caught.value.problems] == ["order", "costs['gift']", "costs['typo']", "performance['gift']"]  # fmt: skip


@pytest.mark.parametrize("wrong", [None, 3, "text", [1], BOOK[0]])
def test_only_requirements_are_ranked(wrong):
    with pytest.raises(InvalidValueError, match="requirements"):
        kano_priorities(wrong)


def test_places_are_as_sure_as_the_survey():
    ranked = kano_priorities(BOOK)
    last = ranked[-1]
    assert (last.requirement, last.rank_low, last.rank_probability, last.probability_of_top(1)) == (
        "new",
        None,
        (),
        None,
    )
    for line in ranked[:-1]:
        assert sum(line.rank_probability) == pytest.approx(1.0)
        assert line.rank_low <= line.rank <= line.rank_high
    assert (ranked[0].rank_low, ranked[0].rank_high) == (1, 1)  # legal is a must-be, and 9 of 9 important to everybody
    frame = ranked.frame(top=2)
    assert frame["probability_of_top"].tolist()[:3] == [1.0, 1.0, 0.0]
    assert frame["rank_high"].isna().tolist() == [False] * 5 + [True]


def test_places_that_differ_by_chance_are_shared_evenly():
    alike = [requirement(name, a=50, i=50) for name in ("x", "y", "z")]
    for line in kano_priorities(alike, order="benefit"):
        # the first of equals is a coin with three sides: five standard errors of 2,000 throws, and ties go to x
        assert line.rank_probability[0] == pytest.approx(1 / 3, abs=5 * (2 / 9 / 2000) ** 0.5 + 0.06)
        assert (line.rank_low, line.rank_high) == (1, 3)


def test_two_requirements_change_places_as_often_as_their_benefits_say():
    more, less = requirement("less", a=50, i=150), requirement("more", a=64, i=136)
    first = kano_priorities([more, less], order="benefit", replicates=20_000)[0]
    difference, error = (64 - 50) / 200, ((0.32 * 0.68 + 0.25 * 0.75) / 200) ** 0.5
    expected = 0.5 * (1 + math.erf(difference / error / 2**0.5))
    assert first.requirement == "more"
    # the normal approximation of a count is off by half an answer; 20,000 resamples by less
    assert first.rank_probability[0] == pytest.approx(expected, abs=0.015)


def test_given_benefits_are_certain_and_the_order_given_does_not_matter():
    sure = kano_priorities(BOOK[:3], benefits={"gift": 3, "speed": 2, "secure": 1}, order="benefit")
    assert [line.rank_probability[line.rank - 1] for line in sure] == [1.0, 1.0, 1.0]
    assert kano_priorities(BOOK[::-1]) == kano_priorities(BOOK)
    assert (
        kano_priorities(BOOK[:1])[0].benefit
        == {line.requirement: line for line in kano_priorities(BOOK)}["gift"].benefit
    )


def test_net_reverse_answers_count_in_resampled_surveys_too():
    pairs = np.zeros((5, 5))
    pairs[0, 2], pairs[4, 1], pairs[2, 2] = 60, 30, 10
    net = requirement_from_pairs("net", pairs, reverse="net", replicates=400)
    assert (net.reverse, net.better.value) == ("net", pytest.approx(0.3))
    plain = requirement("plain", a=50, i=50)  # better .5, surely above .3, and surely below 60/70
    assert kano_priorities([net, plain], order="benefit")[0].rank_probability[0] > 0.95


@pytest.mark.parametrize("wrong", [{"level": 95}, {"rng": 3}, {"replicates": 1}])
def test_bad_settings_are_refused(wrong):
    with pytest.raises(InvalidValueError):
        kano_priorities(BOOK, **wrong)


@pytest.mark.parametrize("k", [0, 1.5, "2", None])
def test_places_count_from_one(k):
    with pytest.raises(InvalidValueError, match="places"):
        kano_priorities(BOOK).frame(top=k)
