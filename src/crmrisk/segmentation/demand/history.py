"""From transactions to demand: what each customer bought of each category in each whole period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from crmrisk.core.arguments import choice_problems, refuse
from crmrisk.core.calendar_periods import check_period, period_names, period_numbers, period_starts
from crmrisk.core.errors import InvalidValueError, Problem, RecordError, SchemaError
from crmrisk.core.expecting import expect
from crmrisk.evidence import Evidence
from crmrisk.evidence.asking import answer
from crmrisk.evidence.exactly import part_names, parts, total
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import DAY, day_number, microseconds, moment_in
from crmrisk.evidence.rows import order_of
from crmrisk.segmentation.demand.periods import LONGEST, DemandPeriod
from crmrisk.segmentation.demand.series import DemandSeries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmrisk.core.arrays import FloatArray, IntArray, ObjectArray
    from crmrisk.evidence.checks import Unidentified

__all__ = ["DemandMeasure", "demand_series"]

DemandMeasure: TypeAlias = Literal["amount", "count"]
"""Positive amounts added up, or purchase days counted."""

Before: TypeAlias = Literal["unknown", "zero"]

_KEYS = {"customer_id": "customer_id", "customer": "customer_id", "category": "product", "product": "product"}


def demand_series(
    transactions: Any,
    *,
    as_of: date | datetime,
    period: DemandPeriod = "month",
    by: str | Sequence[str] = ("customer_id", "category"),
    measure: DemandMeasure = "amount",
    category: str | None = None,
    since: date | datetime | None = None,
    before_first: Before = "unknown",
    rename: Mapping[str, str] | None = None,
    unidentified: Unidentified = "error",
) -> DemandSeries:
    """Add up demand by customer, category and whole calendar period, inside the engine of the transactions.

    A purchase is a record with a positive amount, as in `crmrisk.evidence.Purchases`: refunds and zeros are no demand.
    Only periods that had ended by ``as_of`` count, days in UTC where times are aware.

    Parameters
    ----------
    transactions
        A table of any engine with ``customer_id``, ``at``, ``amount`` and ``product`` (the category), or
        `crmrisk.Evidence` with transactions. Rename a quantity to ``amount`` to forecast pieces instead of money.
    as_of
        Later records are not known. A date means its first moment.
    period
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` or ``"year"``.
    by
        What makes a series: customer and category, or one of them.
    measure
        ``"amount"``, or ``"count"`` for the number of days with a purchase.
    category
        The table's column of categories, where it is not called ``product``.
    since
        From when transactions were recorded; the first period that began no earlier is the first that counts. By
        default the period of the earliest record is taken for whole.
    before_first
        What periods before the customer's first purchase of anything are: unknown (NaN), or zero.
    rename
        The table's column names to the names above.
    unidentified
        What to do with records that name no customer: ``"error"``, or ``"exclude"``.

    Returns
    -------
    The demand, sorted by customer and category.

    Raises
    ------
    SchemaError
        If columns are missing or of the wrong type.
    RecordError
        If a record has no category, or no purchase falls into a whole period.
    InvalidValueError
        If a setting is none there is.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"customer_id": ["A", "A", "B", "A"], "product": ["tea", "tea", "tea", "jam"],
    ...     "at": pd.to_datetime(["2026-01-05", "2026-03-02", "2026-02-09", "2026-04-01"]), "amount": [5.0, 8, 2, 9]})
    >>> demand_series(sales, as_of=date(2026, 4, 10)).frame().pivot(index="customer_id", columns="period",
    ...     values="demand")
    period       2026-01  2026-02  2026-03
    customer_id
    A                5.0      0.0      8.0
    B                NaN      2.0      0.0
    """
    keys = _keys(by)
    check_period(period)
    _check_choices(measure, before_first)
    evidence = _evidence(transactions, category, rename, unidentified)
    _check_columns(evidence, keys)
    moment = moment_in(evidence.zone, as_of)
    bought = _bought(answer(_by_day(evidence, moment, keys), where="transactions"), keys)
    begin = None if since is None else moment_in(evidence.zone, since, where="since")
    return _counted(bought, _window(bought.day, moment, begin, period), period, measure, before_first)


class _Bought(NamedTuple):
    """Hold one row per series and day: names of each key, codes into them, day and amount."""

    names: dict[str, ObjectArray]
    codes: dict[str, IntArray]
    day: IntArray
    amount: FloatArray


def _keys(by: str | Sequence[str]) -> tuple[str, ...]:
    asked = tuple(by) if isinstance(by, list | tuple) else (by,)
    strange = [each for each in asked if not isinstance(each, str) or each not in _KEYS]
    if strange or not asked:
        allowed = "customer_id, category"
        raise InvalidValueError(Problem(what="no such key of series", where="by", allowed=allowed, got=repr(by)))
    return tuple(name for name in ("customer_id", "product") if name in {_KEYS[each] for each in asked})


def _check_choices(measure: str, before_first: str) -> None:
    given = (("measure", measure, DemandMeasure), ("before_first", before_first, Before))
    refuse(*(choice_problems(value, get_args(kind), where=where) for where, value, kind in given))


def _evidence(given: Any, category: str | None, rename: Mapping[str, str] | None, unidentified: Any) -> Evidence:
    if isinstance(given, Evidence):
        return given
    expect(rename, (Mapping, type(None)), where="rename", remedy="{'your name': 'amount'}")
    expect(category, (str, type(None)), where="category", remedy="the name of the column")
    names = {**(rename or {}), **({} if category is None or category == "product" else {category: "product"})}
    return Evidence(transactions=given, rename={"transactions": names} if names else None, unidentified=unidentified)


def _check_columns(evidence: Evidence, keys: tuple[str, ...]) -> None:
    if "transactions" not in evidence.tables:
        raise SchemaError(Problem(what="table was not given", where="transactions", got=repr(evidence)))
    if "product" in keys and not evidence.tables["transactions"].has("product"):
        remedy = 'category="the column of categories", or by="customer_id"'
        raise SchemaError(Problem(what="missing column", where="transactions.product", remedy=remedy))


def _by_day(evidence: Evidence, moment: datetime, keys: tuple[str, ...]) -> nw.LazyFrame[Any]:
    """Ask for amounts by customer, key and day; whole numbers, so that engines that add in any order agree."""
    facts = known(evidence.tables["transactions"], microseconds(moment)).filter(nw.col("amount") > 0.0)
    groups = ["customer_id", *(key for key in keys if key != "customer_id"), "at_day"]
    daily = facts.select(*groups, *parts(nw.col("amount"), "amount")).group_by(*groups)
    return daily.agg(*(nw.col(name).sum() for name in part_names("amount"))).select(*groups, total("amount"))


def _bought(table: pa.Table, keys: tuple[str, ...]) -> _Bought:
    if not table.num_rows:
        allowed = "positive amounts before as_of"
        raise RecordError(Problem(what="nobody bought", where="transactions", allowed=allowed))
    missing = table.column("product").null_count if "product" in keys else 0
    if missing:
        remedy = "name them, or leave those records out"
        raise RecordError(Problem(what=f"{missing} record(s) without a category", where="product", remedy=remedy))
    encoded = {key: _encoded(table.column(key)) for key in dict.fromkeys(("customer_id", *keys))}
    names = {key: each[0] for key, each in encoded.items() if key in keys}
    codes = {key: each[1] for key, each in encoded.items()}
    return _Bought(names, codes, table.column("at_day").to_numpy().astype(np.int64), table.column("amount").to_numpy())


def _encoded(column: pa.ChunkedArray) -> tuple[ObjectArray, IntArray]:
    whole = pa.chunked_array([chunk.cast(pa.large_string()) for chunk in column.chunks]).combine_chunks()
    encoded = whole.dictionary_encode()
    encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    order = order_of(encoded.dictionary)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names = encoded.dictionary.take(pa.array(order)).to_numpy(zero_copy_only=False)
    return names, rank[encoded.indices.to_numpy()]


def _window(days: IntArray, moment: datetime, since: datetime | None, period: DemandPeriod) -> range:
    """Return the numbers of the periods that are whole."""
    begin = int(days.min()) if since is None else -(-microseconds(since) // DAY)
    first = int(period_numbers(np.array([begin]), period)[0])
    late = since is not None and int(period_starts(np.array([first]), period)[0]) < begin
    running = int(period_numbers(np.array([day_number(moment)]), period)[0])  # not over yet, so not counted
    window = range(first + late, running)
    if len(window) > 10 * LONGEST:
        allowed, got = f"at most {10 * LONGEST:,}", f"{len(window):,}"
        remedy = "a longer period, a later since or an earlier as_of"
        what = "more periods than make a series"
        raise RecordError(Problem(what=what, where="period", allowed=allowed, got=got, remedy=remedy))
    if not window:
        remedy = "a shorter period, or a later as_of"
        raise RecordError(Problem(what="no whole period", where="as_of", got=str(moment.date()), remedy=remedy))
    return window


def _counted(
    bought: _Bought, window: range, period: DemandPeriod, measure: DemandMeasure, before_first: Before
) -> DemandSeries:
    place = period_numbers(bought.day, period) - window.start
    inside = (place >= 0) & (place < len(window))
    if not inside.any():
        raise RecordError(Problem(what="nobody bought in a whole period", where="transactions"))
    sizes = [len(names) for names in bought.names.values()]
    flat = np.ravel_multi_index([bought.codes[key] for key in bought.names], sizes)
    rows, row = np.unique(flat[inside], return_inverse=True)
    order = np.lexsort((bought.amount[inside], bought.day[inside]))  # whatever order the engine answers in
    weights = bought.amount[inside][order] if measure == "amount" else None
    cell = (row * len(window) + place[inside])[order]
    demand = np.bincount(cell, weights=weights, minlength=len(rows) * len(window)).reshape(len(rows), len(window))
    keys = dict(zip(bought.names, np.unravel_index(rows, sizes), strict=True))
    demand = demand.astype(np.float64)
    if before_first == "unknown":
        demand[np.arange(len(window)) < _first(bought, flat, rows, place)[:, None]] = np.nan
    named = {key: bought.names[key][code] for key, code in keys.items()}
    return DemandSeries(
        demand,
        customer_id=named.get("customer_id"),
        category=named.get("product"),
        periods=period_names(np.array(window), period),
        measure=measure,
    )


def _first(bought: _Bought, flat: IntArray, rows: IntArray, place: IntArray) -> IntArray:
    """Find the period of the first purchase of anything by the customer, or of the category where no customer is."""
    by_customer = "customer_id" in bought.names
    group = bought.codes["customer_id"] if by_customer else flat
    firsts = np.full(int(group.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(firsts, group, place)
    if not by_customer:
        return np.asarray(firsts[rows])
    owner = rows // len(bought.names["product"]) if "product" in bought.names else rows
    return np.asarray(firsts[owner])
