"""What the checks share: compare scores and segments bit for bit, and say which customers differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np

from crmrisk.core.measures import LABEL, Input
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Scores
from crmrisk.core.segments import Segments

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmrisk.core.arrays import BoolArray, ObjectArray

__all__ = ["Answers", "assert_same_answers", "fail", "name_some", "part_of", "replaced", "without"]

Answers = TypeVar("Answers", Scores, Segments)


def fail(what: str, *, remedy: str, customers: str = "") -> NoReturn:
    """Fail a check: say what is wrong, for whom, and what the author can do.

    Parameters
    ----------
    what
        What the component did.
    remedy
        What to do about it.
    customers
        Which customers show it.

    Raises
    ------
    AssertionError
        Always.

    Examples
    --------
    >>> fail("a score of 7", customers="C1", remedy="stay inside the measure")
    Traceback (most recent call last):
    AssertionError: a score of 7; customers: C1; remedy: stay inside the measure
    """
    whom = f"; customers: {customers}" if customers else ""
    raise AssertionError(f"{what}{whom}; remedy: {remedy}")


def name_some(customer_id: ObjectArray, rows: BoolArray, *more: tuple[str, np.ndarray[Any, Any]]) -> str:
    """Name the first three customers concerned, with their numbers.

    Parameters
    ----------
    customer_id
        Identifiers, ``(n_customers,)``.
    rows
        Whom it concerns, ``(n_customers,)``.
    *more
        Names and numbers (or texts) to show, ``(n_customers,)``.

    Examples
    --------
    >>> import numpy as np
    >>> name_some(np.array(["C1", "C2"]), np.array([False, True]), ("alone", np.array([1.0, 2.0])))
    'C2 (alone 2.0)'
    """
    found = np.flatnonzero(rows)
    shown = [", ".join(f"{label} {array[row : row + 1].tolist()[0]!r}" for label, array in more) for row in found[:3]]
    named = [
        f"{customer_id[row]} ({text})" if text else str(customer_id[row])
        for row, text in zip(found, shown, strict=False)
    ]
    return ", ".join(named) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def assert_same_answers(got: Answers, wanted: Answers, *, what: str, remedy: str) -> None:
    """Fail unless two tables of scores, or of segments, are the same, bit for bit.

    Parameters
    ----------
    got, wanted
        Scores or segments of the same customers.
    what
        What the component did if they differ.
    remedy
        What to do about it.

    Raises
    ------
    AssertionError
        If customers, values or intervals differ; of segments: names, labels, reasons or stabilities.

    Examples
    --------
    >>> from crmrisk import Measure, Scores
    >>> one, other = (Scores(["C1"], [value], Measure.share()) for value in (0.1, 0.2))
    >>> assert_same_answers(other, one, what="scores changed", remedy="use no randomness")
    Traceback (most recent call last):
    AssertionError: scores changed; customers: C1 (got 0.2, ...
    """
    if len(got) != len(wanted) or list(got.customer_id) != list(wanted.customer_id):
        kind = type(got).__name__
        fail(f"{what}: other customers, or in another order", remedy=f"return {kind} with portfolio.customer_id")
    if isinstance(got, Segments) and isinstance(wanted, Segments):
        mine, theirs = (f"{each.names}, {'ordered' if each.ordered else 'not ordered'}" for each in (got, wanted))
        if mine != theirs:
            fail(f"{what}: {mine} instead of {theirs}", remedy=remedy)
    for name in _ARRAYS[type(got)]:
        _assert_same_arrays(got, wanted, name, what=what, remedy=remedy)


_ARRAYS: dict[type, tuple[str, ...]] = {
    Scores: ("values", "low", "high"),
    Segments: ("labels", "reason", "stability"),
}


def _assert_same_arrays(
    got: Scores | Segments, wanted: Scores | Segments, name: str, *, what: str, remedy: str
) -> None:
    mine, theirs = getattr(got, name), getattr(wanted, name)
    if mine is None or theirs is None:
        if mine is not theirs:
            fail(f"{what}: `{name}` is given in one case and not in the other", remedy=remedy)
        return
    differ = np.not_equal(mine, theirs) & ((mine == mine) | (theirs == theirs))  # noqa: PLR0124 - NaN differs from itself
    differ = differ.astype(np.bool_)
    if differ.any():
        shown = name_some(got.customer_id, differ, ("got", mine), ("instead of", theirs))
        fail(what, customers=shown, remedy=remedy)


def part_of(answers: Answers, rows: Any) -> Answers:
    """Select scores or segments by position.

    Parameters
    ----------
    answers
        One per customer.
    rows
        Positions, a mask or a slice.

    Examples
    --------
    >>> from crmrisk import Measure, Scores
    >>> part_of(Scores(["C1", "C2"], [0.1, 0.2], Measure.share()), [1]).values
    array([0.2])
    """
    names = ("reason", "stability") if isinstance(answers, Segments) else ("low", "high")
    more: dict[str, Any] = {n: None if (array := getattr(answers, n)) is None else array[rows] for n in names}
    ids = answers.customer_id[rows]
    part: Any  # mypy holds that something may be both
    if isinstance(answers, Segments):
        part = Segments(ids, answers.codes[rows], answers.names, ordered=answers.ordered, **more)
    else:
        part = Scores(ids, answers.values[rows], answers.measure, **more)
    same_kind: Answers = part
    return same_kind


def replaced(portfolio: Portfolio, **parts: Any) -> Portfolio:
    """Rebuild a portfolio with other parts.

    Parameters
    ----------
    portfolio
        Where the remaining parts come from.
    **parts
        Arguments of `Portfolio`.

    Examples
    --------
    >>> from datetime import date
    >>> replaced(Portfolio(["C1"], date(2026, 1, 31), {"age": [3]}), columns={}).columns
    mappingproxy({})
    """
    names = ("customer_id", "as_of", "columns", "labels", "since", "tags", "units")
    return Portfolio(**({name: getattr(portfolio, name) for name in names} | parts))


def without(portfolio: Portfolio, inputs: Collection[Input]) -> Portfolio:
    """Leave inputs out of a portfolio.

    Parameters
    ----------
    portfolio
        One row per customer.
    inputs
        What to leave out.

    Examples
    --------
    >>> from datetime import date
    >>> without(Portfolio(["C1"], date(2026, 1, 31), {"age": [3]}), [Input("age", "day")]).columns
    mappingproxy({})
    """
    numbers = {each.name for each in inputs if each.unit != LABEL}
    names = {each.name for each in inputs if each.unit == LABEL}
    return replaced(
        portfolio,
        columns={name: array for name, array in portfolio.columns.items() if name not in numbers},
        labels={name: array for name, array in portfolio.labels.items() if name not in names},
        units={name: unit for name, unit in portfolio.units.items() if name not in numbers},
    )
