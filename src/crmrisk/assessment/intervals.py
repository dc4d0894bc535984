"""Interval inputs: what is known only as "between" yields a set of grades, not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.pairs import Column, checked
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.levels import LEVELS, RiskLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import ArrayLike, NDArray

    from crmrisk.core.arrays import FloatArray, ObjectArray

__all__ = ["checked_intervals", "grade_sets"]


def checked_intervals(
    likelihood_low: ArrayLike, likelihood_high: ArrayLike, consequence_low: ArrayLike, consequence_high: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Broadcast the ends of intervals together and check them.

    Parameters
    ----------
    likelihood_low, likelihood_high
        Ends of the intervals of the probability, in [0, 1]; NaN is unrated.
    consequence_low, consequence_high
        Ends of the intervals of the loss, >= 0 [currency]; NaN is unrated.

    Returns
    -------
    The four ends, of one shape.

    Raises
    ------
    InvalidValueError
        If an end is out of range, or a low end above its high end.

    Examples
    --------
    >>> checked_intervals(0.1, [0.2, 0.3], 10, 20)[1]
    array([0.2, 0.3])
    """
    p_low, p_high, c_low, c_high = checked(
        Column("likelihood_low", likelihood_low, le=1.0),
        Column("likelihood_high", likelihood_high, le=1.0),
        Column("consequence_low", consequence_low),
        Column("consequence_high", consequence_high),
    )
    pairs = (("likelihood", p_low, p_high), ("consequence", c_low, c_high))
    problems = [
        Problem(what=f"{int((low > high).sum())} crossed interval(s)", where=where, allowed="low <= high")
        for where, low, high in pairs
        if (low > high).any()
    ]
    if problems:
        raise InvalidValueError(*problems)
    return p_low, p_high, c_low, c_high


def grade_sets(
    keys: NDArray[np.integer], codes_of: Callable[[tuple[int, ...]], Iterable[int]]
) -> frozenset[RiskLevel] | ObjectArray:
    """Build one set of grades per distinct key and hand it to every row that has the key.

    Parameters
    ----------
    keys
        What decides the set, small whole numbers >= 0, ``(..., n_parts)``.
    codes_of
        The codes of the grades that belong to a key.

    Returns
    -------
    One set when ``keys`` has one dimension, otherwise an object array of sets.

    Examples
    --------
    >>> import numpy as np
    >>> sorted(grade_sets(np.array([1, 2]), lambda ends: range(ends[0], ends[1] + 1)))
    [<RiskLevel.LOW: 'low'>, <RiskLevel.MODERATE: 'moderate'>]
    """
    flat = keys.reshape(-1, keys.shape[-1]).astype(np.int64)
    # one number per key: sorting numbers is many times faster than sorting rows
    radix = int(flat.max(initial=0)) + 1
    single_number = flat @ radix ** np.arange(flat.shape[1])
    _, first, row_of = np.unique(single_number, return_index=True, return_inverse=True)
    sets: ObjectArray = np.empty(len(first), dtype=object)
    for position, key in enumerate(flat[first]):
        sets[position] = frozenset(LEVELS[code] for code in codes_of(tuple(int(part) for part in key)))
    if keys.ndim == 1:
        single: frozenset[RiskLevel] = sets[0]
        return single
    spread: ObjectArray = sets[row_of.reshape(-1)].reshape(keys.shape[:-1])
    return spread
