"""Baskets out of evidence: what a customer bought on one day, or ever, up to a point in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.arguments import check_choice
from crmrisk.core.errors import Problem, RecordError, SchemaError
from crmrisk.core.expecting import expect
from crmrisk.evidence import Evidence
from crmrisk.evidence.asking import answer
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import microseconds, moment_in
from crmrisk.segmentation.baskets.reading import Lines, codes_of

if TYPE_CHECKING:
    from datetime import date, datetime

    import pyarrow as pa

    from crmrisk.core.arrays import IntArray, ObjectArray
    from crmrisk.evidence.tables import Table

__all__ = ["Each", "evidence_lines"]

Each: TypeAlias = Literal["day", "customer"]
"""What makes a basket: what a customer bought on one day, or all that a customer bought."""

_WHERE = "transactions"


def evidence_lines(evidence: Evidence, as_of: date | datetime, *, each: Each) -> Lines:
    """Read which products were bought together.

    Parameters
    ----------
    evidence
        With transactions that name a ``product``.
    as_of
        Later records are not known.
    each
        What makes a basket.

    Returns
    -------
    Baskets named by the customer, or by customer and day; records without a positive amount or without a product are
    left out and counted.

    Raises
    ------
    InvalidValueError
        If it is no evidence, or a setting is none.
    SchemaError
        If there are no transactions, or they name no product.
    RecordError
        If nobody bought a product by then.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"customer_id": ["A", "A"], "at": pd.to_datetime(["2026-01-05"] * 2), "amount": [5.0, 8.0],
    ...     "product": ["tea", "cup"]})
    >>> evidence_lines(Evidence(transactions=sales), date(2026, 2, 1), each="day").basket_ids
    array(['A 2026-01-05'], dtype=object)
    """
    expect(evidence, Evidence, where="evidence", remedy="Evidence(transactions=...), or Baskets.from_frame(lines)")
    check_choice(each, get_args(Each), where="each", what="no such basket")
    facts = known(_transactions(evidence), microseconds(moment_in(evidence.zone, as_of)))
    reasons = {
        "returned": ~(nw.col("amount") > 0.0).fill_null(value=False),
        "missing_item": nw.col("product").is_null(),
    }
    reasons["missing_item"] = reasons["missing_item"] & ~reasons["returned"]
    sums = facts.select(*(test.cast(nw.Int64).sum().alias(name) for name, test in reasons.items()))
    counts = {name: int(count or 0) for name, count in answer(sums, where=_WHERE).to_pylist()[0].items()}
    keys = ["customer_id", *(["at_day"] if each == "day" else []), "product"]
    kept = facts.filter(*(~test for test in reasons.values())).group_by(*keys).agg(nw.len().alias("records"))
    return _lines(answer(kept.select(*keys), where=_WHERE), {n: count for n, count in counts.items() if count})


def _transactions(evidence: Evidence) -> Table:
    if _WHERE not in evidence.tables:
        raise SchemaError(Problem(what="table was not given", where=_WHERE, got=repr(evidence)))
    table = evidence.tables[_WHERE]
    if not table.has("product"):
        remedy = 'rename={"transactions": {"StockCode": "product"}}'
        raise SchemaError(Problem(what="missing column", where=f"{_WHERE}.product", remedy=remedy))
    return table


def _lines(rows: pa.Table, left_out: dict[str, int]) -> Lines:
    if not rows.num_rows:
        raise RecordError(Problem(what="nobody bought a product", where=_WHERE, allowed="positive amounts"))
    items, item_codes = codes_of(_text(rows.column("product")))
    names, codes = codes_of(_text(rows.column("customer_id")))
    if "at_day" in rows.column_names:
        names, codes = _by_day(names, codes, rows.column("at_day").to_numpy().astype(np.int64))
    return Lines(names, codes, items, item_codes, left_out)


def _by_day(names: ObjectArray, codes: IntArray, days: IntArray) -> tuple[ObjectArray, IntArray]:
    """Name baskets by customer and day, sorted by both."""
    first = int(days.min())
    width = int(days.max()) - first + 1
    cells, places = np.unique(codes * width + (days - first), return_inverse=True)
    dates = (cells % width + first).astype("datetime64[D]").astype(str)
    named = [f"{name} {day}" for name, day in zip(names[cells // width].tolist(), dates.tolist(), strict=True)]
    return np.array(named, dtype=object), places.astype(np.int64)


def _text(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa  # noqa: PLC0415 - takes long to import, and baskets from lists do not need it

    return column.cast(pa.large_string())
