"""How much each dimension of service quality counts: equally, by points for all, or by each respondent's own points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.answers import survey_weights
from crmrisk.satisfaction.indices import item_shares
from crmrisk.satisfaction.items import item_answers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["Allocation", "DimensionWeights", "dimension_weights", "shared_out"]

Allocation: TypeAlias = Any
"""``"equal"``; points per dimension, by name or in order; or a table of every respondent's points per dimension."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DimensionWeights:
    """Hold weights of dimensions.

    Parameters
    ----------
    shares
        Of each dimension, adding up to 1; the average share where respondents have their own.
    label
        Where they come from: ``"equal"``, ``"points"`` or ``"own points"``.
    own
        Every respondent's shares, ``(n_respondents, n_dimensions)``, or ``None``.

    Examples
    --------
    >>> dimension_weights({"staff": 75, "rooms": 25}, ("staff", "rooms"), 10).shares
    (0.75, 0.25)
    """

    shares: tuple[float, ...]
    label: str
    own: FloatArray | None = None

    def score(self, values: FloatArray) -> FloatArray:
        """Combine each respondent's dimensions into one number.

        Parameters
        ----------
        values
            ``(n_respondents, n_dimensions)``.

        Returns
        -------
        ``(n_respondents,)``, NaN where a dimension is missing.

        Examples
        --------
        >>> DimensionWeights(shares=(0.75, 0.25), label="points").score(np.array([[4.0, 8.0]]))
        array([5.])
        """
        shares = np.array(self.shares) if self.own is None else self.own
        return np.asarray(sum((values * shares).T), dtype=np.float64)


def dimension_weights(
    allocation: Allocation, dimensions: tuple[str, ...], respondents: int, *, weights: ArrayLike | None = None
) -> DimensionWeights:
    """Read weights of dimensions.

    Parameters
    ----------
    allocation
        ``"equal"``, points per dimension, or a table of every respondent's points; points are scaled to add up to 1.
    dimensions
        The dimensions.
    respondents
        How many answered.
    weights
        Survey weights, for the average share.

    Returns
    -------
    The weights.

    Raises
    ------
    RecordError
        If a table of points has missing or negative points, respondents without any, or other rows or columns.
    InvalidValueError
        If there is not one weight of at least 0 per dimension.

    Examples
    --------
    >>> own = [[80, 20], [20, 80]]
    >>> dimension_weights(own, ("staff", "rooms"), 2).shares
    (0.5, 0.5)
    """
    if not _tabular(allocation):
        shares = item_shares(allocation, dimensions, where="allocation")
        return DimensionWeights(
            shares=tuple(shares.tolist()), label="equal" if isinstance(allocation, str) else "points"
        )
    points = _points(allocation, dimensions, respondents)
    own = points / points.sum(axis=1, keepdims=True)
    weighing = np.ones(respondents) if weights is None else survey_weights(weights, respondents)
    mean = (own * weighing[:, None]).sum(axis=0) / weighing.sum() if respondents else np.full(len(dimensions), np.nan)
    return DimensionWeights(shares=tuple(mean.tolist()), label="own points", own=own)


def shared_out(dimensions: Mapping[str, Sequence[str]], items: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Check that dimensions share items out.

    Parameters
    ----------
    dimensions
        Dimension to its items.
    items
        The items there are.

    Returns
    -------
    A copy.

    Raises
    ------
    InvalidValueError
        If there are no dimensions, or one has no items, unknown ones or those of another.

    Examples
    --------
    >>> shared_out({"staff": ["prompt"]}, ("clean", "prompt"))
    {'staff': ('prompt',)}
    """
    allowed = f"dimension to a list of its items, among {', '.join(items)}"[:300]
    if not isinstance(dimensions, Mapping) or not dimensions:
        raise InvalidValueError(
            Problem(what="no dimensions", where="dimensions", allowed=allowed, got=repr(dimensions)[:200])
        )
    problems = []
    parts = {
        str(name): () if isinstance(part, str) or not isinstance(part, Iterable) else tuple(part)
        for name, part in dimensions.items()
    }
    asked = [item for part in parts.values() for item in part]
    named = [item for item in asked if isinstance(item, str)]
    strange = [str(item) for item in asked if not isinstance(item, str) or item not in items]
    for what, wrong in (
        ("dimensions without items", [name for name, part in parts.items() if not part]),
        ("no such items", list(dict.fromkeys(strange))),
        ("items in two dimensions", [item for item in dict.fromkeys(named) if named.count(item) > 1]),
    ):
        if wrong:
            problems.append(Problem(what=what, where="dimensions", allowed=allowed, got=", ".join(wrong)))
    if problems:
        raise InvalidValueError(*problems)
    return parts


def _tabular(allocation: Any) -> bool:
    if isinstance(allocation, Mapping):
        return any(np.ndim(points) > 0 for points in allocation.values())
    if hasattr(allocation, "columns") or hasattr(allocation, "column_names"):
        return True
    try:
        return np.ndim(allocation) == 2
    except ValueError:  # rows of unequal length: let the reader of tables say so
        return True


def _points(allocation: Any, dimensions: tuple[str, ...], respondents: int) -> FloatArray:
    table = item_answers(allocation, where="allocation")
    names = table.names
    if not isinstance(allocation, Mapping) and names == tuple(f"item{number + 1}" for number in range(len(names))):
        names = dimensions if len(names) == len(dimensions) else names  # a matrix has no names: in order
    problems = []
    if set(names) != set(dimensions):
        allowed, got = ", ".join(dimensions), ", ".join(names)
        problems.append(Problem(what="not one column per dimension", where="allocation", allowed=allowed, got=got))
    if len(table.values) != respondents:
        allowed, got = f"{respondents} rows", f"{len(table.values)} rows"
        problems.append(Problem(what="not the same respondents", where="allocation", allowed=allowed, got=got))
    without = np.flatnonzero((table.values < 0.0).any(axis=1) | (table.values.sum(axis=1) <= 0.0))
    if without.size:
        shown = ", ".join(map(str, without[:5].tolist()))
        problems.append(Problem(what=f"negative or no points, rows {shown}", where="allocation"))
    if problems:
        raise RecordError(*problems)
    return table.values[:, [names.index(name) for name in dimensions]]
