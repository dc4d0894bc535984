"""Column names: the caller's, renamed once, and what to suggest where a required one is missing."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from crmrisk.core.errors import Problem, SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmrisk.evidence.schemas import Column, TableSchema

__all__ = ["ignored_columns", "missing_problems", "renaming"]


def renaming(schema: TableSchema, columns: Sequence[str], rename: Mapping[str, str]) -> dict[str, str]:
    """Give each of the caller's columns its name.

    Parameters
    ----------
    schema
        What the table declares.
    columns
        The caller's names.
    rename
        The caller's names to declared names.

    Returns
    -------
    Caller's name to name, for every column.

    Raises
    ------
    SchemaError
        If `rename` names columns that are not there, targets that are not declared, or one target twice.

    Examples
    --------
    >>> from crmrisk.evidence.schemas import schema_of
    >>> renaming(schema_of("transactions"), ["CustomerID", "at"], {"CustomerID": "customer_id"})
    {'CustomerID': 'customer_id', 'at': 'at'}
    """
    names = {column: rename.get(column, column) for column in columns}
    problems = [*_absent(schema, columns, rename), *_undeclared(schema, rename), *_twice(schema, names)]
    if problems:
        raise SchemaError(*problems)
    return names


def _absent(schema: TableSchema, columns: Sequence[str], rename: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            what="renames a column that is not there",
            where=f"rename[{schema.name!r}][{source!r}]",
            allowed=", ".join(get_close_matches(source, columns, n=3) or columns),
        )
        for source in rename
        if source not in columns
    ]


def _undeclared(schema: TableSchema, rename: Mapping[str, str]) -> list[Problem]:
    if schema.name == "customers":  # further text columns become labels under any name
        return []
    return [
        Problem(
            what="renames to a column the table does not have",
            where=f"rename[{schema.name!r}][{source!r}]",
            allowed=", ".join(get_close_matches(target, schema.names, n=3) or schema.names),
            got=repr(target),
        )
        for source, target in rename.items()
        if schema.column(target) is None
    ]


def _twice(schema: TableSchema, names: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            what="two columns under one name",
            where=f"{schema.name}.{target}",
            got=", ".join(repr(source) for source, name in names.items() if name == target),
            remedy="rename one of them to something else, or drop it",
        )
        for target, count in Counter(names.values()).items()
        if count > 1
    ]


def missing_problems(schema: TableSchema, names: Mapping[str, str]) -> list[Problem]:
    """Find required columns that are missing, and suggest what to rename.

    Parameters
    ----------
    schema
        What the table declares.
    names
        Caller's name to name.

    Examples
    --------
    >>> from crmrisk.evidence.schemas import schema_of
    >>> names = {name: name for name in ("CustomerID", "InvoiceDate", "amount")}
    >>> print(missing_problems(schema_of("transactions"), names)[1])
    transactions.at: missing column; allowed: ...; remedy: rename={'transactions': {'InvoiceDate': 'at'}}
    """
    free = [source for source, name in names.items() if schema.column(name) is None]
    absent = [column for column in schema.columns if column.required and column.name not in names.values()]
    return [_missing(schema, column, free, list(names)) for column in absent]


def ignored_columns(schema: TableSchema, names: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str | None]:
    """Find the columns that are not read, and the absent column each may have been meant for.

    Parameters
    ----------
    schema
        What the table declares.
    names
        Caller's name to name.
    wanted
        The caller's names of the columns that are read.

    Examples
    --------
    >>> from crmrisk.evidence.schemas import schema_of
    >>> names = {name: name for name in ("customer_id", "due_at", "amount", "paidAt", "shop")}
    >>> ignored_columns(schema_of("payments"), names, ["customer_id", "due_at", "amount"])
    {'paidAt': 'paid_at', 'shop': None}
    """
    read = set(wanted)
    absent = [column for column in schema.columns if column.name not in names.values()]
    hints = {_closest(column, set(names) - read): column.name for column in absent}
    return {source: hints.get(source) for source in names if source not in read}


def _missing(schema: TableSchema, column: Column, free: list[str], columns: list[str]) -> Problem:
    close = _closest(column, free)
    remedy = f"rename={{{schema.name!r}: {{{close!r}: {column.name!r}}}}}" if close else "rename= its column, or add it"
    return Problem(
        what="missing column",
        where=f"{schema.name}.{column.name}",
        allowed=column.type.described,
        got=", ".join(columns) or "no columns",
        remedy=remedy,
    )


def _closest(column: Column, candidates: Iterable[str]) -> str | None:
    plain = {_plain(name): name for name in candidates}
    for wanted in (column.name, *column.aliases):
        match = get_close_matches(_plain(wanted), plain, n=1, cutoff=0.75)
        if match:
            return plain[match[0]]
    return None


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
