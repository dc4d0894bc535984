"""How many clusters: the number with the widest silhouette, or the one the gap statistic chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice, seeded
from crmrisk.core.errors import FitError, InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.cluster_arguments import canonical, read_rows, require_whole
from crmrisk.segmentation.gap import gap_of, read_ks
from crmrisk.segmentation.points import Points, distinct_rows
from crmrisk.segmentation.silhouettes import sampled_rows, silhouette_widths
from crmrisk.segmentation.solving import METHODS, Method, Recipe, pairwise, solve

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["Criterion", "CriterionPoint", "KChoice", "choose_k", "k_choice"]

Criterion: TypeAlias = Literal["silhouette", "gap"]
"""What decides on the number of clusters."""

_WEAK = 0.25
_REFERENCE_SETS = 50


@dataclass(frozen=True, config=VALUE)
class CriterionPoint(Value):
    """Hold the criterion at one number of clusters.

    Parameters
    ----------
    k
        The number of clusters.
    value
        The criterion.
    standard_error
        Of the gap, the standard error over reference sets.

    Examples
    --------
    >>> CriterionPoint(4, 0.74).value
    0.74
    """

    k: int
    value: float
    standard_error: float | None = None


@dataclass(frozen=True, config=VALUE)
class KChoice(Value):
    """Hold the chosen number of clusters and the whole curve it was chosen from.

    Parameters
    ----------
    k
        The chosen number.
    criterion
        What decided.
    curve
        The criterion at each number tried.
    n
        Number of rows.
    sampled
        Number of rows looked at.
    warnings
        What the reader should know before relying on it.

    Examples
    --------
    >>> print(KChoice(2, "silhouette", (CriterionPoint(2, 0.7), CriterionPoint(3, 0.5)), 75, 75))
    2 clusters by silhouette: 2 0.700, 3 0.500 (75 rows)
    """

    k: int
    criterion: Criterion
    curve: tuple[CriterionPoint, ...]
    n: int
    sampled: int
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        points = ", ".join(f"{point.k} {point.value:.3f}" for point in self.curve)
        rows = f"{self.sampled} of {self.n} rows" if self.sampled < self.n else f"{self.n} rows"
        notes = "".join(f"; {warning}" for warning in self.warnings)
        return f"{self.k} cluster{'s' if self.k > 1 else ''} by {self.criterion}: {points} ({rows}){notes}"

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per number tried.

        Examples
        --------
        >>> KChoice(2, "silhouette", (CriterionPoint(2, 0.7),), 75, 75).frame()
           k  silhouette  standard_error  chosen
        0  2         0.7             NaN    True
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "k": [point.k for point in self.curve],
                self.criterion: [point.value for point in self.curve],
                "standard_error": np.array([point.standard_error for point in self.curve], dtype=np.float64),
                "chosen": [point.k == self.k for point in self.curve],
            }
        )


def choose_k(
    values: ArrayLike,
    ks: Iterable[int] = range(2, 9),
    *,
    criterion: Criterion = "silhouette",
    method: Method = "k-means",
    sample: int = Recipe().sample,
    rng: np.random.Generator | None = None,
) -> KChoice:
    """Choose the number of clusters.

    Parameters
    ----------
    values
        Numbers, ``(n_rows, n_columns)``.
    ks
        Numbers of clusters to try.
    criterion
        ``"silhouette"``: the widest mean silhouette; ``"gap"``: the gap statistic over 50 reference sets, which looks
        at consecutive numbers and, given 1, may say that there are no clusters.
    method
        ``"k-means"``, ``"k-medoids"`` or ``"hierarchical"``; the gap statistic knows k-means only.
    sample
        Of more rows than these, so many are drawn and looked at.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    InvalidValueError
        If the values are no complete table of numbers, or a setting is none.
    FitError
        If fewer rows differ than clusters are tried.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.concatenate([rng.normal(0, 1, (40, 2)), rng.normal(9, 1, (40, 2))])
    >>> choice = choose_k(two, range(2, 5))
    >>> choice.k, round(choice.curve[0].value, 2)
    (2, 0.86)
    """
    known = [each for each in METHODS if each != "k-prototypes"]
    if method not in known:
        allowed = ", ".join(known)
        raise InvalidValueError(Problem(what="no method", where="method", allowed=allowed, got=repr(method)[:100]))
    require_whole({"sample": sample}, least=2)
    points, _ = canonical(Points.of_numbers(read_rows(values)))
    return k_choice(points, read_ks(ks, points), criterion, Recipe(method, sample=sample), rng=seeded(rng))


def k_choice(
    points: Points, ks: tuple[int, ...], criterion: Criterion, recipe: Recipe, *, rng: np.random.Generator
) -> KChoice:
    """Choose the number of clusters of rows in canonical order.

    Parameters
    ----------
    points
        The rows.
    ks
        Numbers to try, ascending.
    criterion
        What decides.
    recipe
        How clusters are found.
    rng
        Source of randomness.

    Raises
    ------
    InvalidValueError
        If the criterion is none, or cannot be used so.
    FitError
        If the sample holds too few different rows.

    Examples
    --------
    See `choose_k`.
    """
    check_choice(criterion, get_args(Criterion), where="criterion", what="no criterion")
    return _by_gap(points, ks, recipe, rng) if criterion == "gap" else _by_silhouette(points, ks, recipe, rng)


def _by_silhouette(points: Points, ks: tuple[int, ...], recipe: Recipe, rng: np.random.Generator) -> KChoice:
    part = points.take(sampled_rows(len(points), recipe.sample, rng))
    if ks[0] < 2 or ks[-1] > distinct_rows(part):
        allowed = f"2 to {distinct_rows(part)}, the different rows of {len(part)} looked at"
        remedy = 'criterion="gap" may say that there are no clusters' if ks[0] < 2 else ""
        got = f"{ks[0]} to {ks[-1]}"
        raise FitError(Problem(what="no silhouette", where="k", allowed=allowed, got=got, remedy=remedy))
    matrix = pairwise(part, recipe.metric)
    codes = [solve(part, k, recipe, rng, matrix=matrix).codes for k in ks]
    curve = [
        CriterionPoint(k, float(silhouette_widths(matrix, found).mean())) for k, found in zip(ks, codes, strict=True)
    ]
    best = max(curve, key=lambda point: point.value)
    weak = f"the widest mean silhouette is {best.value:.2f}: below {_WEAK} there is no structure worth the name"
    warnings = (weak,) if best.value < _WEAK else ()
    return KChoice(best.k, "silhouette", tuple(curve), len(points), len(part), warnings)


def _by_gap(points: Points, ks: tuple[int, ...], recipe: Recipe, rng: np.random.Generator) -> KChoice:
    if recipe.method != "k-means":
        remedy, got = 'criterion="silhouette"', recipe.method
        raise InvalidValueError(
            Problem(what="the gap statistic compares k-means", where="criterion", got=got, remedy=remedy)
        )
    found = gap_of(points, ks, replicates=_REFERENCE_SETS, sample=recipe.sample, rng=rng)
    rows = zip(ks, found.gaps, found.standard_errors, strict=True)
    rising = (f"the gap still rises at {ks[-1]}, the most clusters tried",) if found.still_rising else ()
    none = ("the gap statistic finds no clusters",) if found.k == 1 else ()
    return KChoice(found.k, "gap", tuple(CriterionPoint(*row) for row in rows), found.n, found.sampled, rising + none)
