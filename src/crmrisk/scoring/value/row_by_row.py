"""Ask a model of buying about customers who each have parameters of their own.

The formulas of the models are row by row and take an array where a parameter is a number, as long as rows stay in
step: one model with arrays for parameters stands for many, and is asked about few enough rows at once that it looks
for no repetitions among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.histories import Histories, checked_numbers, consistent
from crmrisk.scoring.value.time_spans import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout

__all__ = [
    "Customers",
    "alive",
    "answers",
    "customers",
    "expected",
    "likelihood",
    "many",
    "none_bought",
    "number_bought",
]

CHUNK = 128
"""Rows asked about at once: fewer than the models would look for repetitions in."""


class Customers(NamedTuple):
    """Hold what is asked of which customers, all of one shape.

    Parameters
    ----------
    asked
        What is asked: counts, horizons.
    histories
        Their histories.
    covariates
        Their covariates by name.

    Examples
    --------
    >>> customers({"horizon": 3.0}, (None, None, None), {"z": np.ones(2)}).histories.age
    array([0., 0.])
    """

    asked: tuple[FloatArray, ...]
    histories: Histories
    covariates: Mapping[str, FloatArray]


def customers(
    asked: Mapping[str, ArrayLike],
    history: tuple[ArrayLike | None, ArrayLike | None, ArrayLike | None],
    covariates: Mapping[str, FloatArray],
) -> Customers:
    """Check what is asked and bring it into one shape.

    Parameters
    ----------
    asked
        Counts and horizons by name; none may be missing.
    history
        Frequency, recency and age; all ``None`` for customers who have just made a first purchase.
    covariates
        Checked covariates by name.

    Raises
    ------
    InvalidValueError
        If a number is impossible, a history incomplete, or shapes do not match.

    Examples
    --------
    >>> customers({}, (2, None, 5), {})
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: half a history; allowed: all of frequency, recency, age; got: frequency, age
    """
    given = dict(zip(("frequency", "recency", "age"), history, strict=True))
    told = {name: values for name, values in given.items() if values is not None}
    if told and len(told) < len(given):
        got = ", ".join(told)
        raise InvalidValueError(Problem(what="half a history", allowed="all of frequency, recency, age", got=got))
    every = {**asked, **(told or dict.fromkeys(given, 0))}
    columns = checked_numbers(every, missing=True, required=tuple(asked), unit=DAY)
    numbers = [*columns.values(), *covariates.values()]
    try:
        table = [np.array(column) for column in np.broadcast_arrays(*numbers)]
    except ValueError:
        got = ", ".join(f"{name} {column.shape}" for name, column in {**covariates, **columns}.items())
        raise InvalidValueError(Problem(what="shapes do not broadcast", got=got)) from None
    first, last = len(asked), len(columns)
    histories = consistent(Histories(*table[first:last]))
    return Customers(tuple(table[:first]), histories, dict(zip(covariates, table[last:], strict=True)))


def many(base: BuyingUntilDropout, parameters: Mapping[str, FloatArray]) -> BuyingUntilDropout:
    """Let one model stand for many, row by row.

    Parameters
    ----------
    base
        The model.
    parameters
        The parameters that differ, ``(n_rows,)`` each.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> many(BetaGeoNBD(r=1, alpha=4, a=0.8, b=3), {"alpha": np.array([4.0, 5.0])}).alpha
    array([4., 5.])
    """
    known = {name: getattr(base, name) for name in type(base).model_fields}
    return type(base).model_construct(None, **known | dict(parameters))


def answers(
    function: Callable[..., FloatArray],
    everyone: Customers,
    model_of: Callable[[Mapping[str, FloatArray]], BuyingUntilDropout],
) -> FloatArray:
    """Ask about every customer, a few rows at once.

    Parameters
    ----------
    function
        Maps a model, histories and what is asked to values, row by row.
    everyone
        The customers.
    model_of
        Gives the model that stands for customers with these covariates.

    Returns
    -------
    The values in the shape of the customers, NaN where something is missing; each depends on its own row alone.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> everyone = customers({}, (2, 30.43, [38.86, np.nan]), {})
    >>> answers(alive, everyone, lambda _: BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)).round(3)
    array([0.727,   nan])
    """
    shape = everyone.histories.age.shape
    asked = [column.ravel() for column in everyone.asked]
    told = [column.ravel() for column in everyone.histories]
    known = {name: column.ravel() for name, column in everyone.covariates.items()}
    result = np.full(told[0].shape, np.nan)
    rated = np.flatnonzero(~np.isnan(sum([*asked, *told, *known.values()])))
    for start in range(0, rated.size, CHUNK):
        part = rated[start : start + CHUNK]
        model = model_of({name: column[part] for name, column in known.items()})
        result[part] = function(model, Histories(*(column[part] for column in told)), *(one[part] for one in asked))
    unwrapped: FloatArray = result.reshape(shape)[()]
    return unwrapped


def likelihood(model: BuyingUntilDropout, history: Histories) -> FloatArray:
    """Compute log-likelihoods.

    Parameters
    ----------
    model
        The model that stands for the customers.
    history
        Their histories, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5)
    >>> likelihood(model, Histories(*np.array([[0.0], [0.0], [40.0]]))).round(8)
    array([-0.59947382])
    """
    odds = model._log_odds_gone(history)  # noqa: SLF001 - the models' own parts
    dropout = np.maximum(odds, 0.0) + np.log1p(np.exp(-np.abs(odds)))
    total: FloatArray = model._log_alive(history) + dropout  # noqa: SLF001 - the models' own parts
    return total


def alive(model: BuyingUntilDropout, history: Histories) -> FloatArray:
    """Compute the probability of not having dropped out.

    Parameters
    ----------
    model
        The model that stands for the customers.
    history
        Their histories, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> alive(BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5), Histories(*np.array([[0.0], [0.0], [40.0]])))
    array([1.])
    """
    return np.asarray(special.expit(-model._log_odds_gone(history)))  # noqa: SLF001 - the models' own parts


def expected(model: BuyingUntilDropout, history: Histories, time: FloatArray) -> FloatArray:
    """Compute expected purchases.

    Parameters
    ----------
    model
        The model that stands for the customers.
    history
        Their histories, ``(n_rows,)``.
    time
        How far to look ahead, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> expected(model, Histories(*np.zeros((3, 1))), np.array([32.0])).round(4)
    array([1.0452])
    """
    purchases: FloatArray = model._expected_if_alive(time, *model._felt(history))  # noqa: SLF001 - the models' own parts
    return alive(model, history) * purchases


def none_bought(model: BuyingUntilDropout, history: Histories, time: FloatArray) -> FloatArray:
    """Compute the probability of no purchase.

    Parameters
    ----------
    model
        The model that stands for the customers.
    history
        Their histories, ``(n_rows,)``.
    time
        How far to look ahead, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> none_bought(model, Histories(*np.array([[2.0], [30.43], [38.86]])), np.array([13.0])).round(4)
    array([0.6765])
    """
    odds = model._log_odds_gone(history)  # noqa: SLF001 - the models' own parts
    silent = model._silent(time, *model._felt(history))  # noqa: SLF001 - the models' own parts
    return np.minimum(special.expit(odds) + special.expit(-odds) * silent, 1.0)


def number_bought(model: BuyingUntilDropout, history: Histories, n: FloatArray, time: FloatArray) -> FloatArray:
    """Compute the probability of exactly n purchases.

    Parameters
    ----------
    model
        The model that stands for the customers.
    history
        Their histories, ``(n_rows,)``.
    n
        How many purchases, ``(n_rows,)``.
    time
        How far to look ahead, ``(n_rows,)``.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> number_bought(model, Histories(*np.zeros((3, 1))), np.zeros(1), np.array([39.0])).round(7)
    array([0.5737864])
    """
    odds = model._log_odds_gone(history)  # noqa: SLF001 - the models' own parts
    some = special.expit(-odds) * model._count_if_alive(n, time, *model._felt(history))  # noqa: SLF001 - the models' own parts
    return np.minimum(some + np.where(n == 0, special.expit(odds), 0.0), 1.0)
