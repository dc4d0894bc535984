"""A clustering of rows: which cluster each row is in, and the centres; and the reading of rows that callers give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole, random_source_problems
from crmrisk.core.arrays import frozen_floats
from crmrisk.core.errors import FitError, InvalidValueError, PortfolioError, Problem
from crmrisk.segmentation.points import Points, canonical_order, distinct_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = [
    "Clustering",
    "canonical",
    "largest_first",
    "read_codes",
    "read_distances",
    "read_rows",
    "require_clusters",
    "require_whole",
    "seeded",
    "sorted_solution",
]

_LARGEST = 1e150  # squares of what is larger overflow


@dataclass(frozen=True, eq=False)
class Clustering:
    """Hold a partition of rows into clusters, the largest first.

    Parameters
    ----------
    codes
        The cluster of each row, ``(n_rows,)``, 0 for the largest.
    centres
        Means or most frequent names, or, of methods that choose rows, those rows; ``n_clusters`` of them.
    cost
        What the method lowers: the sum of squared distances to the centres, or of distances to the medoids.
    medoids
        The rows that are centres, ``(n_clusters,)``, where the method chooses rows.

    Examples
    --------
    >>> from crmrisk.segmentation.k_means import k_means
    >>> found = k_means([[1.0], [1.2], [1.1], [9.0]], 2)
    >>> found.codes, found.sizes
    (array([0, 0, 0, 1]), (3, 1))
    """

    codes: IntArray
    centres: Points
    cost: float
    medoids: IntArray | None = None

    @property
    def k(self) -> int:
        """The number of clusters."""
        return len(self.centres)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The rows of each cluster."""
        return tuple(np.bincount(self.codes, minlength=self.k).tolist())

    def members(self) -> Iterator[IntArray]:
        """Yield the positions of each cluster's rows."""
        yield from (np.flatnonzero(self.codes == code) for code in range(self.k))


def largest_first(found: Clustering) -> Clustering:
    """Put the largest cluster first, and of equally large ones the one whose centre has the smaller values.

    Parameters
    ----------
    found
        Clusters in any order.

    Examples
    --------
    >>> import numpy as np
    >>> centres = Points.of_numbers(np.array([[1.0], [5.0]]))
    >>> largest_first(Clustering(np.array([0, 1, 1]), centres, 0.0)).codes
    array([1, 0, 0])
    """
    by_value = canonical_order(found.centres)
    order = by_value[np.argsort(-np.asarray(found.sizes)[by_value], kind="stable")]
    places = np.empty(found.k, dtype=np.int64)
    places[order] = np.arange(found.k)
    medoids = None if found.medoids is None else found.medoids[order]
    return Clustering(places[found.codes], found.centres.take(order), found.cost, medoids)


def sorted_solution(found: Clustering, order: IntArray) -> Clustering:
    """Return a clustering of sorted rows in the caller's order.

    Parameters
    ----------
    found
        Clusters of the rows ``order``.
    order
        Positions of the sorted rows in the caller's, ``(n_rows,)``.

    Examples
    --------
    >>> import numpy as np
    >>> found = Clustering(np.array([0, 0, 1]), Points.of_numbers(np.array([[1.0], [5.0]])), 0.0)
    >>> sorted_solution(found, np.array([2, 0, 1])).codes
    array([0, 1, 0])
    """
    codes = np.empty_like(found.codes)
    codes[order] = found.codes
    medoids = None if found.medoids is None else order[found.medoids]
    return replace(largest_first(replace(found, codes=codes, medoids=medoids)))


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
        raw = np.asarray(values)
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
    if np.abs(table).max() > _LARGEST:
        got = f"{np.abs(table).max():g}"
        raise InvalidValueError(
            Problem(what="numbers whose squares overflow", where=where, allowed=f"below {_LARGEST:g}", got=got)
        )


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


def read_codes(codes: ArrayLike, n_rows: int) -> IntArray:
    """Read which cluster each row is in: whole numbers or names.

    Parameters
    ----------
    codes
        ``(n_rows,)``; a cluster is what has the same number or name.
    n_rows
        How many there should be.

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
    given = np.asarray(codes, dtype=object)
    if given.shape != (n_rows,):
        got = f"shape {given.shape}"
        raise InvalidValueError(Problem(what="not one per row", where="codes", allowed=f"({n_rows},)", got=got))
    if any(_is_missing(code) for code in given.tolist()):
        raise InvalidValueError(Problem(what="missing", where="codes", allowed="a cluster for every row"))
    try:
        return np.unique(given, return_inverse=True)[1]
    except TypeError as error:
        raise InvalidValueError(Problem(what="numbers and names", where="codes", got=str(error))) from None


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


def seeded(rng: np.random.Generator | None) -> np.random.Generator:
    """Return the caller's source of randomness, or one that starts the same way every time.

    Parameters
    ----------
    rng
        The caller's, or ``None``.

    Raises
    ------
    InvalidValueError
        If it is none.

    Examples
    --------
    >>> float(seeded(None).random()) == float(seeded(None).random())
    True
    """
    problems = random_source_problems(rng, optional=True)
    if problems:
        raise InvalidValueError(*problems)
    return np.random.default_rng(0) if rng is None else rng
