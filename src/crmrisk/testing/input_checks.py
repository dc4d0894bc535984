"""The checks of inputs: what is declared is what is read, nothing is assumed, and nothing is modified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import InputRangeError, MissingInputsError
from crmrisk.core.measures import LABEL, Input
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scorers import Explains
from crmrisk.testing.compare import assert_same_answers, fail, name_some, replaced, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmrisk.core.outcomes import Outcomes
    from crmrisk.testing.case import Case

__all__ = ["CHECKS"]

_REQUIRE = "call portfolio.require(self.inputs) first (the bases do)"


def missing_inputs_are_named(case: Case) -> None:
    """Check that a portfolio without required inputs, or with other units, is refused and every one is named."""
    required = [each for each in case.specification.inputs if not each.optional]
    read = (case.words.method, case.answer)
    for absent in ([each] for each in required):
        _assert_named(read, without(case.book, absent), absent)
    for reader in (("fit", partial(case.fit, case.specification)), read) if required else ():
        _assert_named(reader, without(case.book, required), required)
    for each in case.fitted.inputs:
        if each.unit != LABEL:
            strange = replaced(case.book, units={**case.book.units, each.name: f"not {each.unit}"})
            _assert_named(read, strange, [each])
    _assert_absent_is_missing(case, [each for each in case.fitted.inputs if each.optional])


def _assert_named(reader: tuple[str, Callable[[Portfolio], Any]], book: Portfolio, absent: list[Input]) -> None:
    names = ", ".join(each.name for each in absent)
    reads, read = reader
    try:
        read(book)
    except MissingInputsError as error:
        unnamed = [each.name for each in absent if each.name not in str(error)]
        if unnamed:
            fail(f"{reads} without {names} does not name {', '.join(unnamed)}", remedy=_REQUIRE)
    except Exception as error:  # noqa: BLE001 - whatever else it raises is the finding
        fail(f"{reads} without {names}, or in another unit, raised {error!r}, not MissingInputsError", remedy=_REQUIRE)
    else:
        fail(f"{reads} took a portfolio without {names}, or with another unit", remedy=_REQUIRE)


def _assert_absent_is_missing(case: Case, optional: list[Input]) -> None:
    """Check that an optional input that no customer has is the same as a column that is not there."""
    for each in (each for each in optional if each.name in {*case.book.columns, *case.book.labels}):
        kind = "labels" if each.unit == LABEL else "columns"
        unknown = np.full(len(case.book), None if each.unit == LABEL else np.nan)
        empty = replaced(case.book, **{kind: {**getattr(case.book, kind), each.name: unknown}})
        assert_same_answers(
            case.answer(without(case.book, [each])),
            case.answer(empty),
            what=f"without the optional input {each.name}, {case.words.many} differ from those of who all lack it",
            remedy="treat an absent optional column as missing for everyone",
        )


def values_out_of_range_are_refused(case: Case) -> str | None:
    """Check that a value outside the declared range of an input is an error, never answered."""
    bounded = [each for each in case.fitted.inputs if each.unit != LABEL and each.name in case.book.columns]
    trials = [(each, end) for each in bounded for end in _just_outside(each)]
    for each, value in trials:
        column = np.array(case.book[each.name])
        column[0] = value
        try:
            case.answer(replaced(case.book, columns={**case.book.columns, each.name: column}))
        except InputRangeError:
            continue
        fail(f"{case.words.done} a customer with {each.name} {value:g}, outside the declared range", remedy=_REQUIRE)
    return None if trials else "no input has bounds"


def _just_outside(each: Input) -> Iterator[float]:
    if each.ge is not None:
        yield each.ge - 1.0
    if each.le is not None:
        yield each.le + 1.0


def no_input_is_modified(case: Case) -> None:
    """Check that fitting, answering and explaining leave every array of portfolio and outcomes as it was."""
    before = list(_snapshot(case.given, case.happened))
    fitted = case.fit(case.specification, case.book)
    case.answer(case.book, fitted)
    if isinstance(fitted, Explains):
        fitted.explain(case.book)
    for (name, old), (_, new) in zip(before, _snapshot(case.book, case.happened), strict=True):
        differ = np.array([a != b and not (a != a and b != b) for a, b in zip(old, new, strict=True)])  # noqa: PLR0124 - NaN differs from itself
        if differ.any():
            customers = name_some(case.book.customer_id, differ) if name != "occurred" else ""
            fail(f"{name} was modified", customers=customers, remedy="work on copies: np.array(portfolio[name])")


def _snapshot(book: Portfolio, outcomes: Outcomes | None) -> Iterator[tuple[str, list[Any]]]:
    yield "customer_id", book.customer_id.tolist()
    if outcomes is not None:
        yield "occurred", outcomes.occurred.tolist()
    yield from ((name, array.tolist()) for name, array in (*book.columns.items(), *book.labels.items()))


def unrated_customers_stay_unrated(case: Case) -> str | None:
    """Check that a customer who lacks a required input has no answer: missing is never average, zero or good."""
    rated, one, many = case.book.require(case.fitted.inputs), case.words.one, case.words.many
    if rated.all():
        return "no customer of the case lacks a required input"
    answered = ~rated & case.answers.rated
    if answered.any():
        shown = getattr(case.answers, "values" if one == "score" else "labels")
        customers = name_some(case.book.customer_id, answered, (one, shown))
        remedy = f"return {case.words.none} for them (the bases do), or declare the input optional"
        fail(f"customers who lack a required input got a {one}", customers=customers, remedy=remedy)
    nobody = case.answer(case.book.take(~rated))
    if nobody.rated.any():
        remedy = f"return {case.words.none} for them (the bases do)"
        fail(f"a portfolio of customers without evidence got {many}", remedy=remedy)
    return None


def engines_agree(case: Case) -> None:
    """Check that customers from pandas, pyarrow or (where installed) polars frames get the same answers."""
    for engine, frame in _frames(case.book):
        book = Portfolio.from_frame(frame, case.book.as_of, units=case.book.units)
        assert_same_answers(
            case.answer(book),
            case.answers,
            what=f"customers from a {engine} frame got other {case.words.many}",
            remedy="read columns by their names, and only those you declare",
        )


def _frames(book: Portfolio) -> Iterator[tuple[str, Any]]:
    import pyarrow as pa  # noqa: PLC0415 - a heavy import that only this check needs

    frame = book.frame().drop(columns=["since", "tags"], errors="ignore").iloc[:, ::-1]
    frame["column nobody reads"] = 1.0
    table = pa.Table.from_pandas(frame, preserve_index=False)
    yield "pandas", frame
    yield "pyarrow", table
    try:
        import polars as pl  # noqa: PLC0415 - an optional engine
    except ImportError:
        return
    yield "polars", pl.from_arrow(table)


CHECKS = (
    missing_inputs_are_named,
    values_out_of_range_are_refused,
    no_input_is_modified,
    unrated_customers_stay_unrated,
    engines_agree,
)
"""In the order they are made."""
