"""The four corners of an importance-performance map, and the cuts between them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Centre", "Quadrant", "centre_of", "quadrants"]

Centre: TypeAlias = Literal["mean", "median", "midpoint"]
"""Where the cuts lie: at the grand mean or the median of the drivers, or at the middle of the scale."""


class Quadrant(StrEnum):
    """Name the corner of the map a driver is in (Martilla and James 1977).

    Examples
    --------
    >>> str(Quadrant.CONCENTRATE_HERE)
    'concentrate here'
    """

    CONCENTRATE_HERE = "concentrate here"
    KEEP_UP_THE_GOOD_WORK = "keep up the good work"
    LOW_PRIORITY = "low priority"
    POSSIBLE_OVERKILL = "possible overkill"


_BY_CODE = (
    Quadrant.LOW_PRIORITY,
    Quadrant.POSSIBLE_OVERKILL,
    Quadrant.CONCENTRATE_HERE,
    Quadrant.KEEP_UP_THE_GOOD_WORK,
)


def quadrants(
    importance: ArrayLike, performance: ArrayLike, *, importance_cut: float, performance_cut: float
) -> tuple[Quadrant, ...]:
    """Place drivers on the map; on a cut counts as above it.

    Parameters
    ----------
    importance, performance
        One number per driver, ``(p,)``.
    importance_cut, performance_cut
        Where the quadrants meet.

    Returns
    -------
    One quadrant per driver.

    Raises
    ------
    InvalidValueError
        If the numbers are not finite, or not one of each per driver.

    References
    ----------
    Martilla, J. A. and James, J. C. (1977). Importance-performance analysis. *Journal of Marketing* 41, 77-79.

    Examples
    --------
    >>> found = quadrants([0.4, 0.1], [3.0, 4.5], importance_cut=0.25, performance_cut=3.75)
    >>> [str(quadrant) for quadrant in found]
    ['concentrate here', 'possible overkill']
    """
    try:
        i, p = (np.asarray(each, dtype=np.float64) for each in (importance, performance))
        cuts = np.array([importance_cut, performance_cut], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(Problem(what="no numbers", where="quadrants", got=str(error)[:200])) from None
    if i.ndim != 1 or i.shape != p.shape or not all(np.isfinite(each).all() for each in (i, p, cuts)):
        allowed, got = "two columns of finite numbers of one length", f"shapes {i.shape}, {p.shape}"
        raise InvalidValueError(Problem(what="no map", where="quadrants", allowed=allowed, got=got))
    return tuple(_BY_CODE[code] for code in quadrant_codes(i, p, cuts[0], cuts[1]).tolist())


def quadrant_codes(
    importance: FloatArray, performance: FloatArray, importance_cut: FloatArray, performance_cut: FloatArray
) -> IntArray:
    """Give each quadrant its number: 0 low priority, 1 overkill, 2 concentrate here, 3 keep up the good work.

    Parameters
    ----------
    importance, performance
        ``(..., p)``.
    importance_cut, performance_cut
        ``(..., 1)``.

    Returns
    -------
    Codes 0..3, ``(..., p)``.

    Examples
    --------
    >>> quadrant_codes(np.array([0.4]), np.array([3.0]), np.array([0.25]), np.array([3.75]))
    array([2])
    """
    return 2 * (importance >= importance_cut).astype(np.int64) + (performance >= performance_cut)


def quadrant_of_code(code: int) -> Quadrant:
    """Name a quadrant by its number.

    Parameters
    ----------
    code
        As `quadrant_codes` numbers it.

    Examples
    --------
    >>> str(quadrant_of_code(0))
    'low priority'
    """
    return _BY_CODE[code]


def centre_of(values: FloatArray, centre: Centre, midpoint: float | None = None) -> FloatArray:
    """Find where a cut lies.

    Parameters
    ----------
    values
        One number per driver, ``(..., p)``.
    centre
        ``"mean"``, ``"median"`` or ``"midpoint"``.
    midpoint
        The middle of the scale; where there is none, as for derived importance, the mean takes its place.

    Returns
    -------
    The cut, ``(..., 1)``.

    Examples
    --------
    >>> centre_of(np.array([1.0, 2.0, 6.0]), "median")
    array([2.])
    """
    if centre == "midpoint" and midpoint is not None:
        return np.full((*values.shape[:-1], 1), midpoint)
    if centre == "median":
        return np.asarray(np.median(values, axis=-1, keepdims=True))
    return np.asarray(values.mean(axis=-1, keepdims=True))
