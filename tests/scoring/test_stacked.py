from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, FitError, InvalidValueError, MissingInputsError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.scoring import (
    CalibratedScorer,
    Characteristic,
    ColumnScorer,
    LogisticScorer,
    PointsScorer,
    StackedScorer,
)
from crmrisk.scoring.folds import unseen_scores

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
IDLE, SHARE = Input("idle_days", "day", ge=0), Input("share", "", 0, 1)
CARD = PointsScorer(characteristics=(Characteristic(IDLE, (10, 20, 40), (0, 5, 12, 30)),))
INNER = LogisticScorer(inputs=(IDLE,), horizon=QUARTER)
FINAL = LogisticScorer(inputs=(Input("card", "point"), Input("inner"), SHARE), horizon=QUARTER)
STACK = StackedScorer(members={"card": CARD, "inner": INNER}, final=FINAL)


def _final(*inputs):
    return LogisticScorer(inputs=inputs, horizon=QUARTER)


def test_it_reads_what_members_and_final_read_and_not_the_members():
    assert STACK.inputs == (IDLE, SHARE)
    assert STACK.measure == Measure.probability(horizon=QUARTER)
    assert learns_from_outcomes(STACK)


def test_the_final_scorer_learns_from_unseen_scores_and_members_from_everyone(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = STACK.fit(book, outcomes)
    assert fitted.members["inner"] == INNER.fit(book, outcomes)
    unseen = {
        "card": CARD.score(book).values,
        "inner": unseen_scores(INNER, book, outcomes, folds=5),
    }
    assert fitted.final == FINAL.fit(book.with_columns(unseen, {"card": "point", "inner": ""}), outcomes)


def test_scores_are_the_final_scorers_with_members_as_columns(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = STACK.fit(book, outcomes)
    columns = {name: each.score(book).values for name, each in fitted.members.items()}
    expected = fitted.final.score(book.with_columns(columns))
    assert fitted.score(book) == expected
    explanation = fitted.explain(book)
    assert explanation.names == ("card", "inner", "share")
    assert explanation == fitted.final.explain(book.with_columns(columns))


def test_stacking_beats_its_members_on_new_customers(simulate):
    fitted = STACK.fit(*simulate(4_000, 1))
    book, outcomes = simulate(4_000, 2)
    y = outcomes.align(book)

    def loss(p):
        return -np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))

    assert loss(fitted.score(book).values) < loss(fitted.members["inner"].score(book).values)


def test_the_portfolio_does_not_change_and_may_hold_a_column_of_a_members_name(book_and_outcomes):
    book, outcomes = book_and_outcomes
    clashing = book.with_columns({"inner": np.full(len(book), 99.0)})
    assert STACK.fit(clashing, outcomes) == STACK.fit(book, outcomes)
    np.testing.assert_array_equal(clashing["inner"], 99.0)
    assert "card" not in clashing.columns


@pytest.mark.parametrize(
    ("final", "message"),
    [
        (_final(Input("card", "point"), Input("innner")), "not read"),
        (_final(Input("card", "EUR"), Input("inner")), "another unit"),
        (_final(Input("card", "point", le=10), Input("inner")), "more than the final scorer accepts"),
        (_final(Input("card", "point"), Input("inner", ge=0.5)), "more than the final scorer accepts"),
        (_final(Input("card", "point"), Input("inner"), Input("idle_days", "week")), "idle_days"),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_written(final, message):
    with pytest.raises(CompositionError, match=message):
        StackedScorer(members={"card": CARD, "inner": INNER}, final=final)


def test_a_member_may_not_hide_an_input():
    final = _final(Input("idle_days", "point"))
    with pytest.raises(CompositionError, match="rename"):
        StackedScorer(members={"idle_days": CARD}, final=final)


def test_every_misfit_is_listed():
    with pytest.raises(CompositionError) as caught:
        StackedScorer(members={"card": CARD, "inner": INNER}, final=_final(Input("card", "EUR", le=1)))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("changes", [{"members": {}}, {"folds": 1}, {"members": {"": CARD}}])
def test_incoherent_settings_are_refused(changes):
    with pytest.raises(InvalidValueError):
        StackedScorer(**({"members": {"card": CARD}, "final": _final(Input("card", "point"))} | changes))


class TestMissing:
    def test_a_member_that_does_not_rate_leaves_unrated(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        fitted = STACK.fit(book, outcomes)
        one = Portfolio(["X"], DAY, {"idle_days": [None], "share": [0.5]})
        assert np.isnan(fitted.score(one).values[0])
        with pytest.raises(MissingInputsError, match="idle_days"):
            fitted.score(Portfolio(["X"], DAY, {"share": [0.5]}))

    def test_unless_the_final_scorer_can_do_without(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        gappy = book.with_columns({"nps": np.where(np.arange(len(book)) % 3 == 0, np.nan, book["share"] * 100)})
        scorer = StackedScorer(
            members={"loyalty": ColumnScorer(column="nps", measure=Measure.index(-100, 100))},
            final=_final(IDLE, Input("loyalty", optional=True)),
        )
        assert {each.name: each.optional for each in scorer.inputs} == {"nps": True, "idle_days": False}
        fitted = scorer.fit(gappy, outcomes)
        assert fitted.score(gappy).rated.all()
        assert "loyalty missing" in fitted.final.coefficients
        without = Portfolio(["X"], DAY, {"idle_days": [10.0]})
        lacking = without.with_columns({"nps": [None]})
        assert fitted.score(without) == fitted.score(lacking)


def test_a_fit_that_fails_names_the_member(book_and_outcomes):
    book, outcomes = book_and_outcomes
    flat = book.with_columns({"idle_days": np.ones(len(book))})
    with pytest.raises(FitError, match="member 'inner', LogisticScorer: idle_days"):
        STACK.fit(flat, outcomes)


def test_composites_nest(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = CalibratedScorer(scorer=STACK, horizon=QUARTER, method="platt").fit(book, outcomes)
    explanation = fitted.explain(book)
    assert explanation.names == ("card", "inner", "share", "calibration")
    assert load_component(dump_component(fitted)) == fitted


def test_json_round_trip():
    assert load_component(dump_component(STACK)) == STACK
