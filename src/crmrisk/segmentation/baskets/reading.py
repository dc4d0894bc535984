"""Lines of orders on any dataframe engine: read, cleaned by stated rules, and counted where they are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.arguments import choice_problems, refuse
from crmrisk.core.errors import Problem, RecordError, SchemaError
from crmrisk.evidence.asking import answer, asking
from crmrisk.evidence.engines import engine_for
from crmrisk.evidence.kinds import FRACTIONAL, Kind, canonical, kind_of, type_problem
from crmrisk.evidence.schemas import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from crmrisk.core.arrays import IntArray, ObjectArray

__all__ = ["Lines", "Missing", "codes_of", "read_lines"]

Missing: TypeAlias = Literal["error", "exclude"]
"""What to do with a line that names no basket or no item: refuse it, or leave it out and count it."""

_WHERE = "baskets"
_TYPES = {"basket": ColumnType.ID, "item": ColumnType.ID, "quantity": ColumnType.NUMBER}


class Lines(NamedTuple):
    """Hold which basket holds which item, and what was left out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> frame = pa.table({"basket": [1, 1, 2], "item": ["a", "b", "a"]})
    >>> read_lines(frame, {"basket": "basket", "item": "item"}).item_codes
    array([0, 1, 0])
    """

    basket_ids: ObjectArray
    basket_codes: IntArray
    items: ObjectArray
    item_codes: IntArray
    left_out: Mapping[str, int]


def read_lines(
    frame: Any, names: Mapping[str, str], *, cancelled_prefix: str | None = None, missing: Missing = "error"
) -> Lines:
    """Read lines of orders, in the engine that holds them.

    Parameters
    ----------
    frame
        One row per line of an order: pandas, polars, pyarrow, a DuckDB relation or a Spark frame.
    names
        ``basket``, ``item`` and, if there is one, ``quantity``, to the columns that hold them.
    cancelled_prefix
        How identifiers of cancelled baskets begin.
    missing
        What to do with lines that name no basket, no item or no quantity.

    Raises
    ------
    SchemaError
        If columns are missing or of the wrong type.
    RecordError
        If something is missing that must not be, or no line remains.
    EngineError
        If the engine fails.
    InvalidValueError
        If a setting is none.

    Examples
    --------
    See `Lines`.
    """
    refuse(_setting_problems(names, cancelled_prefix, missing))
    with asking(_WHERE):
        lines, kinds, eager = _opened(frame, names)
    flagged = lines.with_columns(**_flags(names, kinds, cancelled_prefix))
    flags = [name for name in flagged.collect_schema().names() if name.startswith("_left_")]
    kept = flagged.filter(*(~nw.col(name) for name in flags))
    if not eager:  # in memory, sorting the pairs later is faster
        kept = kept.group_by("basket", "item").agg(nw.len().alias("lines"))
    left_out = _left_out(flagged, flags, missing)
    rows = answer(kept.select("basket", "item"), where=_WHERE)
    if not rows.num_rows:
        got = ", ".join(f"{count:,} {name}" for name, count in left_out.items()) or "no lines"
        raise RecordError(Problem(what="no line with a basket and an item", where=_WHERE, got=got))
    return Lines(*codes_of(rows.column("basket")), *codes_of(rows.column("item")), left_out)


def _setting_problems(names: Mapping[str, Any], cancelled_prefix: object, missing: object) -> list[Problem]:
    columns = "the name of a column"
    problems = [
        Problem(what="no column name", where=role, allowed=columns, got=repr(name)[:100])
        for role, name in names.items()
        if not isinstance(name, str)
    ]
    if not problems and len(set(names.values())) < len(names):
        problems.append(Problem(what="one column in two roles", where=_WHERE, got=", ".join(names.values())))
    if not (cancelled_prefix is None or (isinstance(cancelled_prefix, str) and cancelled_prefix)):
        allowed = 'text such as "C", or None'
        problems.append(
            Problem(what="no prefix", where="cancelled_prefix", allowed=allowed, got=repr(cancelled_prefix))
        )
    return [*problems, *choice_problems(missing, get_args(Missing), where="missing", what="no such policy")]


def _opened(frame: Any, names: Mapping[str, str]) -> tuple[nw.LazyFrame[Any], dict[str, Kind], bool]:
    """Select the columns under their roles and with one type each."""
    engine = engine_for(frame, where=_WHERE)
    native = nw.to_native(frame, pass_through=True)
    there = engine.columns(native)
    got = ", ".join(map(str, there))[:200]
    absent = [
        Problem(what="missing column", where=f"{_WHERE}.{name}", got=got, remedy=f"name it with {role}=...")
        for role, name in names.items()
        if name not in there
    ]
    if absent:
        raise SchemaError(*absent)
    lines = engine.open(native, {name: role for role, name in names.items()}, _WHERE)
    types = lines.collect_schema()
    kinds = {n: Kind.NOTHING if engine.empty_type(lines, n) else kind_of(kind) for n, kind in types.items()}
    found = [type_problem(f"{_WHERE}.{names[n]}", _TYPES[n], kind, types[n]) for n, kind in kinds.items()]
    if problems := [problem for problem in found if problem is not None]:
        raise SchemaError(*problems)
    lines = engine.floats(lines, [n for n, kind in kinds.items() if n == "quantity" and kind is Kind.INTEGER])
    return lines.select(*(e for n, kind in kinds.items() for e in _canonical(n, kind))), kinds, engine.eager


def _canonical(name: str, kind: Kind) -> list[nw.Expr]:
    first, *fractional = canonical(name, _TYPES[name], kind)
    return [first, *(mark.alias(f"{FRACTIONAL}_{name}") for mark in fractional)]


def _flags(names: Mapping[str, str], kinds: Mapping[str, Kind], prefix: str | None) -> dict[str, nw.Expr]:
    """Say of each line why it is left out, for the first reason only."""
    fractional = [name for name in ("basket", "item") if kinds[name] is Kind.FLOAT]
    reasons = {f"fractional_{name}": nw.col(f"{FRACTIONAL}_{name}") for name in fractional}
    reasons |= {f"missing_{name}": nw.col(name).is_null() for name in names}
    if prefix is not None and kinds["basket"] is Kind.TEXT:
        reasons["cancelled"] = nw.col("basket").str.starts_with(prefix)
    if "quantity" in names:
        reasons["returned"] = nw.col("quantity") <= 0.0
    flags, earlier = {}, nw.lit(value=False)
    for name, test in reasons.items():
        flags[f"_left_{name}"] = test.fill_null(value=False) & ~earlier
        earlier = earlier | test.fill_null(value=False)
    return flags


def _left_out(flagged: nw.LazyFrame[Any], flags: list[str], missing: Missing) -> dict[str, int]:
    """Count lines by reason, and refuse what must not be missing."""
    sums = answer(flagged.select(*(nw.col(name).cast(nw.Int64).sum() for name in flags)), where=_WHERE).to_pylist()[0]
    counts = {name.removeprefix("_left_"): int(count or 0) for name, count in sums.items()}
    remedy = 'missing="exclude" leaves them out and counts them'
    problems = [
        Problem(what=f"{name.removeprefix('missing_')} missing in {count:,} line(s)", where=_WHERE, remedy=remedy)
        for name, count in counts.items()
        if count and missing == "error" and name.startswith("missing_")
    ]
    problems += [
        Problem(
            what=f"{name.removeprefix('fractional_')} is no whole number in {count:,} line(s)",
            where=_WHERE,
            remedy="convert the identifiers to text",
        )
        for name, count in counts.items()
        if count and name.startswith("fractional_")
    ]
    if problems:
        raise RecordError(*problems)
    return {name: count for name, count in counts.items() if count}


def codes_of(column: pa.ChunkedArray) -> tuple[ObjectArray, IntArray]:
    """Give the values of a column the numbers of their sorted order.

    Parameters
    ----------
    column
        Text or whole numbers, none missing.

    Returns
    -------
    The distinct values, sorted; per row the place of its value.

    Examples
    --------
    >>> import pyarrow as pa
    >>> codes_of(pa.chunked_array([["b", "a"], ["b"]]))
    (array(['a', 'b'], dtype=object), array([1, 0, 1]))
    """
    import pyarrow as pa  # noqa: PLC0415 - takes long to import, and baskets from lists do not need it
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    encoded = column.combine_chunks().dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    values = np.empty(order.size, dtype=object)
    values[:] = encoded.dictionary.take(pa.array(order)).to_pylist()
    return values, rank[encoded.indices.to_numpy()]
