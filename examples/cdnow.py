"""CDNOW: the data set the lifetime-value literature is written on, from evidence to back-test.

Data: the purchases of 23,570 customers who first bought in the first quarter of 1997, in dollars, to 1998-06-30 (Fader
& Hardie 2001), and its 1/10 sample (Fader, Hardie & Lee 2005). Not shipped with crmrisk: set CRMRISK_DATA to the folder
that holds ``cdnow_master.parquet`` and ``cdnow_sample.parquet``.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import crmrisk as cr

if TYPE_CHECKING:
    from crmrisk.proof import BackTest

DATA = Path(os.environ.get("CRMRISK_DATA", Path(__file__).parents[2] / "shared" / "data"))
QUARTER = timedelta(days=90)
CALIBRATION_END = datetime(1997, 9, 30)  # noqa: DTZ001 - days without a zone
CUTOFFS = [datetime(1997, 6, 30), CALIBRATION_END, datetime(1997, 12, 31), datetime(1998, 3, 31)]  # noqa: DTZ001 - same
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
"""Fader, Hardie & Lee (2005), in weeks; log-likelihood -9582.4."""


def evidence(name: str) -> cr.Evidence:
    """Read the purchases; those of 0 dollars are no purchases and are counted in the quality report."""
    purchases = pd.read_parquet(DATA / f"{name}.parquet")
    return cr.Evidence(
        transactions=purchases[["customer_id", "date", "spend"]],
        rename={"transactions": {"date": "at", "spend": "amount"}},
    )


def published_parameters() -> pd.DataFrame:
    """Fit the sample in weeks as the paper does, and print the paper beside it."""
    purchases = pd.read_parquet(DATA / "cdnow_sample.parquet")
    known = purchases[purchases["date"] <= CALIBRATION_END].groupby("customer_id")["date"]
    first, last = known.min(), known.max()
    fit = cr.BetaGeoNBD.fit(
        frequency=known.nunique() - 1,
        recency=(last - first).dt.days / 7,
        age=(CALIBRATION_END - first).dt.days / 7,
    )
    ours = fit.model.model_dump() | {"log-likelihood": fit.log_likelihood}
    return pd.DataFrame({"published": PUBLISHED | {"log-likelihood": -9582.4}, "crmrisk": ours})


def pipeline() -> cr.AssessmentPipeline:
    """Assess churn, no purchase for a quarter, at the price of a year's margin."""
    return cr.AssessmentPipeline(
        name="attrition",
        event=cr.RiskEvent("churn", category="attrition", horizon=QUARTER, outcome=cr.NoActivity("transactions")),
        likelihood=cr.AttritionScorer(horizon=QUARTER),
        consequence=cr.LifetimeValueScorer(currency="USD", horizon=timedelta(days=365), discount_rate=0.15, margin=0.3),
        criteria=cr.RiskCriteria("USD", moderate=2, high=5, extreme=15),
    )


def main() -> BackTest:
    """Run the whole job and print it."""
    print(published_parameters(), "\n")
    facts = evidence("cdnow_master")
    print(facts.quality(CALIBRATION_END), "\n")
    programme = cr.RiskProgramme([pipeline()])
    assessed = programme.fit(facts, CALIBRATION_END).assess(facts, CALIBRATION_END)
    print(assessed["churn"].summary(), "\n")
    print(assessed.register(), "\n")
    proof = cr.backtest(pipeline(), facts, CUTOFFS)
    print(repr(proof))
    return proof


if __name__ == "__main__":
    main()
