"""The checks of fitting: a specification stays what it is, and fitting gives a fitted component, the same each time."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from crmrisk.core.errors import CrmRiskError, MissingOutcomesError
from crmrisk.core.scorers import FittedScorer, learns_from_outcomes
from crmrisk.testing.compare import assert_same_answers, fail

if TYPE_CHECKING:
    from crmrisk.testing.case import Case, ScorerCase

__all__ = ["CHECKS"]

_FROZEN = "make it a frozen model (the bases are) or a frozen dataclass"


def fit_returns_a_fitted_scorer(case: ScorerCase) -> None:
    """Check that fitting returns something that scores and yields what the specification declared."""
    fitted = case.fitted
    if not isinstance(fitted, FittedScorer):
        fail(f"fit returned {type(fitted).__name__}, which cannot score", remedy="return a FittedScorer from fit")
    if fitted.measure != case.scorer.measure:
        what = f"the fitted scorer yields {fitted.measure}, the specification declared {case.scorer.measure}"
        fail(what, remedy="declare one measure for both")


def fit_leaves_the_specification_alone(case: Case) -> None:
    """Check that specification and fitted component are frozen, comparable, and changed by neither fit nor use."""
    before = deepcopy(case.specification)
    if before != case.specification:
        fail("an equal copy of the specification does not compare equal", remedy=_FROZEN)
    fitted = case.fit(case.specification, case.book)
    if before != case.specification:
        fail("fit changed the specification", remedy="return another object and leave self alone")
    learned = deepcopy(fitted)
    case.answer(case.book, fitted)
    if learned != fitted:
        what = f"what was fitted changed when customers were {case.words.done}, or an equal copy does not compare equal"
        fail(what, remedy=_FROZEN)
    for each in (case.specification, fitted):
        _assert_frozen(each)


def _assert_frozen(component: object) -> None:
    name = "probe_of_the_conformance_kit"
    try:
        setattr(component, name, 1)
    except (AttributeError, TypeError, ValueError, CrmRiskError):
        return
    delattr(component, name)
    fail(f"{type(component).__name__} takes new attributes", remedy=_FROZEN)


def refitting_is_reproducible(case: Case) -> None:
    """Check that fitting twice to the same facts gives equal fitted components with equal answers."""
    again = case.fit(deepcopy(case.specification), case.book)
    remedy = "use no clock and no unseeded randomness; take a seed as a setting"
    what = f"refitting gave other {case.words.many}"
    assert_same_answers(case.answer(case.book, again), case.answers, what=what, remedy=remedy)
    if again != case.fitted:
        fail("refitting gave a fitted component that is not equal", remedy=f"{remedy}, and {_FROZEN}")


def says_whether_it_learns_from_outcomes(case: ScorerCase) -> None:
    """Check that a scorer that learns from outcomes insists on them, and that no other is changed by them."""
    if learns_from_outcomes(case.scorer):
        try:
            case.scorer.fit(case.book)
        except MissingOutcomesError:
            return
        remedy = "raise MissingOutcomesError (BaseScorer does), or do not set learns_from_outcomes"
        fail("it says it learns from outcomes, and was fitted without any", remedy=remedy)
    assert_same_answers(
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
