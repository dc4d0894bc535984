"""Which installed summaries yield an input: asked only when one is missing, so that the error names what to add."""

from __future__ import annotations

from typing import Any

from crmrisk.core.errors import CrmRiskError
from crmrisk.core.registry import SUMMARIES, component_class, component_names

__all__ = ["summaries_that_yield"]


def summaries_that_yield(name: str) -> tuple[str, ...]:
    """Name the classes of summaries that can yield an input, sorted by their registered names.

    Parameters
    ----------
    name
        The input.

    Returns
    -------
    Names of classes; none where no installed summary yields it, whatever it is set to.

    Examples
    --------
    >>> summaries_that_yield("nps_latest_wave"), summaries_that_yield("shoe_size")
    (('SurveyTrend',), ())
    """
    classes = [found for kind in component_names(SUMMARIES) for found in _installed(kind)]
    return tuple(dict.fromkeys(each.__name__ for each in classes if _may_yield(each, name)))


def _installed(kind: str) -> tuple[type[Any], ...]:
    try:
        return (component_class(kind),)
    except CrmRiskError:  # a broken plugin is no reason to hide what is missing
        return ()


def _may_yield(summary: type[Any], name: str) -> bool:
    try:
        asked = getattr(summary, "may_yield", None)
        return bool(asked(name)) if asked else any(each.name == name for each in summary().inputs)
    except (CrmRiskError, TypeError, ValueError, AttributeError):  # it cannot be made without settings
        return False
