"""The engines agree on the same facts, above all on those on which they disagree by default."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.events import RiskEvent
from crmrisk.evidence import Evidence, NoActivity, Occurs, Overdue, Purchases, PurchaseTrend, Recorded
from crmrisk.evidence.summaries import DEFAULTS

AS_OF = datetime(2024, 7, 1)
SUMMARIES = [*DEFAULTS, PurchaseTrend()]
NAN = float("nan")

# by hand, from the book in conftest.py; columns are customers A, B, C, D, E
EXPECTED = {
    "frequency": (2, 0, NAN, NAN, 0),  # A: 1 January (twice), 1 February, 1 March; E: at as_of exactly
    "recency": (60, 0, NAN, NAN, 0),
    "age": (182, 171, NAN, NAN, 0),
    "idle_days": (122, 171, NAN, NAN, 0),
    "mean_spend": (30, NAN, NAN, NAN, NAN),
    "total_spend": (75, 8, NAN, NAN, 12),
    "refunds": (7, 0, 3, 0, 0),
    "complaint_count": (2, 0, 1, 0, 0),
    "complaints_recent": (1, 0, 1, 0, 0),
    "complaint_rate": (2 * 365.25 / 547, 0, 365.25 / 178, 0, 0),
    "open_complaints": (1, 0, 1, 0, 0),  # A's second is closed only in August
    "days_since_complaint": (30, NAN, 1, NAN, NAN),
    "nps_last": (4, NAN, NAN, NAN, NAN),
    "nps_mean": (6.5, NAN, NAN, NAN, NAN),
    "nps_answers": (2, 0, 0, 0, 0),
    "csat_last": (5, NAN, NAN, NAN, NAN),
    "csat_mean": (5, NAN, NAN, NAN, NAN),
    "csat_answers": (1, 0, 0, 0, 0),
    "ces_last": (NAN, NAN, 3.5, NAN, NAN),  # two answers at one time count as their mean
    "ces_mean": (NAN, NAN, 3.5, NAN, NAN),
    "ces_answers": (0, 0, 2, 0, 0),
    "nps_promoters": (0.5, 0, 0, 0, 0),  # exactly one half-life old
    "nps_passives": (0, 0, 0, 0, 0),
    "nps_detractors": (1, 0, 0, 0, 0),
    "payment_count": (2, 2, 0, 0, 0),
    "overdue_amount": (50, 70, 0, 0, 0),
    "days_past_due": (30, 61, NAN, NAN, NAN),
    "mean_days_late": (15, 33, NAN, NAN, NAN),
    "late_payment_share": (0.5, 1, NAN, NAN, NAN),
    "service_contacts": (2, 1, 1, 0, 0),
    "mean_response_hours": (1, NAN, NAN, NAN, NAN),  # C was answered before asking
    "mean_resolution_hours": (24, NAN, 1, NAN, NAN),
    "unresolved_contacts": (1, 1, 0, 0, 0),
    "accuracy_share": (1, NAN, 0, NAN, NAN),
    "incident_count": (2, 0, 0, 0, 1),  # B's is detected later
    "incident_loss": (120, 0, 0, 0, NAN),
    "days_since_incident": (61, NAN, NAN, NAN, 30),
    "renewals": (2, 1, 0, NAN, NAN),  # E's is later, D's has no time
    "churned": (0, 1, 0, NAN, NAN),
    "spend_per_period": (12.5, 30, NAN, NAN, NAN),
    "purchases_recent": (0, 0, NAN, NAN, 1),
    "purchases_previous": (2, 1, NAN, NAN, 0),
    "spend_recent": (0, 0, NAN, NAN, 12),
    "spend_previous": (60, 8, NAN, NAN, 0),
}

RULES = [
    (NoActivity(), (1, 1, NAN, NAN, 1)),  # A buys again two days after the window
    (NoActivity("complaints"), (1, NAN, 1, NAN, NAN)),
    (Occurs("complaints"), (0, 1, 0, 0, 0)),
    (Occurs("complaints", "severity", ge=6), (0, 0, 0, 0, 0)),
    (Occurs("complaints", "topic", equals="billing"), (0, 1, 0, 0, 0)),
    (Occurs("surveys", "score", le=6, where={"question": "nps"}), (NAN, 0, 1, NAN, NAN)),
    (Overdue(days=29), (0, 0, 1, 0, 0)),  # C's is overdue at the very end of the window
    (Overdue(days=30), (0, 0, 0, 0, 0)),  # A's was at as_of itself
    (Overdue(days=31), (1, 0, 0, 0, 0)),
    (Recorded(), (0, 0, 1, 0, 0)),
]


@pytest.fixture
def evidence(engine, book):
    tables = {name: engine(columns) for name, columns in book.items()}
    return Evidence(**tables, observed_until=datetime(2025, 1, 1))


def test_portfolio_is_what_the_definitions_say(evidence):
    found = evidence.portfolio(AS_OF, SUMMARIES)
    assert found.customer_id.tolist() == ["A", "B", "C", "D", "E"]
    assert set(found.columns) == set(EXPECTED)
    for name, expected in EXPECTED.items():
        np.testing.assert_array_equal(found[name], np.array(expected, dtype=float), err_msg=name)
    assert found.label("segment").tolist() == ["gold", "silver", None, None, None]
    assert found.label("tier").tolist() == ["1", None, "2", None, None]
    assert found.label("region").tolist() == ["north", None, "south", None, None]
    assert [str(moment)[:10] for moment in found.since] == ["2023-01-01", "2023-06-01", "NaT", "NaT", "NaT"]
    assert found.units["idle_days"] == "day"
    assert found.units["complaint_rate"] == "count/year"


def test_the_query_that_stays_in_the_engine_yields_the_same(evidence):
    import narwhals.stable.v2 as nw

    found = nw.from_native(evidence.summarise(AS_OF, SUMMARIES)).lazy().collect("pandas").to_native()
    found = found.set_index("customer_id").sort_index()
    assert found.index.tolist() == ["A", "B", "C", "D", "E"]
    for name, expected in EXPECTED.items():
        values = found[name].to_numpy(dtype=float, na_value=np.nan)
        np.testing.assert_array_equal(values, np.array(expected, dtype=float), err_msg=name)


@pytest.mark.parametrize(("rule", "expected"), RULES, ids=lambda value: getattr(value, "kind", ""))
def test_outcomes_are_what_the_rules_say(evidence, rule, expected):
    event = RiskEvent("fraud", category="fraud", horizon=timedelta(days=60), outcome=rule)
    found = evidence.outcomes(event, AS_OF)
    assert found.customer_id.tolist() == ["A", "B", "C", "D", "E"]
    np.testing.assert_array_equal(found.occurred, np.array(expected, dtype=float))


def test_quality_counts_the_same(evidence):
    report = evidence.quality(AS_OF)
    sales = report["transactions"]
    assert (sales.rows, sales.known, sales.later, sales.undated, sales.missing_amounts) == (15, 12, 2, 1, 2)
    assert (sales.refunds, sales.zero_amounts, sales.unlisted, sales.latest_age) == (2, 1, 2, 0.0)
    assert report["service"].disordered["answered_at before at"] == 1
    assert report["incidents"].later == 2
    assert report["customers"].duplicate_customers == 0


def _at(*texts, zone=None):
    return [None if text is None else datetime.fromisoformat(text).replace(tzinfo=zone) for text in texts]


AUCKLAND = timezone(timedelta(hours=13))
DAYS = _at("2024-01-01", "2024-01-01", "2024-01-03", "2024-01-05")
DISAGREEMENTS = {
    "NaN amount": ({"at": DAYS, "amount": [1.0, NAN, 4.0, NAN]}, (1, 2, 4.0, 5.0)),
    "null amount": ({"at": DAYS, "amount": [1.0, None, 4.0, None]}, (1, 2, 4.0, 5.0)),
    "a day of nulls only is no purchase day": ({"at": DAYS, "amount": [None, None, 4.0, 8.0]}, (1, 2, 8.0, 12.0)),
    "null timestamp": ({"at": [*DAYS[:3], None], "amount": [1.0, 2.0, 4.0, 8.0]}, (1, 2, 4.0, 7.0)),
    "dates": ({"at": [day.date() for day in DAYS], "amount": [1.0, 2.0, 4.0, 8.0]}, (2, 4, 6.0, 15.0)),
    "decimals": (
        {"at": DAYS, "amount": [Decimal("0.10"), Decimal("0.20"), None, Decimal("8.00")]},
        (1, 4, 8.0, 0.1 + 0.2 + 8),
    ),
    "whole numbers": ({"at": DAYS, "amount": [1, 2, 4, 8]}, (2, 4, 6.0, 15.0)),
    "another time zone": (  # 31 December 12:00 UTC, the same day 23:00 UTC, 2 January 23:00 UTC, 3 January 0:00 UTC
        {
            "at": _at("2024-01-01 01:00", "2024-01-01 12:00", "2024-01-03 12:00", "2024-01-03 13:00", zone=AUCKLAND),
            "amount": [1.0, 2.0, 4.0, 8.0],
        },
        (2, 3, 6.0, 15.0),
    ),
    "before 1970": (
        {"at": _at("1969-12-30 23:59", "1969-12-31 00:01", "1970-01-01", None), "amount": [1.0, 2.0, 4.0, 8.0]},
        (2, 2, 3.0, 7.0),
    ),
}


@pytest.mark.parametrize("case", DISAGREEMENTS)
def test_facts_on_which_engines_disagree_mean_one_thing(engine, case):
    columns, (frequency, recency, mean_spend, total_spend) = DISAGREEMENTS[case]
    evidence = Evidence(transactions=engine({"customer_id": ["A"] * 4, **columns}))
    book = evidence.portfolio(date(2024, 7, 1), [Purchases()])
    found = {name: float(book[name][0]) for name in ("frequency", "recency", "mean_spend", "total_spend")}
    expected = {"frequency": frequency, "recency": recency, "mean_spend": mean_spend, "total_spend": total_spend}
    assert found == pytest.approx(expected, rel=1e-15, abs=0)
    assert evidence.quality(date(2024, 7, 1))["transactions"].rows == 4


def test_null_identifiers_are_an_error_or_excluded_and_counted(engine):
    facts = engine({"customer_id": ["A", None, ""], "at": DAYS[:3], "amount": [1.0, 2.0, 4.0]})
    with pytest.raises(Exception, match=r"2 of 3 record\(s\) name no customer"):
        Evidence(transactions=facts).portfolio(AS_OF)
    evidence = Evidence(transactions=facts, unidentified="exclude")
    assert evidence.portfolio(AS_OF).customer_id.tolist() == ["A"]
    assert evidence.quality(AS_OF)["transactions"].unidentified == 2


@pytest.mark.parametrize(
    "identifiers",
    [[17850, 20], [17850.0, 20.0], ["17850", "20"]],
    ids=["integers", "floats", "text"],
)
def test_identifiers_of_different_types_are_one_customer(engine, identifiers):
    customers = engine({"customer_id": ["17850", "20"], "segment": ["gold", "silver"]})
    sales = engine({"customer_id": identifiers, "at": DAYS[:2], "amount": [1.0, 2.0]})
    evidence = Evidence(customers, sales, unlisted="error")
    book = evidence.portfolio(AS_OF)
    assert book.customer_id.tolist() == ["17850", "20"]
    assert book.label("segment").tolist() == ["gold", "silver"]
    assert book["total_spend"].tolist() == [1.0, 2.0]


def test_identifiers_with_a_fraction_are_an_error(engine):
    facts = engine({"customer_id": [1.5, 2.0], "at": DAYS[:2], "amount": [1.0, 2.0]})
    with pytest.raises(Exception, match=r"1 customers? that are no whole numbers"):
        Evidence(transactions=facts).portfolio(AS_OF)


@pytest.fixture(scope="module")
def random_sales():
    """Random sales, and what the definitions say of them, customer by customer."""
    rng = np.random.default_rng(3)
    n = 6_000
    columns = {
        "customer_id": rng.integers(0, 250, n),
        "at": np.datetime64("2022-01-01", "us") + rng.integers(0, 900 * 86_400, n).astype("timedelta64[s]"),
        "amount": np.round(rng.gamma(1.5, 30.0, n) * np.where(rng.random(n) < 0.05, -1, 1), 2),
    }
    return columns, _naively(pd.DataFrame(columns))


def test_sums_agree_to_twelve_digits_and_whole_days_exactly(engine, random_sales):
    columns, expected = random_sales
    found = Evidence(transactions=engine(columns)).portfolio(AS_OF, [Purchases()])
    assert found.customer_id.tolist() == expected.index.tolist()
    for name in expected.columns:
        tolerance = 1e-12 if name in {"mean_spend", "total_spend", "refunds"} else 0
        np.testing.assert_allclose(found[name], expected[name].to_numpy(), rtol=tolerance, err_msg=name)


def _naively(sales):
    """Follow the definitions customer by customer."""
    rows = {}
    for customer, facts in sales[sales["at"] <= AS_OF].groupby("customer_id"):
        bought = facts[facts["amount"] > 0]
        days = bought.groupby(bought["at"].dt.normalize())["amount"].sum()
        first, last = (days.index[0], days.index[-1]) if len(days) else (pd.NaT, pd.NaT)
        rows[str(customer)] = {
            "frequency": len(days) - 1 if len(days) else NAN,
            "recency": (last - first).days,
            "age": (pd.Timestamp(AS_OF) - first).days,
            "idle_days": (pd.Timestamp(AS_OF) - last).days,
            "mean_spend": days.iloc[1:].mean() if len(days) > 1 else NAN,
            "total_spend": days.sum() if len(days) else NAN,
            "refunds": -facts.loc[facts["amount"] < 0, "amount"].sum(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_index().astype(float)


def test_facts_may_live_in_several_engines_at_once(book):
    duckdb, pl = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    import pyarrow as pa

    tables = {name: pa.table(columns) for name, columns in book.items()}
    expected = Evidence(**tables).portfolio(AS_OF)
    mixed = Evidence(
        tables["customers"].to_pandas(),
        duckdb.from_arrow(tables["transactions"]),
        pl.from_arrow(tables["complaints"]),
        pl.from_arrow(tables["surveys"]).lazy(),
        tables["payments"],
        service=duckdb.from_arrow(tables["service"]),
        incidents=tables["incidents"].to_pandas(),
        renewals=pl.from_arrow(tables["renewals"]),
    )
    assert mixed.portfolio(AS_OF) == expected
    with pytest.raises(Exception, match="several engines"):
        mixed.summarise(AS_OF)


def test_a_duckdb_session_in_another_zone_changes_nothing():
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Pacific/Auckland'")
    sales = connection.sql(
        """SELECT 'A' AS customer_id, CAST(moment AS TIMESTAMPTZ) AS "at", 1.0 AS amount
        FROM (VALUES ('2024-01-01 23:30:00+00'), ('2024-01-02 00:30:00+00')) AS facts(moment)"""
    )
    book = Evidence(transactions=sales).portfolio(datetime(2024, 1, 2, 12, tzinfo=UTC))
    assert (book["frequency"][0], book["idle_days"][0]) == (1.0, 0.0)


def test_nanoseconds_are_read_to_the_microsecond():
    frame = pd.DataFrame(
        {"customer_id": ["A", "A"], "amount": 1.0, "at": np.array(["2024-01-01T00:00:00.000000999"] * 2, "M8[ns]")}
    )
    assert Evidence(transactions=frame).portfolio(datetime(2024, 1, 1))["frequency"].tolist() == [0.0]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_resolution_of_time_is_read(engine, unit):
    at = np.array(["2024-01-01T10:00", "2024-01-03T10:00"], f"M8[{unit}]")
    if engine.__name__ == "_pandas":
        frame = pd.DataFrame({"customer_id": ["A", "A"], "amount": 1.0, "at": at})
    else:
        frame = engine({"customer_id": ["A", "A"], "amount": [1.0, 1.0], "at": at})
    assert Evidence(transactions=frame).portfolio(AS_OF)["recency"].tolist() == [2.0]


def test_a_million_rows_of_chunked_arrow_are_aligned():
    import pyarrow as pa

    n = 1_000_000
    rng = np.random.default_rng(11)
    customer = rng.integers(0, 200_000, n)
    day = rng.integers(0, 700, n)
    table = pa.table(
        {"customer_id": customer, "at": np.datetime64("2022-01-01", "us") + day.astype("m8[D]"), "amount": np.ones(n)}
    )
    chunked = pa.concat_tables([table.slice(start, 77_777) for start in range(0, n, 77_777)])
    found = Evidence(transactions=chunked).portfolio(AS_OF)
    pairs = np.unique(customer * 1000 + day)
    expected = np.bincount(pairs // 1000, minlength=200_000)
    present = np.flatnonzero(expected)
    assert dict(zip(found.customer_id, found["frequency"], strict=True)) == {
        str(each): float(expected[each] - 1) for each in present
    }
    assert found["total_spend"].sum() == n
