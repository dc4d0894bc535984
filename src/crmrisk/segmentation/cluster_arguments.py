"""What callers of cluster functions give: tables, distances, clusters of rows, settings; everything wrong is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole
from crmrisk.core.arrays import frozen_floats
from crmrisk.core.errors import FitError, InvalidValueError, PortfolioError, Problem
from crmrisk.segmentation.points import FAR, Points, canonical_order, distinct_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = [
    "canonical",
    "read_codes",
    "read_distances",
    "read_rows",
    "require_clusters",
    "require_whole",
]

_SMALLEST = 1e-150  # squares of what is smaller are 0


def canonical(points: Points) -> tuple[Points, IntArray]:
    """Sort rows by their values and say where each came from.

    Parameters
    ----------
    points
        ``n_rows`` rows.

    Examples
    --------
    >>> import numpy as np
    >>> canonical(Points.of_numbers(np.array([[2.0], [1.0]])))[1]
    array([1, 0])
    """
    order = canonical_order(points)
    return points.take(order), order


def read_rows(values: ArrayLike, *, where: str = "values") -> FloatArray:
    """Read a table of numbers: rows of a list, an array or a dataframe.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``; one column may be ``(n_rows,)``.
    where
        What it is called in an error.

    Raises
    ------
    InvalidValueError
        If they are no complete table of finite numbers.

    Examples
    --------
    >>> read_rows([1, 2])
    array([[1.],
           [2.]])
    """
    try:
        raw = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
        numbers = frozen_floats(raw.ravel(), where=where).reshape(raw.shape)
    except PortfolioError as error:
        raise InvalidValueError(*error.problems) from None
    except (TypeError, ValueError) as error:
        raise InvalidValueError(Problem(what="no table of numbers", where=where, got=str(error))) from None
    table = numbers[:, None] if numbers.ndim == 1 else numbers
    if table.ndim != 2 or not table.size:
        allowed = "(n_rows, n_columns), none of them 0"
        raise InvalidValueError(Problem(what="no table", where=where, allowed=allowed, got=str(raw.shape)))
    _refuse_cells(table, where)
    return table + 0.0  # -0.0 is 0.0


def _refuse_cells(table: FloatArray, where: str) -> None:
    missing = int(np.isnan(table).any(axis=1).sum())
    if missing:
        remedy = "leave them out: a row without evidence is near to nothing"
        raise InvalidValueError(Problem(what=f"{missing} row(s) with missing numbers", where=where, remedy=remedy))
    if np.abs(table).max() > FAR:
        got = f"{np.abs(table).max():g}"
        raise InvalidValueError(
            Problem(what="numbers whose squares overflow", where=where, allowed=f"below {FAR:g}", got=got)
        )
    spread = np.ptp(table, axis=0)
    alike = spread[(spread > 0.0) & (spread < _SMALLEST)]
    if len(alike):
        what, allowed = "numbers so alike that squares of differences are 0", f"a range of 0, or above {_SMALLEST:g}"
        remedy = "another unit"
        raise InvalidValueError(Problem(what=what, where=where, allowed=allowed, got=f"{alike[0]:g}", remedy=remedy))


def read_distances(distances: ArrayLike) -> FloatArray:
    """Read a table of distances between rows.

    Parameters
    ----------
    distances
        ``(n_rows, n_rows)``, symmetric, not negative, 0 on the diagonal.

    Raises
    ------
    InvalidValueError
        If they are none.

    Examples
    --------
    >>> read_distances([[0, 2], [2, 0]]).sum()
    np.float64(4.0)
    """
    table = read_rows(distances, where="distances")
    if table.shape[0] != table.shape[1] or not np.array_equal(table, table.T):
        wrong = "not symmetric" if table.shape[0] == table.shape[1] else f"shape {table.shape}"
    elif (table < 0.0).any() or np.diag(table).any():
        wrong = "negative, or a row at a distance from itself"
    else:
        return table
    raise InvalidValueError(Problem(what="no distances between rows", where="distances", got=wrong))


def read_codes(codes: ArrayLike, n_rows: int, *, where: str = "codes") -> IntArray:
    """Read which cluster each row is in: whole numbers or names.

    Parameters
    ----------
    codes
        ``(n_rows,)``; a cluster is what has the same number or name.
    n_rows
        How many there should be.
    where
        What they are called in an error.

    Returns
    -------
    0 to k - 1 in the order of the numbers or names, ``(n_rows,)``.

    Raises
    ------
    InvalidValueError
        If they are missing, or not one per row.

    Examples
    --------
    >>> read_codes(["b", "a", "b"], 3)
    array([1, 0, 1])
    """
    raw = np.asarray(codes)
    given = raw if raw.dtype.kind in "biu" else np.asarray(codes, dtype=object)  # text beside numbers would become text
    if given.shape != (n_rows,):
        got = f"shape {given.shape}"
        raise InvalidValueError(Problem(what="not one per row", where=where, allowed=f"({n_rows},)", got=got))
    if given.dtype.kind == "O" and any(_is_missing(code) for code in given.tolist()):
        raise InvalidValueError(Problem(what="missing", where=where, allowed="one for every row"))
    try:
        return np.unique(given, return_inverse=True)[1]
    except TypeError as error:
        raise InvalidValueError(Problem(what="numbers and names", where=where, got=str(error))) from None


def _is_missing(code: object) -> bool:
    return code is None or type(code).__name__ in {"NAType", "NaTType"} or bool(code != code)  # noqa: PLR0124 - NaN differs from itself


def require_whole(settings: Mapping[str, object], *, least: int) -> None:
    """Refuse settings that are no whole numbers, or too small; all are named.

    Parameters
    ----------
    settings
        Name to value.
    least
        The smallest allowed.

    Raises
    ------
    InvalidValueError
        If there is any.

    Examples
    --------
    >>> require_whole({"starts": 10}, least=1)
    """
    wrong = {name: value for name, value in settings.items() if not is_whole(value) or int(str(value)) < least}
    if wrong:
        allowed = f"a whole number >= {least}"
        raise InvalidValueError(
            *(Problem(what="too few", where=n, allowed=allowed, got=repr(v)[:100]) for n, v in wrong.items())
        )


def require_clusters(points: Points, k: object) -> int:
    """Refuse a number of clusters that the rows cannot make.

    Parameters
    ----------
    points
        The rows.
    k
        How many clusters.

    Raises
    ------
    InvalidValueError
        If it is no whole number of at least 1.
    FitError
        If fewer rows differ.

    Examples
    --------
    >>> import numpy as np
    >>> require_clusters(Points.of_numbers(np.array([[1.0], [2.0], [2.0]])), 3)
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: k: more clusters than different rows; allowed: at most 2 of 3 rows; got: 3
    """
    if not is_whole(k) or int(str(k)) < 1:
        allowed = "a whole number >= 1"
        raise InvalidValueError(Problem(what="no number of clusters", where="k", allowed=allowed, got=repr(k)[:100]))
    wanted, different = int(str(k)), distinct_rows(points)
    if wanted > different:
        allowed = f"at most {different} of {len(points)} rows"
        raise FitError(Problem(what="more clusters than different rows", where="k", allowed=allowed, got=str(wanted)))
    return wanted
