"""Several intervals read at once: levels raised so that the family keeps its promise."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from crmrisk.core.arguments import checked_level, is_number
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["HOLM_WARNING", "Simultaneous", "bonferroni_level", "check_benchmark", "check_simultaneous", "holm_levels"]

Simultaneous: TypeAlias = Literal["bonferroni", "holm"]
"""How intervals are widened for being read together."""

HOLM_WARNING = "Holm's levels guard the decision which segments differ from the benchmark, not the intervals' coverage"


def check_simultaneous(simultaneous: str | None) -> None:
    """Refuse an adjustment that does not exist.

    Parameters
    ----------
    simultaneous
        Its name, or ``None`` for none.

    Raises
    ------
    InvalidValueError
        If there is no such adjustment.

    Examples
    --------
    >>> check_simultaneous("holm")
    """
    if simultaneous is not None and not (isinstance(simultaneous, str) and simultaneous in get_args(Simultaneous)):
        allowed = ", ".join([*get_args(Simultaneous), "None"])
        raise InvalidValueError(
            Problem(what="no such adjustment", where="simultaneous", allowed=allowed, got=str(simultaneous))
        )


def check_benchmark(benchmark: object) -> None:
    """Refuse a benchmark that estimates cannot be compared with.

    Parameters
    ----------
    benchmark
        What it should be: a finite number.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> check_benchmark(0.3)
    """
    if not is_number(benchmark) or not abs(benchmark) < inf:  # type: ignore[arg-type] # it is a number by then
        raise InvalidValueError(
            Problem(what="no benchmark", where="benchmark", allowed="a finite number", got=repr(benchmark)[:100])
        )


def bonferroni_level(level: float, n_intervals: int) -> float:
    """Return the level of each of several intervals that together cover with at least ``level``.

    Parameters
    ----------
    level
        Nominal coverage of all together.
    n_intervals
        How many there are.

    Returns
    -------
    ``1 - (1 - level)/n_intervals``.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Dunn, O. J. (1961). Multiple comparisons among means. *Journal of the American Statistical Association* 56.

    Examples
    --------
    >>> bonferroni_level(0.95, 5)
    0.99
    """
    checked_level(level)
    return 1.0 - (1.0 - level) / max(n_intervals, 1)


def holm_levels(
    interval: Callable[[IntArray, float], tuple[FloatArray, FloatArray]],
    n_intervals: int,
    *,
    level: float = 0.95,
    benchmark: float = 0.0,
) -> FloatArray:
    """Return the level at which each of several intervals is read by Holm's step-down procedure.

    Segments whose interval at Bonferroni's level excludes the benchmark differ from it; the others share the error
    that is left, until none more is excluded.

    Parameters
    ----------
    interval
        Function from places of intervals and a level to their lower and upper limits, NaN where there is none.
    n_intervals
        How many there are.
    level
        One less the probability of calling any segment different that is not.
    benchmark
        What they are compared with.

    Returns
    -------
    Levels, ``(n_intervals,)``.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian Journal of Statistics* 6.

    Examples
    --------
    >>> from crmrisk.core.intervals import normal_quantile
    >>> values = np.array([3.0, 2.1, 0.5])
    >>> holm_levels(lambda at, level: (values[at] - normal_quantile(level), values[at] + 2), 3).round(4)
    array([0.9833, 0.975 , 0.975 ])
    """
    levels = np.full(n_intervals, bonferroni_level(level, n_intervals))
    open_: BoolArray = np.ones(n_intervals, dtype=np.bool_)
    while open_.any():
        places = np.flatnonzero(open_)
        shared = bonferroni_level(level, places.size)
        levels[places] = shared
        low, high = interval(places, shared)
        differs = (low > benchmark) | (high < benchmark)
        if not differs.any():
            break
        open_[places[differs]] = False
    return levels
