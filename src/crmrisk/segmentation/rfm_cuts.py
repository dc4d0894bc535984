"""Cut points of recency, frequency and monetary value: learnt once, stored, and used again on whoever comes later.

A score never moves because other customers moved: it depends on the customer's own value and the stored cuts. Equal
values share a score, always; nobody is ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias, get_args

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import choice_problems, is_whole, refuse
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["DIMENSIONS", "Closed", "Cuts", "Groups", "RfmCuts", "RfmMethod", "between"]

DIMENSIONS = ("recency", "frequency", "monetary")
"""What is scored, in the order of the digits."""

_FEWEST, _MOST = 2, 9

Groups: TypeAlias = Annotated[int, Field(ge=_FEWEST, le=_MOST)]
"""How many scores there are, 1 to that number; at most nine, because a score is one digit of three."""

RfmMethod: TypeAlias = Literal["quantile", "rank", "r_rfm"]
"""How cuts are learnt: quantiles of type 7; the largest values at or below which at most k of n customers lie; or as
the R package does."""

Closed: TypeAlias = Literal["right", "left"]
"""Which end a group includes: ``"right"`` is (low, high], ``"left"`` is [low, high)."""

Cuts: TypeAlias = Annotated[tuple[float, ...], Field(min_length=1, max_length=8)]
"""Cuts of one dimension, ascending."""


@dataclass(frozen=True, config=VALUE)
class RfmCuts(Value):
    """Hold the cut points between the groups of each dimension.

    A value's group is one more than the number of cuts below it: with ``closed="right"``, groups are (low, high], and a
    value on a cut belongs to the lower group. Scores of frequency and monetary value are the groups; recency counts
    backwards, because who bought lately is worth more.

    Parameters
    ----------
    recency
        Cuts of days since the last purchase, ascending [day].
    frequency
        Cuts of the number of purchases, ascending [count].
    monetary
        Cuts of the amount, ascending [money].
    closed
        Which end a group includes.

    Raises
    ------
    InvalidValueError
        If cuts descend, are no finite numbers, or the three dimensions have different numbers of groups.

    Examples
    --------
    >>> cuts = RfmCuts(recency=(30, 90), frequency=(1, 5), monetary=(50, 200))
    >>> cuts.groups
    3
    >>> cuts.scores("recency", [30, 31, 365]), cuts.scores("frequency", [1, 2, 6])
    (array([3, 2, 1]), array([1, 2, 3]))
    """

    recency: Cuts
    frequency: Cuts
    monetary: Cuts
    closed: Closed = Field(default="right", kw_only=True)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        falling = [name for name in DIMENSIONS if any(np.diff(getattr(self, name)) < 0)]
        problems = [
            Problem(what="cuts descend", where=f"RfmCuts.{name}", allowed="ascending", got=str(getattr(self, name)))
            for name in falling
        ]
        sizes = {name: len(getattr(self, name)) for name in DIMENSIONS}
        if len(set(sizes.values())) > 1:
            what, allowed = "different numbers of cuts", "one number for all three"
            problems.append(Problem(what=what, where="RfmCuts", allowed=allowed, got=str(sizes)))
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def groups(self) -> int:
        """How many scores there are: 1 to this number."""
        return len(self.recency) + 1

    def scores(self, dimension: str, values: FloatArray) -> IntArray:
        """Score values of one dimension; the highest score is the best, also of recency.

        Parameters
        ----------
        dimension
            ``"recency"``, ``"frequency"`` or ``"monetary"``.
        values
            Finite numbers, ``(n_customers,)``.

        Returns
        -------
        Scores from 1 to `groups`, ``(n_customers,)``.

        Raises
        ------
        InvalidValueError
            If there is no such dimension, or a value is no finite number.

        Examples
        --------
        See `RfmCuts`.
        """
        _check_dimension(dimension)
        numbers = _finite(values, dimension)
        exceeds = np.greater if self.closed == "right" else np.greater_equal
        group = np.ones(len(numbers), dtype=np.int64)
        for cut in getattr(self, dimension):  # few cuts: comparing with each is quicker than searching
            group += exceeds(numbers, cut)
        return self.groups + 1 - group if dimension == "recency" else group

    def words(self, dimension: str, score: int) -> str:
        """Say which values have a score.

        Parameters
        ----------
        dimension
            ``"recency"``, ``"frequency"`` or ``"monetary"``.
        score
            From 1 to `groups`.

        Raises
        ------
        InvalidValueError
            If there is no such dimension or score.

        Examples
        --------
        >>> cuts = RfmCuts(recency=(30, 90), frequency=(1, 5), monetary=(50, 200))
        >>> cuts.words("recency", 3), cuts.words("monetary", 2), cuts.words("monetary", 3)
        ('up to 30', 'over 50 up to 200', 'over 200')
        """
        _check_dimension(dimension)
        if not is_whole(score) or not 1 <= score <= self.groups:
            allowed = f"1 to {self.groups}"
            raise InvalidValueError(Problem(what="no score", where="score", allowed=allowed, got=repr(score)))
        cuts = getattr(self, dimension)
        group = self.groups + 1 - score if dimension == "recency" else score
        low = f"{cuts[group - 2]:.10g}" if group > 1 else ""
        high = f"{cuts[group - 1]:.10g}" if group < self.groups else ""
        if self.closed == "right":
            return " ".join([*([f"over {low}"] if low else []), *([f"up to {high}"] if high else [])])
        return " ".join([*([f"from {low}"] if low else []), *([f"under {high}"] if high else [])])

    def empty_scores(self) -> dict[str, tuple[int, ...]]:
        """Name scores that nobody can get, because cuts coincide: most customers share one value.

        Examples
        --------
        >>> RfmCuts(recency=(30, 90), frequency=(1, 1), monetary=(50, 200)).empty_scores()
        {'frequency': (2,)}
        """
        groups = {name: np.flatnonzero(np.diff(getattr(self, name)) == 0) + 2 for name in DIMENSIONS}
        turned = {name: self.groups + 1 - each if name == "recency" else each for name, each in groups.items()}
        return {name: tuple(sorted(each.tolist())) for name, each in turned.items() if len(each)}

    @classmethod
    def learn(cls, values: Mapping[str, FloatArray], *, groups: int = 5, method: RfmMethod = "quantile") -> Self:
        """Learn cuts from customers.

        - ``"quantile"``: the quantiles k / groups of type 7 (Hyndman and Fan), groups (low, high];
        - ``"rank"``: a customer's group is ceil(groups * share of customers at or below), groups (low, high];
        - ``"r_rfm"``: the same quantiles plus 1, groups [low, high), as the R package rfm does. The 1 presumes whole
          numbers: amounts with cents, and values just above a quantile, fall into the group below. For parity only.

        Parameters
        ----------
        values
            Dimension to finite numbers, ``(n_customers,)`` each.
        groups
            How many groups.
        method
            How to cut.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If a setting is none, a dimension is missing, lengths differ, or a value is no finite number.

        References
        ----------
        Hyndman and Fan (1996), Sample Quantiles in Statistical Packages, The American Statistician 50(4), type 7.
        Hebbali, A., R package rfm 0.3.0.

        Examples
        --------
        >>> days, orders, spent = [1, 2, 3, 4, 5], [1, 1, 1, 2, 9], [5.5, 6, 7, 8, 100]
        >>> RfmCuts.learn({"recency": days, "frequency": orders, "monetary": spent}, groups=2)
        RfmCuts(recency=(3.0,), frequency=(1.0,), monetary=(7.0,), closed='right')
        """
        refuse(_setting_problems(groups, method))
        ordered = {name: np.sort(array) for name, array in _three(values).items()}
        if not len(ordered["recency"]):
            remedy = "pass cuts=RfmCuts(...), or customers with recency, frequency and monetary value"
            raise FitError(Problem(what="no customer to learn cuts from", where="RfmCuts", remedy=remedy))
        cut = _ranked if method == "rank" else _quantiles
        shift = 1.0 if method == "r_rfm" else 0.0
        cuts = {name: tuple((cut(array, groups) + shift).tolist()) for name, array in ordered.items()}
        return cls(**cuts, closed="left" if method == "r_rfm" else "right")


def _check_dimension(dimension: str) -> None:
    if dimension not in DIMENSIONS:
        raise InvalidValueError(Problem(what="no dimension", where=repr(dimension), allowed=", ".join(DIMENSIONS)))


def _setting_problems(groups: object, method: object) -> list[Problem]:
    problems = []
    if not is_whole(groups) or not _FEWEST <= groups <= _MOST:  # type: ignore[operator]  # a whole number compares
        allowed = f"{_FEWEST} to {_MOST}"
        problems.append(Problem(what="no number of groups", where="groups", allowed=allowed, got=repr(groups)[:100]))
    return [*problems, *choice_problems(method, get_args(RfmMethod), where="method", what="no method")]


def _three(values: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    absent = [name for name in DIMENSIONS if name not in values]
    if absent:
        raise InvalidValueError(
            *(Problem(what="missing", where=f"values[{name!r}]", allowed="numbers") for name in absent)
        )
    arrays = {name: _finite(values[name], name) for name in DIMENSIONS}
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise InvalidValueError(Problem(what="lengths differ", where="values", allowed="one", got=str(lengths)))
    return arrays


def _finite(values: FloatArray, where: str) -> FloatArray:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(Problem(what="not numbers", where=where, got=str(error)[:100])) from None
    if numbers.ndim != 1 or not np.isfinite(numbers).all():
        allowed, remedy = "finite numbers, one per customer", "leave customers without evidence out"
        raise InvalidValueError(Problem(what="not finite numbers", where=where, allowed=allowed, remedy=remedy))
    return numbers


def _quantiles(ordered: FloatArray, groups: int) -> FloatArray:
    """Interpolate type 7 in whole numbers: where k (n - 1) / groups is whole, the cut is that customer's value."""
    place, rest = np.divmod(np.arange(1, groups) * (len(ordered) - 1), groups)
    low, high = ordered[place], ordered[np.minimum(place + 1, len(ordered) - 1)]
    return between(low, high, rest / groups)


def between(low: FloatArray, high: FloatArray, share: FloatArray) -> FloatArray:
    """Go a share of the way from one value to another, exactly where they are equal, and never beyond.

    Parameters
    ----------
    low, high
        Finite numbers, ``low <= high``.
    share
        From 0 to below 1.

    Examples
    --------
    >>> between(np.array([1.0, 0.1, -1.7e308]), np.array([2.0, 0.1, 1.7e308]), np.array([0.25, 0.3, 0.5]))
    array([1.25, 0.1 , 0.  ])
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a span too long for a float is gone the other way
        span = high - low
        near = np.minimum(low + span * share, high)
    way: FloatArray = np.where(np.isfinite(span), near, low * (1.0 - share) + high * share)
    return way


def _ranked(ordered: FloatArray, groups: int) -> FloatArray:
    """Find the largest value at or below which at most k of `groups` parts lie; below all where there is none."""
    at_or_below = np.searchsorted(ordered, ordered, side="right")
    fitting = np.searchsorted(at_or_below * groups, np.arange(1, groups) * len(ordered), side="right")
    below_all = np.nextafter(ordered[0], -np.inf)
    return np.where(fitting > 0, ordered[np.maximum(fitting - 1, 0)], below_all)
