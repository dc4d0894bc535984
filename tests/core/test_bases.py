from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.bases import BaseFittedScorer, BaseScorer, StatelessScorer
from crmrisk.core.errors import InputRangeError, MissingInputsError, MissingOutcomesError, ScoreRangeError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Ranged

DAY = date(2026, 1, 31)
BOOK = Portfolio(["C1", "C2", "C3"], DAY, {"idle_days": [30, None, 60]})
IDLE = Input("idle_days", "day", ge=0)


class Silence(StatelessScorer, kind="acme.silence"):
    half_life: float = 30.0
    inputs = (IDLE,)
    measure = Measure.share()

    def compute(self, portfolio):
        assert not np.isnan(portfolio["idle_days"]).any()
        return 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)


class Wide(Silence, kind="acme.wide"):
    def compute(self, portfolio):
        values = super().compute(portfolio)
        return Ranged(values, low=values / 2, high=values)


class Fitted(BaseFittedScorer):
    rate: float
    inputs = (IDLE,)
    measure = Measure.share()

    def compute(self, portfolio):
        return np.full(len(portfolio), self.rate)


class Learner(BaseScorer, kind="acme.learner", fitted=Fitted):
    learns_from_outcomes = True
    inputs = (IDLE,)
    measure = Measure.share()

    def learn(self, portfolio, outcomes):
        return Fitted(rate=float(np.nanmean(outcomes.align(portfolio))))


def returning(value):
    class Odd(Silence, kind="acme.odd"):
        def compute(self, portfolio):
            return value

    return Odd()


def test_compute_sees_the_rated_and_the_unrated_stay_unrated():
    np.testing.assert_array_equal(Silence().score(BOOK).values, [0.5, np.nan, 0.75])
    assert Silence().fit(BOOK) == Silence()
    assert Silence().score(BOOK.take([])).values.shape == (0,)
    assert not Silence().score(BOOK.take([1])).rated.any()


def test_intervals_are_spread_alike():
    scores = Wide().score(BOOK)
    np.testing.assert_array_equal(scores.low, [0.25, np.nan, 0.375])
    np.testing.assert_array_equal(scores.high, [0.5, np.nan, 0.75])


def test_the_whole_portfolio_is_handed_over_without_a_copy_when_everyone_is_rated():
    seen = []

    class Nosy(Silence, kind="acme.nosy"):
        def compute(self, portfolio):
            seen.append(portfolio)
            return super().compute(portfolio)

    everyone = BOOK.take([0, 2])
    Nosy().score(everyone)
    assert seen[0] is everyone


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 1)), 0.5, [], np.zeros(1)], ids=str)
def test_another_number_of_scores_is_refused(wrong):
    with pytest.raises(ScoreRangeError, match=r"Odd: compute returned another number of scores"):
        returning(wrong).score(BOOK)


def test_scores_outside_the_measure_are_refused_by_name():
    with pytest.raises(ScoreRangeError, match=r"Odd: values: 1 outside the measure, the first for customer 'C3'"):
        returning(np.array([0.5, 1.5])).score(BOOK)


def test_inputs_are_checked_when_fitting_and_when_scoring():
    nothing = Portfolio(["C1"], DAY, {})
    for read in (Silence().fit, Silence().score, Learner().fit, Fitted(rate=0.5).score):
        with pytest.raises(MissingInputsError, match="idle_days"):
            read(nothing)
    with pytest.raises(InputRangeError, match="idle_days"):
        Silence().score(Portfolio(["C1"], DAY, {"idle_days": [-1]}))


def test_a_learner_insists_on_outcomes():
    with pytest.raises(MissingOutcomesError, match="Learner"):
        Learner().fit(BOOK)
    outcomes = Outcomes(["C3", "C1"], [1, 0], event="churn", as_of=DAY, horizon=timedelta(days=90))
    fitted = Learner().fit(BOOK, outcomes)
    assert fitted == Fitted(rate=0.5)
    assert (Learner.kind, Fitted.kind) == ("acme.learner", "acme.learner.fitted")
    np.testing.assert_array_equal(fitted.score(BOOK).values, [0.5, np.nan, 0.5])


def test_bases_need_their_mathematics():
    for base in (StatelessScorer, BaseScorer, BaseFittedScorer):
        with pytest.raises(TypeError, match="abstract"):
            base()
