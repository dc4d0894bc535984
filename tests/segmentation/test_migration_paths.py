"""Who was where: lining up, missing evidence, leaving, and records that contradict each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, PortfolioError
from crmrisk.core.segments import Segments
from crmrisk.segmentation.migration_paths import ABSENT, UNRATED, paths_of_history, paths_of_segments, with_gone

NAMES = ("basic", "gold")


def test_customers_are_lined_up_by_name():
    first = Segments(["a", "b", "c"], [0, 1, -1], NAMES)
    second = Segments(["d", "c", "a"], [0, 1, 1], NAMES)
    codes = paths_of_segments([first, second, first]).codes
    assert codes.T.tolist() == [[0, 1, 0], [1, ABSENT, 1], [UNRATED, 1, UNRATED], [ABSENT, 0, ABSENT]]


def test_unrated_is_not_gone():
    first = Segments(["a", "b", "c"], [0, 0, 0], NAMES)
    second = Segments(["a", "b"], [-1, 1], NAMES)
    found = with_gone(paths_of_segments([first, second]), "gone")
    assert found.names == ("gone", *NAMES)
    assert found.codes.T.tolist() == [[1, UNRATED], [1, 2], [1, 0]]


def test_who_is_gone_may_return_and_nobody_is_gone_before_coming():
    found = with_gone(paths_of_history(["a", "a", "b", "c", "c"], [1, 3, 2, 1, 2], ["x"] * 5), "gone")
    assert found.codes.T.tolist() == [[1, 0, 1], [ABSENT, 1, 0], [1, 1, 0]]
    same = with_gone(paths_of_history(["a", "b", "b"], [1, 1, 2], ["x", "x", "gone"]), "gone")
    assert same.names == ("gone", "x")


@pytest.mark.parametrize("kind", ["object", "category", "string", "Int64", "datetime64[ns]"])
def test_columns_of_any_kind(kind):
    numbers = pd.Series([1, 1, 2, 2])
    who = pd.Series([7, 8, 7, 8]).astype("Int64" if kind == "Int64" else "int64")
    when = pd.to_datetime(numbers.map({1: "2026-01-01", 2: "2026-02-01"})) if kind == "datetime64[ns]" else numbers
    where = pd.Series(["x", "y", None, "x"], dtype=kind if kind in {"object", "category", "string"} else "object")
    found = paths_of_history(who, when, where)
    assert found.codes.tolist() == [[0, 1], [UNRATED, 0]]
    assert found.periods == (("2026-01-01", "2026-02-01") if kind == "datetime64[ns]" else ("1", "2"))


def test_any_order_of_records_gives_the_same():
    rng = np.random.default_rng(0)
    who, when = np.repeat(np.arange(40), 3), np.tile([3, 1, 2], 40)
    where = rng.choice(["a", "b", "c"], 120)
    found, order = paths_of_history(who, when, where), rng.permutation(120)
    again = paths_of_history(who[order], when[order], where[order])
    assert sorted(map(tuple, again.codes.T)) == sorted(map(tuple, found.codes.T))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((["a", "a"], [1, 1], ["x", "y"]), "no two periods"),
        ((["a", "a", "a"], [1, 1, 2], ["x", "y", "x"]), "more than one of a customer"),
        ((["a", None], [1, 2], ["x", "y"]), "1 missing"),
        ((["a", "a"], [1, None], ["x", "y"]), "1 missing"),
        ((["a", "a"], [1, 2], ["x"]), "different lengths"),
        (([], [], []), "no two periods"),
        ((["a", "a"], [1, "b"], ["x", "y"]), "different kinds"),
        (([["a"], ["a"]], [1, 2], ["x", "y"]), "no column"),
    ],
)
def test_histories_that_are_none(columns, said):
    with pytest.raises(PortfolioError, match=said):
        paths_of_history(*columns)


def test_segments_must_be_known_and_alike():
    with pytest.raises(PortfolioError, match="segments without a name"):
        paths_of_history(["a", "a"], [1, 2], ["x", "y"], names=("x",))
    gold = Segments(["a"], [0], NAMES)
    for wrong in ([gold], [gold, 3], [gold, Segments(["a"], [0], ("gold", "basic"))]):
        with pytest.raises(InvalidValueError):
            paths_of_segments(wrong)
    with pytest.raises(InvalidValueError, match="periods: no names"):
        paths_of_segments([gold, gold], ["Q1", "Q1"])


@pytest.mark.parametrize("second", [["a", "a"], ["a", "b"]])
def test_one_segment_per_customer(second):
    twice = Segments(["a", "a"], [0, 1], NAMES)
    with pytest.raises(CrmRiskError, match="more than once"):
        paths_of_segments([twice, Segments(second, [0, 1], NAMES)])


def test_periods_follow_each_other_in_time():
    found = paths_of_history(["a"] * 3, ["10", "2", "1"], ["x", "y", "z"])
    assert (found.periods, found.codes.ravel().tolist()) == (("1", "2", "10"), [2, 1, 0])
    quarters = pd.Categorical(["spring", "winter"], categories=["winter", "spring"], ordered=True)
    assert paths_of_history(["a"] * 2, quarters, ["x", "y"]).periods == ("winter", "spring")
