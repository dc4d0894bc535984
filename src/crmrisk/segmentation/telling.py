"""What tells customers apart, for who makes customers up: the names and the bounds that conditions ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.segmentation.conditions import Criterion, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmrisk.segmentation.conditions import Condition

__all__ = ["OTHER", "telling_values"]

OTHER = "any other"
"""A name that no condition asks for."""


def telling_values(conditions: Iterable[Condition]) -> dict[str, tuple[float | str, ...]]:
    """Collect the bounds of each column and the names of each label that conditions ask for.

    Parameters
    ----------
    conditions
        Any number of them.

    Returns
    -------
    Column or label to its values; labels have one name more, that of nobody asked for.

    Examples
    --------
    >>> from crmrisk.segmentation.conditions import AllOf
    >>> telling_values([AllOf([Criterion("assets", ge=50), Criterion("need", one_of=["trading"])])])
    {'assets': (50.0,), 'need': ('trading', 'any other')}
    """
    found: dict[str, dict[float | str, None]] = {}
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(leaf, Criterion):
            asked = (*leaf.one_of, *leaf.none_of) if leaf.is_of_label else (*leaf.bounds.values(),)
            found.setdefault(leaf.column, {}).update(dict.fromkeys(asked))
    return {name: (*asked, OTHER) if isinstance(next(iter(asked)), str) else (*asked,) for name, asked in found.items()}
