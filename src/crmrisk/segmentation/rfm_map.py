"""The map of named segments: how lately each bought, how much or how often, and how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.core.charts import PointChart
from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Height", "rfm_map"]

Height: TypeAlias = Literal["monetary", "frequency"]
"""What the height of a segment is: the mean amount, or the mean number of purchases."""

_WIDE = 10.0
_SAID = {"monetary": ("amount", "mean amount [money]"), "frequency": ("purchases", "mean number of purchases [count]")}


def rfm_map(
    names: Sequence[str],
    codes: IntArray,
    values: Mapping[str, FloatArray],
    *,
    by: Height = "monetary",
    title: str | None = None,
) -> PointChart:
    """Map segments by the means of their customers; segments without customers are not on it.

    Parameters
    ----------
    names
        The segments.
    codes
        Place of each customer's segment, ``(n_customers,)``.
    values
        Recency [day], frequency [count] and monetary value [money], ``(n_customers,)`` each.
    by
        What the height is.
    title
        What it shows; unless given, which segment holds most.

    Raises
    ------
    InvalidValueError
        If the height is none of the two, or there is no customer.

    Examples
    --------
    >>> values = {"recency": np.array([2.0, 4, 90]), "monetary": np.array([50.0, 70, 10])}
    >>> rfm_map(["new", "lost", "none"], np.array([0, 0, 1]), values).title
    'new: 67 % of the customers, 92 % of the amount'
    """
    check_choice(by, _SAID, where="by", what="no such height")
    if not len(codes):
        raise InvalidValueError(Problem(what="no customer has a segment", where="portfolio", allowed="one at least"))
    counts = np.bincount(codes, minlength=len(names))
    held, shown = counts > 0, [name for name, count in zip(names, counts.tolist(), strict=True) if count]
    sizes = counts[held].astype(np.float64)
    recency, height = (_totals(codes, values[name], len(names))[held] for name in ("recency", by))
    what, label = _SAID[by]
    wide = _wide(height / sizes)
    return PointChart.of(
        shown,
        recency / sizes,
        height / sizes,
        title=title or _headline(shown, sizes, height, what),
        x_label="mean time since the last purchase [day]; areas are numbers of customers",
        y_label=f"{label}, log scale" if wide else label,
        sizes=sizes,
        decades=wide,
    )


def _totals(codes: IntArray, values: FloatArray, n: int) -> FloatArray:
    order = np.argsort(values)  # the same bits in any order of customers
    return np.bincount(codes[order], values[order], n).astype(np.float64)


def _wide(height: FloatArray) -> bool:
    """Tell whether heights differ so much that a straight axis would press most of them to the ground."""
    return bool(height.min() > 0.0 and height.max() >= _WIDE * height.min())


def _headline(names: Sequence[str], sizes: FloatArray, held: FloatArray, what: str) -> str:
    """Say what the largest holder has; nothing of shares where the whole is not above 0."""
    if not held.sum() > 0.0 or held.min() < 0.0:
        return f"{len(names)} segments"
    most = int(held.argmax())
    customers, share = sizes[most] / sizes.sum(), held[most] / held.sum()
    return f"{names[most]}: {100 * customers:.0f} % of the customers, {100 * share:.0f} % of the {what}"
