from __future__ import annotations

from crmrisk.core.measures import Measure
from crmrisk.core.scorers import Explains, FittedScorer, Scorer, learns_from_outcomes
from crmrisk.scoring import ColumnScorer


class Duck:
    """Inherits from nothing."""

    inputs = ()
    measure = Measure.share()
    learns_from_outcomes = True

    def fit(self, portfolio, outcomes=None, /):
        return self

    def score(self, portfolio, /):
        raise AssertionError

    def explain(self, portfolio, /):
        raise AssertionError


def test_inheriting_is_never_required():
    assert isinstance(Duck(), Scorer)
    assert isinstance(Duck(), FittedScorer)
    assert isinstance(Duck(), Explains)


def test_other_things_are_no_scorers():
    assert not isinstance(object(), Scorer)
    assert not isinstance(Measure.share(), FittedScorer)


def test_a_scorer_says_whether_it_learns():
    assert learns_from_outcomes(Duck())
    assert not learns_from_outcomes(object())
    assert not learns_from_outcomes(ColumnScorer(column="x", measure=Measure.share()))
