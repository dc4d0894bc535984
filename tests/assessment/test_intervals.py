from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.intervals import checked_intervals, grade_sets
from crmrisk.core.errors import InvalidValueError
from crmrisk.core.levels import RiskLevel


def test_crossed_intervals_are_counted_for_both_axes():
    with pytest.raises(InvalidValueError) as caught:
        checked_intervals([0.3, 0.1], [0.2, 0.2], [5.0, 9.0], [4.0, 8.0])
    assert [problem.where for problem in caught.value.problems] == ["likelihood", "consequence"]
    assert "2 crossed" in str(caught.value.problems[1])


def test_rows_with_one_key_share_one_set():
    sets = grade_sets(np.array([[1, 2], [3, 3], [1, 2]]), lambda ends: range(ends[0], ends[1] + 1))
    assert sets[0] is sets[2]
    assert sets[1] == {RiskLevel.HIGH}
