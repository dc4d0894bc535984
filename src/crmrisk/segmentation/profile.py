"""Profiles: what is typical of a cluster, in numbers and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.segmentation.column_scales import ColumnScale

__all__ = ["Trait", "label_traits", "number_traits", "words_of"]

_AVERAGE, _CLEAR, _STRONG = 0.25, 0.75, 1.5
_TYPICAL, _MORE = 0.5, 0.1


@dataclass(frozen=True, config=VALUE)
class Trait(Value):
    """Hold what is typical of one cluster in one column.

    Parameters
    ----------
    name
        The column.
    typical
        The mean of numbers, the most frequent name.
    deviations
        Of numbers, how many standard deviations the cluster's mean is above that of all customers; on the logarithmic
        scale where logarithms are compared.
    share, overall
        Of names, how frequent the most frequent one is in the cluster and among all customers.

    Examples
    --------
    >>> print(Trait("recency", 211.0, 1.2))
    recency high (+1.2 sd)
    >>> print(Trait("region", "north", None, 0.82, 0.4))
    region mostly north (82 % against 40 %)
    """

    name: str
    typical: float | str
    deviations: float | None = None
    share: float | None = None
    overall: float | None = None

    @property
    def weight(self) -> float:
        """How telling the trait is, in standard deviations; below 0.25 it is average."""
        if self.deviations is not None:
            return abs(self.deviations)
        share, overall = self.share or 0.0, self.overall or 0.0
        spread = max(overall * (1.0 - overall), 0.01) ** 0.5
        return (share - overall) / spread if share >= _TYPICAL and share - overall >= _MORE else 0.0

    def __str__(self) -> str:
        if self.deviations is None:
            shares = f"{100.0 * (self.share or 0.0):.0f} % against {100.0 * (self.overall or 0.0):.0f} %"
            return f"{self.name} mostly {self.typical} ({shares})"
        if self.weight < _AVERAGE:
            return f"{self.name} average"
        degree = "very " if self.weight >= _STRONG else "" if self.weight >= _CLEAR else "rather "
        return f"{self.name} {degree}{'high' if self.deviations > 0.0 else 'low'} ({self.deviations:+.1f} sd)"


def words_of(traits: tuple[Trait, ...], *, most: int | None = None) -> str:
    """Say what is typical of a cluster, the most telling first.

    Parameters
    ----------
    traits
        One per column.
    most
        How many to name; by default all that are not average.

    Examples
    --------
    >>> words_of((Trait("recency", 3.0, 0.1), Trait("revenue", 10.0, -0.8)))
    'revenue low (-0.8 sd)'
    >>> words_of((Trait("recency", 3.0, 0.1),))
    'average in everything'
    """
    telling = sorted((trait for trait in traits if trait.weight >= _AVERAGE), key=lambda trait: -trait.weight)
    return ", ".join(map(str, telling[:most])) or "average in everything"


def number_traits(values: FloatArray, codes: IntArray, k: int, scale: ColumnScale) -> list[Trait]:
    """Describe a column of numbers in every cluster; an empty cluster is described by 0 customers at the mean.

    Parameters
    ----------
    values
        ``(n_rows,)``.
    codes
        The cluster of each row, ``(n_rows,)``.
    k
        How many clusters.
    scale
        The scale of the column.

    Examples
    --------
    >>> from crmrisk.segmentation.column_scales import learn_scale
    >>> ages = np.array([20.0, 40.0])
    >>> [str(trait) for trait in number_traits(ages, np.array([0, 1]), 2, learn_scale("age", ages, "standard"))]
    ['age low (-1.0 sd)', 'age high (+1.0 sd)']
    """
    sizes = np.maximum(np.bincount(codes, minlength=k), 1)
    typical = np.bincount(codes, weights=values, minlength=k) / sizes
    x = scale.transformed(values)
    away = np.bincount(codes, weights=x - scale.mean, minlength=k) / sizes / scale.deviation
    return [Trait(scale.name, *pair) for pair in zip(typical.tolist(), away.tolist(), strict=True)]


def label_traits(name: str, held: IntArray, names: tuple[str, ...], codes: IntArray, k: int) -> list[Trait]:
    """Describe a column of names in every cluster.

    Parameters
    ----------
    name
        The column.
    held
        The name of each row by its place in ``names``, ``(n_rows,)``.
    names
        The names.
    codes
        The cluster of each row, ``(n_rows,)``.
    k
        How many clusters.

    Examples
    --------
    >>> str(label_traits("region", np.array([0, 1, 1]), ("n", "s"), np.array([0, 1, 1]), 2)[1])
    'region mostly s (100 % against 67 %)'
    """
    counts = np.bincount(codes * len(names) + held, minlength=k * len(names)).reshape(k, len(names))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    overall = counts.sum(axis=0) / len(codes)
    most = shares.argmax(axis=1)
    return [
        Trait(name, names[place], None, float(shares[row, place]), float(overall[place]))
        for row, place in enumerate(most.tolist())
    ]
