"""The expected book: by hand, in the long run, and its prediction limits."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.future_book import expected_book
from crmrisk.segmentation.transitions import transition_matrix

NAMES = ("basic", "gold")
MOVED = transition_matrix(counts=[[80, 20], [10, 90]], names=NAMES)


def test_by_hand():
    book = expected_book(MOVED, {"gold": 0, "basic": 100}, periods=2, entries=[10, 0], draws=50)
    assert book.expected == pytest.approx(np.array([[100, 0], [90, 20], [84, 36]]))
    assert book.expected.sum(axis=1) == pytest.approx([100, 110, 120])
    assert (book.low <= book.expected).all()
    assert (book.expected <= book.high).all()
    assert book[2, "gold"].value == pytest.approx(36)
    assert book.worth({"basic": 1, "gold": 10}) == pytest.approx([100, 290, 444])
    assert book.frame()["expected"].sum() == pytest.approx(330)


def test_the_last_book_counted_is_where_it_starts_and_the_long_run_where_it_ends():
    book = expected_book(MOVED, periods=300, draws=2)
    assert book.expected[0].tolist() == [90, 110]
    assert book.expected[-1] == pytest.approx(200 * MOVED.chain.stationary())


def test_observed_entries():
    history = [["a"], ["a", "b"], ["a", "b", "c", "d"]]
    who = [each for period in history for each in period]
    when = [t for t, period in enumerate(history) for _ in period]
    from crmrisk.segmentation.transitions import migration_history

    moved = migration_history(who, when, ["x"] * len(who))
    book = expected_book(moved, periods=2, entries="observed", draws=100)
    assert book.expected[:, 0].tolist() == [4, 5.5, 7]
    assert (book.low[1] >= 4).all()


def test_limits_hold_the_next_book():
    rng, truth = np.random.default_rng(8), np.array([[0.7, 0.3], [0.2, 0.8]])
    held = []
    for _ in range(150):
        moved = transition_matrix(counts=rng.multinomial(80, truth))
        book = expected_book(moved, [60, 40], periods=2, entries=[5, 0], draws=200, rng=rng)
        now = np.array([60, 40])
        for _ in range(2):
            now = rng.multinomial(now, truth).sum(axis=0) + rng.poisson([5, 0])
        held.append((book.low[-1] <= now) & (now <= book.high[-1]))
    assert (np.mean(held, axis=0) > 0.95 - 3 * (0.95 * 0.05 / 150) ** 0.5).all()


def test_nobody_is_lost_on_the_way():
    book = expected_book(MOVED, [30, 30], periods=3, level=0.999, draws=400)
    assert (book.low >= 0).all()
    assert (book.high <= 60).all()
    assert book.low[0].tolist() == book.high[0].tolist() == [30, 30]


@pytest.mark.parametrize(
    "wrong",
    [
        {"migration": [[1, 2], [3, 4]]},
        {"sizes": [1.5, 2]},
        {"sizes": [-1, 2]},
        {"sizes": {"basic": 3}},
        {"periods": 0},
        {"periods": 1.5},
        {"periods": 10**6},
        {"entries": "some"},
        {"entries": [-1, 0]},
        {"entries": [1]},
        {"draws": 0},
        {"level": 2.0},
    ],
    ids=str,
)
def test_bad_input(wrong):
    given = {"migration": MOVED, "sizes": [5, 5], "periods": 2} | wrong
    with pytest.raises(CrmRiskError):
        expected_book(given.pop("migration"), given.pop("sizes"), **given)


def test_no_such_period_or_segment():
    book = expected_book(MOVED, periods=1, draws=2)
    for key in ((2, "gold"), (-1, "gold"), (1, "silver"), ("1", "gold")):
        with pytest.raises(CrmRiskError):
            book[key]


def test_entries_may_name_some_segments_and_sizes_name_all():
    moved = transition_matrix(counts=[[8, 2], [1, 9]], names=("basic", "gold"))
    some = expected_book(moved, periods=2, entries={"gold": 3}, draws=20)
    assert np.array_equal(some.entries, [0.0, 3.0])
    with pytest.raises(
        CrmRiskError, match=r"sizes\['gold'\]: no number for this segment\n.*sizes\['silver'\]: no such"
    ):
        expected_book(moved, {"basic": 5, "silver": 3}, periods=2)
    with pytest.raises(CrmRiskError, match=r"entries\['silver'\]: no such segment; allowed: basic, gold"):
        expected_book(moved, periods=2, entries={"silver": 3})
