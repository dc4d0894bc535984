"""How sure a segment is: cuts learnt again from resampled customers, and how often they give the same answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import random_source_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, Cuts, between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray
    from crmrisk.segmentation.rfm_cuts import RfmCuts

__all__ = ["RfmDraws"]

Draws: TypeAlias = Annotated[tuple[Cuts, ...], Field(min_length=1)]

_AT_ONCE = 2_000  # so that samples of them stay in the processor's cache


@dataclass(frozen=True, config=VALUE)
class RfmDraws(Value):
    """Hold the cuts of bootstrap samples of the customers, one row of cuts per sample.

    Parameters
    ----------
    recency, frequency, monetary
        Cuts, ``(n_samples, groups - 1)``.

    Raises
    ------
    InvalidValueError
        If samples or dimensions have different numbers of cuts.

    Examples
    --------
    >>> draws = RfmDraws.quantiles(dict.fromkeys(("recency", "frequency", "monetary"), np.arange(100.0)), groups=3,
    ...     repetitions=200, rng=np.random.default_rng(1))
    >>> float(np.std(draws.arrays["monetary"][:, 0]).round(1))  # about 100 sqrt(1/3 · 2/3 / 100)
    4.7
    """

    recency: Draws
    frequency: Draws
    monetary: Draws

    def __repr__(self) -> str:
        return f"RfmDraws({len(self.recency)} samples of {self.groups} groups)"

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        sizes = {len(row) for name in DIMENSIONS for row in getattr(self, name)}
        counts = {len(getattr(self, name)) for name in DIMENSIONS}
        if len(sizes) > 1 or len(counts) > 1:
            got = f"{sorted(counts)} samples, {sorted(sizes)} cuts"
            raise InvalidValueError(Problem(what="samples of different shapes", where="RfmDraws", got=got))
        return self

    @property
    def groups(self) -> int:
        """How many scores there are."""
        return len(self.recency[0]) + 1

    @cached_property
    def arrays(self) -> dict[str, FloatArray]:
        """The cuts as arrays, ``(n_samples, groups - 1)`` each."""
        return {name: np.array(getattr(self, name), dtype=np.float64) for name in DIMENSIONS}

    @classmethod
    def quantiles(
        cls,
        values: Mapping[str, FloatArray],
        *,
        groups: int,
        repetitions: int,
        rng: np.random.Generator,
        shift: float = 0.0,
    ) -> Self:
        """Draw the quantiles of bootstrap samples, without drawing the samples.

        The j-th smallest of n draws with replacement is the value at place floor(n U_(j)), where U_(j) is the j-th
        smallest of n uniform numbers; several of those are sums of gamma numbers over their total. The three dimensions
        are drawn independently of each other.

        Parameters
        ----------
        values
            Dimension to finite numbers, ``(n_customers,)`` each.
        groups
            How many groups.
        repetitions
            How many samples.
        rng
            Source of randomness.
        shift
            What is added to each quantile.

        Raises
        ------
        InvalidValueError
            If there is no source of randomness, or no sample or group.

        References
        ----------
        David and Nagaraja (2003), Order Statistics, section 2.5 (uniform order statistics as normalised gamma sums).
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.

        Examples
        --------
        See `RfmDraws`.
        """
        refuse(random_source_problems(rng))
        drawn = {}
        for name in DIMENSIONS:
            ordered = np.sort(np.asarray(values[name], dtype=np.float64))
            drawn[name] = (_resampled_quantiles(ordered, groups, repetitions, rng) + shift).tolist()
        return cls(**drawn)

    def agreement(
        self, values: Mapping[str, FloatArray], codes: IntArray, table: IntArray, cuts: RfmCuts
    ) -> FloatArray:
        """Return the share of samples whose cuts give each customer the same segment, ``(n_customers,)``.

        Parameters
        ----------
        values
            Recency, frequency and monetary value.
        codes
            Each customer's segment.
        table
            The segment of each cell.
        cuts
            The cuts in use; they say which end of a group is included.

        Examples
        --------
        See `RfmSegmenter`.
        """
        exceeds = np.greater if cuts.closed == "right" else np.greater_equal
        share = np.ones(len(codes))
        unsure = np.flatnonzero(self._unsure(values, exceeds))
        for start in range(0, len(unsure), _AT_ONCE):
            rows = unsure[start : start + _AT_ONCE]
            cell = np.zeros((len(rows), len(self.recency)), dtype=np.int16)
            for name, drawn in self.arrays.items():
                above = np.zeros_like(cell)
                for cut in drawn.T:
                    above += exceeds(values[name][rows, None], cut[None, :])
                cell = cell * self.groups + (self.groups - 1 - above if name == "recency" else above)
            share[rows] = (table[cell] == codes[rows, None]).mean(axis=1)
        return share

    def _unsure(self, values: Mapping[str, FloatArray], exceeds: np.ufunc) -> BoolArray:
        """Find whom some samples put on another side of a cut than others do; few, where customers are many."""
        unsure = np.zeros(len(values["recency"]), dtype=np.bool_)
        for name, drawn in self.arrays.items():
            for low, high in zip(drawn.min(axis=0), drawn.max(axis=0), strict=True):
                unsure |= exceeds(values[name], low) != exceeds(values[name], high)
        return unsure


def _resampled_quantiles(ordered: FloatArray, groups: int, repetitions: int, rng: np.random.Generator) -> FloatArray:
    n = len(ordered)
    place, rest = np.divmod(np.arange(1, groups) * (n - 1), groups)
    ranks = np.unique(np.concatenate([place, np.minimum(place + 1, n - 1)])) + 1
    shapes = np.diff(np.concatenate([[0], ranks, [n + 1]]))
    sums = np.cumsum(rng.gamma(shapes, size=(repetitions, len(shapes))), axis=1)
    uniform = sums[:, :-1] / sums[:, -1:]
    drawn = ordered[np.minimum((n * uniform).astype(np.int64), n - 1)]
    low = drawn[:, np.searchsorted(ranks, place + 1)]
    high = drawn[:, np.searchsorted(ranks, np.minimum(place + 1, n - 1) + 1)]
    return between(low, high, rest / groups)
