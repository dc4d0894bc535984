"""What each table of facts holds: one small record per table, read by validation, summaries and documentation alike.

A column not declared here is ignored, with one exception: further text columns of ``customers`` become labels of the
portfolio, because groups of customers (region, industry, ...) are names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crmrisk.core.errors import Problem, SchemaError

__all__ = ["CUSTOMERS", "TABLES", "Column", "ColumnType", "TableSchema", "schema_of"]


class ColumnType(StrEnum):
    """Say what a column of facts may hold.

    Examples
    --------
    >>> ColumnType("time")
    <ColumnType.TIME: 'time'>
    """

    ID = "id"
    TIME = "time"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    VALUE = "value"
    TAGS = "tags"

    @property
    def described(self) -> str:
        """What is accepted, in words."""
        return _DESCRIBED[self]


_DESCRIBED = {
    ColumnType.ID: "text or whole numbers",
    ColumnType.TIME: "dates or timestamps",
    ColumnType.NUMBER: "numbers",
    ColumnType.TEXT: "text",
    ColumnType.FLAG: "true/false or 1/0",
    ColumnType.VALUE: "numbers or text",
    ColumnType.TAGS: "lists of text, or text separated by commas",
}


@dataclass(frozen=True, slots=True)
class Column:
    """Declare one column of a table.

    Parameters
    ----------
    name
        Its name.
    type
        What it may hold.
    required
        Whether the table is useless without it.
    aliases
        Names that other systems give it; they only improve error messages.

    Examples
    --------
    >>> Column("amount", ColumnType.NUMBER).required
    True
    """

    name: str
    type: ColumnType
    required: bool = True
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Declare one table of facts.

    Parameters
    ----------
    name
        Its keyword in `Evidence`.
    columns
        What it holds; unknown columns are ignored.
    time
        The column that places a record in time.
    closings
        Times at which something later becomes known about a record (it is closed, paid, answered, ...): until then it
        counts as not yet happened.
    revealed
        The column saying when the record itself became known, where that is later than it happened.

    Examples
    --------
    >>> schema_of("payments").closings
    ('paid_at',)
    """

    name: str
    columns: tuple[Column, ...]
    time: str
    closings: tuple[str, ...] = ()
    revealed: str | None = None

    def column(self, name: str) -> Column | None:
        """Return the declaration of a column, or ``None`` where it is unknown."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the declared columns."""
        return tuple(column.name for column in self.columns)


_ID = Column("customer_id", ColumnType.ID, aliases=("customer", "client_id", "user_id", "account_id", "id"))


def _time(name: str, *, required: bool = True) -> Column:
    aliases = ("date", "time", "timestamp", "datetime", "invoice_date", "order_date", "purchase_date", "created_at")
    stem = name.removesuffix("_at")
    own = (f"{stem}_on", f"{stem}_date", f"date_{stem}")
    return Column(name, ColumnType.TIME, required=required, aliases=aliases if required else own)


def _optional(name: str, kind: ColumnType) -> Column:
    return Column(name, kind, required=False)


_AMOUNT = Column("amount", ColumnType.NUMBER, aliases=("value", "price", "total", "revenue", "sales", "spend"))

CUSTOMERS = TableSchema(
    "customers",
    (
        _ID,
        _time("since", required=False),
        _optional("segment", ColumnType.TEXT),
        _optional("tier", ColumnType.TEXT),
        _optional("tags", ColumnType.TAGS),
    ),
    time="since",
)
"""The table of customers; the others are tables of facts."""

TABLES: tuple[TableSchema, ...] = (
    CUSTOMERS,
    TableSchema(
        "transactions",
        (
            _ID,
            _time("at"),
            _AMOUNT,
            _optional("cost", ColumnType.NUMBER),
            _optional("product", ColumnType.VALUE),
        ),
        time="at",
    ),
    TableSchema(
        "complaints",
        (
            _ID,
            _time("opened_at"),
            _time("closed_at", required=False),
            _optional("severity", ColumnType.VALUE),
            _optional("topic", ColumnType.TEXT),
            _optional("text", ColumnType.TEXT),
        ),
        time="opened_at",
        closings=("closed_at",),
    ),
    TableSchema(
        "surveys",
        (
            _ID,
            _time("at"),
            Column("question", ColumnType.TEXT, aliases=("item", "survey", "metric")),
            Column("score", ColumnType.NUMBER, aliases=("answer", "rating", "response", "value")),
        ),
        time="at",
    ),
    TableSchema(
        "payments",
        (_ID, _time("due_at"), _AMOUNT, _time("paid_at", required=False)),
        time="due_at",
        closings=("paid_at",),
    ),
    TableSchema(
        "service",
        (
            _ID,
            _time("at"),
            Column("channel", ColumnType.TEXT, aliases=("medium", "type")),
            _time("answered_at", required=False),
            _time("resolved_at", required=False),
            _optional("accurate", ColumnType.FLAG),
        ),
        time="at",
        closings=("answered_at", "resolved_at"),
    ),
    TableSchema(
        "incidents",
        (
            _ID,
            Column("event", ColumnType.TEXT, aliases=("name", "type", "incident")),
            _time("occurred_at"),
            _optional("loss", ColumnType.NUMBER),
            _time("detected_at", required=False),
        ),
        time="occurred_at",
        revealed="detected_at",
    ),
    TableSchema(
        "renewals",
        (
            _ID,
            _time("at"),
            Column("renewed", ColumnType.FLAG, aliases=("renewal", "retained", "kept", "active")),
            _optional("amount", ColumnType.NUMBER),
        ),
        time="at",
    ),
)
"""Every table `Evidence` accepts, customers first."""

_BY_NAME = {schema.name: schema for schema in TABLES}


def schema_of(table: str) -> TableSchema:
    """Find the declaration of a table.

    Parameters
    ----------
    table
        Its keyword in `Evidence`.

    Raises
    ------
    SchemaError
        If there is no such table.

    Examples
    --------
    >>> schema_of("transactions").time
    'at'
    """
    if table not in _BY_NAME:
        raise SchemaError(Problem(what="no such table", where=repr(table), allowed=", ".join(_BY_NAME)))
    return _BY_NAME[table]
