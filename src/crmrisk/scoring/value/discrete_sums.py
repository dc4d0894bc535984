"""Add up terms over whole numbers, row by row, in log-space: what models of discrete opportunities are made of.

Every sum here has positive terms only, so that nothing cancels; and each row is added by itself, so that a customer's
figure does not depend on the company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["log_sums", "segments"]

BLOCK = 262_144
"""Terms held at once; one row may have more."""


def log_sums(term: Callable[[IntArray, FloatArray], FloatArray], first: FloatArray, count: FloatArray) -> FloatArray:
    """Compute ln Σ exp(term(row, k)) over k from first to first + count - 1, for each row.

    Parameters
    ----------
    term
        Maps rows and whole numbers, ``(n_terms,)`` each, to logarithms, term by term.
    first
        Where each row begins, ``(n_rows,)``.
    count
        How many terms each row has, whole numbers, ``(n_rows,)``; without any the sum is 0 and its logarithm -inf.

    Returns
    -------
    The logarithms, ``(n_rows,)``.

    Examples
    --------
    >>> np.exp(log_sums(lambda row, k: np.log(k), np.array([1.0, 3.0]), np.array([4.0, 0.0]))).round(12)
    array([10.,  0.])
    """
    result = np.full(first.shape, -np.inf)
    some = np.flatnonzero(count > 0)
    for part in _blocks(count[some]):
        rows = some[part]
        place, k, starts = segments(first[rows], count[rows])
        logs = term(rows[place], k)
        top = np.maximum.reduceat(logs, starts)
        result[rows] = top + np.log(np.add.reduceat(np.exp(logs - top[place]), starts))
    return result


def segments(first: FloatArray, count: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
    """Lay out the whole numbers of every row one after the other.

    Parameters
    ----------
    first
        Where each row begins, ``(n_rows,)``.
    count
        How many numbers each row has, from 1, ``(n_rows,)``.

    Returns
    -------
    The row and the number of each term, ``(n_terms,)`` each, and where each row starts among them, ``(n_rows,)``.

    Examples
    --------
    >>> segments(np.array([5.0, 0.0]), np.array([2.0, 1.0]))
    (array([0, 0, 1]), array([5., 6., 0.]), array([0, 2]))
    """
    whole = count.astype(np.int64)
    starts = np.cumsum(whole) - whole
    place = np.repeat(np.arange(whole.size), whole)
    return place, first[place] + (np.arange(place.size) - starts[place]), starts


def _blocks(count: FloatArray) -> Iterator[slice]:
    ends = np.cumsum(count)
    start = 0
    while start < count.size:
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] - count[start] + BLOCK, side="right")))
        yield slice(start, stop)
        start = stop
