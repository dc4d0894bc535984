from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, InvalidValueError
from crmrisk.core.measures import Input, Measure, Quantity
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Ranged
from crmrisk.scoring import ColumnScorer, LogisticScorer, ProductScorer
from crmrisk.scoring.product import product_measure

DAY, MONTH, QUARTER = date(2026, 1, 31), timedelta(days=30), timedelta(days=90)
SHARE, EUR, INDEX = Measure.share(), Measure.money("EUR"), Measure.index(0, 10)
PROBABILITY = Measure.probability(horizon=QUARTER)
COUNT = Measure(Quantity.COUNT, "", 0, None)
PROFIT = Measure(Quantity.MONEY, "EUR", -50, 100)


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ((SHARE, EUR), EUR),
        ((EUR, SHARE), EUR),
        ((SHARE, SHARE), SHARE),
        ((SHARE, SHARE, SHARE, EUR), EUR),
        ((PROBABILITY, SHARE), PROBABILITY),
        ((PROBABILITY, EUR), EUR),
        ((PROBABILITY, SHARE, EUR), EUR),
        ((SHARE, COUNT), COUNT),
        ((SHARE,), SHARE),
        ((SHARE, PROFIT), PROFIT),
        ((SHARE, Measure(Quantity.MONEY, "EUR", 10, 20)), Measure(Quantity.MONEY, "EUR", 0, 20)),
        ((SHARE, Measure(Quantity.MONEY, "EUR", -20, -10)), Measure(Quantity.MONEY, "EUR", -20, 0)),
    ],
)
def test_what_a_product_means(measures, expected):
    assert product_measure(measures) == expected


@pytest.mark.parametrize(
    "measures",
    [
        (EUR, EUR),
        (EUR, COUNT),
        (SHARE, INDEX),
        (INDEX,),
        (PROBABILITY, PROBABILITY),
        (PROBABILITY, Measure.probability(horizon=MONTH)),
    ],
)
def test_what_does_not_go_together(measures):
    with pytest.raises(CompositionError, match="multiplied"):
        product_measure(measures)
    columns = tuple(ColumnScorer(column=f"c{i}", measure=each) for i, each in enumerate(measures))
    with pytest.raises(CompositionError, match="multiplied"):
        ProductScorer(scorers=columns)


def test_every_misfit_is_listed():
    with pytest.raises(CompositionError) as caught:
        product_measure((EUR, EUR, INDEX))
    assert len(caught.value.problems) == 2


def test_a_share_of_money_is_money_and_missing_is_unrated():
    book = Portfolio(["C1", "C2", "C3"], DAY, {"s": [0.5, None, 0], "v": [100, 100, 7]})
    scorer = ProductScorer(scorers=(ColumnScorer(column="s", measure=SHARE), ColumnScorer(column="v", measure=EUR)))
    scores = scorer.fit(book).score(book)
    np.testing.assert_array_equal(scores.values, [50, np.nan, 0])
    assert scores.measure == EUR
    assert scores.low is None


def test_a_product_of_nothing_is_refused():
    with pytest.raises(InvalidValueError):
        ProductScorer(scorers=())


class Ranging(StatelessScorer):
    """A column with an interval of its own."""

    column: str
    measure: Measure
    below: float
    above: float

    @property
    def inputs(self):
        return (Input(self.column),)

    def compute(self, portfolio):
        values = portfolio[self.column]
        low, high = np.maximum(values - self.below, self.measure.ge), np.minimum(values + self.above, self.measure.le)
        return Ranged(values, low, high)


@given(share=st.floats(0, 1), amount=st.floats(-50, 100), width=st.floats(0, 20))
@settings(deadline=None, max_examples=60)
def test_intervals_hold_every_product_of_their_parts(share, amount, width):
    book = Portfolio(["C1"], DAY, {"s": [share], "v": [amount]})
    fraction = Ranging(column="s", measure=SHARE, below=0.1, above=0.1)
    money = Ranging(column="v", measure=PROFIT, below=width, above=width)
    scores = ProductScorer(scorers=(fraction, money)).fit(book).score(book)
    shares = [max(share - 0.1, 0), share, min(share + 0.1, 1)]
    amounts = [max(amount - width, -50), amount, min(amount + width, 100)]
    products = np.multiply.outer(shares, amounts)
    np.testing.assert_allclose([scores.low[0], scores.high[0]], [products.min(), products.max()], rtol=1e-12, atol=0)


def test_an_unknown_interval_is_not_taken_for_certainty(book_and_outcomes):
    book, outcomes = book_and_outcomes
    logistic = LogisticScorer(inputs=(Input("share", "", 0, 1),), horizon=QUARTER)
    column = ColumnScorer(column="value", measure=EUR)
    assert ProductScorer(scorers=(logistic,)).fit(book, outcomes).score(book).low is not None
    assert ProductScorer(scorers=(logistic, column)).fit(book, outcomes).score(book).low is None


def test_json_round_trip():
    scorer = ProductScorer(scorers=(ColumnScorer(column="s", measure=SHARE), ColumnScorer(column="v", measure=EUR)))
    assert load_component(dump_component(scorer)) == scorer
