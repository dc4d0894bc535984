"""A SWOT table from a Kano survey: what customers need, held against how far it is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmrisk.core.arguments import is_number, refuse
from crmrisk.core.errors import Problem
from crmrisk.satisfaction.kano.named import named_numbers
from crmrisk.satisfaction.kano.record import listed_requirements
from crmrisk.satisfaction.kano.table import KanoCategory
from crmrisk.satisfaction.swot import SwotEntry, SwotHeading, SwotTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmrisk.satisfaction.kano.record import Requirement

__all__ = ["kano_swot"]

_NEEDED = (KanoCategory.MUST_BE, KanoCategory.ONE_DIMENSIONAL)
_WANTED = (*_NEEDED, KanoCategory.ATTRACTIVE)


class _Rule(NamedTuple):
    """Where performance counts as met or unmet, and how far a competitor must be ahead."""

    met: float
    unmet: float
    ahead: float


def kano_swot(
    requirements: Sequence[Requirement],
    performance: Mapping[str, float],
    *,
    competitors: Mapping[str, float] | None = None,
    met: float = 0.8,
    unmet: float = 0.5,
    ahead: float = 0.1,
    title: str = "",
) -> SwotTable:
    """Place every requirement of a survey by its category and by how far it is met.

    - *Strength*: a must-be, one-dimensional or attractive requirement that is met.
    - *Weakness*: a must-be or one-dimensional requirement that is unmet, or a reverse one that is not kept away
      (performance above ``unmet``: customers get what they would rather be without).
    - *Opportunity*: an attractive requirement that is not met: nobody misses it yet.
    - *Threat*: a must-be or one-dimensional requirement that is met only in part, or any wanted requirement that a
      competitor meets better by ``ahead`` or more.

    Indifferent and questionable requirements have no place. Entries weigh what customers would feel: worse (in size)
    for what may be missed, better for what may delight; those that weigh most come first.

    Parameters
    ----------
    requirements
        What `kano_requirements` found; where the two questions were swapped, performance is that of being without.
    performance
        Requirement to how far it is met now, 0 to 1. Requirements without it are unrated.
    competitors
        Requirement to how far the best competitor meets it, 0 to 1.
    met, unmet
        From where on a requirement is met, and below where it is unmet; between them it is met in part.
    ahead
        How far ahead a competitor must be to threaten.
    title
        What the table is about.

    Returns
    -------
    The table; every entry tells category, probability, coefficients and performance as its evidence.

    Raises
    ------
    InvalidValueError
        If a performance is not between 0 and 1, there is no requirement of its name, or limits are crossed.

    Examples
    --------
    >>> from crmrisk.satisfaction.kano.requirement import kano_requirements
    >>> survey = kano_requirements(["secure"] * 4 + ["gift"] * 4, [2, 1, 2, 2, 1, 1, 1, 3], [5] * 4 + [3] * 4)
    >>> table = kano_swot(survey, {"secure": 0.9, "gift": 0.2})
    >>> [entry.text for entry in table.strengths], [entry.text for entry in table.opportunities]
    (['secure'], ['gift'])
    """
    found, rule = listed_requirements(requirements), _Rule(met, unmet, ahead)
    problems, names = _rule_problems(rule), [each.name for each in found]
    now = named_numbers(performance, names, problems, where="performance", most=1.0)
    rivals = named_numbers(competitors, names, problems, where="competitors", most=1.0)
    refuse(problems)
    placed: dict[str, list[SwotEntry]] = {}
    for each in found:
        ours, theirs = now.get(each.name), rivals.get(each.name)
        for heading in _headings(each.category, ours, theirs, rule):
            placed.setdefault(heading, []).append(_entry(each, ours, theirs if heading == "threats" else None))
    parts = {name: tuple(sorted(entries, key=_heaviest)) for name, entries in placed.items()}
    unknown = tuple(_name(each) for each in found if each.category is None or each.name not in now)
    return SwotTable(**parts, unrated=unknown, title=title)


def _headings(
    category: KanoCategory | None, ours: float | None, theirs: float | None, rule: _Rule
) -> Iterator[SwotHeading]:
    if category is None or ours is None:
        return
    if category in _WANTED and ours >= rule.met:
        yield "strengths"
    if (category in _NEEDED and ours < rule.unmet) or (category is KanoCategory.REVERSE and ours > rule.unmet):
        yield "weaknesses"
    if category is KanoCategory.ATTRACTIVE and ours < rule.met:
        yield "opportunities"
    partly = category in _NEEDED and rule.unmet <= ours < rule.met
    behind = category in _WANTED and theirs is not None and theirs - ours >= rule.ahead - 1e-12
    if partly or behind:
        yield "threats"


def _entry(requirement: Requirement, ours: float | None, theirs: float | None) -> SwotEntry:
    better, worse, category = requirement.better.value, requirement.worse.value, requirement.category
    sure = "" if requirement.stability is None else f" (probability {requirement.stability:.2f})"
    parts = [
        f"{category}{sure}",
        *([] if better is None or worse is None else [f"better {better:.2f}, worse {worse:.2f}"]),
        *([] if ours is None else [f"met {100 * ours:.0f} %"]),
        *([] if theirs is None else [f"best competitor {100 * theirs:.0f} %"]),
    ]
    felt = better if category is KanoCategory.ATTRACTIVE else worse
    return SwotEntry(_name(requirement), ", ".join(parts), None if felt is None else abs(felt))


def _heaviest(entry: SwotEntry) -> tuple[float, str]:
    return (0.0 if entry.weight is None else -entry.weight, entry.text)


def _name(requirement: Requirement) -> str:
    without = f"without {requirement.name}" if requirement.swapped else requirement.name
    return without if requirement.segment is None else f"{without} ({requirement.segment})"


def _rule_problems(rule: _Rule) -> list[Problem]:
    problems = [
        Problem(what="no share", where=where, allowed="0 to 1", got=repr(value))
        for where, value in rule._asdict().items()
        if not is_number(value) or not 0.0 <= value <= 1.0
    ]
    if not problems and rule.unmet > rule.met:
        got = f"unmet={rule.unmet}, met={rule.met}"
        problems.append(Problem(what="crossed limits", where="met, unmet", allowed="unmet <= met", got=got))
    return problems
