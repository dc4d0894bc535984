"""The segmenter contract: two small protocols of the shape of scorers, and thin bases for comfort.

`Segmenter.fit(portfolio)` returns a `FittedSegmenter`, whose `segment(portfolio)` returns `Segments`. Inheriting is
never required. A segmenter of your own needs `inputs`, `names`, `ordered` and one method:

- `StatelessSegmenter`: a rule. Write `assign`.
- `BaseSegmenter` and `BaseFittedSegmenter`: cuts, centres or tiers are learned. The first writes `learn`, the second
  `assign`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

import numpy as np

from crmrisk.core.codec import ByKind
from crmrisk.core.component import Component
from crmrisk.core.errors import Problem, ScoreRangeError
from crmrisk.core.expecting import expect
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.segments import NOWHERE, Assigned, Segments

if TYPE_CHECKING:
    from crmrisk.core.arrays import BoolArray
    from crmrisk.core.measures import Input

__all__ = [
    "AnyFittedSegmenter",
    "AnySegmenter",
    "BaseFittedSegmenter",
    "BaseSegmenter",
    "FittedSegmenter",
    "Segmenter",
    "StatelessSegmenter",
]


@runtime_checkable
class FittedSegmenter(Protocol):
    """Segment customers; frozen, comparable, safe to use from many threads.

    Examples
    --------
    >>> isinstance(3, FittedSegmenter)
    False
    """

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """All segments there can be, the lowest first where they are ordered."""
        ...

    @property
    def ordered(self) -> bool:
        """Whether later names are higher."""
        ...

    def segment(self, portfolio: Portfolio, /) -> Segments:
        """Segment every customer of a portfolio, in its order."""
        ...


@runtime_checkable
class Segmenter(Protocol):
    """Specify a segmenter; `fit` returns another object and leaves this one alone.

    Examples
    --------
    >>> isinstance(3, Segmenter)
    False
    """

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads."""
        ...

    def fit(self, portfolio: Portfolio, /) -> FittedSegmenter:
        """Learn from a portfolio."""
        ...


AnySegmenter: TypeAlias = Annotated[Segmenter, ByKind(Segmenter)]
"""A field that holds any segmenter, crmrisk's or a plugin's."""

AnyFittedSegmenter: TypeAlias = Annotated[FittedSegmenter, ByKind(FittedSegmenter)]
"""A field that holds any fitted segmenter."""


class _Reads(Component):
    """Declare what a segmenter reads; a subclass may do so by a property or by a field."""

    if TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Input, ...]: ...

    else:  # pydantic lets a subclass write a bare `inputs = ...` only for what is declared a class variable
        inputs: ClassVar[tuple[Any, ...]]


class _Names(_Reads):
    """Declare the segments there can be, and whether they are ordered."""

    if TYPE_CHECKING:

        @property
        def names(self) -> tuple[str, ...]: ...

        @property
        def ordered(self) -> bool: ...

    else:
        names: ClassVar[tuple[str, ...]]
        ordered: ClassVar[bool] = False


class BaseSegmenter(_Reads):
    """Specify a segmenter that learns; a subclass writes `inputs` and `learn`.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> from crmrisk import Input, Portfolio
    >>> class FittedHalves(BaseFittedSegmenter):
    ...     cut: float
    ...     inputs = (Input("revenue", "money", ge=0),)
    ...     names = ("lower", "upper")
    ...     ordered = True
    ...
    ...     def assign(self, portfolio):
    ...         return Assigned((portfolio["revenue"] > self.cut).astype(int))
    >>> class Halves(BaseSegmenter, kind="acme.halves", fitted=FittedHalves):
    ...     inputs = FittedHalves.inputs
    ...
    ...     def learn(self, portfolio):
    ...         return FittedHalves(cut=float(np.nanmedian(portfolio["revenue"])))
    >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"revenue": [5, None, 20]})
    >>> Halves().fit(book).segment(book).labels
    array(['lower', None, 'upper'], dtype=object)
    """

    def fit(self, portfolio: Portfolio, /) -> FittedSegmenter:
        """Check the inputs, then learn.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        FitError
            If the data cannot be segmented.
        """
        _checked(self, portfolio)
        return self.learn(portfolio)

    @abstractmethod
    def learn(self, portfolio: Portfolio) -> FittedSegmenter:
        """Return the fitted segmenter; the inputs have been checked."""


class BaseFittedSegmenter(_Names):
    """Segment customers: check inputs, skip those without evidence, check the answer.

    A subclass writes `inputs`, `names`, `ordered` and `assign`.

    Examples
    --------
    See `BaseSegmenter`.
    """

    def segment(self, portfolio: Portfolio, /) -> Segments:
        """Segment every customer, in the portfolio's order; those without a required input have no segment.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        InputRangeError
            If values leave the declared range.
        """
        rated = _checked(self, portfolio)
        everyone = bool(rated.all())
        assigned = self.assign(portfolio if everyone else portfolio.take(rated))
        if np.shape(assigned.codes) != (int(rated.sum()),):
            what, allowed = "assign returned another number of codes than customers", f"({int(rated.sum())},)"
            got = str(np.shape(assigned.codes))
            raise ScoreRangeError(Problem(what=what, where=type(self).__name__, allowed=allowed, got=got))
        codes, reason, stability = assigned if everyone else _spread(assigned, rated)
        return Segments(
            portfolio.customer_id,
            codes,
            self.names,
            ordered=self.ordered,
            reason=reason,
            stability=stability,
            segmenter=type(self).__name__,
        )

    @abstractmethod
    def assign(self, portfolio: Portfolio) -> Assigned:
        """Return each customer's place in `names`, ``(n_customers,)``; every required input is present."""


class StatelessSegmenter(BaseFittedSegmenter):
    """Segment by a rule that learns nothing: `fit` returns the segmenter itself.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Input, Portfolio
    >>> class Loud(StatelessSegmenter, kind="acme.loud"):
    ...     inputs = (Input("complaints", "count", ge=0),)
    ...     names = ("quiet", "loud")
    ...
    ...     def assign(self, portfolio):
    ...         return Assigned((portfolio["complaints"] > 2).astype(int))
    >>> Loud().segment(Portfolio(["C1"], date(2026, 1, 31), {"complaints": [3]})).labels
    array(['loud'], dtype=object)
    """

    def fit(self, portfolio: Portfolio, /) -> Self:
        """Check the inputs and return the segmenter itself.

        Parameters
        ----------
        portfolio
            One row per customer.

        Raises
        ------
        MissingInputsError
            If the portfolio does not hold what is read.
        """
        _checked(self, portfolio)
        return self


def _checked(segmenter: _Reads, portfolio: Portfolio) -> BoolArray:
    name = type(segmenter).__name__
    expect(portfolio, Portfolio, where=f"{name}: portfolio", remedy="Portfolio.from_frame(frame, as_of) reads a frame")
    return portfolio.require(segmenter.inputs, reader=name)


def _spread(assigned: Assigned, rated: BoolArray) -> Assigned:
    codes = np.full(len(rated), NOWHERE, dtype=np.int64)
    codes[rated] = assigned.codes
    reason, stability = assigned.reason, assigned.stability
    if reason is not None:
        reason = np.full(len(rated), "evidence missing", dtype=object)
        reason[rated] = assigned.reason
    if stability is not None:
        stability = np.full(len(rated), np.nan)
        stability[rated] = assigned.stability
    return Assigned(codes, reason, stability)
