from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.typical import BLOCK, TypicalHistory, mixed_worths, mixtures, typical_history
from crmrisk.scoring.value.histories import checked_histories


def book(**columns) -> Portfolio:
    n = len(columns["age"])
    return Portfolio([f"C{row}" for row in range(n)], date(2026, 1, 31), columns)


@st.composite
def histories(draw):
    age = draw(st.floats(0, 5000))
    frequency = draw(st.integers(0, 50))
    return float(frequency), age * draw(st.floats(0, 1)) if frequency else 0.0, age


TYPICAL = st.builds(
    TypicalHistory, frequency=st.integers(0, 20).map(float), recency_share=st.floats(0, 1), age=st.floats(0, 5000)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(histories(), min_size=1, max_size=5), TYPICAL)
def test_every_mixture_is_a_possible_history_between_the_typical_and_the_own(rows, typical):
    own = np.array(rows).T
    mixed = mixtures(typical, *own)
    checked_histories(mixed.frequency, mixed.recency, mixed.age)  # refuses impossible ones
    for column, expected in zip(mixed, own, strict=True):
        np.testing.assert_array_equal(column[7], expected)
    for column, expected in zip(mixed, (typical.frequency, typical.recency, typical.age), strict=True):
        np.testing.assert_array_equal(column[0], np.full(len(rows), expected))


def test_recency_is_exchanged_as_a_share_of_age():
    mixed = mixtures(TypicalHistory(3, 0.5, 200), *np.array([[4.0], [90.0], [100.0]]))
    recency_only = 0b010
    assert mixed.recency[recency_only, 0] == 0.9 * 200
    assert mixed.frequency[recency_only, 0] == 3


def test_a_customer_who_bought_once_has_no_recency_of_their_own():
    mixed = mixtures(TypicalHistory(3, 0.5, 200), *np.array([[0.0], [0.0], [100.0]]))
    np.testing.assert_array_equal(mixed.recency[0b010], mixed.recency[0b000])


def test_the_typical_customer_is_the_median_and_ignores_the_incomplete():
    found = typical_history(
        book(
            frequency=[0, 1, 3, np.nan, 8], recency=[0, 20, 90, 5, 80], age=[30, 50, 100, 1, 200],
            mean_spend=[np.nan, 9, 7, 1, 100],
        )
    )  # fmt: skip
    assert found == TypicalHistory(1.0, 0.4, 50.0, 9.0)


@pytest.mark.parametrize("nobody", [[], [np.nan]])
def test_where_nobody_has_a_history_it_is_who_has_just_bought(nobody):
    assert typical_history(book(frequency=nobody, recency=nobody, age=nobody)) == TypicalHistory()


def test_impossible_typical_customers_are_refused_with_everything_listed():
    with pytest.raises(InvalidValueError, match="3 problems"):
        TypicalHistory(0.5, 1.5, -1)


def test_blocks_of_customers_are_put_together_in_order():
    n = BLOCK + 5
    one = np.ones(n)
    age = np.arange(n, dtype=float)
    worths = mixed_worths(TypicalHistory(), book(frequency=one, recency=age, age=age), lambda x, last, end: end + x)
    np.testing.assert_array_equal(worths[7], age + 1)
    assert not worths[0].any()


@pytest.mark.parametrize(("spend", "typical"), [([-5, -9, -7], None), ([-5, -9, 7], 7.0), ([None, 8, 7], 7.0)])
def test_a_spend_below_zero_is_left_to_whoever_reads_it(spend, typical):
    columns = {"frequency": [1, 2, 3], "recency": [9, 20, 90], "age": [30, 50, 100], "mean_spend": spend}
    assert typical_history(book(**columns)).mean_spend == typical
