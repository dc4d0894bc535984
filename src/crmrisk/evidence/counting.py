"""Counting customers where the facts are: an exact fit of customers that never fit in memory.

The likelihoods of the value models depend on a customer's history alone, and millions of customers share some
thousands of histories. Two group-bys inside the caller's engine, facts to customers and customers to distinct
histories, leave a small table, which ``fit`` takes with its weights::

    counts = purchase_counts(evidence, as_of)             # DuckDB, Spark, polars, pyarrow, pandas
    fit = BetaGeoNBD.fit(*counts)                         # the same as from every single customer
    scorer = AttritionScorer(horizon=timedelta(days=90), model=fit.model)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.core.expecting import expect
from crmrisk.evidence.evidence import Evidence
from crmrisk.evidence.summaries import Purchases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crmrisk.core.arrays import FloatArray

__all__ = ["PurchaseCounts", "SpendCounts", "counted_rows", "purchase_counts", "spend_counts"]

_CUSTOMERS = "_customers"


class PurchaseCounts(NamedTuple):
    """Hold distinct purchase histories and how many customers have each, as ``BetaGeoNBD.fit(*counts)`` takes them.

    Parameters
    ----------
    frequency
        Repeat purchase days [count], ``(n_rows,)``.
    recency, age
        First to last purchase, first purchase to ``as_of`` [day], ``(n_rows,)``.
    weights
        Customers with that history, ``(n_rows,)``.

    Examples
    --------
    >>> PurchaseCounts(*np.ones((4, 2))).weights
    array([1., 1.])
    """

    frequency: FloatArray
    recency: FloatArray
    age: FloatArray
    weights: FloatArray


class SpendCounts(NamedTuple):
    """Hold distinct spending and how many customers spend so, as ``GammaGamma.fit(*counts)`` takes them.

    Parameters
    ----------
    frequency
        Repeat purchase days, at least one [count], ``(n_rows,)``.
    mean_spend
        Mean amount per repeat purchase day [money], ``(n_rows,)``.
    weights
        Customers, ``(n_rows,)``.

    Examples
    --------
    >>> SpendCounts(*np.ones((3, 2))).mean_spend
    array([1., 1.])
    """

    frequency: FloatArray
    mean_spend: FloatArray
    weights: FloatArray


def purchase_counts(evidence: Evidence, as_of: date | datetime) -> PurchaseCounts:
    """Count the distinct purchase histories of all customers, in the engine of the transactions.

    Histories are those of `crmrisk.evidence.Purchases`; customers without a purchase are not counted. Evidence of
    transactions alone is quickest: other tables are only joined to find out who is a customer.

    Parameters
    ----------
    evidence
        The facts, all in one engine.
    as_of
        As for `Evidence.portfolio`.

    Returns
    -------
    The counts, sorted: the same as of the rows of ``evidence.portfolio(as_of)``, whatever the engine.

    Raises
    ------
    SchemaError
        If there are no transactions, or the tables live in several engines.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21", "2026-01-21"])
    >>> sales = pd.DataFrame({"customer_id": [1, 1, 2, 3], "at": at, "amount": [10.0, 20.0, 5.0, 7.0]})
    >>> counts = purchase_counts(Evidence(transactions=sales), datetime(2026, 1, 31))
    >>> counts.frequency, counts.age, counts.weights
    (array([0., 1.]), array([10., 30.]), array([2., 1.]))
    """
    return PurchaseCounts(*counted_rows(_customers(evidence, as_of), ("frequency", "recency", "age")))


def spend_counts(evidence: Evidence, as_of: date | datetime, *, decimals: int | None = None) -> SpendCounts:
    """Count the distinct spending of customers who bought repeatedly, in the engine of the transactions.

    Parameters
    ----------
    evidence
        The facts, all in one engine.
    as_of
        As for `Evidence.portfolio`.
    decimals
        To how many decimals mean spend is rounded first; ``None`` counts it as it is, exactly. Means over many
        purchases hardly repeat, so a table of billions only becomes small when rounded: to a cent moves a Gamma-Gamma
        fit by far less than its standard error.

    Raises
    ------
    SchemaError
        If there are no transactions, or the tables live in several engines.
    InvalidValueError
        If decimals are no whole number from 0.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21"])
    >>> sales = pd.DataFrame({"customer_id": [1, 1, 2], "at": at, "amount": [10.0, 20.0, 5.0]})
    >>> spend_counts(Evidence(transactions=sales), datetime(2026, 1, 31))
    SpendCounts(frequency=array([1.]), mean_spend=array([20.]), weights=array([1.]))
    """
    if decimals is not None and (isinstance(decimals, bool) or not isinstance(decimals, int) or decimals < 0):
        raise InvalidValueError(Problem(what="not a number of decimals", where="decimals", got=repr(decimals)))
    rows = nw.from_native(_customers(evidence, as_of)).lazy().select("frequency", "mean_spend")
    if decimals is not None:
        rows = rows.with_columns(nw.col("mean_spend").round(decimals))
    return SpendCounts(*counted_rows(nw.to_native(rows), ("frequency", "mean_spend")))


def counted_rows(rows: Any, columns: Sequence[str]) -> tuple[FloatArray, ...]:
    """Count the distinct combinations of some columns in the engine of a frame.

    Parameters
    ----------
    rows
        A frame of any engine, for instance one row per customer.
    columns
        What to count by; rows where one is missing are left out.

    Returns
    -------
    The distinct combinations column by column, sorted by the first column, then the next, and how often each occurs;
    ``(n_distinct,)`` each.

    Raises
    ------
    SchemaError
        If a column is not there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> counted_rows(pa.table({"renewals": [2, 0, 2, None]}), ["renewals"])
    (array([0., 2.]), array([1., 2.]))
    """
    frame = nw.from_native(rows).lazy()
    names = frame.collect_schema().names()
    absent = [name for name in columns if name not in names]
    if absent:
        raise SchemaError(*(Problem(what="missing column", where=name, got=", ".join(names)) for name in absent))
    floats = [nw.col(name).cast(nw.Float64).alias(name) for name in columns]
    known = [each for name in columns for each in (~nw.col(name).is_null(), ~nw.col(name).is_nan())]
    counted = frame.select(*floats).filter(*known).group_by(*columns).agg(nw.len().alias(_CUSTOMERS))
    table = counted.collect("pyarrow").to_native()
    arrays = [table.column(name).to_numpy().astype(np.float64) for name in (*columns, _CUSTOMERS)]
    order = np.lexsort(arrays[-2::-1])
    return tuple(array[order] for array in arrays)


def _customers(evidence: Evidence, as_of: date | datetime) -> Any:
    expect(evidence, Evidence, where="evidence", remedy="Evidence(transactions=...)")
    summaries: list[Any] = [Purchases()]  # a class variable satisfies the protocol, which pyright does not see
    return evidence.summarise(as_of, summaries)
