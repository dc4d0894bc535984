"""The margin multiple, by the published figures and by summing."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.multiples import margin_multiple

ROWS = {"L3a": (0.8, 0.12, 2.50), "L3b": (0.9, 0.10, 4.50)}


@pytest.mark.parametrize(("retention", "rate", "multiple"), ROWS.values(), ids=ROWS)
def test_gupta_and_lehmann(retention, rate, multiple):
    """Gupta & Lehmann (2003), Customers as assets, table of multiples; printed to two decimals."""
    assert margin_multiple(retention, rate) == pytest.approx(multiple, abs=0.005)


def test_it_is_the_sum_over_periods_to_come():
    t = np.arange(1, 400)
    assert margin_multiple(0.85, 0.07) == pytest.approx((0.85**t / 1.07**t).sum())
    assert margin_multiple([0.5, np.nan, 0.0], 0.1) == pytest.approx([0.5 / 0.6, np.nan, 0.0], nan_ok=True)
    assert margin_multiple(0.5, [0.0, 0.5]) == pytest.approx([1.0, 0.5])


@pytest.mark.parametrize(
    "wrong", [(1.1, 0.1), (-0.1, 0.1), (0.8, -0.1), (1, 0), ("a", 0.1), (0.8, None), (0.8, np.inf)]
)
def test_bad_input(wrong):
    with pytest.raises(InvalidValueError):
        margin_multiple(*wrong)
