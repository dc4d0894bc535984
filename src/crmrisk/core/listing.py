"""How records that hold several numbers read when they are printed: one short line each, and not too many of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.core.estimate import Estimate

__all__ = ["bounded", "listed"]

_MOST_LINES = 20


def bounded(estimate: Estimate) -> str:
    """Write an estimate with its limits alone, for lines under a heading that says the rest.

    Parameters
    ----------
    estimate
        Any estimate.

    Examples
    --------
    >>> from crmrisk.core.estimate import Estimate
    >>> bounded(Estimate(value=0.3, low=0.14, high=0.44, method="score", n=100))
    '0.3 [0.14, 0.44]'
    >>> bounded(Estimate(value=None, method="score", n=0))
    'unrated'
    """
    if estimate.value is None:
        return "unrated"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}"
    return f"{estimate.value:.4g} [{estimate.low:.4g}, {estimate.high:.4g}]"


def listed(lines: Iterable[object], *, most: int = _MOST_LINES) -> str:
    """Put lines under each other, and count those beyond what a person reads.

    Parameters
    ----------
    lines
        What is printed, one line each.
    most
        How many of them.

    Examples
    --------
    >>> print(listed(range(5), most=2))
    0
    1
    ... and 3 more
    """
    rest = iter(lines)
    shown = [str(line) for line in islice(rest, most)]
    left = sum(1 for _ in rest)
    return "\n".join([*shown, f"... and {left:,} more"] if left else shown)
