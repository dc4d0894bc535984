from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError, SchemaError
from crmrisk.evidence import Evidence, counted_rows, purchase_counts, spend_counts
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

AS_OF = datetime(2024, 7, 1)


@pytest.fixture(scope="module")
def facts():
    """Transactions of 300 customers, in whole cents."""
    rng = np.random.default_rng(11)
    age = rng.integers(50, 300, 300)
    drawn = BetaGeoNBD(r=0.8, alpha=30.0, a=0.9, b=3.0).simulate(age.astype(float), rng=rng)
    rows = [
        (f"C{place}", AS_OF - timedelta(days=int(end) - int(day)), round(float(amount), 2))
        for place, (x, last, end) in enumerate(zip(drawn.frequency, drawn.recency, age, strict=True))
        for day in np.unique(np.linspace(0, np.floor(last), int(x) + 1).astype(int))
        for amount in [rng.gamma(4, 8) + 0.01]
    ]
    names = ("customer_id", "at", "amount")
    return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


@pytest.fixture(scope="module")
def rows(facts):
    """One row per customer, by pandas."""
    return Evidence(transactions=pd.DataFrame(facts)).portfolio(AS_OF)


def test_the_fit_on_counts_is_the_fit_on_every_customer(engine, facts, rows):
    evidence = Evidence(transactions=engine(facts))
    counts = purchase_counts(evidence, AS_OF)
    assert len(counts.weights) < counts.weights.sum() == 300
    assert BetaGeoNBD.fit(*counts) == BetaGeoNBD.fit(rows["frequency"], rows["recency"], rows["age"])
    spend = GammaGamma.fit(*spend_counts(evidence, AS_OF))
    expected = GammaGamma.fit(rows["frequency"], rows["mean_spend"])
    assert spend.n == expected.n
    assert spend.estimates == pytest.approx(expected.estimates, rel=1e-6)


def test_rounded_to_a_cent_the_fit_hardly_moves(engine, facts, rows):
    counts = spend_counts(Evidence(transactions=engine(facts)), AS_OF, decimals=2)
    np.testing.assert_allclose(counts.mean_spend, np.round(counts.mean_spend, 2), atol=1e-9)
    found, expected = GammaGamma.fit(*counts), GammaGamma.fit(rows["frequency"], rows["mean_spend"])
    for name, error in expected.log_standard_errors.items():
        assert abs(np.log(found.estimates[name] / expected.estimates[name])) < 0.01 * error


def test_the_policy_on_unlisted_customers_is_respected(engine, book):
    for unlisted in ("include", "exclude"):
        tables = {name: engine(book[name]) for name in ("customers", "transactions")}
        evidence = Evidence(**tables, unlisted=unlisted)
        counts, everyone = purchase_counts(evidence, AS_OF), evidence.portfolio(AS_OF)
        complete = ~np.isnan(everyone["frequency"])
        assert counts.weights.sum() == complete.sum()
        expected = sorted(zip(*(everyone[n][complete] for n in ("frequency", "recency", "age")), strict=True))
        assert sorted(zip(*counts[:3], strict=True)) == expected


def test_nobody_is_no_row(engine):
    at = engine({"customer_id": ["A"], "at": [AS_OF + timedelta(days=1)], "amount": [1.0]})
    assert purchase_counts(Evidence(transactions=at), AS_OF).weights.size == 0


def test_missing_values_are_left_out_and_missing_columns_named(engine):
    contracts = engine({"renewals": [2.0, None, 2.0, 0.0], "churned": [1, 0, 1, 0]})
    renewals, churned, weights = counted_rows(contracts, ["renewals", "churned"])
    assert (renewals.tolist(), churned.tolist(), weights.tolist()) == ([0, 2], [0, 1], [1, 2])
    with pytest.raises(SchemaError, match="2 problems"):
        counted_rows(contracts, ["duration", "lost"])


@pytest.mark.parametrize("decimals", [-1, 1.5, True, "2"])
def test_decimals_that_make_no_sense_are_refused(decimals, facts):
    with pytest.raises(InvalidValueError):
        spend_counts(Evidence(transactions=pd.DataFrame(facts)), AS_OF, decimals=decimals)


def test_evidence_without_transactions_says_so():
    with pytest.raises(SchemaError, match="transactions"):
        purchase_counts(Evidence(customers=pd.DataFrame({"customer_id": ["A"]})), AS_OF)
    with pytest.raises(InvalidValueError, match="Evidence"):
        purchase_counts(pd.DataFrame(), AS_OF)
