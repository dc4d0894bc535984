from __future__ import annotations

from datetime import datetime

import numpy as np

from crmrisk.evidence import Evidence, Purchases
from crmrisk.evidence.summaries.purchase_count import PurchaseCount
from crmrisk.segmentation.rfm import RfmSegmenter

AS_OF = datetime(2026, 1, 31)
NINE, FIVE = datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 17)


def test_moments_are_counted_and_nothing_else_on_every_engine(engine):
    sales = {  # A: two lines of one purchase, another that day, a refund, one after as_of; B: a refund; C: no amount
        "customer_id": ["A", "A", "A", "A", "A", "B", "C", "D"],
        "at": [NINE, NINE, FIVE, datetime(2026, 1, 9), datetime(2026, 2, 1), NINE, NINE, FIVE],
        "amount": [0.1, 0.2, 40.0, -15.0, 99.0, -5.0, None, 7.0],
    }
    book = Evidence(transactions=engine(sales)).portfolio(AS_OF, [Purchases(), PurchaseCount()])
    np.testing.assert_array_equal(book["purchases"], [2, np.nan, np.nan, 1])
    np.testing.assert_array_equal(book["frequency"] + 1, [1, np.nan, np.nan, 1])
    fitted = RfmSegmenter(groups=2, frequency="purchases").fit(book)
    assert fitted.cuts.frequency == (1.5,)
    assert fitted.segment(book).rated.tolist() == [True, False, False, True]
