"""Bins of probabilities that never split a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.proof.ties import TieGroups

__all__ = ["Binning", "bin_groups", "bin_sums", "equal_mass_bins", "equal_width_bins"]

Binning: TypeAlias = Literal["equal mass", "equal width"]
"""How probabilities are put into bins: as many customers in each, or as wide an interval for each."""


def bin_groups(groups: TieGroups, bins: int, binning: Binning) -> IntArray:
    """Put tie groups of probabilities into bins.

    Parameters
    ----------
    groups
        Distinct probabilities, ascending, with their counts.
    bins
        The number of bins asked for.
    binning
        Equal mass or equal width.

    Returns
    -------
    The bin of each group, ``(n_groups,)``, numbered without gaps: bins that would stay empty do not exist.

    Examples
    --------
    >>> from crmrisk.proof.ties import tie_groups
    >>> groups = tie_groups(np.array([0.1, 0.2, 0.9]), np.zeros(3))
    >>> bin_groups(groups, 3, "equal mass"), bin_groups(groups, 3, "equal width")
    (array([0, 1, 2]), array([0, 0, 1]))
    """
    return equal_mass_bins(groups.n, bins) if binning == "equal mass" else equal_width_bins(groups.score, bins)


def equal_mass_bins(size: FloatArray, bins: int) -> IntArray:
    """Put groups into bins of about as many rows each, a group wherever its middle row falls.

    Parameters
    ----------
    size
        The rows of each group, ascending by score, ``(n_groups,)``.
    bins
        The number of bins asked for.

    Returns
    -------
    The bin of each group, numbered without gaps.

    Examples
    --------
    >>> equal_mass_bins(np.array([1.0, 1.0, 6.0, 1.0, 1.0]), 3)
    array([0, 0, 1, 2, 2])
    """
    counts = size.astype(np.int64)
    # Whole numbers: a middle row on an edge must not depend on rounding.
    twice_middle = 2 * np.cumsum(counts) - counts
    return _without_gaps(np.minimum(twice_middle * bins // (2 * counts.sum()), bins - 1))


def equal_width_bins(probability: FloatArray, bins: int) -> IntArray:
    """Put probabilities into intervals ``[k / bins, (k + 1) / bins)``, the last one closed.

    Parameters
    ----------
    probability
        Ascending, ``(n_groups,)``.
    bins
        The number of bins asked for.

    Returns
    -------
    The bin of each probability, numbered without gaps.

    Examples
    --------
    >>> equal_width_bins(np.array([0.0, 0.3, 0.35, 1.0]), 10)
    array([0, 1, 1, 2])
    """
    return _without_gaps(np.searchsorted(np.arange(1, bins) / bins, probability, side="right"))


def bin_sums(bin_of: IntArray, values: FloatArray) -> FloatArray:
    """Sum values by bin.

    Parameters
    ----------
    bin_of
        The bin of each value, numbered without gaps.
    values
        Numbers of the same length.

    Returns
    -------
    The sums, ``(n_bins,)``.

    Examples
    --------
    >>> bin_sums(np.array([0, 0, 1]), np.array([1.0, 2.0, 3.0]))
    array([3., 3.])
    """
    return np.bincount(bin_of, values).astype(np.float64)


def _without_gaps(ascending: IntArray) -> IntArray:
    return np.cumsum(np.diff(ascending, prepend=ascending[:1]) > 0, dtype=np.int64)
