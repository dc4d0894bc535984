"""Packages whose names are imported when they are first used, so that importing the package costs next to nothing."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["lazily"]


def lazily(package: str, homes: Mapping[str, Iterable[str]]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and ``__dir__`` of a package.

    Parameters
    ----------
    package
        The package's ``__name__``.
    homes
        Module to the public names it provides.

    Returns
    -------
    The two functions, to be assigned in the package's ``__init__``.

    Examples
    --------
    >>> look_up, listed = lazily("crmrisk.core", {"crmrisk.core.levels": ["RiskLevel"]})
    >>> look_up("RiskLevel").__name__
    'RiskLevel'
    >>> look_up("Nothing")
    Traceback (most recent call last):
    AttributeError: module 'crmrisk.core' has no attribute 'Nothing'
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def look_up(name: str) -> Any:
        if name not in home_of:
            message = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(message)
        value = getattr(import_module(home_of[name]), name)
        setattr(sys.modules[package], name, value)  # the next look finds it without asking
        return value

    def listed() -> list[str]:
        module = vars(sys.modules[package])
        dunder = (name for name in module if name.startswith("__"))  # not the helpers that make the package lazy
        return sorted({*dunder, *module.get("__all__", module), *home_of})

    return look_up, listed
