"""Whether a portfolio holds what a scorer reads: names, units and ranges, every problem listed."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InputRangeError, MissingInputsError, Problem
from crmrisk.core.measures import LABEL, Input
from crmrisk.core.yielding import summaries_that_yield

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.portfolio import Portfolio

__all__ = ["check_inputs"]


def check_inputs(portfolio: Portfolio, inputs: tuple[Input, ...], *, reader: str = "") -> BoolArray:
    """Check inputs and find the customers that have every required one; see `Portfolio.require`.

    Parameters
    ----------
    portfolio
        One row per customer.
    inputs
        What is read.
    reader
        Who reads it, for the error.

    Returns
    -------
    Whether each customer has every required input, ``(n_customers,)``.

    Raises
    ------
    MissingInputsError
        If required inputs are absent or have another unit.
    InputRangeError
        If values leave the declared range.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk.core.portfolio import Portfolio
    >>> check_inputs(Portfolio(["C1"], date(2026, 1, 31), {}), (Input("age", "day"),), reader="AttritionScorer")
    Traceback (most recent call last):
    crmrisk.core.errors.MissingInputsError: age [day]: missing input of AttritionScorer; got: nothing; ...
    """
    missing = [problem for each in inputs for problem in _absence(portfolio, each, reader)]
    if missing:
        raise MissingInputsError(*missing)
    outside = [problem for each in inputs for problem in _out_of_range(portfolio, each)]
    if outside:
        raise InputRangeError(*outside)
    present = (_present(portfolio, each) for each in inputs if not each.optional)
    return reduce(np.logical_and, present, np.ones(len(portfolio), dtype=np.bool_))


def _absence(portfolio: Portfolio, needed: Input, reader: str) -> list[Problem]:
    held = portfolio.labels if needed.unit == LABEL else portfolio.columns
    where = f"{needed.name} [{needed.unit}]" if needed.unit else needed.name
    of = f" of {reader}" if reader else ""
    if needed.name not in held:
        if needed.optional:
            return []
        summaries = " or ".join(summaries_that_yield(needed.name))
        remedy = f"add the summary that yields it{f' ({summaries})' if summaries else ''}, or the column itself"
        if needed.name in (portfolio.columns if needed.unit == LABEL else portfolio.labels):
            kind, other = ("a label", "numbers") if needed.unit == LABEL else ("numbers", "a label")
            return [
                Problem(
                    what=f"is read as {kind}{f' by {reader}' if reader else ''}",
                    where=where,
                    got=f"the portfolio holds it as {other}",
                )
            ]
        return [Problem(what=f"missing input{of}", where=where, got=", ".join(held) or "nothing", remedy=remedy)]
    unit = portfolio.units.get(needed.name, needed.unit)
    if unit != needed.unit:
        remedy = "convert the column" if needed.unit else f'state unit="{unit}" where it is read'
        return [Problem(what=f"input{of} in another unit", where=where, allowed=needed.unit, got=unit, remedy=remedy)]
    return []


def _out_of_range(portfolio: Portfolio, needed: Input) -> list[Problem]:
    if needed.unit == LABEL or needed.name not in portfolio.columns or not len(portfolio):
        return []
    values = portfolio.columns[needed.name]
    below = _outside(values, needed.ge, np.less, np.fmin)
    above = _outside(values, needed.le, np.greater, np.fmax)
    if below is None and above is None:
        return []
    outside = np.logical_or(*(np.zeros(len(values), dtype=np.bool_) if m is None else m for m in (below, above)))
    first = int(np.flatnonzero(outside)[0])
    return [
        Problem(
            what=f"{int(outside.sum())} value(s) out of range",
            where=needed.name,
            allowed=f"[{_bound(needed.ge)}, {_bound(needed.le)}] {needed.unit}".rstrip(),
            got=f"{values[first]:g} for customer {portfolio.customer_id[first]!r}",
        )
    ]


def _outside(
    values: FloatArray, bound: float | None, beyond: Callable[..., BoolArray], extreme: np.ufunc
) -> BoolArray | None:
    """Return the offending rows, or None; the extreme value alone decides the usual case cheaply."""
    if bound is None or not beyond(extreme.reduce(values), bound):
        return None
    return beyond(values, bound)


def _bound(value: float | None) -> str:
    return "open" if value is None else f"{value:g}"


def _present(portfolio: Portfolio, needed: Input) -> BoolArray:
    if needed.unit == LABEL:
        return np.array([label is not None for label in portfolio.labels[needed.name].tolist()], dtype=np.bool_)
    return ~np.isnan(portfolio.columns[needed.name])
