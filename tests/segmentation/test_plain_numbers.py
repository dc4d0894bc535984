"""What is a number and what is none."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from crmrisk.segmentation.plain_numbers import plain_numbers


def test_numbers_are_copied():
    given = np.array([1, 2])
    found = plain_numbers(given)
    found[0] = 9.0
    assert given[0] == 1
    assert plain_numbers(pd.Series([1.5, None])).tolist()[0] == plain_numbers([Decimal("1.5")])[0] == 1.5


@pytest.mark.parametrize("given", ["1", ["1"], [[1], [1, 2]], None, [np.datetime64("2026")], 1j, {}, [{}]], ids=str)
def test_no_numbers(given):
    assert np.isnan(plain_numbers(given)).all()
