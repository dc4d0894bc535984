"""Jaccard similarity of clusters, and the verdict on a cluster that resamples give (Hennig)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    import pandas as pd

__all__ = ["ClusterStability", "Stability", "jaccard", "stability_verdict"]

Stability: TypeAlias = Literal["unstable", "doubtful", "stable", "highly stable"]
"""What the mean Jaccard similarity says of a cluster."""


def jaccard(left: Collection[Hashable], right: Collection[Hashable]) -> float:
    """Return the Jaccard similarity of two sets: what they share over what either holds.

    Parameters
    ----------
    left, right
        Their members.

    Raises
    ------
    InvalidValueError
        If both are empty, or one is no collection.

    Examples
    --------
    >>> jaccard({1, 2, 3, 4}, {3, 4, 5})
    0.4
    """
    try:
        one, other = set(left), set(right)
    except TypeError as error:
        raise InvalidValueError(Problem(what="no sets", where="jaccard", got=str(error))) from None
    if not one | other:
        raise InvalidValueError(Problem(what="two empty sets have no similarity", where="jaccard", allowed="an item"))
    return len(one & other) / len(one | other)


def stability_verdict(similarity: float) -> Stability:
    """Judge a cluster by its mean Jaccard similarity over resamples.

    Parameters
    ----------
    similarity
        In 0..1.

    Returns
    -------
    Below 0.6 ``"unstable"``, below 0.75 ``"doubtful"``, to 0.85 ``"stable"``, above ``"highly stable"``.

    Raises
    ------
    InvalidValueError
        If the similarity is not in 0..1.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis 52.

    Examples
    --------
    >>> stability_verdict(0.62)
    'doubtful'
    """
    if not is_number(similarity) or not 0.0 <= similarity <= 1.0:
        raise InvalidValueError(
            Problem(what="no similarity", where="similarity", allowed="0 to 1", got=repr(similarity))
        )
    if similarity < 0.6:
        return "unstable"
    if similarity < 0.75:
        return "doubtful"
    return "stable" if similarity <= 0.85 else "highly stable"


@dataclass(frozen=True)
class ClusterStability:
    """Hold how well each cluster is found again.

    Parameters
    ----------
    jaccard
        Mean over resamples of the largest Jaccard similarity to a cluster of the resample, per cluster.
    dissolved
        Share of resamples in which no cluster is similar by more than one half, per cluster.
    sizes
        Rows of each cluster.
    replicates
        Number of resamples.
    n
        Number of rows.
    sampled
        Number of rows that were resampled.

    Examples
    --------
    >>> print(ClusterStability((0.91, 0.5), (0.0, 0.4), (30, 20), 50, 50, 50))
    unstable: cluster 1 (30) 0.91 highly stable, cluster 2 (20) 0.50 unstable; 50 resamples of 50 rows
    """

    jaccard: tuple[float, ...]
    dissolved: tuple[float, ...]
    sizes: tuple[int, ...]
    replicates: int
    n: int
    sampled: int

    @property
    def verdicts(self) -> tuple[Stability, ...]:
        """What is to be thought of each cluster."""
        return tuple(stability_verdict(similarity) for similarity in self.jaccard)

    @property
    def verdict(self) -> Stability:
        """What is to be thought of the clustering: as of its least stable cluster."""
        return stability_verdict(min(self.jaccard))

    def __str__(self) -> str:
        rows = zip(self.sizes, self.jaccard, self.verdicts, strict=True)
        each = ", ".join(f"cluster {i} ({size}) {j:.2f} {verdict}" for i, (size, j, verdict) in enumerate(rows, 1))
        drawn = f"{self.sampled} of {self.n} rows" if self.sampled < self.n else f"{self.n} rows"
        return f"{self.verdict}: {each}; {self.replicates} resamples of {drawn}"

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per cluster.

        Examples
        --------
        >>> ClusterStability((0.9,), (0.0,), (30,), 50, 30, 30).frame()
             cluster  size  jaccard  dissolved       verdict
        0  cluster 1    30      0.9        0.0  highly stable
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame(
            {
                "cluster": [f"cluster {place}" for place in range(1, len(self.sizes) + 1)],
                "size": self.sizes,
                "jaccard": self.jaccard,
                "dissolved": self.dissolved,
                "verdict": self.verdicts,
            }
        )
