"""What a fit could not tell: which parameter, and where the likelihood went with it.

This is a record in the fit and no Python warning on purpose. A fit without dropout, or of identical rows, is a finding
about the data; issued as a warning it would be lost in a log, would be raised where warnings are errors, and would be
issued again by every scorer and bootstrap that fits inside. Whoever wants it loud calls ``fit.unidentified[0].warn()``.
"""

from __future__ import annotations

import warnings
from typing import Literal, TypeAlias

from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value

__all__ = ["Bound", "NotIdentified", "NotIdentifiedWarning"]

Bound: TypeAlias = Literal["zero", "infinity", "flat"]
"""Where the likelihood sends a parameter; ``"flat"`` is nowhere in particular."""

MESSAGES = {
    "zero": "the likelihood keeps rising as it goes to 0, where its bound stopped it",
    "infinity": "the likelihood keeps rising as it grows, and its bound stopped it",
    "flat": "the likelihood hardly changes when it moves by factors of hundreds",
}


class NotIdentifiedWarning(UserWarning):
    """Warn of a parameter that the data do not identify; the record is its argument.

    Examples
    --------
    >>> NotIdentifiedWarning(NotIdentified("r", "flat")).record.parameter
    'r'
    """

    @property
    def record(self) -> NotIdentified:
        """The parameter and where the likelihood went."""
        record: NotIdentified = self.args[0]
        return record


@dataclass(frozen=True, config=VALUE)
class NotIdentified(Value):
    """Name a parameter that the data do not identify, and the bound the likelihood sends it to.

    Parameters
    ----------
    parameter
        Its name.
    bound
        ``"zero"`` or ``"infinity"``; ``"flat"`` where the likelihood hardly changes with it, so that it was left
        wherever the climb ended.

    Raises
    ------
    InvalidValueError
        If the bound is none of these.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> fit = BetaGeoNBD.fit([0, 3, 2, 9], [0, 30, 30, 30], [30, 30, 30, 30])  # nobody seems to leave
    >>> fit.unidentified[-1]
    NotIdentified(parameter='b', bound='infinity')
    """

    parameter: str
    bound: Bound

    @property
    def message(self) -> str:
        """The same in words."""
        return f"{self.parameter} is not identified: {MESSAGES[self.bound]}"

    def warn(self) -> None:
        """Issue it as a `NotIdentifiedWarning`.

        Examples
        --------
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     NotIdentified("a", "zero").warn()
        >>> caught[0].category.__name__
        'NotIdentifiedWarning'
        """
        warnings.warn(NotIdentifiedWarning(self), stacklevel=2)

    def __str__(self) -> str:
        return self.message
