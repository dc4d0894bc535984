"""As few nodes as the integrand asks for: Gauss-Legendre rules on (0, 1) for stretches of different length.

An integrand that is analytic within π/2 of the real axis is integrated over a stretch of length w with an error near
``exp(-2 n asinh(π/w))`` at n nodes, so that short stretches need few. Rows that need equally many are worked on
together, node by node, which lets every operation run over long contiguous rows.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Rule", "rows_by_rule"]

DIGITS = 31.0
"""Rules integrate to exp(-DIGITS), some 1e-13."""
SIZES = (4, 6, 8, 10, 12, 16, 20, 24)
LONGEST = np.pi / np.sinh(DIGITS / (2 * np.array(SIZES, dtype=np.float64)))
"""How long a stretch each size is enough for; longer ones are laid out in panels of 16."""
PANEL = 16
NODES_AT_ONCE = 12_000
"""Nodes worked on at once: a dozen arrays of them fit the cache, and matrix products of them start no threads."""


class Rule(NamedTuple):
    """Hold nodes and weights on (0, 1).

    Parameters
    ----------
    nodes, weights
        One column each, ``(n_nodes, 1)``, to be set against rows.

    Examples
    --------
    >>> rule = Rule(np.array([[0.5]]), np.array([[1.0]]))
    >>> float((rule.nodes * rule.weights).sum())
    0.5
    """

    nodes: FloatArray
    weights: FloatArray


def rows_by_rule(lengths: FloatArray) -> Iterator[tuple[IntArray, Rule]]:
    """Group rows by the rule that is enough for each, in blocks that fit the cache.

    Parameters
    ----------
    lengths
        How long the stretch of each row is, ``(n_rows,)``.

    Yields
    ------
    The rows of a block, and their rule; every row comes once.

    Examples
    --------
    >>> [(rows.tolist(), rule.nodes.size) for rows, rule in rows_by_rule(np.array([0.1, 9.0, 0.05]))]
    [([0, 2], 4), ([1], 64)]
    """
    kinds = np.searchsorted(LONGEST, lengths).astype(np.int64)
    long = kinds == len(SIZES)
    panel = LONGEST[SIZES.index(PANEL)]
    kinds[long] += np.ceil(lengths[long] / panel).astype(np.int64)
    order = np.argsort(kinds, kind="stable")
    kinds, firsts = np.unique(kinds[order], return_index=True)
    for kind, first, last in zip(kinds, firsts, np.append(firsts[1:], order.size)[: firsts.size], strict=True):
        rule = _rule(int(kind))
        block = max(NODES_AT_ONCE // rule.nodes.size, 1)
        for start in range(first, last, block):
            yield order[start : min(start + block, last)], rule


@cache
def _rule(kind: int) -> Rule:
    panels = max(kind - len(SIZES), 1)
    nodes, weights = np.polynomial.legendre.leggauss(SIZES[kind] if kind < len(SIZES) else PANEL)
    starts = np.arange(float(panels))[:, np.newaxis]
    places = (starts + (nodes + 1) / 2) / panels
    return Rule(places.reshape(-1, 1), np.tile(weights / 2 / panels, panels).reshape(-1, 1))
