"""A case: one scorer or segmenter on trial, with the customers (and outcomes) it is tried on.

What the checks share they say through `Case`: what is on trial, how to fit it, what it answers, and in which words.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from crmrisk.testing.compare import replaced
from crmrisk.testing.examples import example_outcomes, example_portfolio, telling_values_of

if TYPE_CHECKING:
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer, Scorer
    from crmrisk.core.scores import Scores
    from crmrisk.core.segmenters import FittedSegmenter, Segmenter
    from crmrisk.core.segments import Segments

__all__ = ["Case", "ScorerCase", "SegmenterCase", "Words"]


class Words(NamedTuple):
    """Name what a component answers, for the messages of checks.

    Parameters
    ----------
    one, many
        A customer's answer, and answers.
    done
        What happens to customers.
    method
        The method of a fitted component that answers.
    none
        How an answer says that there is none.

    Examples
    --------
    >>> ScorerCase.words.many, SegmenterCase.words.many
    ('scores', 'segments')
    """

    one: str
    many: str
    done: str
    method: str
    none: str


class Case:
    """Put a component on trial; `ScorerCase` and `SegmenterCase` say what kind of component.

    Examples
    --------
    See `ScorerCase`.
    """

    words: ClassVar[Words]
    portfolio: Portfolio | None

    @property
    @abstractmethod
    def specification(self) -> Any:
        """What is on trial, as an author would configure it."""

    @property
    def happened(self) -> Outcomes | None:
        """What happened to the customers, where fitting may learn from it."""
        return None

    @property
    def given(self) -> Portfolio:
        """The customers as they are before anything is fitted: the author's, or made up."""
        if self.portfolio is not None:
            return self.portfolio
        given = self.specification
        return example_portfolio(given.inputs, telling_values=telling_values_of(given))

    @cached_property
    def book(self) -> Portfolio:
        """The customers all checks share: a copy, so that whoever modifies it is found by comparing."""
        return replaced(self.given)

    def fit(self, specification: Any, book: Portfolio) -> Any:
        """Fit a specification to customers of the case."""
        return specification.fit(book)

    @cached_property
    def fitted(self) -> Any:
        """The specification, fitted to the case."""
        return self.fit(self.specification, self.book)

    def answer(self, book: Portfolio, fitted: Any = None) -> Any:
        """Score or segment customers by the case's fitted component, or by another one."""
        return getattr(self.fitted if fitted is None else fitted, self.words.method)(book)

    @cached_property
    def answers(self) -> Any:
        """The fitted component's answers for the case's customers."""
        return self.answer(self.book)

    def __str__(self) -> str:
        return type(self.specification).__name__


@dataclass(frozen=True, eq=False)
class ScorerCase(Case):
    """Put a scorer on trial.

    Parameters
    ----------
    scorer
        The scorer, as an author would configure it.
    portfolio
        Customers to try it on; made up from the scorer's inputs if not given. Give some where inputs depend on each
        other, and let them include missing values and the ends of what is possible.
    outcomes
        What happened to them; made up if not given.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> case = ScorerCase(ColumnScorer(column="satisfaction", measure=Measure.share()))
    >>> len(case.book), len(case.happened)
    (60, 60)
    """

    scorer: Scorer
    portfolio: Portfolio | None = None
    outcomes: Outcomes | None = None

    words: ClassVar[Words] = Words("score", "scores", "scored", "score", "NaN")

    @property
    def specification(self) -> Scorer:
        """The scorer."""
        return self.scorer

    @cached_property
    def happened(self) -> Outcomes:
        """The outcomes: the author's, or made up."""
        if self.outcomes is not None:
            return self.outcomes
        return example_outcomes(self.book, horizon=self.scorer.measure.horizon)

    def fit(self, specification: Scorer, book: Portfolio) -> FittedScorer:
        """Fit a scorer to customers of the case and what happened to them."""
        return specification.fit(book, self.happened)

    @property
    def scores(self) -> Scores:
        """The fitted scorer's scores of the case's customers."""
        scores: Scores = self.answers
        return scores


@dataclass(frozen=True, eq=False)
class SegmenterCase(Case):
    """Put a segmenter on trial.

    Parameters
    ----------
    segmenter
        The segmenter, as an author would configure it.
    portfolio
        Customers to try it on; made up from the segmenter's inputs if not given, with its ``telling_values`` where it
        has them (input to names of a label, or to cuts of a number). Give some where inputs depend on each other, and
        let them include missing values and the ends of what is possible.

    Examples
    --------
    >>> from crmrisk import Input
    >>> from crmrisk.core.segmenters import StatelessSegmenter
    >>> from crmrisk.core.segments import Assigned
    >>> class Loud(StatelessSegmenter, kind="acme.loud"):
    ...     inputs = (Input("complaints", "count", ge=0),)
    ...     names = ("quiet", "loud")
    ...
    ...     def assign(self, portfolio):
    ...         return Assigned((portfolio["complaints"] > 2).astype(int))
    >>> case = SegmenterCase(Loud())
    >>> len(case.book), case.segments.names
    (60, ('quiet', 'loud'))
    """

    segmenter: Segmenter
    portfolio: Portfolio | None = None

    words: ClassVar[Words] = Words("segment", "segments", "segmented", "segment", "the code -1")

    @property
    def specification(self) -> Segmenter:
        """The segmenter."""
        return self.segmenter

    def fit(self, specification: Segmenter, book: Portfolio) -> FittedSegmenter:
        """Fit a segmenter to customers of the case."""
        return specification.fit(book)

    @property
    def segments(self) -> Segments:
        """The fitted segmenter's segments of the case's customers."""
        segments: Segments = self.answers
        return segments
