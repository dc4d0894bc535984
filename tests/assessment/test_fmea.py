from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from crmrisk.assessment.fmea import residual_expected_loss, risk_priority_number
from crmrisk.core.errors import InvalidValueError


def test_reference_row_fm1():
    # enumeration, reference table FM1
    severity, occurrence, detection = np.array(list(product(range(1, 11), repeat=3))).T
    numbers = risk_priority_number(severity, occurrence, detection)
    assert len(np.unique(numbers)) == 120
    assert np.mean(numbers <= 100) == pytest.approx(0.499, abs=1e-12)
    assert (numbers.min(), numbers.max()) == (1, 1000)


@pytest.mark.parametrize("rank", [0, 11, 2.5, -1, np.inf, "5"])
def test_ranks_are_whole_numbers_from_one_to_ten(rank):
    with pytest.raises(InvalidValueError):
        risk_priority_number(rank, 5, 5)


def test_all_bad_ranks_are_reported():
    with pytest.raises(InvalidValueError) as caught:
        risk_priority_number(0, 11, 1.5)
    assert len(caught.value.problems) == 3


def test_a_missing_rank_leaves_the_risk_unrated():
    found = risk_priority_number([5, None], 5, 5)
    assert found[0] == 125
    assert np.isnan(found[1])


def test_residual_loss_falls_with_warning_and_control():
    assert residual_expected_loss(0.2, 1000, 0.0, 1.0) == 200.0
    assert residual_expected_loss(0.2, 1000, 1.0, 1.0) == 0.0
    assert residual_expected_loss([0.2, 2.5], 1000, 0.5, 0.8).tolist() == pytest.approx([120.0, 1500.0])
    assert np.isnan(residual_expected_loss(0.2, np.nan, 0.5, 0.5))


@pytest.mark.parametrize("bad", [(-0.1, 1, 0.5, 0.5), (0.1, -1, 0.5, 0.5), (0.1, 1, 1.5, 0.5), (0.1, 1, 0.5, -0.5)])
def test_residual_loss_refuses_what_is_out_of_range(bad):
    with pytest.raises(InvalidValueError):
        residual_expected_loss(*bad)
