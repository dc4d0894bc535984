"""The gate of the models of discrete opportunities: whole numbers are checked here before any formula sees them.

Purchases that can happen once per period (a donation a year, attendance at a conference) and renewals of a contract
are counted, so every number is whole and none is above `MOST`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crmrisk.core.arguments import random_source_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.histories import checked_columns, checked_numbers, fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "MOST",
    "Opportunities",
    "checked_counts",
    "checked_lifetimes",
    "checked_opportunities",
    "checked_rate",
    "checked_survivors",
    "counts_to_simulate",
]

MOST = 100_000
"""The most opportunities or renewals counted: one an hour for eleven years."""


class Opportunities(NamedTuple):
    """Hold checked histories of discrete opportunities, three arrays of one shape.

    Parameters
    ----------
    frequency
        Opportunities with a purchase.
    recency
        The number of the last of them; 0 without any.
    opportunities
        Opportunities so far.

    Examples
    --------
    >>> Opportunities(*np.ones((3, 2))).recency
    array([1., 1.])
    """

    frequency: FloatArray
    recency: FloatArray
    opportunities: FloatArray


def checked_opportunities(
    frequency: ArrayLike, recency: ArrayLike, opportunities: ArrayLike, *, missing: bool = True
) -> Opportunities:
    """Check histories of discrete opportunities.

    Parameters
    ----------
    frequency, recency, opportunities
        The histories; to be scored they broadcast against each other, to be fitted each is ``(n_rows,)``.
    missing
        Whether NaN is allowed, as it is in scoring, where it means unrated.

    Returns
    -------
    Contiguous floats of one shape.

    Raises
    ------
    FitError
        If there is no row at all to be fitted.
    InvalidValueError
        If a value is negative, infinite, fractional or above `MOST`, or contradicts another.

    Examples
    --------
    >>> checked_opportunities([2, 1], [1, 3.5], 6)
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: 2 problems:
      - recency: 1 fractional value(s), the first in row 1; allowed: whole numbers; got: 3.5
      - recency: 1 value(s) below frequency, the first in row 0; allowed: frequency <= recency; got: 1.0
    """
    given = {"frequency": frequency, "recency": recency, "opportunities": opportunities}
    columns = checked_numbers(given, missing=True) if missing else checked_columns(given)
    x, last, n = columns.values()
    refuse([
        *_uncountable(columns),
        *fault(last < x, last, "recency", "value(s) below frequency", "frequency <= recency"),
        *fault(last > n, last, "recency", "value(s) above opportunities", "recency <= opportunities"),
        *fault((x == 0) & (last > 0), last, "recency", "value(s) without a purchase", "0 where frequency is 0"),
    ])  # fmt: skip
    return Opportunities(x, last, n)


def checked_counts(columns: Mapping[str, ArrayLike], *, missing: bool = False, least: int = 0) -> dict[str, FloatArray]:
    """Check whole numbers of opportunities or renewals and broadcast them to one shape.

    Parameters
    ----------
    columns
        Name to values.
    missing
        Whether NaN is allowed.
    least
        The least number allowed in a column named ``period``.

    Raises
    ------
    InvalidValueError
        If values are not what they should be, everything listed.

    Examples
    --------
    >>> checked_counts({"period": [1, 2], "renewals": 3})["renewals"]
    array([3., 3.])
    """
    numbers = checked_numbers(columns, missing=missing)
    problems = [*_uncountable(numbers)]
    if "period" in numbers:
        period = numbers["period"]
        problems += fault(period < least, period, "period", "value(s) too small", f">= {least}")
    refuse(problems)
    return numbers


def counts_to_simulate(name: str, counts: ArrayLike, rng: np.random.Generator) -> FloatArray:
    """Check what customers are simulated from.

    Parameters
    ----------
    name
        The argument.
    counts
        Opportunities or renewals of each customer.
    rng
        The source of randomness.

    Returns
    -------
    The counts, ``(n_customers,)``.

    Raises
    ------
    InvalidValueError
        If a count is no whole number from 0, or ``rng`` no source of randomness.

    Examples
    --------
    >>> counts_to_simulate("periods", 7, np.random.default_rng(1))
    array([7.])
    """
    refuse(random_source_problems(rng))
    return np.atleast_1d(checked_counts({name: counts})[name])


def checked_rate(discount_rate: ArrayLike) -> FloatArray:
    """Check discount rates.

    Parameters
    ----------
    discount_rate
        Rates per period.

    Raises
    ------
    InvalidValueError
        If a rate is not above 0 or not finite.

    Examples
    --------
    >>> checked_rate(0.1)
    array(0.1)
    """
    rate = checked_numbers({"discount_rate": discount_rate})["discount_rate"]
    if (rate < 1e-150).any():
        problem = Problem(what="no rate", where="discount_rate", allowed="> 0 per period", got=str(rate.min()))
        raise InvalidValueError(problem)
    return rate


def checked_lifetimes(duration: ArrayLike, churned: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check how long contracts lasted, one row per customer.

    Parameters
    ----------
    duration
        Of the lost, the renewal that did not happen, from 1; of the others, the renewals that did, from 0.
    churned
        Whether the customer was lost.

    Raises
    ------
    FitError
        If there is no row at all.
    InvalidValueError
        If values are not what they should be, everything listed.

    Examples
    --------
    >>> checked_lifetimes([3, 5], [True, False])
    (array([3., 5.]), array([1., 0.]))
    """
    columns = checked_columns({"duration": duration, "churned": churned})
    lasted, lost = columns["duration"], columns["churned"]
    refuse([
        *_uncountable({"duration": lasted}),
        *fault((lost != 0) & (lost != 1), lost, "churned", "value(s) neither true nor false", "true or false"),
        *fault((lost == 1) & (lasted == 0), lasted, "duration", "value(s) of 0 of lost customers", ">= 1 where lost"),
    ])  # fmt: skip
    return lasted, lost


def checked_survivors(survivors: ArrayLike) -> FloatArray:
    """Check how many customers of each cohort were left after each period.

    Parameters
    ----------
    survivors
        Counts, ``(n_periods + 1,)`` or ``(n_cohorts, n_periods + 1)``, the first the size of the cohort; NaN at the
        end of a row where a young cohort has not been observed so far, or a list of rows of different lengths.

    Returns
    -------
    The counts, ``(n_cohorts, n_periods + 1)``.

    Raises
    ------
    InvalidValueError
        If a count is negative, infinite or above the one before, or missing before the end of its row.

    Examples
    --------
    >>> checked_survivors([1000, 869, 743]).shape
    (1, 3)
    """
    counts = np.atleast_2d(checked_numbers({"survivors": _padded(survivors)}, missing=True)["survivors"])
    if counts.ndim != 2 or not counts.size:
        got = str(counts.shape)
        raise InvalidValueError(
            Problem(what="wrong shape", where="survivors", allowed="periods, or cohorts by periods", got=got)
        )
    before, after = counts[:, :-1], counts[:, 1:]
    refuse([
        *fault(np.isnan(counts[:, 0]), counts[:, 0], "survivors", "cohort(s) without a size", "a first count"),
        *fault(np.isnan(before) & ~np.isnan(after), after, "survivors", "count(s) after a gap", "NaN only at the end"),
        *fault(after > before, after, "survivors", "count(s) above the one before", "counts that never rise"),
    ])  # fmt: skip
    return counts


def _padded(survivors: ArrayLike) -> ArrayLike:
    """Fill up the rows of young cohorts."""
    rows = survivors if isinstance(survivors, list | tuple) else ()
    if not rows or not all(isinstance(row, list | tuple | np.ndarray) and np.ndim(row[:1]) == 1 for row in rows):
        return survivors
    longest = max(len(row) for row in rows)
    return [[*row, *[np.nan] * (longest - len(row))] for row in rows]


def _uncountable(columns: Mapping[str, FloatArray]) -> Iterator[Problem]:
    for name, column in columns.items():
        if name not in {"frequency", "n"}:  # whose fractions have been found already
            fractional = column != np.floor(column)
            yield from fault(fractional & ~np.isnan(column), column, name, "fractional value(s)", "whole numbers")
        yield from fault(column > MOST, column, name, "value(s) too large", f"<= {MOST}")
