"""The level of risk: an ordered scale on which "unrated" is a level of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem

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
        return self.code < _code_of(other)

    def __le__(self, other: str) -> bool:
        return self.code <= _code_of(other)

    def __gt__(self, other: str) -> bool:
        return self.code > _code_of(other)

    def __ge__(self, other: str) -> bool:
        return self.code >= _code_of(other)


LEVELS: tuple[RiskLevel, ...] = tuple(RiskLevel)
"""The scale from unrated to extreme; ``LEVELS[level.code] is level``."""

_CODES: dict[str, int] = {level: position for position, level in enumerate(LEVELS)}


def _code_of(level: str) -> int:
    if not isinstance(level, str) or level not in _CODES:
        raise InvalidValueError(Problem(what="no level of risk", allowed=", ".join(LEVELS), got=repr(level)))
    return _CODES[level]


def levels_from_codes(codes: NDArray[np.integer]) -> ObjectArray:
    """Turn places on the scale into levels.

    Parameters
    ----------
    codes
        Integers 0..4, of any shape.

    Returns
    -------
    Levels of the same shape.

    Raises
    ------
    InvalidValueError
        If a code is no place on the scale.

    Examples
    --------
    >>> import numpy as np
    >>> levels_from_codes(np.array([0, 3]))[1]
    <RiskLevel.HIGH: 'high'>
    """
    places = np.asarray(codes)
    if places.dtype.kind not in "iu" or (places.size and not 0 <= places.min() <= places.max() < len(LEVELS)):
        raise InvalidValueError(Problem(what="no place on the scale", where="codes", allowed="integers 0..4"))
    scale: ObjectArray = np.empty(len(LEVELS), dtype=object)
    scale[:] = LEVELS
    return np.take(scale, places)
