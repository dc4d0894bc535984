"""Running summaries: which are asked for, what they read, and whether they yield what they declare."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import microseconds
from crmrisk.evidence.summaries import DEFAULTS, WHERE_RECORDED, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from crmrisk.evidence.tables import Table

__all__ = ["absent_values", "chosen_summaries", "derivations", "first_records", "summarised"]


def chosen_summaries(summaries: Iterable[Summary] | None, tables: Mapping[str, Table]) -> tuple[Summary, ...]:
    """Return the summaries to run: those asked for, or the built-in ones whose table is there.

    Parameters
    ----------
    summaries
        What was asked for; ``None`` for the built-in ones.
    tables
        The tables there are.

    Raises
    ------
    InvalidValueError
        If something is no summary, or two yield one name.
    SchemaError
        If a table is missing.

    Examples
    --------
    >>> chosen_summaries(None, {})
    ()
    """
    if summaries is None:
        usual = [summary for summary in DEFAULTS if summary.table in tables]
        recorded = [s for s in WHERE_RECORDED if s.table in tables and all(map(tables[s.table].has, s.reads))]
        return (*usual, *recorded)
    chosen = tuple(summaries) if not isinstance(summaries, Summary) else (summaries,)
    strange = [summary for summary in chosen if isinstance(summary, type) or not isinstance(summary, Summary)]
    if strange:
        got = ", ".join(map(repr, strange))
        raise InvalidValueError(Problem(what="not a summary", where="summaries", allowed="e.g. Purchases()", got=got))
    _check_names(chosen)
    missing = {summary.table for summary in chosen} - tables.keys()
    if missing:
        given = ", ".join(tables)
        raise SchemaError(
            *(Problem(what="table needed by a summary was not given", where=t, got=given) for t in missing)
        )
    return chosen


def _check_names(chosen: tuple[Summary, ...]) -> None:
    counts = Counter(each.name for summary in chosen for each in summary.inputs)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise InvalidValueError(*(Problem(what="yielded by two summaries", where=name) for name in repeated))


def summarised(summary: Summary, table: Table, as_of: datetime) -> nw.LazyFrame[Any]:
    """Run a summary in the table's engine, uncollected.

    Parameters
    ----------
    summary
        What to compute.
    table
        The table it reads.
    as_of
        Nothing later is known.

    Raises
    ------
    SchemaError
        If it does not yield what it declares.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import datetime
    >>> from crmrisk.evidence import Complaints
    >>> from crmrisk.evidence.tables import read_tables
    >>> facts = pa.table({"customer_id": [1], "opened_at": [datetime(2026, 1, 1)]})
    >>> frame = summarised(Complaints(), read_tables({"complaints": facts}, {})["complaints"], datetime(2026, 1, 31))
    >>> frame.collect("pyarrow").to_native()["days_since_complaint"].to_pylist()
    [30.0]
    """
    frame = summary.summarise(known(table, microseconds(as_of)), as_of)
    names = frame.collect_schema().names()
    absent = [name for name in ("customer_id", *(each.name for each in summary.inputs)) if name not in names]
    if absent:
        where = type(summary).__name__
        raise SchemaError(*(Problem(what="summary does not yield its column", where=f"{where}.{n}") for n in absent))
    return frame.select("customer_id", *(nw.col(each.name).cast(nw.Float64) for each in summary.inputs))


def first_records(table: Table, as_of: datetime) -> nw.LazyFrame[Any]:
    """Find everyone of whom a record was known, and the time of the first.

    Parameters
    ----------
    table
        A table of facts.
    as_of
        Nothing later is known.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import datetime
    >>> from crmrisk.evidence.tables import read_tables
    >>> facts = pa.table({"customer_id": [1], "opened_at": [datetime(1970, 1, 1)]})
    >>> table = read_tables({"complaints": facts}, {})["complaints"]
    >>> first_records(table, datetime(2026, 1, 31)).collect("pyarrow").to_native().to_pylist()
    [{'customer_id': 1, 'known_since': 0}]
    """
    time = nw.col(table.schema.time)
    return known(table, microseconds(as_of)).group_by("customer_id").agg(time.min().alias("known_since"))


def absent_values(summary: Summary) -> dict[str, float]:
    """Return the value of each input for customers without any record; NaN where a summary does not say.

    Parameters
    ----------
    summary
        Any summary.

    Examples
    --------
    >>> from crmrisk.evidence import Incidents
    >>> absent_values(Incidents())
    {'incident_count': 0.0, 'incident_loss': 0.0, 'days_since_incident': nan}
    """
    values: Mapping[str, float] = getattr(summary, "absent", {})
    return {each.name: values.get(each.name, float("nan")) for each in summary.inputs}


def derivations(summaries: Iterable[Summary], as_of: datetime) -> list[nw.Expr]:
    """Collect what the summaries derive from the joined columns.

    Parameters
    ----------
    summaries
        The summaries that run.
    as_of
        Nothing later is known.

    Examples
    --------
    >>> from datetime import datetime
    >>> derivations([], datetime(2026, 1, 31))
    []
    """
    return [each for s in summaries if hasattr(s, "derive") for each in s.derive(as_of)]
