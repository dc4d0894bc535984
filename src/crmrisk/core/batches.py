"""Scoring past one machine: arrow batches in, arrow batches out, each on its own.

Customers are scored independently, so partitions need nothing of each other. Inside Spark::

    fitted = cr.load("churn.crmrisk").likelihood
    rows = evidence.summarise(as_of)                      # a Spark frame, one row per customer
    scored = rows.mapInArrow(
        lambda batches: score_batches(fitted, batches, as_of=as_of), "customer_id string, score double"
    )

The same generator serves ``pyarrow.dataset`` scanners, ``polars`` and DuckDB through their arrow readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.errors import PortfolioError, Problem
from crmrisk.core.portfolio import Portfolio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    import pyarrow as pa

    from crmrisk.core.scorers import FittedScorer

__all__ = ["portfolio_of", "score_batches"]


def score_batches(
    scorer: FittedScorer, batches: Iterable[pa.RecordBatch], *, as_of: date | datetime
) -> Iterator[pa.RecordBatch]:
    """Score arrow batches one by one, for instance the partitions of a Spark frame.

    Parameters
    ----------
    scorer
        Fitted.
    batches
        ``customer_id``, numbers (columns of the portfolio) and text (its labels); null is unrated, anything else is
        ignored.
    as_of
        The point in time the rows were summarised for.

    Yields
    ------
    ``customer_id`` and ``score``, null where unrated; also ``low`` and ``high`` where the scorer knows intervals. An
    empty batch yields nothing.

    Raises
    ------
    PortfolioError
        If a batch has no ``customer_id``, ids repeat in a batch, or a number is infinite.
    MissingInputsError
        If the batches do not hold what the scorer reads.

    Examples
    --------
    >>> from datetime import date
    >>> import pyarrow as pa
    >>> from crmrisk import ColumnScorer, Measure
    >>> batch = pa.record_batch({"customer_id": ["C1", "C2"], "satisfaction": [0.25, None]})
    >>> scorer = ColumnScorer(column="satisfaction", measure=Measure.share())
    >>> next(score_batches(scorer, [batch], as_of=date(2026, 1, 31))).to_pylist()
    [{'customer_id': 'C1', 'score': 0.25}, {'customer_id': 'C2', 'score': None}]
    """
    import pyarrow as pa  # noqa: PLC0415 - a heavy import that only batches need

    for batch in batches:
        if not batch.num_rows:
            continue
        scores = scorer.score(portfolio_of(batch, as_of=as_of))
        columns = {"score": scores.values, "low": scores.low, "high": scores.high}
        found = {n: pa.array(v, pa.float64(), from_pandas=True) for n, v in columns.items() if v is not None}
        yield pa.record_batch({"customer_id": pa.array(scores.customer_id, pa.string()), **found})


def portfolio_of(batch: pa.RecordBatch, *, as_of: date | datetime) -> Portfolio:
    """Read an arrow batch as a portfolio.

    Parameters
    ----------
    batch
        ``customer_id``, numbers and text.
    as_of
        The point in time the rows were summarised for.

    Raises
    ------
    PortfolioError
        If there is no ``customer_id``, ids are missing or repeated, or a number is infinite.

    Examples
    --------
    >>> from datetime import date
    >>> import pyarrow as pa
    >>> portfolio_of(pa.record_batch({"customer_id": [7], "tier": ["gold"], "age": [3]}), as_of=date(2026, 1, 31))
    Portfolio(1 customers as of 2026-01-31T00:00:00: age, tier)
    """
    import pyarrow.types as kinds  # noqa: PLC0415 - a heavy import that only batches need

    fields = {field.name: field.type for field in batch.schema}
    if "customer_id" not in fields:
        got = ", ".join(fields)
        raise PortfolioError(Problem(what="missing column", where="customer_id", got=got, remedy="add the identifiers"))
    others = {name: kind for name, kind in fields.items() if name != "customer_id"}
    text = [name for name, kind in others.items() if kinds.is_string(kind) or kinds.is_large_string(kind)]
    numbers = [name for name, kind in others.items() if _is_number(kind, kinds)]
    values = batch.column("customer_id").to_pylist()
    ids = np.array([None if value is None else str(value) for value in values], dtype=object)
    columns = {name: _floats(batch.column(name)) for name in numbers}
    return Portfolio(ids, as_of, columns, {name: batch.column(name).to_pylist() for name in text})


def _is_number(kind: Any, kinds: Any) -> bool:
    tests = (kinds.is_floating, kinds.is_integer, kinds.is_decimal, kinds.is_boolean)
    return any(test(kind) for test in tests)


def _floats(column: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Write any numbers as floats, null as NaN."""
    import pyarrow as pa  # noqa: PLC0415 - a heavy import that only batches need

    whole = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return np.asarray(whole.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
