from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import PortfolioError
from crmrisk.core.explanation import Driver, Explanation

NAN = float("nan")


def explanation(**parts: object) -> Explanation:
    usual = {
        "customer_id": ["C1", "C2", "C3"],
        "names": ("a", "b"),
        "baseline": 1.0,
        "contributions": [[0.5, -2.0], [0.0, 0.0], [NAN, NAN]],
        "scale": "EUR",
    }
    return Explanation(**usual | parts)


def test_contributions_add_up():
    np.testing.assert_array_equal(explanation().total, [-0.5, 1.0, NAN])
    np.testing.assert_array_equal(explanation(baseline=[1, 2, NAN]).total, [-0.5, 2.0, NAN])


def test_drivers_are_the_strongest_first_without_zeros_and_none_for_the_unrated():
    assert explanation().drivers(0) == (Driver("b", -2.0, "EUR"), Driver("a", 0.5, "EUR"))
    assert explanation().drivers(0, most=1) == (Driver("b", -2.0, "EUR"),)
    assert explanation().drivers(1) == ()
    assert explanation().drivers(2) == ()


def test_ties_keep_the_order_of_the_inputs():
    tied = explanation(contributions=[[0.5, -0.5], [0, 0], [0, 0]])
    assert [driver.name for driver in tied.drivers(0)] == ["a", "b"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"contributions": [[1.0, 2.0]]},
        {"contributions": [1.0, 2.0, 3.0]},
        {"contributions": [["a", "b"]] * 3},
        {"contributions": [[np.inf, 0.0]] * 3},
        {"contributions": [[1], [1, 2], [3]]},
        {"baseline": [1.0, 2.0]},
        {"baseline": "zero"},
        {"baseline": np.inf},
        {"names": ("a",)},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(wrong):
    with pytest.raises(PortfolioError):
        explanation(**wrong)


def test_it_copies_and_freezes():
    table = np.ones((3, 2))
    mine = explanation(contributions=table)
    table[:] = 7
    assert mine.contributions.max() == 1
    assert not mine.contributions.flags.writeable
    assert not mine.baseline.flags.writeable


def test_it_compares_by_content():
    assert explanation() == explanation()
    assert explanation() != explanation(scale="USD")
    assert explanation() != explanation(baseline=0.0)
    assert explanation() != "explanation"


@pytest.mark.parametrize("order", ["C", "F"])
def test_one_row_adds_up_to_the_same_bits(order):
    table = np.asarray(np.random.default_rng(3).normal(size=(50, 23)), order=order)
    ids, names = [f"C{i}" for i in range(50)], tuple(f"x{i}" for i in range(23))
    whole = Explanation(ids, names, 0.1, table, scale="s").total
    alone = [Explanation([ids[i]], names, 0.1, table[i : i + 1], scale="s").total[0] for i in range(50)]
    assert whole.tolist() == alone
