"""Rules that give tags: a condition, the tag, how long it lasts, and the name it leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import PositiveSpan
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.conditions import Condition, Tagged, leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TagRule", "in_order"]


@dataclass(frozen=True, config=VALUE)
class TagRule(Value):
    """Give a tag to whoever meets a condition.

    Parameters
    ----------
    tag
        The tag.
    when
        The condition, over columns, labels and other tags.
    lasts
        How long the tag stays after the condition was last met; ``None`` is only as long as it is met.
    name
        What the rule is called, for the record; the tag if not given.
    version
        Which wording of it.
    description
        What it is for.

    Raises
    ------
    InvalidValueError
        If it lasts longer than a century, or the condition is none.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> rule = TagRule("big spender", Criterion("revenue", ge=1000), lasts=timedelta(days=180))
    >>> rule.origin, TagRule.from_json(rule.to_json()) == rule
    ('big spender', True)
    """

    tag: Name
    when: Condition
    lasts: PositiveSpan | None = None
    name: Name | None = Field(default=None, kw_only=True)
    version: Name = Field(default="1", kw_only=True)
    description: str = Field(default="", kw_only=True)

    @model_validator(mode="after")
    def _not_for_ever(self) -> Self:
        if self.lasts is not None and self.lasts > timedelta(days=36_525):
            allowed, remedy = "at most a century", "lasts=None is as long as the condition is met"
            raise InvalidValueError(Problem(what="too long", where="TagRule.lasts", allowed=allowed, remedy=remedy))
        return self

    @property
    def origin(self) -> str:
        """The name of the rule."""
        return self.name or self.tag

    @property
    def reads(self) -> frozenset[str]:
        """The tags that the condition asks for."""
        return frozenset(leaf.tag for leaf in leaves(self.when) if isinstance(leaf, Tagged))


def in_order(rules: Sequence[TagRule]) -> tuple[TagRule, ...]:
    """Order rules so that each comes after those that give the tags it reads; otherwise as they are.

    Parameters
    ----------
    rules
        At least one.

    Raises
    ------
    InvalidValueError
        If there is none, something else is among them, two have one name, or tags are derived from each other in a
        circle.

    Examples
    --------
    >>> from crmrisk.segmentation.conditions import Criterion
    >>> late = TagRule("lost vip", Tagged("vip"))
    >>> [rule.tag for rule in in_order([late, TagRule("vip", Criterion("revenue", ge=1000))])]
    ['vip', 'lost vip']
    """
    given: list[TagRule] = list(rules) if isinstance(rules, (list, tuple)) else [rules]  # type: ignore[list-item]  # named below
    strange = [repr(each)[:100] for each in given if not isinstance(each, TagRule)]
    if strange or not given:
        got = strange[0] if strange else "none"
        raise InvalidValueError(Problem(what="no rules", where="rules", allowed="TagRule(...), ...", got=got))
    names = [each.origin for each in given]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        what, remedy = "two rules of one name", "name='...' for one of them"
        raise InvalidValueError(*(Problem(what=what, where=repr(name), remedy=remedy) for name in repeated))
    return _sorted(given)


def _sorted(rules: list[TagRule]) -> tuple[TagRule, ...]:
    waiting, placed = list(rules), []
    while waiting:
        unknown = {rule.tag for rule in waiting}
        ready = next((rule for rule in waiting if not rule.reads & unknown), None)
        if ready is None:
            circle = ", ".join(f"{rule.origin!r} reads {sorted(rule.reads & unknown)}" for rule in waiting)
            raise InvalidValueError(Problem(what="tags are derived in a circle", where="rules", got=circle[:300]))
        placed.append(ready)
        waiting.remove(ready)
    return tuple(placed)
