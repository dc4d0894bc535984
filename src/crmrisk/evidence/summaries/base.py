"""What a summary is: the contract for plugins, and a base that says the usual answers."""

from __future__ import annotations

from abc import abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

import narwhals.stable.v2 as nw

from crmrisk.core.component import Component

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmrisk.core.measures import Input

__all__ = ["BaseSummary", "Summary", "count_if", "missing", "same_text"]


@runtime_checkable
class Summary(Protocol):
    """Reduce the records of one table to one row per customer.

    Examples
    --------
    >>> from crmrisk.evidence import Purchases
    >>> isinstance(Purchases(), Summary)
    True
    """

    table: ClassVar[str]
    """The table it reads."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it yields: names, units and ranges."""
        ...

    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce what was known at `as_of` to one row per customer; see `BaseSummary`."""
        ...


class BaseSummary(Component):
    """Be a summary by saying what it reads, what it yields and how.

    `summarise` receives the table's records known at ``as_of`` as a narwhals frame on the caller's engine: every time
    column holds whole microseconds since 1970 and has a day number beside it (``at`` and ``at_day``), numbers are
    floats in which missing is null. It returns ``customer_id`` and one column per input, uncollected.

    Optionally, ``absent`` maps inputs to the value of customers without any record (null unless told), ``derive``
    gives expressions to compute once all summaries are joined (``known_since``, in microseconds, may be read there),
    and ``keeps_everyone = True`` promises a row for every customer with a record. ``may_yield`` tells which summary to
    add where an input is missing; write it where settings name the inputs.

    Examples
    --------
    >>> from crmrisk import Input
    >>> class Visits(BaseSummary, kind="acme.visits"):
    ...     table = "service"
    ...     inputs = (Input("visits", "count", ge=0),)
    ...     absent = {"visits": 0.0}
    ...     def summarise(self, facts, as_of, /):
    ...         return facts.filter(nw.col("channel") == "branch").group_by("customer_id").agg(visits=nw.len())
    >>> import pyarrow as pa
    >>> from datetime import datetime
    >>> from crmrisk.evidence import Evidence
    >>> at = [datetime(2026, 1, 5)] * 2
    >>> contacts = pa.table({"customer_id": ["C1", "C2"], "channel": ["branch", "web"], "at": at})
    >>> Evidence(service=contacts).portfolio(datetime(2026, 2, 1), [Visits()])["visits"]
    array([1., 0.])
    """

    table: ClassVar[str]

    if TYPE_CHECKING:

        @property
        def inputs(self) -> tuple[Input, ...]:
            """What it yields."""
            ...

        @property
        def absent(self) -> Mapping[str, float]:
            """Values of customers without any record; unrated where not named."""
            ...

    else:  # pydantic lets a subclass write a bare `inputs = ...` only for what is declared a class variable
        inputs: ClassVar[tuple[Any, ...]]
        absent: ClassVar[Any] = MappingProxyType({})

    keeps_everyone: ClassVar[bool] = False

    @abstractmethod
    def summarise(self, facts: nw.LazyFrame[Any], as_of: datetime, /) -> nw.LazyFrame[Any]:
        """Reduce what was known at `as_of` to one row per customer."""

    @classmethod
    def may_yield(cls, name: str) -> bool:
        """Tell whether it yields an input of this name, with the settings that this takes."""
        return any(each.name == name for each in cls().inputs)

    def derive(self, as_of: datetime) -> tuple[nw.Expr, ...]:
        """Return expressions over the joined columns; none unless overridden."""
        return ()


def count_if(condition: nw.Expr, name: str) -> nw.Expr:
    """Write a condition as 1 and 0, so that its sum counts on every engine.

    Parameters
    ----------
    condition
        A boolean expression; null counts as not met.
    name
        The name of the column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> nw.from_native(pa.table({"x": [1, None]})).select(count_if(nw.col("x") > 0, "n"))["n"].to_list()
    [1, 0]
    """
    met = condition.fill_null(value=False)  # what null means to `when` differs by engine and narwhals release
    # a literal has one row more than an empty table on narwhals 2.0, a cast has not
    return met.fill_null(value=False).cast(nw.Int64).alias(name)


def same_text(column: str, text: str) -> nw.Expr:
    """Compare text as every summary and outcome rule does: without case and surrounding blanks.

    Parameters
    ----------
    column
        A column of text.
    text
        What to find.

    Examples
    --------
    >>> import pyarrow as pa
    >>> nw.from_native(pa.table({"x": ["NPS ", "ces"]})).select(same_text("x", "nps"))["x"].to_list()
    [True, False]
    """
    return nw.col(column).str.strip_chars().str.to_lowercase() == text.strip().lower()


def missing(name: str) -> nw.Expr:
    """Write a column of nulls: nobody can know.

    Parameters
    ----------
    name
        The name of the column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> nw.from_native(pa.table({"x": [1]})).select("x", missing("y"))["y"].to_list()
    [None]
    """
    return nw.lit(None, dtype=nw.Float64).alias(name)
