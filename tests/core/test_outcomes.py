from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, PortfolioError
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio

DAY, MONTH = date(2026, 1, 31), timedelta(days=30)
NAN = float("nan")


def outcomes(ids=("C1", "C2"), occurred=(1, 0), **parts: object) -> Outcomes:
    return Outcomes(list(ids), list(occurred), **{"event": "churn", "as_of": DAY, "horizon": MONTH} | parts)


def test_answers_are_aligned_by_id():
    aligned = outcomes(("C3", "C1", "C2"), (1, 0, None)).align(Portfolio(["C2", "C9", "C1", "C3"], DAY, {}))
    np.testing.assert_array_equal(aligned, [NAN, NAN, 0, 1])
    assert not aligned.flags.writeable
    np.testing.assert_array_equal(outcomes().align(Portfolio(["C1", "C2"], DAY, {})), [1, 0])


def test_empty_sides_align():
    np.testing.assert_array_equal(outcomes((), ()).align(Portfolio(["C1"], DAY, {})), [NAN])
    assert outcomes().align(Portfolio([], DAY, {})).shape == (0,)


def test_another_point_in_time_would_leak():
    with pytest.raises(PortfolioError, match="different points in time"):
        outcomes().align(Portfolio(["C1", "C2"], date(2026, 2, 1), {}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": ["C1", "C1"]},
        {"ids": [1, 2]},
        {"ids": ["C1", None]},
        {"ids": [["C1"], ["C2", "C3"]]},
        {"ids": ["C1"]},
        {"occurred": [2, 0]},
        {"occurred": [0.5, 0]},
        {"occurred": ["yes", "no"]},
        {"occurred": [np.inf, 0]},
        {"horizon": timedelta(0)},
        {"horizon": 30},
        {"as_of": "2026-01-31"},
    ],
    ids=str,
)
def test_wrong_outcomes_are_refused(wrong):
    with pytest.raises(CrmRiskError):
        outcomes(**wrong)


def test_all_problems_are_listed():
    with pytest.raises(PortfolioError) as caught:
        outcomes(("C1", "C1"), (1, 7, 0))
    assert len(caught.value.problems) == 3


def test_outcomes_compare_and_print():
    assert outcomes() == outcomes()
    assert outcomes() != outcomes(event="default")
    assert outcomes() != outcomes(occurred=(1, NAN))
    assert outcomes() != 3
    assert repr(outcomes()) == "Outcomes('churn' within 30 days after 2026-01-31T00:00:00: 1 of 2 customers)"
    assert outcomes().as_of == datetime(2026, 1, 31)
    assert len(outcomes()) == 2


def test_the_frame_is_a_copy():
    mine = outcomes()
    frame = mine.frame()
    frame.loc[0, "occurred"] = 0.0
    assert mine.occurred[0] == 1
