"""Contractual churn: everybody sees who left, so it is counted: ended, of those at risk at the start.

Who joined after the start was never at risk of leaving before it, and is in neither count; growth cannot hide churn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import narwhals.stable.v2 as nw

from crmrisk.core.arguments import check_choice, is_number, refuse
from crmrisk.core.errors import Problem, RecordError
from crmrisk.evidence.checks import check_records, common_zone
from crmrisk.evidence.content import counted, one_row
from crmrisk.evidence.facts import known
from crmrisk.evidence.moments import instant_of, microseconds, moment_in, span
from crmrisk.evidence.schemas import Column, ColumnType, TableSchema
from crmrisk.evidence.tables import read_table
from crmrisk.satisfaction.loyalty.exposure import Exposure, LoyaltyEstimate, loyalty_estimate, whole_days
from crmrisk.satisfaction.loyalty.reading import checked_names, plain_frame
from crmrisk.satisfaction.proportions import ProportionMethod, proportion

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from crmrisk.evidence.tables import Table

__all__ = ["ChurnUnit", "churn_of_counts", "contractual_churn"]

ChurnUnit: TypeAlias = Literal["contract", "customer"]
"""What is lost: each contract by itself, or a customer once no contract is left."""

_SCHEMA = TableSchema(
    "contracts",
    (
        Column("customer_id", ColumnType.ID),
        Column("started_at", ColumnType.TIME),
        Column("ended_at", ColumnType.TIME),
    ),
    time="started_at",
    closings=("ended_at",),
)


def churn_of_counts(
    ended: float, at_risk: float, *, method: ProportionMethod = "wilson", level: float = 0.95
) -> LoyaltyEstimate:
    """Estimate contractual churn from counts.

    Parameters
    ----------
    ended
        Who left in the period, of those at risk.
    at_risk
        Customers, or contracts, under way at its start.
    method, level
        Of the interval, as for `proportion`.

    Raises
    ------
    InvalidValueError
        If not ``0 <= ended <= at_risk``, or method or level are not valid.

    Examples
    --------
    >>> print(churn_of_counts(1869, 7043))
    contractual churn 0.2654 [0.2552, 0.2758] (95 % wilson, n 7043) of 7,043 at risk at the start
    """
    given = {"ended": ended, "at_risk": at_risk}
    refuse([Problem(what="no count", where=n, got=repr(value)) for n, value in given.items() if not is_number(value)])
    found = proportion(ended, at_risk, method=method, level=level)
    return loyalty_estimate(found, "contractual churn", Exposure(n_at_risk=at_risk, cohort="at risk at the start"))


def contractual_churn(
    contracts: Any,
    ended_at: Any = None,
    *,
    as_of: date | datetime,
    window: timedelta,
    customer_id: Any = None,
    unit: ChurnUnit = "contract",
    method: ProportionMethod = "wilson",
    level: float = 0.95,
    rename: Mapping[str, str] | None = None,
) -> LoyaltyEstimate:
    """Estimate the share of contracts that ended in a window, of those under way at its start.

    A contract is under way at a time if it started then or before and has not ended by then; it ended in the window if
    its end is after the start of the window and not after ``as_of``. Ends planned for later are not known yet.

    Parameters
    ----------
    contracts
        A table of any engine with ``customer_id``, ``started_at`` and ``ended_at`` (null: open), counted where it
        lives; or, with ``ended_at``, the column of starts.
    ended_at, customer_id
        When contracts ended and whose they are, where columns are passed; by default each is another customer's.
    as_of
        The end of the window. A date means its first moment.
    window
        How long it is, in whole days.
    unit
        ``"contract"``; or ``"customer"``: lost are customers with a contract at the start and none at the end.
    method, level
        Of the interval, as for `proportion`.
    rename
        The table's column names to the names above.

    Returns
    -------
    The share, in [0, 1]; ``None`` where nothing was under way at the start.

    Raises
    ------
    SchemaError
        If columns are missing or of the wrong type.
    RecordError
        If contracts end before they start, or name no customer.
    InvalidValueError
        If ``as_of``, window, unit, method or level are not valid.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> starts, ends = ["2025-01-01", "2025-02-01", "2025-03-01", "2026-01-10"], [None, "2026-01-20", None, None]
    >>> print(contractual_churn(starts, ends, as_of=date(2026, 2, 1), window=timedelta(days=31)))
    contractual churn 0.3333 [0.06149, 0.7923] (95 % wilson, n 3) of 3 contracts under way at the start, \
after 2026-01-01 up to 2026-02-01
    """
    whole_days(window, where="window")
    check_choice(unit, get_args(ChurnUnit), where="unit", what="no such unit")
    table = _table(contracts, ended_at, customer_id, checked_names(rename))
    zone = common_zone([table])
    moment = moment_in(zone, as_of)
    start = microseconds(moment) - span(window)
    at_risk, ended = _counts(table, start, microseconds(moment), unit)
    found = proportion(ended, at_risk, method=method, level=level)
    who = f"{unit}s under way at the start"
    exposure = Exposure(n_at_risk=at_risk, cohort=who, start=instant_of(start, zone), end=moment)
    return loyalty_estimate(found, "contractual churn", exposure)


def _table(contracts: Any, ended_at: Any, customer_id: Any, rename: Mapping[str, str]) -> Table:
    if ended_at is not None:
        contracts = {"started_at": contracts, "ended_at": ended_at}
    if isinstance(contracts, Mapping):
        columns = {**contracts, **({} if customer_id is None else {"customer_id": customer_id})}
        contracts, rename = plain_frame(columns, _SCHEMA, rename=rename), {}
        contracts = contracts if "customer_id" in contracts else contracts.assign(customer_id=range(len(contracts)))
    table = read_table(_SCHEMA, contracts, rename)
    check_records([table], unidentified="error")
    return table


def _counts(table: Table, start: int, end: int, unit: ChurnUnit) -> tuple[int, int]:
    """Count what was under way at the start, and what of it was lost, in the table's engine."""
    began, over = nw.col("started_at"), nw.col("ended_at")
    wrong = one_row(table.frame, where="contracts", reversed=counted(over < began))["reversed"]
    if wrong:
        what = f"{wrong} contract(s) that end before they start"
        raise RecordError(Problem(what=what, where="contracts.ended_at", allowed="ended_at >= started_at"))
    facts = known(table, end).select(
        "customer_id",
        ((began <= start) & (over.is_null() | (over > start))).cast(nw.Int64).alias("before"),
        over.is_null().cast(nw.Int64).alias("after"),
    )
    if unit == "customer":
        facts = facts.group_by("customer_id").agg(nw.col("before").max(), nw.col("after").max())
    at_risk = nw.col("before") == 1
    counts = one_row(facts, where="contracts", n=counted(at_risk), lost=counted(at_risk & (nw.col("after") == 0)))
    return counts["n"] or 0, counts["lost"] or 0
