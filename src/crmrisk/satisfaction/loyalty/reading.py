"""Tables and columns as callers hold them, read into `crmrisk.Evidence`: the door to all figures of loyalty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.core.row_names import refuse_other_order
from crmrisk.evidence import Evidence
from crmrisk.evidence.schemas import ColumnType, schema_of

if TYPE_CHECKING:
    from crmrisk.evidence.checks import Unidentified
    from crmrisk.evidence.schemas import TableSchema

__all__ = ["checked_names", "plain_frame", "read_transactions"]


def read_transactions(
    transactions: Any,
    at: Any = None,
    amount: Any = None,
    *,
    rename: Mapping[str, str] | None = None,
    unidentified: Unidentified = "error",
) -> Evidence:
    """Read transactions in any form.

    Parameters
    ----------
    transactions, at, amount, rename, unidentified
        As for `purchase_history`.

    Returns
    -------
    Evidence that holds them.

    Raises
    ------
    SchemaError
        If columns are missing, of the wrong type or of different lengths.
    RecordError
        If customers are missing.

    Examples
    --------
    >>> list(read_transactions(["a"], ["2026-01-01"]).tables)
    ['transactions']
    """
    evidence = _evidence(_given(transactions, at, amount), checked_names(rename), unidentified)
    if "transactions" not in evidence.tables:
        raise SchemaError(Problem(what="table was not given", where="transactions", got=repr(evidence)))
    return evidence


def _evidence(given: Any, rename: Mapping[str, str], unidentified: Unidentified) -> Evidence:
    if isinstance(given, Evidence):
        return given
    if not isinstance(given, Mapping):
        names = {"transactions": rename} if rename else None
        return Evidence(transactions=given, rename=names, unidentified=unidentified)
    frame = plain_frame(given, schema_of("transactions"), rename=rename)
    frame = frame if "amount" in frame else frame.assign(amount=1.0)
    return Evidence(transactions=frame, unidentified=unidentified)


def _given(transactions: Any, at: Any, amount: Any) -> Any:
    """Put columns that were passed one by one together."""
    if at is None and amount is None:
        return transactions
    columns = {"customer_id": transactions, "at": at, "amount": amount}
    return {name: column for name, column in columns.items() if column is not None}


def checked_names(rename: object) -> Mapping[str, str]:
    """Return the caller's names of columns, and refuse what is no mapping.

    Parameters
    ----------
    rename
        The caller's names to the schema's; ``None`` is no other names.

    Raises
    ------
    InvalidValueError
        If it is no mapping of text to text.

    Examples
    --------
    >>> checked_names({"who": "customer_id"}), checked_names(None)
    ({'who': 'customer_id'}, {})
    """
    if rename is None:
        return {}
    if isinstance(rename, Mapping) and all(isinstance(name, str) for pair in rename.items() for name in pair):
        return rename
    allowed = "a mapping from your names to those of the table"
    raise InvalidValueError(
        Problem(
            what="no names", where="rename", allowed=allowed, got=repr(rename)[:100], remedy='rename={"date": "at"}'
        )
    )


def plain_frame(columns: Mapping[str, Any], schema: TableSchema, *, rename: Mapping[str, str]) -> Any:
    """Put plain columns into a frame, text of times read as times.

    Parameters
    ----------
    columns
        Name to column: lists, arrays, series.
    schema
        The table they are meant to be.
    rename
        The caller's names to the schema's.

    Raises
    ------
    SchemaError
        If they are of different lengths, or text is no time.
    RecordError
        If their rows are in another order.

    Examples
    --------
    >>> from crmrisk.evidence.schemas import schema_of
    >>> plain_frame({"when": ["2026-01-31"]}, schema_of("transactions"), rename={"when": "at"})["at"].dt.day.tolist()
    [31]
    """
    import pandas as pd  # noqa: PLC0415 - tables of other engines do not need it

    named = {rename.get(name, name): values for name, values in columns.items()}
    refuse_other_order(**named)
    series = {name: _series(values, f"{schema.name}.{name}") for name, values in named.items()}
    lengths = {name: len(values) for name, values in series.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise SchemaError(Problem(what="columns of different lengths", where=schema.name, got=got))
    times = {column.name for column in schema.columns if column.type is ColumnType.TIME}
    read = {n: _moments(values, f"{schema.name}.{n}") if n in times else values for n, values in series.items()}
    return pd.DataFrame(read)


def _series(values: Any, where: str) -> Any:
    import pandas as pd  # noqa: PLC0415 - as above

    try:
        return pd.Series(values if hasattr(values, "dtype") else list(values)).reset_index(drop=True)
    except (TypeError, ValueError) as error:
        raise SchemaError(Problem(what="not a column", where=where, got=str(error)[:120])) from None


def _moments(column: Any, where: str) -> Any:
    """Read text as times; what is a time already stays as it is."""
    import pandas as pd  # noqa: PLC0415 - as above

    if pd.api.types.infer_dtype(column, skipna=True) != "string":
        return column
    try:
        return pd.to_datetime(column, format="ISO8601")
    except ValueError as error:
        allowed, got = "dates, times or ISO 8601 text", str(error).partition("\n")[0][:120]
        raise SchemaError(Problem(what="not times", where=where, allowed=allowed, got=got)) from None
