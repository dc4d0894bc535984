"""Intervals against published and independent values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from crmrisk.proof.intervals import (
    mean_error,
    mean_estimate,
    normal_estimate,
    normal_quantile,
    two_sided_p_value,
)


def test_normal_pieces_agree_with_scipy():
    assert normal_quantile(0.9) == pytest.approx(stats.norm.ppf(0.95), rel=1e-14)
    assert two_sided_p_value(3.1) == pytest.approx(2 * stats.norm.sf(3.1), rel=1e-12)
    assert two_sided_p_value(-35) == pytest.approx(2 * stats.norm.sf(35), rel=1e-10)


def test_one_value_has_no_error_and_none_no_mean():
    assert mean_error(np.array([3.0])) is None
    assert mean_estimate(np.array([3.0]), level=0.95, method="m", bounds=(None, None)).low is None
    assert mean_estimate(np.empty(0), level=0.95, method="m", bounds=(None, None)).value is None


def test_intervals_are_cut_where_the_quantity_ends():
    estimate = normal_estimate(0.5, 1.0, level=0.95, method="m", n=3, bounds=(0.0, None))
    assert estimate.low == 0
    assert estimate.high == pytest.approx(0.5 + 1.959963984540054)
