"""The formula, by hand."""

from datetime import date

import pytest
from crmrisk_example import PaymentDelayScorer

from crmrisk import CrmRiskError, Portfolio


@pytest.mark.parametrize(
    ("days_past_due", "expected"),
    [(0, 0.0), (7, 0.0), (37, 0.5), (67, 0.75), (97, 0.875)],
)
def test_share_halves_every_half_life(days_past_due, expected):
    book = Portfolio(["C1"], date(2026, 1, 31), {"days_past_due": [days_past_due]})
    assert PaymentDelayScorer().score(book).values == [expected]


def test_settings_are_checked_together():
    with pytest.raises(CrmRiskError) as caught:
        PaymentDelayScorer(grace=-1, half_life=0)
    assert len(caught.value.problems) == 2
