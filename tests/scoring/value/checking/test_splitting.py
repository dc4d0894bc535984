from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import EvidenceError, FitError, HorizonNotObservedError, InvalidValueError
from crmrisk.evidence import Evidence
from crmrisk.scoring.value.checking.splitting import hold_out

CUT, END = date(2026, 2, 1), date(2026, 4, 1)


def purchases(n=300, seed=3):
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 89 * 24, n), unit="h")
    table = pd.DataFrame(
        {"customer_id": rng.choice(list("ABCDEFGH"), n), "at": at, "amount": rng.integers(-5, 30, n) * 1.0}
    )
    last = pd.DataFrame({"customer_id": ["A"], "at": [pd.Timestamp(END)], "amount": [5.0]})
    return pd.concat([table, last], ignore_index=True)


def by_hand(table):
    """Count in pandas, straight from the definition."""
    paid = table[table["amount"] > 0].assign(day=lambda t: t["at"].dt.normalize())
    before = paid[paid["at"] <= pd.Timestamp(CUT)]
    rows = {}
    for customer, known in before.groupby("customer_id"):
        all_days = set(paid[paid["customer_id"] == customer]["day"])
        later = paid[(paid["customer_id"] == customer) & (paid["at"] > pd.Timestamp(CUT))]
        rows[customer] = (known["day"].nunique() - 1, len(all_days - set(known["day"])), later["amount"].sum())
    return rows


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb", "evidence"])
def test_every_engine_counts_as_the_definition_says(engine):
    table = purchases()
    given = table
    if engine == "polars":
        given = pytest.importorskip("polars").from_pandas(table).lazy()
    elif engine == "pyarrow":
        given = pytest.importorskip("pyarrow").Table.from_pandas(table)
    elif engine == "duckdb":
        given = pytest.importorskip("duckdb").from_df(table)
    elif engine == "evidence":
        given = Evidence(transactions=table)
    holdout = hold_out(given, CUT, END)
    expected = by_hand(table)
    assert holdout.customer_id.tolist() == sorted(expected)
    found = zip(holdout.frequency, holdout.purchases, holdout.spend, strict=True)
    assert list(found) == [pytest.approx(expected[customer]) for customer in holdout.customer_id]


def test_histories_are_the_portfolio_of_that_day_in_any_unit():
    evidence = Evidence(transactions=purchases())
    week = timedelta(weeks=1)
    holdout, book = hold_out(evidence, CUT, END, time_unit=week), evidence.portfolio(CUT)
    assert holdout.recency * 7 == pytest.approx(book["recency"])
    assert holdout.age * 7 == pytest.approx(book["age"])
    assert holdout.mean_spend == pytest.approx(book["mean_spend"], nan_ok=True)
    assert holdout.duration == pytest.approx(59 / 7)
    later = evidence.portfolio(END)
    assert holdout.complete.frequency.tolist() == later["frequency"].tolist()


def test_nothing_after_the_calibration_enters_the_histories():
    table = purchases()
    altered = table[(table["at"] <= pd.Timestamp(CUT)) | (table["at"] == pd.Timestamp(END))]
    one, other = hold_out(table, CUT, END), hold_out(altered, CUT, END)
    for name in ("customer_id", "frequency", "recency", "age", "mean_spend"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_every_repeat_purchase_is_placed_in_time():
    holdout = hold_out(purchases(), CUT, END)
    time, count = holdout.repeats
    assert count[time <= 0].sum() == holdout.frequency.sum()
    assert count[time > 0].sum() == holdout.purchases.sum()


def test_newer_customers_are_in_the_complete_histories_only():
    table = purchases()
    new = pd.DataFrame({"customer_id": ["new"] * 2, "at": pd.to_datetime(["2026-03-01", "2026-03-11"]), "amount": 9.0})
    holdout = hold_out(pd.concat([table, new]), CUT, END)
    assert "new" not in holdout.customer_id
    assert len(holdout.complete.age) == len(holdout) + 1
    assert holdout.repeats.purchases.sum() == (holdout.frequency + holdout.purchases).sum()


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_records_does_not_matter(seed):
    table = purchases()
    assert hold_out(table.sample(frac=1, random_state=seed), CUT, END) == hold_out(table, CUT, END)


def test_times_with_a_zone_are_instants():
    table = purchases()
    aware = table.assign(at=table["at"].dt.tz_localize("UTC").dt.tz_convert("Pacific/Auckland"))
    holdout = hold_out(aware, CUT, datetime(2026, 4, 1, tzinfo=UTC))
    assert holdout == hold_out(table, CUT, END)
    assert hold_out(aware, CUT) == holdout


def test_a_table_without_amounts_counts_every_record():
    table = purchases()
    holdout = hold_out(table.drop(columns="amount"), CUT, END)
    assert np.isnan(holdout.spend).all()
    assert np.isnan(holdout.mean_spend).all()
    assert holdout.frequency.sum() >= hold_out(table, CUT, END).frequency.sum()


def test_columns_are_renamed_and_the_table_is_left_alone():
    table = purchases().rename(columns={"at": "InvoiceDate", "amount": "Spend"})
    before = table.copy()
    holdout = hold_out(table, CUT, END, rename={"InvoiceDate": "at", "Spend": "amount"})
    assert holdout == hold_out(purchases(), CUT, END)
    pd.testing.assert_frame_equal(table, before)


def test_the_holdout_ends_with_the_records_unless_told():
    holdout = hold_out(purchases(), CUT)
    assert holdout == hold_out(purchases(), CUT, END)
    with pytest.raises(HorizonNotObservedError, match="at most 2026-04-01"):
        hold_out(purchases(), CUT, date(2026, 5, 1))
    observed = Evidence(transactions=purchases(), observed_until=date(2026, 5, 1))
    assert hold_out(observed, CUT).duration == 89


def test_refused_with_a_reason():
    with pytest.raises(InvalidValueError, match="at least a day"):
        hold_out(purchases(), CUT, CUT)
    with pytest.raises(HorizonNotObservedError, match="nothing is recorded"):
        hold_out(purchases().head(0), CUT)
    with pytest.raises(InvalidValueError, match="time_unit"):
        hold_out(purchases(), CUT, END, time_unit=timedelta(0))
    with pytest.raises(FitError, match="nobody had bought"):
        hold_out(purchases(), date(2025, 12, 1))
    with pytest.raises(EvidenceError, match="transactions"):
        hold_out(Evidence(pd.DataFrame({"customer_id": ["A"]})), CUT)
    with pytest.raises(EvidenceError):
        hold_out(pd.DataFrame({"customer_id": ["A"]}), CUT)
    with pytest.raises(InvalidValueError, match="naive and aware"):
        hold_out(purchases(), datetime(2026, 2, 1, tzinfo=UTC))


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")  # pyspark 4 warns about its own deprecations
def test_spark_counts_as_pandas_does(spark):
    types = pytest.importorskip("pyspark.sql.types")
    table = purchases(60)
    kinds = {"customer_id": types.StringType(), "at": types.TimestampNTZType(), "amount": types.DoubleType()}
    rows = [(row.customer_id, row.at.to_pydatetime(), float(row.amount)) for row in table.itertuples()]
    inside = spark.createDataFrame(rows, types.StructType([types.StructField(*kind) for kind in kinds.items()]))
    assert hold_out(inside, CUT, END) == hold_out(table, CUT, END)


@pytest.mark.realdata
def test_cdnow_holdout(cdnow_holdout):
    """Fader, Hardie & Lee (2005): 2,357 customers; 1,882 purchases in the 39 weeks held out."""
    assert len(cdnow_holdout) == 2_357
    assert cdnow_holdout.duration == 39
    assert cdnow_holdout.purchases.sum() == 1_882
    assert (cdnow_holdout.frequency > 0).sum() == 946
