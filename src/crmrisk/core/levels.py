"""The level of risk: an ordered scale on which "unrated" is a level of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crmrisk.core.arrays import ObjectArray

__all__ = ["LEVELS", "RiskLevel", "levels_from_codes"]


class RiskLevel(StrEnum):
    """Grade a risk: ``unrated < low < moderate < high < extreme``.

    Text compares by its place on the scale, not by the alphabet.

    Examples
    --------
    >>> RiskLevel.LOW < RiskLevel.HIGH < RiskLevel.EXTREME
    True
    >>> max(RiskLevel.LOW, RiskLevel.UNRATED)
    <RiskLevel.LOW: 'low'>
    >>> RiskLevel.HIGH == "high"
    True
    """

    UNRATED = "unrated"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    EXTREME = "extreme"

    @property
    def code(self) -> int:
        """Place on the scale, 0 for unrated to 4 for extreme."""
        return _CODES[self]

    def __lt__(self, other: str) -> bool:
        return self.code < RiskLevel(other).code

    def __le__(self, other: str) -> bool:
        return self.code <= RiskLevel(other).code

    def __gt__(self, other: str) -> bool:
        return self.code > RiskLevel(other).code

    def __ge__(self, other: str) -> bool:
        return self.code >= RiskLevel(other).code


LEVELS: tuple[RiskLevel, ...] = tuple(RiskLevel)
"""The scale from unrated to extreme; ``LEVELS[level.code] is level``."""

_CODES: dict[str, int] = {level: position for position, level in enumerate(LEVELS)}


def levels_from_codes(codes: NDArray[np.integer]) -> ObjectArray:
    """Turn places on the scale into levels.

    Parameters
    ----------
    codes
        Integers 0..4, of any shape.

    Returns
    -------
    Levels of the same shape.

    Examples
    --------
    >>> import numpy as np
    >>> levels_from_codes(np.array([0, 3]))[1]
    <RiskLevel.HIGH: 'high'>
    """
    scale: ObjectArray = np.empty(len(LEVELS), dtype=object)
    scale[:] = LEVELS
    return np.take(scale, codes)
