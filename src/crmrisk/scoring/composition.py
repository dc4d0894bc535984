"""Whether the parts of a composite fit together, and what they read between them: decided before any data is loaded."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.measures import LABEL, Input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmrisk.core.measures import Measure
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer, Scorer

__all__ = ["absent_as_unrated", "named", "read_by_all", "read_by_any", "same_measure"]

Reading = tuple[str, tuple[Input, ...]]
"""Who reads, and what."""


def named(scorers: Iterable[Scorer | FittedScorer]) -> tuple[Reading, ...]:
    """Pair each scorer's name with what it reads.

    Parameters
    ----------
    scorers
        Any scorers, fitted or not.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> [who for who, _ in named([ColumnScorer(column="satisfaction", measure=Measure.share())])]
    ['ColumnScorer 1']
    """
    return tuple((f"{type(each).__name__} {i}", each.inputs) for i, each in enumerate(scorers, start=1))


@lru_cache(maxsize=512)
def read_by_any(parts: tuple[Reading, ...]) -> tuple[Input, ...]:
    """Unite what parts read, each name once; required where any part requires it, in the range all of them accept.

    Parameters
    ----------
    parts
        Who reads, and what.

    Raises
    ------
    CompositionError
        If two parts declare one name in different units, or in ranges without a common value; all are named.

    Examples
    --------
    >>> once, again = Input("idle_days", "day"), Input("idle_days", "day", ge=0, optional=True)
    >>> read_by_any((("A", (once,)), ("B", (again,))))
    (Input(name='idle_days', unit='day', ge=0.0, le=None, optional=False),)
    >>> read_by_any((("A", (once,)), ("B", (Input("idle_days", "week"),))))
    Traceback (most recent call last):
    crmrisk.core.errors.CompositionError: idle_days: A and B declare it differently; allowed: one declaration; ...
    """
    united: dict[str, tuple[str, Input]] = {}
    problems = []
    for who, inputs in parts:
        for each in inputs:
            first, known = united.get(each.name, (who, each))
            common = _common(known, each)
            if common is None:
                problems.append(_conflict((first, known), (who, each)))
            else:
                united[each.name] = (first, common)
    if problems:
        raise CompositionError(*problems)
    return tuple(each for _, each in united.values())


@lru_cache(maxsize=512)
def read_by_all(parts: tuple[Reading, ...]) -> tuple[Input, ...]:
    """Unite what alternatives read: required only where every one of them requires it.

    Parameters
    ----------
    parts
        Who reads, and what; a customer is scored by those that can.

    Raises
    ------
    CompositionError
        If declarations of one name conflict.

    Examples
    --------
    >>> both, one = Input("idle_days", "day"), Input("frequency")
    >>> [(each.name, each.optional) for each in read_by_all((("A", (both, one)), ("B", (both,))))]
    [('idle_days', False), ('frequency', True)]
    """
    required = [{each.name for each in inputs if not each.optional} for _, inputs in parts]
    everywhere = set.intersection(*required)
    return tuple(replace(each, optional=each.name not in everywhere) for each in read_by_any(parts))


def same_measure(owner: str, scorers: Iterable[tuple[str, Scorer | FittedScorer]]) -> Measure:
    """Return the one measure that all scorers share.

    Parameters
    ----------
    owner
        The composite, for the error.
    scorers
        Names and scorers, at least one.

    Raises
    ------
    CompositionError
        Listing every scorer whose measure differs from the first one's.

    Examples
    --------
    >>> from crmrisk import ColumnScorer, Measure
    >>> share, value = (ColumnScorer(column="x", measure=m) for m in (Measure.share(), Measure.money("EUR")))
    >>> same_measure("Blend", [("a", share), ("b", value)])
    Traceback (most recent call last):
    crmrisk.core.errors.CompositionError: Blend: b yields another measure than a; allowed: share in [0, 1]; ...
    """
    (first, reference), *others = scorers
    measure = reference.measure
    problems = [
        Problem(
            what=f"{name} yields another measure than {first}",
            where=owner,
            allowed=str(measure),
            got=str(each.measure),
            remedy="bring them to one measure first, for instance with CalibratedScorer",
        )
        for name, each in others
        if each.measure != measure
    ]
    if problems:
        raise CompositionError(*problems)
    return measure


def absent_as_unrated(portfolio: Portfolio, inputs: tuple[Input, ...]) -> Portfolio:
    """Add the optional columns and labels that a portfolio lacks, unrated for everyone.

    Parameters
    ----------
    portfolio
        One row per customer.
    inputs
        What is read.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {})
    >>> absent_as_unrated(book, (Input("idle_days", "day", optional=True),))["idle_days"]
    array([nan])
    """
    optional = [each for each in inputs if each.optional]
    numbers = [each.name for each in optional if each.unit != LABEL and each.name not in portfolio.columns]
    names = [each.name for each in optional if each.unit == LABEL and each.name not in portfolio.labels]
    if numbers:
        portfolio = portfolio.with_columns({name: np.full(len(portfolio), np.nan) for name in numbers})
    return _with_nameless(portfolio, names) if names else portfolio


def _with_nameless(portfolio: Portfolio, labels: list[str]) -> Portfolio:
    """Add labels that are unrated for everyone."""
    return type(portfolio)(
        portfolio.customer_id,
        portfolio.as_of,
        portfolio.columns,
        {**portfolio.labels, **{name: portfolio.label(name) for name in labels}},
        since=portfolio.since,
        tags=None if portfolio.tags is None else portfolio.tags.tolist(),
        units=portfolio.units,
    )


def _common(one: Input, other: Input) -> Input | None:
    ge, le = _tighter(max, one.ge, other.ge), _tighter(min, one.le, other.le)
    if one.unit != other.unit or (ge is not None and le is not None and ge > le):
        return None
    return Input(one.name, one.unit, ge, le, optional=one.optional and other.optional)


def _tighter(choose: Callable[[list[float]], float], one: float | None, other: float | None) -> float | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return choose(bounds) if bounds else None


def _conflict(first: tuple[str, Input], second: tuple[str, Input]) -> Problem:
    (one, declared), (other, differently) = first, second
    return Problem(
        what=f"{one} and {other} declare it differently",
        where=declared.name,
        allowed="one declaration",
        got=f"{_described(declared)} and {_described(differently)}",
        remedy="rename one of the columns, or bring them to one unit",
    )


def _described(each: Input) -> str:
    ends = ", ".join("open" if bound is None else f"{bound:g}" for bound in (each.ge, each.le))
    return f"[{each.unit or 'no unit'}] in [{ends}]"
