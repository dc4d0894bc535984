"""The scorer contract: three small protocols. Inheriting from crmrisk is never required."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard, runtime_checkable

if TYPE_CHECKING:
    from crmrisk.core.events import OutcomeRule
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.measures import Input, Measure
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scores import Scores

__all__ = ["Explains", "FittedScorer", "Scorer", "explains", "learns_from_outcomes", "predicted_outcomes"]


@runtime_checkable
class FittedScorer(Protocol):
    """Score customers; frozen, comparable, safe to use from many threads.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> isinstance(ColumnScorer(column="satisfaction", measure=Measure.share()), FittedScorer)
    True
    """

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads."""
        ...

    @property
    def measure(self) -> Measure:
        """What it yields."""
        ...

    def score(self, portfolio: Portfolio, /) -> Scores:
        """Score every customer of a portfolio, in its order."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """Specify a scorer; `fit` returns another object and leaves this one alone.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> isinstance(ColumnScorer(column="satisfaction", measure=Measure.share()), Scorer)
    True
    """

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads."""
        ...

    @property
    def measure(self) -> Measure:
        """What it yields."""
        ...

    def fit(self, portfolio: Portfolio, outcomes: Outcomes | None = None, /) -> FittedScorer:
        """Learn from a portfolio, and from what happened where the scorer needs that."""
        ...


@runtime_checkable
class Explains(Protocol):
    """Explain scores: an optional capability of a fitted scorer.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> isinstance(ColumnScorer(column="satisfaction", measure=Measure.share()), Explains)
    False
    """

    def explain(self, portfolio: Portfolio, /) -> Explanation:
        """Explain every customer's score additively."""
        ...


def explains(scorer: object) -> TypeGuard[Explains]:
    """Tell whether a fitted scorer explains its scores; the protocol says the same, more slowly.

    Parameters
    ----------
    scorer
        A fitted scorer.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> explains(ColumnScorer(column="satisfaction", measure=Measure.share()))
    False
    """
    return callable(getattr(scorer, "explain", None))


def learns_from_outcomes(scorer: object) -> bool:
    """Tell whether fitting needs to know what happened.

    Parameters
    ----------
    scorer
        A scorer; it says so by an attribute ``learns_from_outcomes`` and else does not learn.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> learns_from_outcomes(ColumnScorer(column="satisfaction", measure=Measure.share()))
    False
    """
    return bool(getattr(scorer, "learns_from_outcomes", False))


def predicted_outcomes(scorer: object) -> tuple[OutcomeRule, ...]:
    """Return the outcomes whose probability a scorer states by its settings.

    Parameters
    ----------
    scorer
        A scorer, fitted or not; it says so by an attribute ``predicts`` and else may be about any event.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk import SatisfactionDeclineScorer
    >>> predicted_outcomes(SatisfactionDeclineScorer(horizon=timedelta(days=90), drop=3))
    (Declines(question='nps', drop=3.0),)
    """
    return tuple(getattr(scorer, "predicts", ()))
