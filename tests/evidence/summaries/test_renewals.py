from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import crmrisk as cr
from crmrisk.evidence import Evidence
from crmrisk.scoring.value import ShiftedBetaGeometric

AS_OF = datetime(2026, 1, 31)
YEAR = timedelta(days=365)
NAN = float("nan")


def panel(survivors) -> pd.DataFrame:
    """Write a cohort as one record per customer and renewal due, the first a year after the start."""
    lost_at = np.repeat(np.arange(1, len(survivors)), -np.diff(survivors))
    rows = [
        (f"C{place}", AS_OF - (len(survivors) - year) * YEAR, int(year < end), 12.0)
        for place, end in enumerate(np.append(lost_at, [len(survivors)] * survivors[-1]))
        for year in range(1, min(end, len(survivors) - 1) + 1)
    ]
    return pd.DataFrame(rows, columns=["customer_id", "at", "renewed", "amount"])


def test_a_panel_gives_the_published_estimates_through_evidence_and_scorer():
    """Fader and Hardie (2007), regular customers, years 0 to 7: alpha .704, beta 1.182."""
    evidence = Evidence(renewals=panel(np.array([1000, 631, 468, 382, 326, 289, 262, 241])))
    book = evidence.portfolio(AS_OF)
    assert book["churned"].sum() == 759
    fitted = cr.ContractAttritionScorer(horizon=YEAR, period=YEAR).fit(book)
    assert round(fitted.model.alpha, 3) == 0.704
    assert round(fitted.model.beta, 3) == 1.182
    chance = fitted.score(book).values
    assert np.isnan(chance).sum() == 759
    expected = 1 - ShiftedBetaGeometric(alpha=fitted.model.alpha, beta=fitted.model.beta).survival(1, renewals=7)
    np.testing.assert_allclose(chance[~np.isnan(chance)], expected)


def test_an_earlier_as_of_sees_fewer_renewals():
    evidence = Evidence(renewals=panel(np.array([10, 6, 4])))
    book = evidence.portfolio(AS_OF - YEAR - timedelta(days=1))
    assert set(book["renewals"]) == {0.0, 1.0}
    assert book["churned"].sum() == 4


def test_without_amounts_spend_is_unrated():
    table = panel(np.array([10, 6, 4])).drop(columns="amount")
    assert np.isnan(Evidence(renewals=table).portfolio(AS_OF)["spend_per_period"]).all()


def test_flags_may_be_numbers_or_booleans():
    table = panel(np.array([10, 6, 4]))
    flags = table.assign(renewed=table["renewed"].astype(bool))
    assert Evidence(renewals=table).portfolio(AS_OF) == Evidence(renewals=flags).portfolio(AS_OF)


@pytest.mark.parametrize(
    ("records", "renewals", "churned"),
    [
        ([("2025-01-01", 1), ("2025-01-01", 1), ("2026-01-01", 1)], 2, 0),
        ([("2025-01-01", 0), ("2025-01-01", 0)], 0, 1),
        ([("2025-01-01", 0), ("2026-01-01", 1)], 1, 0),
        ([("2025-01-01", 1), ("2026-01-01", 0)], 1, 1),
        ([("2025-01-01", 0), ("2025-01-01", 1)], 1, 0),
        ([("2025-01-01", 0), ("2026-01-01", NAN)], 0, 1),
        ([("1969-12-30", 0), ("1969-12-30", 0)], 0, 1),
        ([("1969-12-30", 1)], 1, 0),
        ([("2025-01-01", NAN)], 0, 0),
    ],
    ids=["twice", "lost twice", "back", "lost", "both on a day", "then begun", "lost long ago", "long ago", "begun"],
)
def test_a_day_is_one_renewal_and_the_latest_decides(engine, records, renewals, churned):
    at, renewed = [datetime.fromisoformat(day) for day, _ in records], [float(flag) for _, flag in records]
    n = len(records)
    table = engine({"customer_id": ["C1"] * n, "at": at, "renewed": renewed, "amount": [12.0] * n})
    book = Evidence(renewals=table).portfolio(AS_OF)
    assert (book["renewals"][0], book["churned"][0], book["spend_per_period"][0]) == (renewals, churned, 12)
