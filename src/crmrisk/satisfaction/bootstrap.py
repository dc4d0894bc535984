"""Resampling answers without their rows: a bootstrap sample is a new set of counts of the same distinct answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import is_whole, seeded
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["bootstrap_means", "check_replicates", "resampled_counts"]

_MOST_REPLICATES = 10_000_000
_BLOCK = 2_000_000  # cells drawn at a time, so that distinct weights cannot exhaust memory


def resampled_counts(counts: FloatArray, *, rng: np.random.Generator | None = None, replicates: int = 2000) -> IntArray:
    """Draw new surveys of the same size from observed counts.

    Parameters
    ----------
    counts
        How often each distinct answer was given, ``(n_cells,)``, not all zero; a fractional total is rounded.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of samples.

    Returns
    -------
    Counts, ``(replicates, n_cells)``.

    Raises
    ------
    InvalidValueError
        If fewer than two replicates are asked for.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993). *An Introduction to the Bootstrap*, chapter 6.

    Examples
    --------
    >>> import numpy as np
    >>> resampled_counts(np.array([3.0, 7.0]), replicates=4).sum(axis=1)
    array([10, 10, 10, 10])
    """
    check_replicates(replicates)
    return _draw(seeded(rng), counts, replicates)


def bootstrap_means(
    values: FloatArray,
    weights: FloatArray,
    counts: FloatArray,
    *,
    rng: np.random.Generator | None = None,
    replicates: int = 2000,
) -> FloatArray:
    """Resample answers and return the weighted mean of each sample.

    The work grows with the number of distinct answers, not of answers.

    Parameters
    ----------
    values, weights, counts
        The distinct answers, the weight of each and how often it was given, ``(n_cells,)``.
    rng
        Source of randomness; ``None`` starts the same way every time.
    replicates
        Number of samples.

    Returns
    -------
    Means, ``(replicates,)``.

    Raises
    ------
    InvalidValueError
        If fewer than two replicates are asked for.

    Examples
    --------
    >>> import numpy as np
    >>> means = bootstrap_means(np.array([0.0, 1.0]), np.ones(2), np.array([50.0, 50.0]))
    >>> print(f"{means.std():.2f}")
    0.05
    """
    check_replicates(replicates)
    generator = seeded(rng)
    block = max(1, _BLOCK // counts.size)
    samples = (
        _draw(generator, counts, min(block, replicates - start)) * weights for start in range(0, replicates, block)
    )
    return np.concatenate([(drawn * values).sum(axis=1) / drawn.sum(axis=1) for drawn in samples])


def check_replicates(replicates: int) -> None:
    """Refuse a number of resamples that is none, or that would never be done.

    Parameters
    ----------
    replicates
        Number of samples.

    Raises
    ------
    InvalidValueError
        If it is no whole number of at least 2 and at most ten million.

    Examples
    --------
    >>> check_replicates(2000)
    """
    if not is_whole(replicates) or not 2 <= replicates <= _MOST_REPLICATES:
        what, allowed = "too few", f"a whole number, 2 to {_MOST_REPLICATES}"
        if is_whole(replicates) and replicates > _MOST_REPLICATES:
            what = "too many"
        raise InvalidValueError(Problem(what=what, where="replicates", allowed=allowed, got=repr(replicates)[:200]))


def _draw(generator: np.random.Generator, counts: FloatArray, replicates: int) -> IntArray:
    total = float(counts.sum())
    drawn: IntArray = generator.multinomial(max(1, round(total)), counts / total, size=replicates)
    return drawn
