"""Which components are installed: a view of the entry points, read when asked and never at import.

Built-ins and plugins register the same way, in their distribution's metadata::

    [project.entry-points."crmrisk.scorers"]
    "acme.silence" = "acme_scorers:SilenceScorer"

A name two distributions claim is an error that names both, raised when that name is asked for; a plugin that cannot be
imported fails then too, and disturbs nobody else. ``CRMRISK_DISABLE_PLUGINS=1`` in the environment hides every
distribution but crmrisk itself.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from crmrisk.core.errors import BrokenPluginError, PluginConflictError, Problem, UnknownComponentError

__all__ = ["COMPONENTS", "GROUPS", "SCORERS", "SEGMENTERS", "SUMMARIES", "component_class", "component_names"]

SCORERS = "crmrisk.scorers"
SEGMENTERS = "crmrisk.segmenters"
SUMMARIES = "crmrisk.summaries"
COMPONENTS = "crmrisk.components"
GROUPS = (SCORERS, SEGMENTERS, SUMMARIES, COMPONENTS)
"""The entry-point groups: three that plugins extend, and one for the remaining parts of a saved model."""

_FITTED = ".fitted"


def component_names(group: str = SCORERS) -> tuple[str, ...]:
    """List the names registered in a group, sorted; nothing is imported.

    Parameters
    ----------
    group
        One of `GROUPS`.

    Examples
    --------
    >>> "crmrisk.attrition" in component_names()
    True
    """
    return tuple(sorted(_installed(group, plugins=_plugins_enabled())))


def component_class(kind: str) -> type[Any]:
    """Find the class registered under a name, importing it if need be.

    Parameters
    ----------
    kind
        A registered name; ``"vendor.name.fitted"`` is the fitted class of ``"vendor.name"``.

    Raises
    ------
    UnknownComponentError
        If no installed distribution registers the name.
    PluginConflictError
        If two distributions do.
    BrokenPluginError
        If the class cannot be imported.

    Examples
    --------
    >>> component_class("crmrisk.attrition").__name__
    'AttritionScorer'
    """
    specification = _load(_entry_point(kind.removesuffix(_FITTED)))
    if not kind.endswith(_FITTED):
        return specification
    fitted = getattr(specification, "fitted_class", None)
    if not isinstance(fitted, type):
        raise UnknownComponentError(
            Problem(what=f"{specification.__name__} has no fitted form", where=kind, got=repr(fitted))
        )
    return fitted


def _plugins_enabled() -> bool:
    return os.environ.get("CRMRISK_DISABLE_PLUGINS", "").lower() in {"", "0", "false", "no"}


@lru_cache(maxsize=len(GROUPS) * 2)
def _installed(group: str, *, plugins: bool) -> dict[str, tuple[EntryPoint, ...]]:
    found: dict[str, dict[str, EntryPoint]] = {}
    for point in entry_points(group=group):
        owner = _distribution(point)
        if plugins or owner == "crmrisk":
            found.setdefault(point.name, {}).setdefault(owner, point)
    return {name: tuple(owners.values()) for name, owners in found.items()}


def _distribution(point: EntryPoint) -> str:
    name = point.dist.name if point.dist is not None else None
    return name.lower() if isinstance(name, str) else "an unnamed distribution"


def _entry_point(name: str) -> EntryPoint:
    points = [point for group in GROUPS for point in _installed(group, plugins=_plugins_enabled()).get(name, ())]
    if len(points) == 1:
        return points[0]
    if points:
        owners = " and ".join(sorted(_distribution(point) for point in points))
        raise PluginConflictError(
            Problem(
                what=f"name claimed by {owners}", where=name, remedy="uninstall one, or ask its author to rename it"
            )
        )
    known = [known for group in GROUPS for known in component_names(group)]
    close = get_close_matches(name, known, n=3)
    raise UnknownComponentError(
        Problem(
            what="no installed component has this name",
            where=repr(name)[:200],
            allowed=", ".join(close or known),
            remedy="install the distribution that provides it (and unset CRMRISK_DISABLE_PLUGINS)",
        )
    )


def _load(point: EntryPoint) -> type[Any]:
    try:
        loaded = point.load()
    except Exception as error:
        raise BrokenPluginError(
            Problem(
                what=f"plugin of {_distribution(point)} cannot be imported",
                where=f"{point.name} = {point.value}",
                got=f"{type(error).__name__}: {error}",
                remedy=f"repair or uninstall {_distribution(point)}",
            )
        ) from error
    if not isinstance(loaded, type):
        raise BrokenPluginError(
            Problem(what="entry point is no class", where=f"{point.name} = {point.value}", got=repr(loaded)[:200])
        )
    return loaded
