"""What a fitted clustering remembers: its clusters with their centres, and the centres that resamples found."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.profile import Trait, words_of
from crmrisk.segmentation.recurrence import Stability, stability_verdict

__all__ = ["Cluster", "Resample"]


@dataclass(frozen=True, config=VALUE)
class Cluster(Value):
    """Hold one cluster.

    Parameters
    ----------
    name
        What its customers' segment is called.
    size
        How many customers it had at the fit.
    centre
        Column to number or name, in the units of the column: the mean, or the customer in the middle.
    traits
        What is typical of it.
    jaccard
        Mean Jaccard similarity over resamples; ``None`` where none were drawn.
    dissolved
        Share of resamples in which it was not found again.

    Examples
    --------
    >>> print(Cluster("cluster 1", 40, {"recency": 9.5}, (Trait("recency", 9.5, -1.2),), 0.91, 0.0))
    cluster 1 (40 customers, highly stable 0.91): recency low (-1.2 sd)
    """

    name: str
    size: int
    centre: dict[str, float | str]
    traits: tuple[Trait, ...] = ()
    jaccard: float | None = None
    dissolved: float | None = None

    @property
    def verdict(self) -> Stability | None:
        """What is to be thought of it; ``None`` where no resamples were drawn."""
        return None if self.jaccard is None else stability_verdict(self.jaccard)

    @property
    def words(self) -> str:
        """What is typical of it, in words."""
        return words_of(self.traits) if self.size else "nobody"

    def __str__(self) -> str:
        known = "" if self.jaccard is None else f", {self.verdict} {self.jaccard:.2f}"
        return f"{self.name} ({self.size:,} customer{'s' if self.size != 1 else ''}{known}): {self.words}"


@dataclass(frozen=True, config=VALUE)
class Resample(Value):
    """Hold the centres found among customers drawn anew.

    Parameters
    ----------
    centres
        One row per cluster of the resample, in the order and the units of the inputs.
    clusters
        The place of the cluster that each stands for; -1 for none.

    Examples
    --------
    >>> Resample(((9.5,), (211.0,)), (1, 0)).clusters
    (1, 0)
    """

    centres: tuple[tuple[float | str, ...], ...]
    clusters: tuple[int, ...]
