"""From columns to a design matrix in which every column has mean 0 and standard deviation 1, units forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.optional_columns import column_or_unrated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.measures import Input
    from crmrisk.core.portfolio import Portfolio

__all__ = ["DesignColumn", "design_columns"]

_SAME = 1e-12
"""Values closer together than this, relative to their size, are one value."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignColumn:
    """Hold one standardised column of a design.

    Parameters
    ----------
    name
        The input.
    centre, scale
        Mean and standard deviation before standardising.
    values
        Standardised, 0 where the input is missing, ``(n_customers,)``.
    missing
        Whether it marks those without the input; such a column is scaled and not centred.

    Examples
    --------
    See `design_columns`.
    """

    name: str
    centre: float
    scale: float
    values: FloatArray
    missing: bool = False


def design_columns(
    portfolio: Portfolio, inputs: tuple[Input, ...], transforms: Mapping[str, str], *, reader: str
) -> list[DesignColumn]:
    """Build the columns of a design, in the order of the inputs.

    An optional input that some customers lack gets a second column, which marks them: missing is a state of its own.

    Parameters
    ----------
    portfolio
        Customers who have every required input.
    inputs
        What is read.
    transforms
        Input to ``"log1p"``, where the logarithm is used.
    reader
        Who learns, for the error.

    Raises
    ------
    FitError
        Naming every input that has one value, or none, so that its coefficient is not identified.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Input, Portfolio
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"idle_days": [10, 30]})
    >>> column, = design_columns(book, (Input("idle_days", "day"),), {}, reader="example")
    >>> column.values, column.centre, column.scale
    (array([-1.,  1.]), 20.0, 10.0)
    """
    columns: list[DesignColumn] = []
    problems = []
    for each in inputs:
        values = column_or_unrated(portfolio, each.name)
        values = np.log1p(values) if transforms.get(each.name) == "log1p" else values
        known = values[~np.isnan(values)]
        if _is_constant(known):
            problems.append(_not_identified(each.name, known, reader))
        else:
            columns.extend(_standardised(each.name, values, known))
    if problems:
        raise FitError(*problems)
    return columns


def _is_constant(known: FloatArray) -> bool:
    return not len(known) or float(np.ptp(known)) <= _SAME * float(np.abs(known).max())


def _standardised(name: str, values: FloatArray, known: FloatArray) -> list[DesignColumn]:
    centre, scale = float(known.mean()), float(known.std())
    absent = np.isnan(values)
    columns = [
        DesignColumn(name=name, centre=centre, scale=scale, values=np.where(absent, 0.0, (values - centre) / scale))
    ]
    if absent.any():
        deviation = float(absent.std())
        marks = absent / deviation
        columns.append(DesignColumn(name=name, centre=0.0, scale=deviation, values=marks, missing=True))
    return columns


def _not_identified(name: str, known: FloatArray, reader: str) -> Problem:
    got = f"{len(known)} customers, all {known[0]:g}" if len(known) else "no customer with a value"
    return Problem(
        what="constant, so that its coefficient is not identified",
        where=f"{reader}: {name}",
        got=got,
        remedy="leave the input out, or learn from customers who differ in it",
    )
