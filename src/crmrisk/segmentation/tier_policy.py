"""A tier policy: the ladder, what each tier asks, and how slowly a customer falls; typed, and readable as JSON.

A tier ladder without bands moves customers up and down with every wobble of their numbers. A policy says at which
number a customer rises (promotion), below which a customer falls (the demotion band under it), for how many reviews in
a row that must be so (dwell), how long a newcomer is spared (grace), and how many steps one review may take.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field, field_validator, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.fields import Several
from crmrisk.core.instants import Moment, PositiveSpan, TimeSpan
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.model import VALUE, Model, Value
from crmrisk.segmentation.conditions import Condition, Criterion, as_written, inputs_of
from crmrisk.segmentation.entitlements import EntitlementVariant, ServiceEntitlements

if TYPE_CHECKING:
    from crmrisk.core.arrays import IntArray
    from crmrisk.segmentation.conditions import Shift
    from crmrisk.segmentation.facts import Facts

__all__ = ["Band", "Tier", "TierPolicy"]

LONGEST = timedelta(days=36_525)
"""A century: time spans beyond it are mistakes, and would leave the calendar."""

Width: TypeAlias = Annotated[float, Field(ge=0)]
Band: TypeAlias = Width | dict[Name, Width]
"""How wide a band is: one number for the only numeric column, or a number for each column."""

Steps: TypeAlias = Annotated[int, Field(ge=1)] | None


@dataclass(frozen=True, config=VALUE)
class Tier(Value):
    """Describe one rung of the ladder.

    Parameters
    ----------
    name
        What it is called.
    criteria
        Who may rise to it, by columns, labels (a segment, a need) and tags; ``None`` for the lowest tier, which is
        everyone's. Bands widen bounds of columns; a label or a tag holds or does not.
    entitlements
        What its customers may expect.
    variants
        Other entitlements of some of them; the first whose condition holds counts.
    needs_approval
        Whether nobody rises to it without an approval on record.

    Raises
    ------
    InvalidValueError
        If variants have nothing to vary.

    Examples
    --------
    >>> from crmrisk.segmentation.conditions import AnyOf, Criterion
    >>> Tier("gold", AnyOf([Criterion("points", ge=120_000), Criterion("segments", ge=40)])).name
    'gold'
    >>> from crmrisk.segmentation.conditions import Tagged
    >>> Tier("gold", AnyOf([Tagged("founder"), Criterion("segment", one_of=["champions"])])).criteria.any_of[0].tag
    'founder'
    """

    name: Name
    criteria: Condition | None = None
    entitlements: ServiceEntitlements | None = None
    variants: Several[EntitlementVariant] = Field(default=(), kw_only=True)
    needs_approval: bool = Field(default=False, kw_only=True)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.variants and self.entitlements is None:
            what, where = "has variants of no entitlements", f"Tier({self.name!r})"
            raise InvalidValueError(Problem(what=what, where=where, remedy="entitlements=..."))
        return self


class TierPolicy(Model):
    """State a ladder of tiers and how customers move on it.

    The rules, at each review: a customer rises to the highest tier whose criteria are met with the promotion band on
    top; stays while the criteria of the own or a higher tier are met with the demotion band taken off; and falls,
    `demotion_steps` at a time, after `dwell` reviews in a row at which that was not so. A first classification takes
    the criteria as written. Missing evidence moves nobody.

    Parameters
    ----------
    tiers
        The lowest first; it has no criteria, every other one has.
    name, version
        What the policy is called, for the record.
    promotion_band, demotion_band
        How far beyond a bound a customer must be to rise, and how far short of it to fall: in the unit of the column,
        one number where one numeric column is read, otherwise column to number.
    bands
        Whether the bands are absolute, or shares of the bound.
    dwell
        Consecutive reviews short of the demotion band before a customer falls.
    grace
        How long after the relationship began (or was first seen) nobody falls.
    promotion_steps, demotion_steps
        How many tiers one review may move a customer; ``None`` is any number.
    approve_demotions
        Whether nobody falls without an approval on record.
    review_every
        How often tiers are reviewed; says when the next review is due.
    effective_from
        From when on the policy is in force; ``None`` is always.

    Raises
    ------
    InvalidValueError
        If there are fewer than two tiers, names repeat, the lowest tier has criteria or another has none, a column is
        read in two ways, or a band is of a column that no criterion reads or of none in particular.

    Examples
    --------
    >>> policy = TierPolicy.from_cuts("revenue", {"silver": 100, "gold": 200}, base="bronze", demotion_band=20, dwell=2)
    >>> policy.names
    ('bronze', 'silver', 'gold')
    >>> TierPolicy.model_validate_json(policy.model_dump_json()) == policy
    True
    """

    tiers: Annotated[Several[Tier], Field(min_length=2, max_length=100)]
    name: Name = "tiers"
    version: Name = "1"
    promotion_band: Band = 0.0
    demotion_band: Band = 0.0
    bands: Literal["absolute", "share"] = "absolute"
    dwell: Annotated[int, Field(ge=1, le=10_000)] = 1
    grace: TimeSpan = timedelta(0)
    promotion_steps: Steps = None
    demotion_steps: Steps = 1
    approve_demotions: bool = False
    review_every: PositiveSpan = timedelta(days=30)
    effective_from: Moment | None = None

    @field_validator("grace")
    @classmethod
    def _not_negative(cls, grace: timedelta) -> timedelta:
        if not timedelta(0) <= grace <= LONGEST:
            message = "should not be negative, and at most a century"
            raise ValueError(message)
        return grace

    @field_validator("review_every")
    @classmethod
    def _not_for_ever(cls, review_every: timedelta) -> timedelta:
        if review_every > LONGEST:
            message = "should be at most a century"
            raise ValueError(message)
        return review_every

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        lowest, *others = self.tiers
        names = [tier.name for tier in self.tiers]
        problems = [
            *(_repeats(n) for n in dict.fromkeys(names) if names.count(n) > 1),
            *(_open(t) for t in others if t.criteria is None),
        ]
        if lowest.criteria is not None or lowest.needs_approval:
            what, remedy = "is the lowest and has criteria or needs approval", "put a tier for everyone below it"
            problems.append(Problem(what=what, where=f"tier {lowest.name!r}", remedy=remedy))
        problems = problems or [*self._band_problems("promotion_band"), *self._band_problems("demotion_band")]
        if problems:
            raise InvalidValueError(*problems)
        return self

    def _band_problems(self, where: str) -> list[Problem]:
        band, read = getattr(self, where), [each.name for each in self.inputs if each.unit != LABEL]
        widest = max(band.values(), default=0.0) if isinstance(band, Mapping) else band
        if where == "demotion_band" and self.bands == "share" and widest > 1.0:
            remedy = "0.05 is five per cent"
            return [
                Problem(what="no share of the bound", where=where, allowed="0 to 1", got=f"{widest:g}", remedy=remedy)
            ]
        if isinstance(band, Mapping):
            allowed = ", ".join(read) or "none"
            return [
                Problem(what="band of a column that no criterion reads", where=f"{where}[{name!r}]", allowed=allowed)
                for name in band
                if name not in read
            ]
        if band and len(read) != 1 and self.bands == "absolute":
            remedy = f"{where}={{column: width}}, or bands='share'"
            return [
                Problem(what="one width for several columns, or for none", where=where, got=str(read), remedy=remedy)
            ]
        return []

    @classmethod
    def from_cuts(
        cls, column: str, cuts: Mapping[str, float], *, base: str = "base", unit: str = "", **settings: Any
    ) -> Self:
        """Build a ladder over one column.

        Parameters
        ----------
        column
            The column.
        cuts
            Tier to the lowest number that reaches it, the lowest tier first.
        base
            The tier below the first cut.
        unit
            Unit of the column, where the portfolio states one; ``"money"`` of amounts from Evidence.
        **settings
            Fields of `TierPolicy`.

        Raises
        ------
        InvalidValueError
            If cuts do not rise, or a setting is not allowed.

        Examples
        --------
        >>> TierPolicy.from_cuts("revenue", {"gold": 200}).names
        ('base', 'gold')
        """
        if not isinstance(cuts, Mapping) or not cuts:
            allowed = '{"silver": 100, "gold": 200}'
            raise InvalidValueError(Problem(what="no cuts", where="cuts", allowed=allowed, got=repr(cuts)[:100]))
        ladder = [Tier(base), *(Tier(name, Criterion(column, ge=cut, unit=unit)) for name, cut in cuts.items())]
        bounds = [float(cut) for cut in cuts.values()]
        if any(low >= high for low, high in pairwise(bounds)):
            raise InvalidValueError(Problem(what="do not rise", where="cuts", got=str(dict(cuts))[:200]))
        return cls(tiers=ladder, **settings)

    @property
    def names(self) -> tuple[str, ...]:
        """The tiers, the lowest first."""
        return tuple(tier.name for tier in self.tiers)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the criteria read."""
        return inputs_of([tier.criteria for tier in self.tiers if tier.criteria is not None])

    def promotion(self, column: str, bound: float) -> float:
        """Return how much beyond a bound a customer must be to rise [unit of the column].

        Parameters
        ----------
        column
            The column.
        bound
            The bound as written.

        Examples
        --------
        >>> TierPolicy.from_cuts("revenue", {"gold": 200}, promotion_band=0.1, bands="share").promotion("revenue", 200)
        20.0
        """
        return self._width(self.promotion_band, column, bound)

    def demotion(self, column: str, bound: float) -> float:
        """Return minus how far short of a bound a customer must be to fall [unit of the column].

        Parameters
        ----------
        column
            The column.
        bound
            The bound as written.

        Examples
        --------
        >>> TierPolicy.from_cuts("revenue", {"gold": 200}, demotion_band=30).demotion("revenue", 200)
        -30.0
        """
        return -self._width(self.demotion_band, column, bound)

    def _width(self, band: Band, column: str, bound: float) -> float:
        width = band.get(column, 0.0) if isinstance(band, Mapping) else band
        return width * abs(bound) if self.bands == "share" else width

    def ranks(self, facts: Facts, shift: Shift = as_written) -> IntArray:
        """Find the highest tier whose criteria each customer meets.

        Parameters
        ----------
        facts
            What is known.
        shift
            How much harder than written the bounds are: `promotion`, `demotion`, or as written.

        Returns
        -------
        Place in `names`, ``(n_customers,)``; 0 where none is met, whatever is missing.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> from crmrisk.segmentation.facts import PortfolioFacts
        >>> facts = PortfolioFacts(Portfolio(["C1"], date(2026, 1, 31), {"revenue": [190]}))
        >>> policy = TierPolicy.from_cuts("revenue", {"gold": 200}, demotion_band=30)
        >>> policy.ranks(facts), policy.ranks(facts, policy.demotion)
        (array([0]), array([1]))
        """
        found = np.zeros(len(facts), dtype=np.int64)
        for place, tier in enumerate(self.tiers):
            if tier.criteria is not None:
                found[tier.criteria.met(facts, shift)] = place
        return found


def _repeats(name: str) -> Problem:
    return Problem(what="name repeats", where=f"tier {name!r}", remedy="name every tier, and the base, differently")


def _open(tier: Tier) -> Problem:
    remedy = "Tier(name, Criterion(...)), or leave it out"
    return Problem(what="has no criteria", where=f"tier {tier.name!r}", allowed="all but the lowest", remedy=remedy)
