from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, InputRangeError, MissingInputsError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import ColumnScorer

DAY = date(2026, 1, 31)


def test_the_column_is_the_score_and_missing_is_unrated():
    book = Portfolio(["C1", "C2"], DAY, {"health": [40, None]})
    scores = ColumnScorer(column="health", measure=Measure.index(0, 100)).score(book)
    np.testing.assert_array_equal(scores.values, [40, np.nan])
    assert scores.measure == Measure.index(0, 100)


def test_the_input_has_the_range_and_unit_of_the_measure():
    scorer = ColumnScorer(column="value", measure=Measure.money("EUR"))
    assert scorer.inputs == (Input("value", "EUR", ge=0),)
    days = ColumnScorer(column="idle_days", measure=Measure.index(0, None), unit="day")
    assert days.inputs == (Input("idle_days", "day", ge=0),)


def test_a_value_outside_the_measure_is_refused():
    book = Portfolio(["C1"], DAY, {"p": [1.2]})
    with pytest.raises(InputRangeError, match="p"):
        ColumnScorer(column="p", measure=Measure.probability(horizon=timedelta(days=30))).score(book)


def test_a_column_in_another_currency_is_refused():
    book = Portfolio(["C1"], DAY, {"value": [10]}, units={"value": "GBP"})
    with pytest.raises(MissingInputsError, match=r"EUR.*GBP"):
        ColumnScorer(column="value", measure=Measure.money("EUR")).score(book)


@pytest.mark.parametrize(("measure", "unit"), [(Measure.money("EUR"), "GBP"), (Measure.share(), "label")])
def test_a_contradicting_unit_is_refused(measure, unit):
    with pytest.raises(CompositionError, match="unit"):
        ColumnScorer(column="value", measure=measure, unit=unit)


def test_it_learns_nothing():
    scorer = ColumnScorer(column="health", measure=Measure.index(0, 100))
    assert scorer.fit(Portfolio(["C1"], DAY, {"health": [1]})) is scorer


def test_json_round_trip():
    scorer = ColumnScorer(column="p", measure=Measure.probability(horizon=timedelta(days=30)))
    assert load_component(dump_component(scorer)) == scorer
