"""Regular timing: a purchase is the last of k stages, each passed at random at the buyer's own rate.

Erlang-k gaps vary by ``1/√k`` of their mean, so that k = 1 is buying at random and a large k is clockwork. A buyer who
has been idle for a while is somewhere between two purchases; how likely at each stage follows from the idle time. All
sums here are sums of positive terms, in log-space where they may be large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray

__all__ = ["Stages", "stages_passed"]

TINY = 1e-300


class Stages(NamedTuple):
    """Hold how far buyers are on the way to their next purchase.

    Parameters
    ----------
    log_total
        ln Σ_j (s)_j v^j / j!, the log-probability of no purchase while idle apart from ``s ln(1 - v)``, ``(n,)``.
    weights
        The probability of having passed j = 0 ... k-1 stages, given no purchase yet, ``(k, n)``.

    Examples
    --------
    >>> stages_passed(np.array([1.0]), np.array([0.5]), 2).weights.ravel().round(4)
    array([0.6667, 0.3333])
    """

    log_total: FloatArray
    weights: FloatArray


def stages_passed(shape: FloatArray, share: FloatArray, k: int) -> Stages:
    """Compute how far on the way to the next purchase buyers are who have not bought for a while.

    With a stage rate ``λ ~ Gamma(s, A)`` at the last purchase and an idle time w, j stages have been passed with
    probability ∝ (s)_j v^j / j! with v = w / (A + w), for j < k.

    Parameters
    ----------
    shape
        s, ``(n,)``.
    share
        v, from 0 to 1, ``(n,)``.
    k
        The number of stages.

    Examples
    --------
    >>> stages_passed(np.array([3.0]), np.array([0.0]), 4).log_total
    array([0.])
    """
    logs = np.zeros((k, shape.size))
    log_share = np.log(np.maximum(share, TINY))
    for j in range(1, k):
        logs[j] = logs[j - 1] + log_share + np.log((shape + (j - 1)) / j)
    top = logs.max(axis=0)
    weights = np.exp(logs - top)
    total = np.zeros(shape.size)
    for weight in weights:  # term by term: numpy's sum rounds differently with the number of rows
        total += weight
    return Stages(top + np.log(total), weights / total)
