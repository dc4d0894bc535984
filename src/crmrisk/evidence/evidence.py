"""`Evidence`: the facts about customers, asked for what was known at a point in time and what happened after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import InvalidValueError, Problem, SchemaError
from crmrisk.core.outcomes import Outcomes
from crmrisk.evidence.assembly import Part, assembled, known_since
from crmrisk.evidence.checks import Unidentified, Unlisted, check_policy, check_records, common_zone
from crmrisk.evidence.facts import known
from crmrisk.evidence.joining import joined, one_engine
from crmrisk.evidence.moments import instant_of, microseconds, moment_in
from crmrisk.evidence.observing import check_observed, latest_recorded, window_of
from crmrisk.evidence.reading import chosen_summaries, derivations, first_records, summarised
from crmrisk.evidence.roster import listed_customers, roster_of
from crmrisk.evidence.rows import Rows, aligned, collected_rows
from crmrisk.evidence.tables import Table, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pyarrow as pa

    from crmrisk.core.events import RiskEvent
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.evidence.kinds import Kind
    from crmrisk.evidence.quality import QualityReport
    from crmrisk.evidence.summaries import Summary

__all__ = ["Evidence"]


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Evidence:
    """Hold the tables of facts about customers, on any dataframe engine.

    Each table is a pandas, polars (eager or lazy) or pyarrow frame, a DuckDB relation or a Spark frame. Columns beyond
    those declared are ignored, except that further text columns of `customers` become labels. Frames in memory are
    validated at once, lazy ones when first used. No frame is ever modified.

    What is decided here, once, for every engine: NaN, null and missing amounts are one thing and excluded from sums;
    records without a time cannot be placed and are left out (`quality` counts them); aware times are instants and their
    days are days in UTC, whatever the session's time zone; dates are their first moment; times are read to the
    microsecond; identifiers 17850, 17850.0 and "17850" are one customer.

    Parameters
    ----------
    customers
        ``customer_id``, [``since``, ``segment``, ``tier``, ``tags``, further labels]. These carry no time of their own
        and are taken as true at any `as_of`; customers whose ``since`` is later are not in a portfolio.
    transactions
        ``customer_id``, ``at``, ``amount``, [``cost``, ``product``].
    complaints
        ``customer_id``, ``opened_at``, [``closed_at``, ``severity``, ``topic``, ``text``].
    surveys
        ``customer_id``, ``at``, ``question``, ``score``.
    payments
        ``customer_id``, ``due_at``, ``amount``, [``paid_at``].
    service
        ``customer_id``, ``at``, ``channel``, [``answered_at``, ``resolved_at``, ``accurate``].
    incidents
        ``customer_id``, ``event``, ``occurred_at``, [``loss``, ``detected_at``].
    renewals
        Of contracts: ``customer_id``, ``at``, ``renewed``, [``amount``].
    rename
        Table to the caller's column names to the names above.
    unidentified
        What to do with records that name no customer: ``"error"``, or ``"exclude"`` and count them in `quality`.
    unlisted
        What to do with customers only facts know: ``"include"`` (their labels are unrated), ``"exclude"`` or
        ``"error"``.
    observed_until
        The time up to which everything that happened is recorded, in every table. By default each table vouches for
        itself only, up to the latest time it records (due times are plans and vouch for nothing), so that a table which
        ended early is an error of `outcomes` and never a silent customer. Pass it where the last days were quiet.
    summaries
        What portfolios hold; by default every built-in summary whose table is there, except
        `PurchaseTrend`, `PurchaseCount` and `SurveyTrend`.

    Raises
    ------
    SchemaError
        If columns are missing, of the wrong type or renamed wrongly, or naive and aware times are mixed; every
        problem of every table is listed.
    RecordError
        If records contradict their declaration: duplicate customers, missing identifiers, infinite numbers.
    InvalidValueError
        If a policy is unknown.

    Examples
    --------
    >>> from datetime import datetime
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"CustomerID": [1, 1, 2], "at": pd.to_datetime(["2026-01-01", "2026-01-11", "2026-01-21"]),
    ...     "amount": [10.0, 20.0, 5.0]})
    >>> evidence = Evidence(transactions=sales, rename={"transactions": {"CustomerID": "customer_id"}})
    >>> evidence
    Evidence(transactions: pandas)
    >>> portfolio = evidence.portfolio(datetime(2026, 1, 31))
    >>> portfolio.customer_id, portfolio["idle_days"]
    (array(['1', '2'], dtype=object), array([20., 10.]))
    """

    tables: Mapping[str, Table]
    unidentified: Unidentified
    unlisted: Unlisted
    zone: Kind | None
    stated_until: datetime | None
    summaries: tuple[Summary, ...] | None

    def __init__(
        self,
        customers: Any = None,
        transactions: Any = None,
        complaints: Any = None,
        surveys: Any = None,
        payments: Any = None,
        *,
        service: Any = None,
        incidents: Any = None,
        renewals: Any = None,
        rename: Mapping[str, Mapping[str, str]] | None = None,
        unidentified: Unidentified = "error",
        unlisted: Unlisted = "include",
        observed_until: date | datetime | None = None,
        summaries: Iterable[Summary] | None = None,
    ) -> None:
        check_policy("unidentified", unidentified, Unidentified)
        check_policy("unlisted", unlisted, Unlisted)
        given = {
            "customers": customers,
            "transactions": transactions,
            "complaints": complaints,
            "surveys": surveys,
            "payments": payments,
            "service": service,
            "incidents": incidents,
            "renewals": renewals,
        }
        tables = read_tables({name: table for name, table in given.items() if table is not None}, rename or {})
        if not tables:
            raise SchemaError(Problem(what="no table was given", where="Evidence", allowed=", ".join(given)))
        zone = common_zone(tables.values())
        until = None if observed_until is None else moment_in(zone, observed_until, where="observed_until")
        check_records([table for table in tables.values() if table.engine.eager], unidentified=unidentified)
        wanted = None if summaries is None else chosen_summaries(summaries, tables)
        self._set(MappingProxyType(tables), unidentified, unlisted, zone, until, wanted)

    def _set(self, *values: object) -> None:
        for name, value in zip(self.__dataclass_fields__, values, strict=True):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"Evidence({', '.join(f'{name}: {table.engine.name}' for name, table in self.tables.items())})"

    @cached_property
    def _checked(self) -> Mapping[str, Table]:
        """The tables, once the lazy ones are validated too."""
        lazy = [table for table in self.tables.values() if not table.engine.eager]
        check_records(lazy, unidentified=self.unidentified)
        return self.tables

    @property
    def observed_until(self) -> datetime | None:
        """The time up to which every table of facts was observed: as stated, or the earliest of their latest records.

        ``None`` where some table records nothing that happened. `outcomes` asks only the table the event's rule reads.
        """
        if self.stated_until is not None:
            return self.stated_until
        latest = [latest_recorded(table) for name, table in self._checked.items() if name != "customers"]
        ends = [moment for moment in latest if moment is not None]
        return instant_of(min(ends), self.zone) if ends and len(ends) == len(latest) else None

    def portfolio(self, as_of: date | datetime, summaries: Iterable[Summary] | None = None) -> Portfolio:
        """Summarise what was known at a point in time: one row per customer, sorted by identifier.

        Parameters
        ----------
        as_of
            Records at exactly this time are known, later ones are not. A date means its first moment.
        summaries
            What to compute instead of the `summaries` given to the evidence.

        Raises
        ------
        RecordError
            If a lazy table's records contradict their declaration, or customers are unlisted where that is an error.
        InvalidValueError
            If `as_of` is naive where the facts are aware, or the other way round.

        Examples
        --------
        >>> from datetime import datetime
        >>> import pandas as pd
        >>> customers = pd.DataFrame({"customer_id": ["A", "B"], "segment": ["gold", None]})
        >>> Evidence(customers).portfolio(datetime(2026, 1, 31)).label("segment")
        array(['gold', None], dtype=object)
        """
        moment = moment_in(self.zone, as_of)
        chosen = self._chosen(summaries)
        parts = [Part(summary, self._rows(summary, moment)) for summary in chosen]
        derived = bool(derivations(chosen, moment))
        firsts = self._firsts(moment, () if derived else parts)
        customers = self._customers()
        ids = roster_of(customers, [rows.ids for rows in firsts], microseconds(moment), self.unlisted)
        since = known_since(ids, customers, firsts) if derived else None
        return assembled(moment, ids, customers, parts, since)

    def _chosen(self, summaries: Iterable[Summary] | None) -> tuple[Summary, ...]:
        return chosen_summaries(self.summaries if summaries is None else summaries, self._checked)

    def _rows(self, summary: Summary, moment: datetime) -> Rows:
        return collected_rows(summarised(summary, self.tables[summary.table], moment), where=type(summary).__name__)

    def _customers(self) -> Rows | None:
        return listed_customers(self.tables["customers"]) if "customers" in self.tables else None

    def _firsts(self, moment: datetime, parts: Iterable[Part] = ()) -> list[Rows]:
        """Return from each table of facts who is known, asking again only where no summary already says."""
        covered = {p.summary.table: p.rows for p in parts if getattr(p.summary, "keeps_everyone", False)}
        facts = {name: table for name, table in self.tables.items() if name != "customers"}
        return [
            covered[name] if name in covered else collected_rows(first_records(table, moment), where=name)
            for name, table in facts.items()
        ]

    def summarise(self, as_of: date | datetime, summaries: Iterable[Summary] | None = None) -> Any:
        """Write the portfolio as a query in the tables' own engine, one row per customer in no order.

        Nothing is collected where the engine is lazy, so that Spark and DuckDB users stay where they are; score the
        result partition by partition with `crmrisk.core.batches.score_batches`.

        Parameters
        ----------
        as_of, summaries
            As for `portfolio`.

        Returns
        -------
        ``customer_id``, labels and one column per input; null is unrated.

        Raises
        ------
        SchemaError
            If the tables live in several engines.

        Examples
        --------
        >>> from datetime import datetime
        >>> import polars as pl
        >>> at = [datetime(2026, 1, 1), datetime(2026, 1, 9)]
        >>> sales = pl.LazyFrame({"customer_id": [1, 1], "at": at, "amount": [1, 2]})
        >>> Evidence(transactions=sales).summarise(datetime(2026, 1, 31)).select("frequency", "age").collect().rows()
        [(1.0, 30.0)]
        """
        moment = moment_in(self.zone, as_of)
        one_engine(self._checked)
        chosen = self._chosen(summaries)
        if self.unlisted == "error":
            self._ids(moment)
        frame = joined(self.tables, chosen, moment, microseconds(moment), self.unlisted)
        return next(iter(self.tables.values())).engine.native(frame)

    def _ids(self, moment: datetime) -> pa.Array:
        seen = [rows.ids for rows in self._firsts(moment)]
        return roster_of(self._customers(), seen, microseconds(moment), self.unlisted)

    def outcomes(self, event: RiskEvent, as_of: date | datetime) -> Outcomes:
        """Observe what happened within the event's horizon after a point in time, for that portfolio's customers.

        Parameters
        ----------
        event
            What may have happened, with its outcome rule and horizon.
        as_of
            The start of the window, exclusive; its end, ``as_of + horizon``, is inclusive.

        Raises
        ------
        InvalidValueError
            If the event has no outcome rule.
        HorizonNotObservedError
            If the table the rule reads, or what `observed_until` states, does not reach the end of the window.
        SchemaError
            If the table the rule reads was not given.

        Examples
        --------
        >>> from datetime import datetime, timedelta
        >>> import pandas as pd
        >>> from crmrisk import NoActivity, RiskEvent
        >>> sales = pd.DataFrame({"customer_id": ["A", "B", "A"], "amount": 1.0,
        ...     "at": pd.to_datetime(["2026-01-01", "2026-01-01", "2026-02-01"])})
        >>> churn = RiskEvent("churn", category="attrition", horizon=timedelta(days=20), outcome=NoActivity())
        >>> Evidence(transactions=sales).outcomes(churn, datetime(2026, 1, 12)).occurred
        array([0., 1.])
        """
        moment = moment_in(self.zone, as_of)
        rule = self._rule(event)
        window, table = window_of(event, moment), self.tables[rule.table]
        check_observed(event, window, table, self.stated_until)
        ids = self._ids(moment)
        observed = rule.observe(known(table, window.end, revealed=False), window).select("customer_id", "occurred")
        rows = collected_rows(observed, where=type(rule).__name__)
        occurred = aligned(ids, rows, {"occurred": getattr(rule, "absent", 0.0)})["occurred"]
        return Outcomes(
            ids.to_numpy(zero_copy_only=False), occurred, event=event.name, as_of=moment, horizon=event.horizon
        )

    def _rule(self, event: RiskEvent) -> Any:
        rule = event.outcome
        if rule is None:
            remedy = 'give it one, for instance RiskEvent(..., outcome=NoActivity("transactions"))'
            raise InvalidValueError(Problem(what="event without an outcome rule", where=event.name, remedy=remedy))
        if rule.table not in self._checked:
            what = f"table that {type(rule).__name__} reads was not given"
            raise SchemaError(Problem(what=what, where=rule.table, got=", ".join(self.tables)))
        return rule

    def quality(self, as_of: date | datetime) -> QualityReport:
        """Report how complete, valid, unique, timely and consistent the facts are.

        Parameters
        ----------
        as_of
            What counts as later, and what the age of the latest record is measured from.

        Raises
        ------
        InvalidValueError
            If `as_of` is naive where the facts are aware, or the other way round.

        Examples
        --------
        >>> from datetime import datetime
        >>> import pandas as pd
        >>> sales = pd.DataFrame({"customer_id": ["A", "A"], "at": pd.to_datetime(["2026-01-01", "2026-02-01"]),
        ...     "amount": [10.0, None]})
        >>> report = Evidence(transactions=sales).quality(datetime(2026, 1, 31))
        >>> report["transactions"].later, report["transactions"].missing_amounts
        (1, 1)
        """
        from crmrisk.evidence.measuring import report_on  # noqa: PLC0415 - most uses never ask

        moment = moment_in(self.zone, as_of)
        return report_on(self.tables, moment)
