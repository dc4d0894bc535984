"""The gap statistic: whether clusters explain more than they would of rows spread evenly over the same box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import seeded
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.segmentation.cluster_arguments import canonical, read_rows, require_clusters, require_whole
from crmrisk.segmentation.means_clustering import cluster_centres
from crmrisk.segmentation.points import Metric, Points, squared
from crmrisk.segmentation.silhouettes import sampled_rows
from crmrisk.segmentation.solving import Recipe, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["GapStatistic", "gap_of", "gap_statistic", "read_ks"]

_STARTS = 5


@dataclass(frozen=True)
class GapStatistic:
    """Hold the gap of each number of clusters, and the number it chooses.

    Parameters
    ----------
    ks
        Numbers of clusters tried, ascending.
    gaps
        ``E*[log W_k] - log W_k``, of each.
    standard_errors
        ``sd(log W*_k) sqrt(1 + 1 / B)``, of each.
    replicates
        The number B of reference sets.
    n
        Number of rows.
    sampled
        Number of rows looked at.

    Examples
    --------
    >>> GapStatistic((1, 2, 3), (0.1, 0.9, 0.7), (0.05, 0.05, 0.05), 50, 75, 75).k
    2
    """

    ks: tuple[int, ...]
    gaps: tuple[float, ...]
    standard_errors: tuple[float, ...]
    replicates: int
    n: int
    sampled: int

    @property
    def k(self) -> int:
        """The smallest k with ``gap(k) >= gap(k + 1) - s(k + 1)``; the largest tried where there is none."""
        rows = zip(self.ks, self.gaps, self.gaps[1:], self.standard_errors[1:], strict=False)
        return next((k for k, gap, after, error in rows if gap >= after - error), self.ks[-1])

    @property
    def still_rising(self) -> bool:
        """Whether the largest number tried was chosen because none was enough."""
        return len(self.ks) > 1 and self.k == self.ks[-1]

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per number of clusters.

        Examples
        --------
        >>> GapStatistic((1, 2), (0.1, 0.9), (0.05, 0.05), 50, 75, 75).frame()
           k  gap  standard_error
        0  1  0.1            0.05
        1  2  0.9            0.05
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({"k": self.ks, "gap": self.gaps, "standard_error": self.standard_errors})


def gap_statistic(
    values: ArrayLike,
    ks: Iterable[int] = range(1, 9),
    *,
    replicates: int = 50,
    sample: int = Recipe().sample,
    rng: np.random.Generator | None = None,
) -> GapStatistic:
    """Compare how tight k clusters are with k clusters of rows spread evenly, for each k.

    ``W_k`` is the sum of squared distances to the means of k-means clusters. The reference rows are uniform in the
    box along the principal components of the data. Include k = 1 to let it say that there are no clusters.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    ks
        Numbers of clusters to try, consecutive.
    replicates
        Number of reference sets.
    sample
        Of more rows than these, so many are drawn and looked at.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    InvalidValueError
        If the values are no complete table of numbers, or a setting is none.
    FitError
        If fewer than the most clusters tried plus one rows differ: no spread would be left to compare.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. JRSS B 63, sections 3 and 4 (reference b).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(0, 1, (40, 2)), rng.normal(9, 1, (40, 2))])
    >>> gap_statistic(two, range(1, 5), replicates=10).k
    2
    """
    require_whole({"replicates": replicates, "sample": sample}, least=2)
    points, _ = canonical(Points.of_numbers(read_rows(values)))
    wanted = read_ks(ks, points)
    return gap_of(points, wanted, replicates=replicates, sample=sample, rng=seeded(rng))


def read_ks(ks: Iterable[int], points: Points) -> tuple[int, ...]:
    """Read numbers of clusters to try: sorted, each once.

    Parameters
    ----------
    ks
        The numbers.
    points
        The rows they are for.

    Raises
    ------
    InvalidValueError
        If there is none, or one is no number of clusters.
    FitError
        If fewer rows differ.

    Examples
    --------
    >>> read_ks(range(2, 4), Points.of_numbers(np.array([[1.0], [2.0], [3.0]])))
    (2, 3)
    """
    try:
        found = sorted({require_clusters(points, k) for k in ks})
    except TypeError:
        allowed = "numbers, for instance range(2, 9)"
        raise InvalidValueError(
            Problem(what="no numbers of clusters", where="ks", allowed=allowed, got=repr(ks)[:100])
        ) from None
    if not found:
        raise InvalidValueError(Problem(what="none to try", where="ks", allowed="at least one number of clusters"))
    return tuple(found)


def gap_of(
    points: Points, ks: tuple[int, ...], *, replicates: int, sample: int, rng: np.random.Generator
) -> GapStatistic:
    """Compute the gap statistic of rows in canonical order.

    Parameters
    ----------
    points
        The rows, numbers only.
    ks
        Numbers of clusters to try, ascending.
    replicates
        Number of reference sets.
    sample
        The most rows to look at.
    rng
        Source of randomness.

    Raises
    ------
    FitError
        If no spread is left to compare.

    Examples
    --------
    See `gap_statistic`.
    """
    part = points.take(sampled_rows(len(points), sample, rng))
    own = _log_spreads(part, ks, rng)
    if not np.isfinite(own).all():
        allowed, got = "fewer clusters than different rows", str(ks[-1])
        raise FitError(Problem(what="no spread is left to compare", where="ks", allowed=allowed, got=got))
    box = _Box.around(part.numbers)
    drawn = np.array([_log_spreads(canonical(box.draw(rng))[0], ks, rng) for _ in range(replicates)])
    errors = drawn.std(axis=0) * np.sqrt(1.0 + 1.0 / replicates)
    gaps = drawn.mean(axis=0) - own
    return GapStatistic(ks, tuple(gaps.tolist()), tuple(errors.tolist()), replicates, len(points), len(part))


@dataclass(frozen=True, eq=False)
class _Box:
    """The box along the principal components."""

    mean: FloatArray
    axes: FloatArray
    low: FloatArray
    high: FloatArray
    n: int

    @classmethod
    def around(cls, numbers: FloatArray) -> _Box:
        mean = numbers.mean(axis=0)
        axes = np.linalg.svd(numbers - mean, full_matrices=False)[2]
        turned = (numbers - mean) @ axes.T
        return cls(mean, axes, turned.min(axis=0), turned.max(axis=0), len(numbers))

    def draw(self, rng: np.random.Generator) -> Points:
        return Points.of_numbers(rng.uniform(self.low, self.high, (self.n, len(self.low))) @ self.axes + self.mean)


def _log_spreads(points: Points, ks: tuple[int, ...], rng: np.random.Generator) -> FloatArray:
    recipe = Recipe(starts=_STARTS, sample=len(points))
    with np.errstate(divide="ignore"):  # rows that all equal their mean leave no spread; the caller says so
        return np.log([_spread(points, k, recipe, rng) for k in ks])


def _spread(points: Points, k: int, recipe: Recipe, rng: np.random.Generator) -> float:
    codes = solve(points, k, recipe, rng).codes if k > 1 else np.zeros(len(points), dtype=np.int64)
    centres = cluster_centres(points, codes, k)
    return float(squared(points, centres, Metric())[np.arange(len(points)), codes].sum())
