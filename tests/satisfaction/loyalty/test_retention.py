"""Retention and survival of shrinking cohorts, on the published cohorts and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, RecordError
from crmrisk.satisfaction.loyalty import retention_rates
from crmrisk.satisfaction.survival import kaplan_meier

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]  # Fader & Hardie 2007, per 1000
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@pytest.mark.parametrize("survivors", [HIGH_END, REGULAR], ids=["high end", "regular"])
def test_published_cohorts(survivors):
    found = retention_rates(survivors)
    counts = np.array(survivors, dtype=float)
    assert found.retention == pytest.approx(counts[1:] / counts[:-1])
    assert found.survival == pytest.approx(counts[1:] / 1000)
    assert found.product_limit == pytest.approx(found.survival)  # one cohort: the same thing


def test_counts_are_pooled_and_rates_never_averaged():
    found = retention_rates([[10, 1], [990, 980]])
    assert found.retention_at(1).value == pytest.approx(981 / 1000)  # the average of 10 % and 99 % would be 54 %
    assert found.retention_at(1).n == 1000


def test_young_cohorts_count_for_what_was_seen():
    found = retention_rates([[100, 60, 45], [1000, 900, np.nan]])
    assert found == retention_rates(pd.DataFrame([[100, 60, 45], [1000, 900, None]]))
    assert (found.survival_at(2).value, found.survival_at(2).n) == (0.45, 100)  # N_2 / N_0 of the cohort seen so long
    lives = kaplan_meier([1, 2, 2, 1, 1], [1, 1, 0, 1, 0], counts=[40, 15, 45, 100, 900])
    assert found.product_limit == pytest.approx(lives.survival)  # the same customers, one by one


def test_sentence_and_frame():
    assert str(retention_rates([4, 3]).retention_at(1)).endswith("of 4 customers there at its start")
    frame = retention_rates([[4, 3, 0], [2, 0]]).frame()
    assert frame["retention"].tolist() == [0.5, 0.0]
    assert (frame["retention_low"] <= frame["retention"]).all()


@pytest.mark.parametrize("wrong", [[], [5], [5, 6], [[5, -1], [3, 2]], [5, None, 3], "abc", [5, "a"], [5, np.inf], 7])
def test_bad_counts_are_refused(wrong):
    with pytest.raises(RecordError):
        retention_rates(wrong)


def test_bad_questions_are_refused():
    for ask in (lambda: retention_rates([5, 4]).retention_at(2), lambda: retention_rates([5, 4], level=95)):
        with pytest.raises(CrmRiskError):
            ask()


def test_nobody_left_is_unrated():
    found = retention_rates([5, 0, 0])
    assert found.retention_at(2).value is None
    assert found.survival.tolist() == [0.0, 0.0]
