"""Tests of breaks and of answers turned into counts."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.net_promoter_counts import NpsBreaks, NpsCounts, counts_of_points, nps_counts


@pytest.mark.parametrize(
    "breaks",
    [{"passive_from": 0}, {"promoter_from": 6}, {"highest": 8}, {"lowest": 7}, {"lowest": 1.5}, {"lowest": None}],
)
def test_breaks_out_of_order_are_refused(breaks):
    with pytest.raises(InvalidValueError):
        NpsBreaks(**breaks)


def test_breaks_may_leave_no_passives_and_survive_json():
    breaks = NpsBreaks(lowest=1, passive_from=4, promoter_from=4, highest=5)
    assert breaks.points([1, 3, 4, 5]).tolist() == [-1, -1, 1, 1]
    assert NpsBreaks.from_json(breaks.to_json()) == breaks


def test_counts_know_their_total():
    assert NpsCounts(1, 2, 3).n == 6


def test_missing_answers_are_counted_nowhere_and_only_if_asked():
    assert nps_counts([0, 10, None], missing="exclude") == (1, 0, 1)
    assert counts_of_points(np.array([np.nan, 1.0]), np.ones(2)) == (0, 0, 1)
    with pytest.raises(RecordError, match="1 answer missing, row 2"):
        nps_counts([0, 10, None])


def test_weighted_counts_are_sums_of_weights():
    assert nps_counts([10, 10, 0, 8], weights=[2, 2, 1, 1]) == (0.5, 0.5, 2.0)
    with pytest.raises(RecordError, match="not one weight per answer"):
        nps_counts([10, 10], weights=[1])
