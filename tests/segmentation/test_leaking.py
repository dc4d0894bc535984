"""Where the money leaks: by hand, sums, and intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.segments import Segments
from crmrisk.segmentation.leaking import money_leaks
from crmrisk.segmentation.markov_value import markov_lifetime_value
from crmrisk.segmentation.transitions import transition_matrix

NAMES = ("basic", "gold", "platinum")
MOVED = transition_matrix(counts=[[80, 15, 5], [10, 85, 5], [2, 8, 40]], names=NAMES, ordered=True)
WORTH = {"basic": 10, "gold": 100, "platinum": 400}


def test_by_hand():
    leaks = money_leaks(MOVED, WORTH)
    assert leaks.money.tolist() == [-2400, -900, -780, 1350, 1500, 1950]
    assert (leaks.source[0], leaks.target[0], leaks.customers[0]) == ("platinum", "gold", 8)
    assert (leaks.lost.value, leaks.gained.value, leaks.net.value) == (-4080, 4800, 720)
    assert (leaks.low <= leaks.money).all()
    assert (leaks.money <= leaks.high).all()
    assert leaks["gold", "basic"].value == -900
    assert leaks["gold", "basic"].high == pytest.approx(-90 * 100 * MOVED.estimate("gold", "basic").low)
    assert len(leaks.frame()) == len(leaks) == 6


def test_sums_are_the_change_of_the_book_and_their_intervals_hold():
    rng, worth = np.random.default_rng(9), np.array([10, 100, 400])
    truth = MOVED.probabilities
    change = 100 * (truth @ worth - worth).sum()
    found = [money_leaks(transition_matrix(counts=rng.multinomial(100, truth)), worth).net for _ in range(300)]
    assert np.mean([each.low <= change <= each.high for each in found]) > 0.95 - 3 * (0.95 * 0.05 / 300) ** 0.5
    assert np.std([each.value for each in found]) == pytest.approx(found[0].standard_error, rel=0.2)


def test_worth_may_be_lifetime_value():
    value = markov_lifetime_value(MOVED, WORTH, discount_rate=0.2, draws=2)
    leaks = money_leaks(MOVED, value)
    assert leaks["gold", "basic"].value == pytest.approx(10 * (value.values[0] - value.values[1]))


def test_who_left_is_not_forgotten():
    q1, q2 = Segments(["a", "b"], [0, 1], NAMES), Segments(["a"], [0], NAMES)
    assert "1 customers left" in money_leaks(transition_matrix(q1, q2), WORTH).warnings[0]
    gone = money_leaks(transition_matrix(q1, q2, gone="gone"), WORTH | {"gone": 0})
    assert (gone.warnings, gone.lost.value) == ((), -100)


def test_nothing_leaks_where_all_are_worth_the_same():
    leaks = money_leaks(MOVED, [5, 5, 5])
    assert (len(leaks), leaks.net.value, leaks.net.standard_error) == (0, 0, 0)
    with pytest.raises(CrmRiskError, match="no such move"):
        leaks["gold", "basic"]


@pytest.mark.parametrize(
    "wrong", [{"values": [1, 2]}, {"values": [1, 2, np.nan]}, {"level": 1}, {"migration": 3}], ids=str
)
def test_bad_input(wrong):
    given = {"migration": MOVED, "values": WORTH} | wrong
    with pytest.raises(CrmRiskError):
        money_leaks(given.pop("migration"), given.pop("values"), **given)
