"""Assess a year of a real online shop: who is leaving, what that costs, and whether the score was right.

Data: UCI Online Retail (Chen, Sain & Guo 2012), invoice lines of 2010-12-01 to 2011-12-09, in pounds. Not shipped with
crmrisk: set CRMRISK_DATA to the folder that holds ``online_retail.parquet``. Lines without a customer cannot belong to
a relationship and cancelled lines are refunds; both are counted in the quality report, neither is dropped in silence.
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
AS_OF = datetime(2011, 9, 9)  # noqa: DTZ001 - the shop's own clock
CUTOFFS = [datetime(2011, month, 1) for month in (5, 6, 7, 8, 9)]  # noqa: DTZ001 - the shop's own clock


def evidence() -> cr.Evidence:
    """Read the invoice lines; since when and from where is all that is known about customers."""
    lines = pd.read_parquet(DATA / "online_retail.parquet")
    lines = lines.assign(amount=lines["Quantity"] * lines["UnitPrice"])
    first = lines.dropna(subset="CustomerID").sort_values("InvoiceDate").groupby("CustomerID", as_index=False).first()
    home = first["Country"].eq("United Kingdom").map({True: "home", False: "abroad"})
    return cr.Evidence(
        customers=first.assign(segment=home)[["CustomerID", "InvoiceDate", "segment"]],
        transactions=lines[["CustomerID", "InvoiceDate", "amount", "StockCode"]],
        rename={
            "customers": {"CustomerID": "customer_id", "InvoiceDate": "since"},
            "transactions": {"CustomerID": "customer_id", "InvoiceDate": "at", "StockCode": "product"},
        },
        unidentified="exclude",
    )


def pipeline(name: str, likelihood: cr.Scorer) -> cr.AssessmentPipeline:
    """Assess churn, no purchase for a quarter, at the price of a year's margin."""
    return cr.AssessmentPipeline(
        name=name,
        event=cr.RiskEvent("churn", category="attrition", horizon=QUARTER, outcome=cr.NoActivity("transactions")),
        likelihood=likelihood,
        consequence=cr.LifetimeValueScorer(currency="GBP", horizon=timedelta(days=365), discount_rate=0.10, margin=0.3),
        criteria=cr.RiskCriteria("GBP", moderate=50, high=200, extreme=600),
        controls=[cr.Control("call within 48 h", likelihood_remaining=0.7)],
        owner="head of sales",
        review_every=QUARTER,
    )


def purchase_model() -> cr.AssessmentPipeline:
    """BG/NBD alone: the purchase history says it all."""
    return pipeline("attrition", cr.AttritionScorer(horizon=QUARTER))


def stacked() -> cr.AssessmentPipeline:
    """Stack the purchase model and the silence, then calibrate both on what happened in the window before."""
    final = cr.LogisticScorer(
        inputs=(cr.Input("attrition", ge=0, le=1), cr.Input("idle_days", "day", ge=0)),
        transforms={"idle_days": "log1p"},
        horizon=QUARTER,
    )
    members = {"attrition": cr.AttritionScorer(horizon=QUARTER)}
    scorer = cr.StackedScorer(members=members, final=final)
    return pipeline("stacked", cr.CalibratedScorer(scorer=scorer, horizon=QUARTER, method="platt"))


def main() -> tuple[BackTest, BackTest]:
    """Run the whole job and print it."""
    facts = evidence()
    print(facts.quality(AS_OF), "\n")
    programme = cr.RiskProgramme([purchase_model()])
    assessed = programme.fit(facts, AS_OF).assess(facts, AS_OF)
    print(assessed["churn"].summary(), "\n")
    print(assessed.register(), "\n")
    worst = assessed["churn"].frame().nlargest(3, "expected_loss")["customer_id"].iloc[0]
    print(assessed["churn"][worst].model_dump_json(indent=1), "\n")
    proofs = tuple(cr.backtest(each, facts, CUTOFFS) for each in (purchase_model(), stacked()))
    for proof in proofs:
        print(repr(proof), "\n")
    return proofs[0], proofs[1]


if __name__ == "__main__":
    main()
