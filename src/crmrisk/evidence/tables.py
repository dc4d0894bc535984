"""Tables of facts as the rest of crmrisk sees them: declared names, one meaning per type, any engine underneath."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw

from crmrisk.core.errors import Problem, SchemaError
from crmrisk.evidence.asking import asking
from crmrisk.evidence.content import Content, content_of
from crmrisk.evidence.engines import Engine, engine_for
from crmrisk.evidence.kinds import Kind, canonical, kind_of, type_problem
from crmrisk.evidence.naming import ignored_columns, missing_problems, renaming
from crmrisk.evidence.schemas import ColumnType, TableSchema, schema_of

__all__ = ["Table", "read_table", "read_tables"]


@dataclass(frozen=True, eq=False)
class Table:
    """Hold one table under its declared names and types.

    Parameters
    ----------
    schema
        What it declares.
    engine
        Where it lives.
    frame
        Identifiers as whole numbers or text; times as whole microseconds since 1970 in UTC, each with its day number
        ``<name>_day``; numbers as floats in which missing is null; text.
    kinds
        What each column held in its engine.
    ignored
        The caller's columns that are not read, and the optional column each may have been meant for.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = read_tables({"customers": pa.table({"customer_id": [1, 2]})}, {})["customers"]
    >>> table.schema.name, table.content.rows
    ('customers', 2)
    """

    schema: TableSchema
    engine: Engine
    frame: nw.LazyFrame[Any]
    kinds: Mapping[str, Kind]
    ignored: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The keyword in `Evidence`."""
        return self.schema.name

    @property
    def zones(self) -> dict[str, Kind]:
        """The columns of timestamps, naive or aware."""
        return {name: kind for name, kind in self.kinds.items() if kind in {Kind.NAIVE, Kind.AWARE}}

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of groups that a table of customers holds."""
        declared = {column.name for column in self.schema.columns if column.type is not ColumnType.TEXT}
        return tuple(name for name in self.kinds if name not in declared)

    @cached_property
    def content(self) -> Content:
        """What a single pass over the records found; the pass is made once."""
        return content_of(self.frame, self.schema, self.kinds)

    def has(self, column: str) -> bool:
        """Tell whether the caller's table has a column."""
        return column in self.kinds


def read_tables(given: Mapping[str, Any], rename: Mapping[str, Mapping[str, str]]) -> dict[str, Table]:
    """Recognise every table, or list everything that is wrong with any of them.

    Parameters
    ----------
    given
        Name to frame.
    rename
        Table to the caller's column names to declared names.

    Raises
    ------
    SchemaError
        If columns are missing, renamed wrongly or of the wrong type, or a value is no table.
    EngineError
        If the engine cannot say what a table holds.

    Examples
    --------
    >>> import pyarrow as pa
    >>> read_tables({"payments": pa.table({"customer_id": [1], "due": [2]})}, {})
    Traceback (most recent call last):
    crmrisk.core.errors.SchemaError: 2 problems:
      - payments.due_at: missing column; ...
      - payments.amount: missing column; ...
    """
    _check_shape(rename)
    problems = _unknown_renames(given, rename)
    tables = {}
    for name, native in given.items():
        try:
            tables[name] = read_table(schema_of(name), native, rename.get(name, {}))
        except SchemaError as error:
            problems.extend(error.problems)
    if problems:
        raise SchemaError(*problems)
    return tables


def read_table(schema: TableSchema, native: Any, rename: Mapping[str, str]) -> Table:
    """Recognise one table by its schema: one of Evidence, or one that another package declares for itself.

    Parameters
    ----------
    schema
        What it declares.
    native
        The caller's frame.
    rename
        The caller's column names to declared names.

    Raises
    ------
    SchemaError
        If columns are missing, repeated, renamed wrongly or of the wrong type, or the value is no table.
    EngineError
        If the engine cannot say what the table holds.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from crmrisk.evidence.schemas import Column
    >>> visits = TableSchema("visits", (Column("customer_id", ColumnType.ID), Column("at", ColumnType.TIME)), time="at")
    >>> read_table(visits, pa.table({"customer_id": [1], "day": [2]}), {})
    Traceback (most recent call last):
    crmrisk.core.errors.SchemaError: visits.at: missing column; ...
    """
    with asking(schema.name):
        engine = engine_for(native, where=schema.name)
        native = nw.to_native(native, pass_through=True)
        names = _names(schema, engine.columns(native), rename)
        wanted = _wanted(schema, native, names)
        table = _canonical(schema, engine, engine.open(native, wanted, schema.name))
        return replace(table, ignored=ignored_columns(schema, names, wanted))


def _check_shape(rename: object) -> None:
    pairs = rename.items() if isinstance(rename, Mapping) else [("", rename)]
    strange = [value for _, value in pairs if not isinstance(value, Mapping)]
    if strange:
        remedy = 'rename={"transactions": {"InvoiceDate": "at"}}'
        raise SchemaError(
            Problem(what="not a table to column names", where="rename", got=repr(strange[0])[:100], remedy=remedy)
        )


def _unknown_renames(given: Mapping[str, Any], rename: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    return [
        Problem(what="renames a table that was not given", where=f"rename[{name!r}]", allowed=", ".join(given))
        for name in rename
        if name not in given
    ]


def _names(schema: TableSchema, columns: Sequence[str], rename: Mapping[str, str]) -> dict[str, str]:
    repeated = [name for name, count in Counter(columns).items() if count > 1]
    if repeated:
        raise SchemaError(Problem(what="repeated column names", where=schema.name, got=", ".join(map(repr, repeated))))
    names = renaming(schema, columns, rename)
    problems = missing_problems(schema, names)
    if problems:
        raise SchemaError(*problems)
    return names


def _wanted(schema: TableSchema, native: Any, names: Mapping[str, str]) -> dict[str, str]:
    """Keep what is declared, and of customers every further column of text."""
    declared = {source: name for source, name in names.items() if schema.column(name) is not None}
    if schema.name != "customers" or len(declared) == len(names):
        return declared
    types = nw.from_native(native).lazy().select(*names).collect_schema()
    return {s: name for s, name in names.items() if s in declared or kind_of(types[s]) is Kind.TEXT}


def _canonical(schema: TableSchema, engine: Engine, frame: nw.LazyFrame[Any]) -> Table:
    types = frame.collect_schema()
    kinds = {n: Kind.NOTHING if engine.empty_type(frame, n) else kind_of(t) for n, t in types.items()}
    declared = {name: _declared(schema, name) for name in kinds}
    found = [type_problem(f"{schema.name}.{n}", declared[n], kind, types[n]) for n, kind in kinds.items()]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise SchemaError(*problems)
    numbers = [n for n, k in kinds.items() if k is Kind.INTEGER and declared[n] not in {ColumnType.ID, ColumnType.TEXT}]
    frame = engine.floats(frame, numbers)
    plain = frame.select(*(e for name, kind in kinds.items() for e in canonical(name, declared[name], kind)))
    times = {name: types[name] for name in kinds if declared[name] is ColumnType.TIME}
    return Table(schema, engine, engine.moments(plain, times) if times else plain, kinds)


def _declared(schema: TableSchema, name: str) -> ColumnType:
    column = schema.column(name)
    return ColumnType.TEXT if column is None else column.type
