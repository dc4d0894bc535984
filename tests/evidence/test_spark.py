"""Spark: the summary and the scoring both run inside it, and equal pandas.

Run with ``pytest -m spark tests/evidence/test_spark.py``; it needs pyspark and Java.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.batches import score_batches
from crmrisk.core.events import RiskEvent
from crmrisk.core.measures import Input, Measure
from crmrisk.evidence import (
    Evidence,
    NoActivity,
    Occurs,
    Overdue,
    Purchases,
    PurchaseTrend,
    Recorded,
    purchase_counts,
    spend_counts,
)
from crmrisk.evidence.summaries import DEFAULTS, Complaints
from crmrisk.scoring import BetaGeoNBD

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore"),  # pyspark 4 warns about pandas 3, sockets and its own deprecations
]

AS_OF = datetime(2024, 7, 1)
SUMMARIES = [*DEFAULTS, PurchaseTrend()]
SETTLED = [Purchases(), Complaints()]  # a zone is settled before anything is summarised, so two of them tell
TIMES = {
    "at",
    "since",
    "opened_at",
    "closed_at",
    "due_at",
    "paid_at",
    "answered_at",
    "resolved_at",
    "occurred_at",
    "detected_at",
}


class Silence(StatelessScorer):
    """Score within a partition by mathematics that has no exact answer, so that equality means something."""

    inputs = (Input("idle_days", "day", ge=0), Input("frequency", "count", ge=0))
    measure = Measure.share()

    def compute(self, portfolio):
        return 1 - np.exp(-portfolio["idle_days"] / (37.0 + portfolio["frequency"]))


def _frame(spark, columns, *, aware):
    from pyspark.sql import types as t

    time = t.TimestampType() if aware else t.TimestampNTZType()
    kinds = {str: t.StringType(), float: t.DoubleType(), int: t.LongType(), bool: t.BooleanType(), datetime: time}
    fields = []
    for name, values in columns.items():
        known = [value for value in values if value is not None]
        fields.append(t.StructField(name, kinds[type(known[0])] if known else t.StringType()))
    rows = list(zip(*columns.values(), strict=True))
    if aware:
        rows = [tuple(v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for v in row) for row in rows]
    return spark.createDataFrame(rows, t.StructType(fields)).repartition(2)


def purchases_of(simulated, as_of):
    """Write histories as transactions: purchases evenly from the first day to the last."""
    rows = [
        (f"C{place}", as_of - timedelta(days=int(age) - int(day)), 10.0 + place % 7)
        for place, (x, last, age) in enumerate(zip(*simulated[:3], strict=True))
        for day in np.unique(np.linspace(0, np.floor(last), int(x) + 1).astype(int))
    ]
    return {
        name: list(values)
        for name, values in zip(("customer_id", "at", "amount"), zip(*rows, strict=True), strict=True)
    }


@pytest.fixture(scope="module", params=["naive", "aware"])
def pair(request, spark, book):
    """Evidence in Spark and the same in pandas, with one as_of."""
    aware = request.param == "aware"
    zone = UTC if aware else None
    inside = {name: _frame(spark, columns, aware=aware) for name, columns in book.items()}
    outside = {name: pd.DataFrame(columns) for name, columns in book.items()}
    if aware:
        for frame in outside.values():
            for name in TIMES & set(frame.columns):
                frame[name] = pd.to_datetime(frame[name]).dt.tz_localize("UTC")
    until = datetime(2025, 1, 1, tzinfo=zone)
    both = (Evidence(**tables, observed_until=until) for tables in (inside, outside))
    return (*both, AS_OF.replace(tzinfo=zone))


def test_portfolio_equals_pandas(pair):
    inside, outside, as_of = pair
    summaries = SUMMARIES if as_of.tzinfo is None else SETTLED
    found, expected = inside.portfolio(as_of, summaries), outside.portfolio(as_of, summaries)
    assert found == expected, [n for n in expected.columns if not np.array_equal(found[n], expected[n], equal_nan=True)]


RULES = [
    NoActivity(),
    Occurs("complaints"),
    Occurs("surveys", "score", le=6, where={"question": "nps"}),
    Overdue(days=30),
    Recorded(),
]


def test_outcomes_equal_pandas(pair):
    inside, outside, as_of = pair
    for rule in RULES if as_of.tzinfo is None else RULES[:1]:
        event = RiskEvent("fraud", category="fraud", horizon=timedelta(days=60), outcome=rule)
        assert inside.outcomes(event, as_of) == outside.outcomes(event, as_of), rule


def test_summary_and_scoring_both_inside_spark_equal_pandas(pair):
    inside, outside, as_of = pair
    if as_of.tzinfo is not None:
        pytest.skip("a zone is settled before anything is scored, and the query takes Spark a minute")
    rows = inside.summarise(as_of, SETTLED)  # one join of summaries is as good as eight
    assert type(rows).__module__.startswith("pyspark")
    scorer = Silence()
    scored = rows.mapInArrow(
        lambda batches: score_batches(scorer, batches, as_of=as_of), "customer_id string, score double"
    )
    found = {row.customer_id: np.nan if row.score is None else row.score for row in scored.collect()}
    expected = scorer.score(outside.portfolio(as_of, SETTLED))
    assert sorted(found) == expected.customer_id.tolist()
    assert np.array_equal([found[key] for key in expected.customer_id], expected.values, equal_nan=True)


def test_a_fit_on_counts_from_spark_is_the_fit_on_pandas(spark):
    simulated = BetaGeoNBD(r=0.8, alpha=30.0, a=0.9, b=3.0).simulate(np.full(60, 300.0), rng=np.random.default_rng(3))
    columns = purchases_of(simulated, AS_OF)
    inside = Evidence(transactions=_frame(spark, columns, aware=False))
    outside = Evidence(transactions=pd.DataFrame(columns))
    counts = purchase_counts(inside, AS_OF)
    book = outside.portfolio(AS_OF)
    fit = BetaGeoNBD.fit(*counts)
    assert fit == BetaGeoNBD.fit(book["frequency"], book["recency"], book["age"])
    assert spend_counts(inside, AS_OF, decimals=2).weights.sum() == (book["frequency"] > 0).sum()


def test_quality_equals_pandas(pair):
    inside, outside, as_of = pair
    if as_of.tzinfo is not None:
        pytest.skip("counting records knows no zone, and every query takes Spark seconds")
    assert str(inside.quality(as_of)) == str(outside.quality(as_of))


def test_bad_records_are_found_at_first_use(spark):
    facts = {"customer_id": ["a", None], "at": [AS_OF, AS_OF], "amount": [1.0, float("inf")]}
    evidence = Evidence(transactions=_frame(spark, facts, aware=False))
    with pytest.raises(Exception, match="infinite") as caught:
        evidence.portfolio(AS_OF)
    assert "name no customer" in str(caught.value)
