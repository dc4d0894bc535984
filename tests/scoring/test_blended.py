from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, InvalidValueError, MissingInputsError, MissingOutcomesError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.scoring import BlendedScorer, ColumnScorer, LogisticScorer

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
A, B, C = (ColumnScorer(column=name, measure=Measure.index(-100, 100)) for name in "abc")
unit = st.floats(-100, 100)


def _book(**columns):
    return Portfolio([f"C{i}" for i in range(len(columns["a"]))], DAY, columns)


def test_weights_count_by_their_proportions():
    book = _book(a=[10, 20], b=[30, -20])
    equal = BlendedScorer(scorers=(A, B)).fit(book).score(book).values
    np.testing.assert_allclose(equal, [20, 0])
    three = BlendedScorer(scorers=(A, B), weights=(3, 1)).fit(book).score(book).values
    np.testing.assert_allclose(three, [15, 10])
    np.testing.assert_allclose(BlendedScorer(scorers=(A, B), weights=(0.75, 0.25)).fit(book).score(book).values, three)


def test_a_missing_part_leaves_unrated_or_is_left_out_as_told():
    book = _book(a=[10, None, None], b=[30, 30, None])
    strict = BlendedScorer(scorers=(A, B), weights=(3, 1))
    lenient = BlendedScorer(scorers=(A, B), weights=(3, 1), missing="renormalise")
    np.testing.assert_array_equal(strict.fit(book).score(book).values, [15, np.nan, np.nan])
    np.testing.assert_array_equal(lenient.fit(book).score(book).values, [15, 30, np.nan])
    assert [each.optional for each in strict.inputs] == [False, False]
    assert [each.optional for each in lenient.inputs] == [True, True]


def test_a_forgotten_column_is_an_error_when_fitting_and_unrated_when_scoring_leniently():
    book = _book(a=[10.0], b=[30.0])
    lenient = BlendedScorer(scorers=(A, B), missing="renormalise")
    with pytest.raises(MissingInputsError, match="b"):
        lenient.fit(_book(a=[10.0]))
    assert lenient.fit(book).score(_book(a=[10.0])).values[0] == 10
    with pytest.raises(MissingInputsError, match="b"):
        BlendedScorer(scorers=(A, B)).fit(book).score(_book(a=[10.0]))


def test_measures_must_be_one_and_the_same():
    other = ColumnScorer(column="b", measure=Measure.index(0, 100))
    month = ColumnScorer(column="c", measure=Measure.probability(horizon=timedelta(days=30)))
    with pytest.raises(CompositionError) as caught:
        BlendedScorer(scorers=(A, other, month))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("weights", [(1,), (1, 0), (1, -1), (1, float("inf")), (1, 2, 3)])
def test_weights_are_positive_and_one_per_scorer(weights):
    with pytest.raises(InvalidValueError):
        BlendedScorer(scorers=(A, B), weights=weights)


def test_a_blend_of_nothing_is_refused():
    with pytest.raises(InvalidValueError):
        BlendedScorer(scorers=())


def test_intervals_are_blended_where_all_parts_have_them(book_and_outcomes):
    book, outcomes = book_and_outcomes
    idle = LogisticScorer(inputs=(Input("idle_days", "day", ge=0),), horizon=QUARTER)
    share = LogisticScorer(inputs=(Input("share", "", 0, 1),), horizon=QUARTER)
    parts = [each.fit(book, outcomes).score(book) for each in (idle, share)]
    scores = BlendedScorer(scorers=(idle, share)).fit(book, outcomes).score(book)
    np.testing.assert_allclose(scores.low, (parts[0].low + parts[1].low) / 2)
    np.testing.assert_allclose(scores.high, (parts[0].high + parts[1].high) / 2)
    column = ColumnScorer(column="share", measure=Measure.probability(horizon=QUARTER))
    assert BlendedScorer(scorers=(idle, column)).fit(book, outcomes).score(book).low is None


def test_it_learns_from_outcomes_if_a_part_does(book_and_outcomes):
    book, _ = book_and_outcomes
    logistic = LogisticScorer(inputs=(Input("share", "", 0, 1),), horizon=QUARTER)
    column = ColumnScorer(column="share", measure=Measure.probability(horizon=QUARTER))
    assert not learns_from_outcomes(BlendedScorer(scorers=(column,)))
    blend = BlendedScorer(scorers=(column, logistic))
    assert learns_from_outcomes(blend)
    with pytest.raises(MissingOutcomesError):
        blend.fit(book)


def test_json_round_trip():
    blend = BlendedScorer(scorers=(A, B), weights=(1, 2), missing="renormalise")
    assert load_component(dump_component(blend)) == blend


@given(
    rows=st.lists(st.tuples(unit, unit, unit), min_size=1, max_size=8),
    weights=st.tuples(*[st.floats(0.01, 100)] * 3),
    missing=st.sampled_from(["unrated", "renormalise"]),
)
@settings(deadline=None, max_examples=60)
def test_a_mean_lies_between_its_parts_also_at_the_bounds(rows, weights, missing):
    a, b, c = zip(*rows, (100.0, 100.0, 100.0), (-100.0, -100.0, -100.0), strict=True)
    book = _book(a=a, b=b, c=c)
    blend = BlendedScorer(scorers=(A, B, C), weights=weights, missing=missing)
    values = blend.fit(book).score(book).values
    stacked = np.array([a, b, c])
    assert np.all((values >= stacked.min(axis=0)) & (values <= stacked.max(axis=0)))
    expected = np.average(stacked, axis=0, weights=weights)
    np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-9)
