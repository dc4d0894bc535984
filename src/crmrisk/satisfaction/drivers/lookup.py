"""Drivers by their names, in whatever record holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["driver_named"]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Driver = TypeVar("Driver", bound=_Named)


def driver_named(drivers: Sequence[Driver], name: str, *, where: str) -> Driver:
    """Find the record of one driver.

    Parameters
    ----------
    drivers
        The records.
    name
        The name of the driver.
    where
        What holds them.

    Raises
    ------
    InvalidValueError
        If there is none of that name.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> driver_named([SimpleNamespace(name="price"), SimpleNamespace(name="speed")], "luck", where="map")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: map: no such driver; allowed: price, speed; got: 'luck'
    """
    for driver in drivers:
        if driver.name == name:
            return driver
    allowed = ", ".join(driver.name for driver in drivers)[:200]
    raise InvalidValueError(Problem(what="no such driver", where=where, allowed=allowed, got=repr(name)[:100]))
