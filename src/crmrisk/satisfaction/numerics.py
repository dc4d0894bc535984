"""Small tools the survey estimators share: checked settings, quantiles, a root finder for columns, generators."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from scipy.special import stdtrit

from crmrisk.core.arguments import check_choice, checked_level

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray

__all__ = ["bisect", "check_method", "student_quantile"]

Name = TypeVar("Name", bound=str)

_ALSO = {
    "aw3": ("adjustedwald",),
    "bootstrappercentile": ("bootstrap",),
    "exact": ("clopperpearson", "permutation"),
    "mayjohnson": ("score",),
    "percentile": ("bootstrap",),
    "percentilebootstrap": ("bootstrap",),
    "tango": ("score",),
    "triangular": ("adjustedwald",),
}
"""Other names of the field, and what they mean here, in their plainest spelling."""

_HALVINGS = 64  # an interval of length 2 shrinks below the spacing of floats near 1


def student_quantile(level: float, degrees_of_freedom: float) -> float:
    """Return t such that Student's t lies within [-t, t] with probability ``level``.

    Parameters
    ----------
    level
        Nominal coverage, between 0 and 1.
    degrees_of_freedom
        At least 1.

    Returns
    -------
    The quantile.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> round(student_quantile(0.95, 10), 4)
    2.2281
    """
    return float(stdtrit(degrees_of_freedom, (1.0 + checked_level(level)) / 2.0))


def check_method(method: Name, known: tuple[str, ...], *, where: str = "method") -> Name:
    """Find a method by its name, and refuse one that does not exist.

    Case, spaces, hyphens and underscores do not matter, and some methods go by several names: Tango's interval is the
    score interval, AW3 the adjusted Wald, and percentiles those of the bootstrap.

    Parameters
    ----------
    method
        The name asked for.
    known
        The names there are.
    where
        The argument.

    Returns
    -------
    The name as it is known here.

    Raises
    ------
    InvalidValueError
        If the name is not among them.

    Examples
    --------
    >>> check_method("Clopper_Pearson", ("wilson", "clopper-pearson")), check_method("tango", ("score", "wald"))
    ('clopper-pearson', 'score')
    """
    if isinstance(method, str) and method not in known:
        spelt = {_spelling(name): name for name in known}
        asked = _spelling(method)
        found = next((spelt[name] for name in (asked, *_ALSO.get(asked, ())) if name in spelt), method)
        method = cast("Name", found)
    check_choice(method, known, where=where, what="no such method")
    return method


def _spelling(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def bisect(above: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray) -> FloatArray:
    """Find, element by element, where a function falls through zero.

    Parameters
    ----------
    above
        Function of an array, positive left of the root and not positive right of it.
    low, high
        Ends of the brackets, arrays of one shape.

    Returns
    -------
    The roots, of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> bisect(lambda x: 2.0 - x * x, np.array([0.0]), np.array([2.0])).round(6)
    array([1.414214])
    """
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        left = above(middle) > 0.0
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return high
