"""What may happen (`RiskEvent`), what did happen (`Incident`), and how it is recognised in evidence (`OutcomeRule`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import core_schema

from crmrisk.core.codec import ByKind
from crmrisk.core.customers import Identifier
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import Moment, TimeSpan
from crmrisk.core.levels import RiskLevel
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Model, Value

__all__ = ["Category", "Incident", "OutcomeRule", "RiskCategory", "RiskEvent", "TimelineEntry"]


class RiskCategory(str):
    """Name a family of risks; the built-in names are class attributes and any other lower-case name extends them.

    Raises
    ------
    InvalidValueError
        If the name is not lower-case letters, digits, dots, dashes or underscores.

    Examples
    --------
    >>> RiskCategory.ATTRITION
    RiskCategory('attrition')
    >>> RiskCategory("weather").is_builtin
    False
    """

    __slots__ = ()

    ATTRITION: ClassVar[RiskCategory]
    SATISFACTION: ClassVar[RiskCategory]
    LOYALTY: ClassVar[RiskCategory]
    COMPLAINT: ClassVar[RiskCategory]
    CREDIT: ClassVar[RiskCategory]
    FRAUD: ClassVar[RiskCategory]
    COMPLIANCE: ClassVar[RiskCategory]
    TECHNOLOGY: ClassVar[RiskCategory]
    PARTNER: ClassVar[RiskCategory]
    MARKET: ClassVar[RiskCategory]
    COMPETITION: ClassVar[RiskCategory]
    DEMAND: ClassVar[RiskCategory]
    OPERATIONAL: ClassVar[RiskCategory]
    REPUTATION: ClassVar[RiskCategory]

    def __new__(cls, name: str) -> Self:
        """Check the name."""
        simple = isinstance(name, str) and name.replace(".", "").replace("-", "").replace("_", "")
        if not simple or not (simple.isascii() and simple.isalnum() and name == name.lower()):
            raise InvalidValueError(
                Problem(what="not a category name", where="RiskCategory", allowed="e.g. 'credit'", got=repr(name))
            )
        return super().__new__(cls, name)

    @property
    def is_builtin(self) -> bool:
        """Whether crmrisk itself names this category."""
        return self in BUILTIN_CATEGORIES

    def __repr__(self) -> str:
        return f"RiskCategory({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.plain_serializer_function_ser_schema(str)
        )


BUILTIN_CATEGORIES: tuple[RiskCategory, ...] = tuple(
    RiskCategory(name)
    for name in (
        "attrition",
        "satisfaction",
        "loyalty",
        "complaint",
        "credit",
        "fraud",
        "compliance",
        "technology",
        "partner",
        "market",
        "competition",
        "demand",
        "operational",
        "reputation",
    )
)
for _category in BUILTIN_CATEGORIES:
    setattr(RiskCategory, _category.upper(), _category)


Category: TypeAlias = Annotated[str, AfterValidator(RiskCategory)]
"""A field that takes any category name and holds a `RiskCategory`."""


@runtime_checkable
class OutcomeRule(Protocol):
    """Recognise in the evidence whether an event happened to each customer.

    The built-in rules are in `crmrisk.evidence`: ``NoActivity``, ``Occurs``, ``Overdue``, ``Recorded``.

    Examples
    --------
    >>> from crmrisk.evidence import NoActivity
    >>> isinstance(NoActivity("transactions"), OutcomeRule)
    True
    """

    @property
    def kind(self) -> str:
        """The registered name."""
        ...

    @property
    def table(self) -> str:
        """The table of evidence it reads."""
        ...

    def observe(self, facts: Any, window: Any, /) -> Any:
        """Find the customers to whom it happened; see `crmrisk.evidence.rules`."""
        ...


Rating = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, config=VALUE)
class RiskEvent(Value):
    """Define once what may happen to a customer relationship.

    Parameters
    ----------
    name
        A short name.
    category
        Its family.
    horizon
        The time span after ``as_of`` within which it may happen.
    outcome
        How it is recognised in the evidence; needed to learn from outcomes and to back-test.
    description
        In words: cause, event, consequence.
    controllability
        Share of the loss that can be avoided once warned (0..1).
    predictability
        Probability that the warning comes in time (0..1).

    Raises
    ------
    InvalidValueError
        If the horizon is not positive, or a rating leaves 0..1.

    Examples
    --------
    >>> from datetime import timedelta
    >>> event = RiskEvent("churn", category="attrition", horizon=timedelta(days=90))
    >>> event.category
    RiskCategory('attrition')
    """

    name: Name
    category: Category
    horizon: TimeSpan
    outcome: Annotated[OutcomeRule, ByKind(OutcomeRule)] | None = None
    description: str = ""
    controllability: Rating | None = None
    predictability: Rating | None = None

    @model_validator(mode="after")
    def _positive_horizon(self) -> Self:
        if self.horizon <= timedelta(0):
            raise InvalidValueError(
                Problem(what="horizon", where=f"RiskEvent({self.name!r})", allowed="> 0", got=str(self.horizon))
            )
        return self

    @property
    def share_avoidable(self) -> float:
        """Share of the loss that warning and control avoid: predictability times controllability; 0 when unrated."""
        if self.controllability is None or self.predictability is None:
            return 0.0
        return self.predictability * self.controllability


@dataclass(frozen=True, config=VALUE)
class TimelineEntry(Value):
    """Record one step in the handling of an incident.

    Parameters
    ----------
    at
        When.
    what
        What was done or seen.

    Examples
    --------
    >>> from datetime import datetime
    >>> TimelineEntry(datetime(2026, 1, 31, 9), "called back").what
    'called back'
    """

    at: Moment
    what: Name


class Incident(Model):
    """Record that an event happened.

    Parameters
    ----------
    customer_id
        To whom.
    event
        The name of the `RiskEvent`.
    occurred_at, detected_at
        When it happened, and when it was noticed (never before it happened).
    severity
        How grave, on the scale of the level of risk.
    loss
        What it cost, net, in `currency`, or in that of the tables where none is named.
    currency
        The unit of the loss.
    source
        Where the record comes from.
    timeline
        What was done about it, in order of time.

    Raises
    ------
    InvalidValueError
        If detection precedes occurrence, or the timeline is out of order.

    Examples
    --------
    >>> from datetime import datetime
    >>> incident = Incident(customer_id="C1", event="fraud", occurred_at=datetime(2026, 1, 2), loss=120, currency="EUR")
    >>> incident.severity
    <RiskLevel.UNRATED: 'unrated'>
    """

    customer_id: Identifier
    event: Name
    occurred_at: Moment
    detected_at: Moment | None = None
    severity: RiskLevel = RiskLevel.UNRATED
    loss: Annotated[float, Field(ge=0)] | None = None
    currency: Name | None = None
    source: str = ""
    timeline: tuple[TimelineEntry, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        zones = {moment.tzinfo is None for moment in self._moments()}
        if len(zones) > 1:
            raise InvalidValueError(Problem(what="naive and aware times mixed", where=f"Incident({self.event!r})"))
        problems = [Problem(what=what, where=f"Incident({self.event!r})") for what in self._incoherences()]
        if problems:
            raise InvalidValueError(*problems)
        return self

    def _moments(self) -> list[datetime]:
        moments = [self.occurred_at, *(entry.at for entry in self.timeline)]
        return moments if self.detected_at is None else [*moments, self.detected_at]

    def _incoherences(self) -> list[str]:
        steps = [entry.at for entry in self.timeline]
        checks = {
            "detected before it occurred": self.detected_at is not None and self.detected_at < self.occurred_at,
            "timeline out of order": steps != sorted(steps),
        }
        return [what for what, wrong in checks.items() if wrong]
