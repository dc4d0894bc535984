"""Tests of the prioritised list."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.priorities import KanoPriorities, kano_priorities
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
