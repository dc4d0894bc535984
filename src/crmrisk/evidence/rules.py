"""Outcome rules: how an event is recognised in the evidence.

A rule names the table it reads and observes a `Window`: the time after ``as_of``, exclusive, to its end, inclusive.
Its ``observe`` receives the table's records up to the end of the window (what is closed, paid or answered later is
still open), in the form `crmrisk.evidence.summaries.BaseSummary` describes, and returns ``customer_id`` and
``occurred``: 1, 0 or null. ``absent`` is the answer for customers it returns no row for.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import narwhals.stable.v2 as nw
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.core.measures import Name
from crmrisk.core.model import VALUE, Value
from crmrisk.evidence.moments import DAY, microseconds
from crmrisk.evidence.schemas import schema_of
from crmrisk.evidence.summaries.base import count_if, same_text

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["NoActivity", "Occurs", "Overdue", "Recorded", "Window"]

Facts = Literal["transactions", "complaints", "surveys", "payments", "service", "incidents"]


@plain_dataclass(frozen=True, slots=True)
class Window:
    """Span the time within which an event may happen.

    Parameters
    ----------
    as_of
        Its start, exclusive.
    until
        Its end, inclusive.
    event
        The name of the event.

    Examples
    --------
    >>> from datetime import datetime
    >>> Window(datetime(1970, 1, 1), datetime(1970, 1, 2), "churn").end
    86400000000
    """

    as_of: datetime
    until: datetime
    event: str

    @property
    def start(self) -> int:
        """Its start, in microseconds since 1970."""
        return microseconds(self.as_of)

    @property
    def end(self) -> int:
        """Its end, in microseconds since 1970."""
        return microseconds(self.until)


def _any(facts: nw.LazyFrame[Any], **conditions: nw.Expr) -> nw.LazyFrame[Any]:
    """Tell per customer whether some record meets each condition."""
    marked = facts.select("customer_id", *(count_if(condition, name) for name, condition in conditions.items()))
    return marked.group_by("customer_id").agg(*(nw.col(name).max() for name in conditions))


@dataclass(frozen=True, config=VALUE)
class NoActivity(Value):
    """Recognise customers who fall silent.

    1 where a customer active before ``as_of`` has no activity in the window, 0 where there is some. Nobody can stop who
    never began: customers without activity before ``as_of`` have no answer. Activity in ``transactions`` is a purchase
    (a positive amount); in other tables it is any record.

    Parameters
    ----------
    table
        Where activity is recorded.

    Raises
    ------
    InvalidValueError
        If there is no such table of facts.

    Examples
    --------
    >>> NoActivity("transactions").table
    'transactions'
    """

    table: Facts = "transactions"

    kind: ClassVar[str] = "crmrisk.no_activity"
    absent: ClassVar[float] = float("nan")

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe.
        """
        time = nw.col(schema_of(self.table).time)
        active = facts.filter(nw.col("amount") > 0.0) if self.table == "transactions" else facts
        found = _any(active, before=time <= window.start, within=time > window.start)
        return found.filter(nw.col("before") == 1).select("customer_id", (1 - nw.col("within")).alias("occurred"))


@dataclass(frozen=True, config=VALUE)
class Occurs(Value):
    """Recognise customers of whom some record appears in the window.

    1 where a record of the table lies in the window and meets the condition, else 0. A survey is different: who did not
    answer in the window might have answered anything, and has no answer here.

    Parameters
    ----------
    table
        Where to look.
    column
        The declared column a condition is about; without one, any record counts.
    ge, le
        Inclusive bounds on the column; ``None`` is open.
    equals
        The value of the column; text compares without case and surrounding blanks, as in summaries.
    where
        Further columns that must equal a value, for instance ``{"question": "nps"}``; for surveys they say which
        answers count as having answered.

    Raises
    ------
    InvalidValueError
        If there is no such table or column, or a condition lacks its column.

    Examples
    --------
    >>> Occurs("surveys", column="score", le=6, where={"question": "nps"}).le
    6.0
    """

    table: Facts
    column: Name | None = None
    ge: float | None = Field(default=None, kw_only=True)
    le: float | None = Field(default=None, kw_only=True)
    equals: float | str | None = Field(default=None, kw_only=True)
    where: dict[str, float | str] = Field(default_factory=dict, kw_only=True)

    kind: ClassVar[str] = "crmrisk.occurs"

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        schema = schema_of(self.table)
        named = [*([] if self.column is None else [self.column]), *self.where]
        problems = [
            Problem(what="no such column", where=f"Occurs({self.table!r})", allowed=", ".join(schema.names), got=name)
            for name in named
            if schema.column(name) is None
        ]
        conditions = [c for c in (self.ge, self.le, self.equals) if c is not None]
        if bool(conditions) != (self.column is not None):
            what = "a condition needs its column, and a column its condition"
            problems.append(
                Problem(what=what, where=f"Occurs({self.table!r})", remedy="pass column= with ge, le or equals")
            )
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def absent(self) -> float:
        """0, but unknown for surveys."""
        return float("nan") if self.table == "surveys" else 0.0

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe.

        Raises
        ------
        SchemaError
            If the caller's table has no such column, or it is of another type than the condition.
        """
        types = facts.collect_schema()
        self._check(dict(types))
        within = facts.filter(nw.col(schema_of(self.table).time) > window.start)
        for name, value in self.where.items():
            within = within.filter(_equal(name, value))
        if self.table == "surveys":
            within = within.filter(~nw.col("score").is_null())
        return _any(within, occurred=self._condition())

    def _condition(self) -> nw.Expr:
        if self.column is None:
            return ~nw.col("customer_id").is_null()
        column = nw.col(self.column)
        tests = (
            None if self.ge is None else column >= self.ge,
            None if self.le is None else column <= self.le,
            None if self.equals is None else _equal(self.column, self.equals),
        )
        return nw.all_horizontal(*(test for test in tests if test is not None), ignore_nulls=False)

    def _check(self, types: dict[str, nw.dtypes.DType]) -> None:
        asked: dict[str, object] = dict(self.where)
        if self.column is not None:
            asked[self.column] = self.equals if self.equals is not None else 0.0
        problems = [
            Problem(what=what, where=f"{self.table}.{name}", got=repr(value))
            for name, value in asked.items()
            for what in _mismatch(types.get(name), value)
        ]
        if problems:
            raise SchemaError(*problems)


def _equal(name: str, value: float | str) -> nw.Expr:
    return same_text(name, value) if isinstance(value, str) else nw.col(name) == value


def _mismatch(dtype: nw.dtypes.DType | None, value: object) -> list[str]:
    if dtype is None:
        return ["column needed by Occurs is not in the table"]
    return ["column and condition are of different types"] if (dtype == nw.String) != isinstance(value, str) else []


@dataclass(frozen=True, config=VALUE)
class Overdue(Value):
    """Recognise customers of whom some payment becomes overdue by a number of days within the window.

    1 where the day on which some payment is ``days`` past due begins in the window, and it was not paid before that
    day, else 0. Days count as in `Payments`, from the due day: what is paid on it is on time, so that 0 days mean as
    much as 1, and what is paid on the very day it is ``days`` late counts. Zero and negative amounts are no payments.

    Parameters
    ----------
    table
        The table of payments.
    days
        How long after it was due a payment counts as overdue; 90 is the usual default of credit risk.

    Raises
    ------
    InvalidValueError
        If the days are negative.

    Examples
    --------
    >>> Overdue(days=90).days
    90
    """

    table: Literal["payments"] = "payments"
    days: Annotated[int, Field(ge=0, le=36_500)] = 30

    kind: ClassVar[str] = "crmrisk.overdue"
    absent: ClassVar[float] = 0.0

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe.

        Raises
        ------
        SchemaError
            If the table does not say what was paid.
        """
        if "paid_at" not in facts.collect_schema().names():
            raise SchemaError(Problem(what="column needed by Overdue is not in the table", where="payments.paid_at"))
        owed = facts.filter(nw.col("amount").is_null() | (nw.col("amount") > 0.0))
        overdue_at = (nw.col("due_at_day").cast(nw.Int64) + max(self.days, 1)) * DAY
        paid = nw.col("paid_at")
        unpaid = paid.is_null() | (paid >= overdue_at)
        return _any(owed, occurred=(overdue_at > window.start) & (overdue_at <= window.end) & unpaid)


@dataclass(frozen=True, config=VALUE)
class Recorded(Value):
    """Recognise customers of whom an incident with the event's name is recorded in the window.

    1 where ``incidents`` holds one that occurred in the window, whenever it was detected, else 0.

    Parameters
    ----------
    table
        The table of incidents.

    Examples
    --------
    >>> Recorded().table
    'incidents'
    """

    table: Literal["incidents"] = "incidents"

    kind: ClassVar[str] = "crmrisk.recorded"
    absent: ClassVar[float] = 0.0

    def observe(self, facts: nw.LazyFrame[Any], window: Window, /) -> nw.LazyFrame[Any]:
        """Find the customers to whom it happened.

        Parameters
        ----------
        facts
            Records up to the end of the window.
        window
            The time to observe, and the event.
        """
        return _any(facts, occurred=(nw.col("occurred_at") > window.start) & same_text("event", window.event))
