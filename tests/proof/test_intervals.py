"""Intervals against published and independent values."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.proof.intervals import mean_error, mean_estimate, normal_estimate


def test_one_value_has_no_error_and_none_no_mean():
    assert mean_error(np.array([3.0])) is None
    assert mean_estimate(np.array([3.0]), level=0.95, method="m", bounds=(None, None)).low is None
    assert mean_estimate(np.empty(0), level=0.95, method="m", bounds=(None, None)).value is None


def test_intervals_are_cut_where_the_quantity_ends():
    estimate = normal_estimate(0.5, 1.0, level=0.95, method="m", n=3, bounds=(0.0, None))
    assert estimate.low == 0
    assert estimate.high == pytest.approx(0.5 + 1.959963984540054)
