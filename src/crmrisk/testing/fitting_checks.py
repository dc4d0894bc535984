"""The checks of fitting: a specification stays what it is, and fitting it gives a fitted scorer, the same each time."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from crmrisk.core.errors import CrmRiskError, MissingOutcomesError
from crmrisk.core.scorers import FittedScorer, learns_from_outcomes
from crmrisk.testing.compare import assert_same_scores, fail

if TYPE_CHECKING:
    from crmrisk.testing.case import ScorerCase

__all__ = ["CHECKS"]

_FROZEN = "make it a frozen model (BaseScorer, StatelessScorer) or a frozen dataclass"


def fit_returns_a_fitted_scorer(case: ScorerCase) -> None:
    """Check that fitting returns something that scores and yields what the specification declared."""
    fitted = case.fitted
    if not isinstance(fitted, FittedScorer):
        fail(f"fit returned {type(fitted).__name__}, which cannot score", remedy="return a FittedScorer from fit")
    if fitted.measure != case.scorer.measure:
        what = f"the fitted scorer yields {fitted.measure}, the specification declared {case.scorer.measure}"
        fail(what, remedy="declare one measure for both")


def fit_leaves_the_specification_alone(case: ScorerCase) -> None:
    """Check that specification and fitted scorer are frozen, comparable, and changed by neither fit nor score."""
    before = deepcopy(case.scorer)
    if before != case.scorer:
        fail("an equal copy of the specification does not compare equal", remedy=_FROZEN)
    fitted = case.scorer.fit(case.book, case.happened)
    if before != case.scorer:
        fail("fit changed the specification", remedy="return another object and leave self alone")
    learned = deepcopy(fitted)
    fitted.score(case.book)
    if learned != fitted:
        fail("the fitted scorer changed while scoring, or an equal copy does not compare equal", remedy=_FROZEN)
    for each in (case.scorer, fitted):
        _assert_frozen(each)


def _assert_frozen(component: object) -> None:
    name = "probe_of_the_conformance_kit"
    try:
        setattr(component, name, 1)
    except (AttributeError, TypeError, ValueError, CrmRiskError):
        return
    delattr(component, name)
    fail(f"{type(component).__name__} takes new attributes", remedy=_FROZEN)


def refitting_is_reproducible(case: ScorerCase) -> None:
    """Check that fitting twice to the same facts gives equal fitted scorers with equal scores."""
    again = deepcopy(case.scorer).fit(case.book, case.happened)
    remedy = "use no clock and no unseeded randomness; take a seed as a setting"
    assert_same_scores(again.score(case.book), case.scores, what="refitting gave other scores", remedy=remedy)
    if again != case.fitted:
        fail("refitting gave a fitted scorer that is not equal", remedy=f"{remedy}, and {_FROZEN}")


def says_whether_it_learns_from_outcomes(case: ScorerCase) -> None:
    """Check that a scorer that learns from outcomes insists on them, and that no other is changed by them."""
    if learns_from_outcomes(case.scorer):
        try:
            case.scorer.fit(case.book)
        except MissingOutcomesError:
            return
        remedy = "raise MissingOutcomesError (BaseScorer does), or do not set learns_from_outcomes"
        fail("it says it learns from outcomes, and was fitted without any", remedy=remedy)
    assert_same_scores(
        case.scorer.fit(case.book).score(case.book),
        case.scores,
        what="it does not say that it learns from outcomes, and outcomes change its scores",
        remedy="set `learns_from_outcomes = True` on the scorer",
    )


CHECKS = (
    fit_returns_a_fitted_scorer,
    fit_leaves_the_specification_alone,
    refitting_is_reproducible,
    says_whether_it_learns_from_outcomes,
)
"""In the order they are made."""
