"""RFM where the customers are: scores and segments of a table, computed in its own engine.

Learning the cuts reads three columns of numbers; scoring and naming is a query, which lazy engines have not run yet
when they hand it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.errors import Problem, RecordError, SchemaError
from crmrisk.evidence.asking import answer, asking
from crmrisk.evidence.engines import engine_for
from crmrisk.evidence.engines.base import lazily
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, RfmCuts, RfmMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.segmentation.rfm_segments import SegmentBoxes

__all__ = ["learn_rfm_cuts", "rfm_table"]

_WHERE = "table"
_RATED = "_rated"


def rfm_table(
    table: Any,
    *,
    customer_id: str = "customer_id",
    recency: str = "recency",
    frequency: str = "frequency",
    monetary: str = "monetary",
    groups: int | None = None,
    method: RfmMethod = "quantile",
    cuts: RfmCuts | None = None,
    segments: SegmentBoxes | None = None,
) -> Any:
    """Score and segment the customers of a table in the table's own engine.

    Parameters
    ----------
    table
        One row per customer: pandas, polars (eager or lazy), pyarrow, a DuckDB relation or a Spark frame. Rows are
        taken as they are: a customer with two rows counts twice.
    customer_id
        The column of identifiers.
    recency, frequency, monetary
        The columns of days since the last purchase, numbers of purchases and amounts.
    groups, method, cuts, segments
        As for `RfmSegmenter`: cuts are learnt from the table unless given.

    Returns
    -------
    A frame of the same engine, lazy where the table is, in no order: the identifier, ``recency_score``,
    ``frequency_score``, ``monetary_score``, ``rfm_score`` (100 R + 10 F + M) and ``segment``. A customer of whom one of
    the three is missing has none of them: null, and in pandas NaN.

    Raises
    ------
    SchemaError
        If the table is none, or a column is not there or holds no numbers.
    RecordError
        If days or counts are negative, or a number is infinite.
    FitError
        If cuts are to be learnt and no customer has all three.
    EngineError
        If the engine fails.
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"customer_id": ["A", "B", "C"], "recency": [3, 90, None], "frequency": [9, 1, 2],
    ...     "monetary": [50.5, 10.0, 7.0]})
    >>> rfm_table(table, groups=2).sort("customer_id").rows()
    [('A', 2, 2, 2, 222, 'Champions'), ('B', 1, 1, 1, 111, 'Lost'), ('C', None, None, None, None, None)]
    """
    segmenter = RfmSegmenter(groups=groups, method=method, cuts=cuts, segments=segments)
    columns = {"recency": recency, "frequency": frequency, "monetary": monetary}
    _check(table, columns, customer_id)
    held = _learnt(table, columns, segmenter) if cuts is None else cuts
    native = nw.from_native(table)
    with asking(_WHERE):
        numbers = [nw.col(source).cast(nw.Float64).alias(name) for name, source in columns.items()]
        known = [~nw.col(name).is_null() & ~nw.col(name).is_nan() for name in DIMENSIONS]
        frame = native.select(nw.col(customer_id), *numbers).with_columns(
            nw.all_horizontal(*known, ignore_nulls=False).alias(_RATED), *(_score(held, name) for name in DIMENSIONS)
        )
        cell = (100 * nw.col("recency_score") + 10 * nw.col("frequency_score") + nw.col("monetary_score")).alias(
            "rfm_score"
        )
        named = _named(frame.with_columns(cell), segmenter.boxes)
        scores = [f"{name}_score" for name in (*DIMENSIONS, "rfm")]
        answers = (nw.when(nw.col(_RATED)).then(nw.col(name)).alias(name) for name in (*scores, "segment"))
        return nw.to_native(named.select(nw.col(customer_id), *answers))


def learn_rfm_cuts(
    table: Any,
    *,
    recency: str = "recency",
    frequency: str = "frequency",
    monetary: str = "monetary",
    groups: int = 5,
    method: RfmMethod = "quantile",
) -> RfmCuts:
    """Learn cuts from the customers of a table of any engine, to be stored and used again.

    Parameters
    ----------
    table
        One row per customer, as for `rfm_table`.
    recency, frequency, monetary
        The columns.
    groups, method
        As for `RfmCuts.learn`.

    Raises
    ------
    SchemaError
        If the table is none, or a column is not there or holds no numbers.
    RecordError
        If days or counts are negative, or a number is infinite.
    FitError
        If no customer has all three.
    EngineError
        If the engine fails.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"recency": [3, 90, 8], "frequency": [9, 1, 2], "monetary": [50.5, 10.0, 7.0]})
    >>> learn_rfm_cuts(table, groups=2).monetary
    (10.0,)
    """
    columns = {"recency": recency, "frequency": frequency, "monetary": monetary}
    _check(table, columns)
    return _learnt(table, columns, RfmSegmenter(groups=groups, method=method))


def _check(table: Any, columns: Mapping[str, str], customer_id: str | None = None) -> None:
    engine_for(table, where=_WHERE)
    with asking(_WHERE):
        schema = dict(nw.from_native(table).collect_schema())
    asked = columns if customer_id is None else {"customer_id": customer_id, **columns}
    got = ", ".join(map(str, schema))[:200]
    problems = [
        Problem(what="missing column", where=f"{_WHERE}.{name}", got=got, remedy=f"name it with {role}=...")
        for role, name in asked.items()
        if name not in schema
    ]
    if not problems and len(set(asked.values())) < len(asked):
        problems = [Problem(what="one column in two roles", where=_WHERE, got=", ".join(asked.values()))]
    if not problems:
        strange = [name for name in columns.values() if not schema[name].is_numeric()]
        what = "no numbers"
        problems = [Problem(what=what, where=f"{_WHERE}.{name}", got=str(schema[name])) for name in strange]
    if problems:
        raise SchemaError(*problems)
    _check_records(table, columns)


def _check_records(table: Any, columns: Mapping[str, str]) -> None:
    """Refuse what no portfolio would hold, by one query; NaN is missing."""
    numbers = {name: nw.col(source).cast(nw.Float64) for name, source in columns.items()}
    infinite = {name: (each == float("inf")) | (each == float("-inf")) for name, each in numbers.items()}
    negative = {name: each < 0.0 for name, each in numbers.items() if name != "monetary"}
    tests = {"infinite": infinite, "negative": negative}
    flags = [
        test.fill_null(value=False).cast(nw.Int64).sum().alias(f"{what} {name}")
        for what, each in tests.items()
        for name, test in each.items()
    ]
    counts = answer(lazily(table).select(*flags), where=_WHERE).to_pylist()[0]
    problems = [
        Problem(what=f"{what} in {count} row(s)", where=f"{_WHERE}.{columns[name]}", allowed=_ALLOWED[name])
        for (what, name), count in ((label.split(), count) for label, count in counts.items())
        if count
    ]
    if problems:
        raise RecordError(*problems)


_ALLOWED = {
    "recency": "finite days from 0, or missing",
    "frequency": "finite counts from 0, or missing",
    "monetary": "finite amounts, or missing",
}


def _learnt(table: Any, columns: Mapping[str, str], segmenter: RfmSegmenter) -> RfmCuts:
    chosen = lazily(table).select(*(nw.col(source).cast(nw.Float64).alias(name) for name, source in columns.items()))
    found = answer(chosen, where=_WHERE)
    values = {name: found.column(name).to_numpy() for name in DIMENSIONS}
    known = ~np.logical_or.reduce([np.isnan(array) for array in values.values()])
    rated = values if known.all() else {name: array[known] for name, array in values.items()}
    return RfmCuts.learn(rated, groups=segmenter.n_groups, method=segmenter.method)


def _score(cuts: RfmCuts, name: str) -> nw.Expr:
    """Write the first cut that a value does not exceed as its group; of who is not rated, anything."""
    value, points = nw.col(name), getattr(cuts, name)
    falling = name == "recency"
    scored = nw.lit(1 if falling else cuts.groups, nw.Int32)
    for place in range(cuts.groups - 1, 0, -1):
        inside = value <= points[place - 1] if cuts.closed == "right" else value < points[place - 1]
        score = cuts.groups + 1 - place if falling else place
        scored = nw.when(inside).then(nw.lit(score, nw.Int32)).otherwise(scored)
    return scored.alias(f"{name}_score")


def _named(frame: Any, boxes: SegmentBoxes) -> Any:
    """Name each cell: by a table of cells where the engine can look up quickly, else by the boxes, as one would."""
    if frame.implementation.is_polars() or isinstance(frame, nw.DataFrame):
        return frame.with_columns(_looked_up(boxes))
    named = nw.lit(boxes.others)
    for box in reversed(boxes.boxes):
        spans = ((name, getattr(box, name)) for name in DIMENSIONS)
        inside = [nw.col(f"{name}_score").is_between(*span) for name, span in spans if span != (1, boxes.groups)]
        claimed = nw.all_horizontal(*inside, ignore_nulls=False) if inside else nw.lit(value=True)
        named = nw.when(claimed).then(nw.lit(box.name)).otherwise(named)
    return frame.with_columns(named.alias("segment"))


def _looked_up(boxes: SegmentBoxes) -> nw.Expr:
    digits = np.indices((boxes.groups,) * 3).reshape(3, -1) + 1
    cells = (100 * digits[0] + 10 * digits[1] + digits[2]).tolist()
    named = [boxes.names[code] for code in boxes.codes().tolist()]
    return nw.col("rfm_score").replace_strict(cells, named, return_dtype=nw.String).alias("segment")
