"""CDNOW: the data set the lifetime-value literature is written on, from its published tables to a back-test.

First the tables that everybody prints, ours beside them; then the whole job: evidence, assessment, back-test.

Data: the purchases of 23,570 customers who first bought in the first quarter of 1997, in dollars, to 1998-06-30 (Fader
& Hardie 2001), and its 1/10 sample (Fader, Hardie & Lee 2005). Not shipped with crmrisk: set CRMRISK_DATA to the folder
that holds ``cdnow_master.parquet`` and ``cdnow_sample.parquet``.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import crmrisk as cr
from crmrisk.scoring.value import NBD, GammaGamma, ModifiedBetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.checking import (
    Holdout,
    choose_model,
    conditional_expectations,
    frequency_table,
    hold_out,
    holdout_errors,
    track,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmrisk.proof import BackTest
    from crmrisk.scoring.value import ModelFit

DATA = Path(os.environ.get("CRMRISK_DATA", Path(__file__).parents[2] / "shared" / "data"))
QUARTER, WEEK = timedelta(days=90), timedelta(weeks=1)
CALIBRATION_END = datetime(1997, 9, 30)  # noqa: DTZ001 - days without a zone
HOLDOUT_END = datetime(1998, 6, 30)  # noqa: DTZ001 - same
CUTOFFS = [datetime(1997, 6, 30), CALIBRATION_END, datetime(1997, 12, 31), datetime(1998, 3, 31)]  # noqa: DTZ001 - same

MODELS = {"BG/NBD": cr.BetaGeoNBD, "MBG/NBD": ModifiedBetaGeoNBD, "Pareto/NBD": ParetoNBD, "NBD": NBD}
PUBLISHED: dict[str, dict[str, float]] = {
    "BG/NBD": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "log-likelihood": -9582.4},
    "MBG/NBD": {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614, "log-likelihood": -9582.1},
    "Pareto/NBD": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669, "log-likelihood": -9595.0},
    "NBD": {"r": 0.385, "alpha": 12.072, "log-likelihood": -9763.7},
}
"""Weeks. BG/NBD and Pareto/NBD: Fader, Hardie & Lee (2005); MBG/NBD and NBD: what peers estimate on this sample."""
PUBLISHED_SPEND = {"p": 6.25, "q": 3.74, "v": 15.44, "log-likelihood": -4055.92}
"""Fader & Hardie (2013)."""
PUBLISHED_HOLDOUT = {
    "BG/NBD": {"purchases": 1653.4, "mean absolute error": 0.786},
    "MBG/NBD": {"purchases": 1576.7, "mean absolute error": 0.765},
    "Pareto/NBD": {"purchases": 1665.5, "mean absolute error": 0.755},
    "NBD": {"purchases": 2929.8, "mean absolute error": 1.041},
}
"""39 weeks after the calibration, in which 1,882 purchases happened."""


def evidence(name: str) -> cr.Evidence:
    """Read the purchases; those of 0 dollars are no purchases and are counted in the quality report."""
    purchases = pd.read_parquet(DATA / f"{name}.parquet")
    return cr.Evidence(
        transactions=purchases[["customer_id", "date", "spend"]],
        rename={"transactions": {"date": "at", "spend": "amount"}},
    )


def sample() -> Holdout:
    """Split the sample in weeks as the literature does, which counts compact discs given away as purchases."""
    days = pd.read_parquet(DATA / "cdnow_sample.parquet")[["customer_id", "date"]]
    return hold_out(days, CALIBRATION_END, HOLDOUT_END, time_unit=WEEK, rename={"date": "at"})


def beside(published: Mapping[str, float], fit: ModelFit[Any]) -> pd.DataFrame:
    """Put published figures and ours one below the other."""
    ours = {**fit.estimates, "log-likelihood": fit.log_likelihood}
    return pd.DataFrame({"published": published, "crmrisk": ours}).T


def spend_fit() -> ModelFit[GammaGamma]:
    """Fit how much the 946 repeat customers spend, one mean per customer over repeat purchase days."""
    purchases = pd.read_parquet(DATA / "cdnow_sample.parquet").query("date <= @CALIBRATION_END")
    days = purchases.groupby(["customer_id", "date"], as_index=False)["spend"].sum()
    repeat = days[days["date"] > days.groupby("customer_id")["date"].transform("min")].groupby("customer_id")["spend"]
    return GammaGamma.fit(frequency=repeat.size(), mean_spend=repeat.mean())


def holdout_table(holdout: Holdout, fits: Mapping[str, ModelFit[Any]]) -> pd.DataFrame:
    """Compare what was expected of the holdout, in all and per customer, with what the literature expects."""
    rows = {}
    for name, published in PUBLISHED_HOLDOUT.items():
        errors = holdout_errors(fits[name].model, holdout)
        ours = {"purchases": errors.expected, "mean absolute error": errors.mean_absolute_error}
        rows[name] = {
            f"{key}, {who}": found[key] for key in ours for who, found in (("published", published), ("crmrisk", ours))
        }
    return pd.DataFrame(rows).T


def published_tables() -> None:
    """Print the tables of the literature, ours beside them."""
    holdout = sample()
    print(holdout, "\n")
    fits = {name: kind.fit(holdout.frequency, holdout.recency, holdout.age) for name, kind in MODELS.items()}
    for name, published in PUBLISHED.items():
        print(f"{name}\n{beside(published, fits[name]).round(4).to_string()}\n")
    print(f"Gamma-Gamma\n{beside(PUBLISHED_SPEND, spend_fit()).round(4).to_string()}\n")
    print(f"Holdout: {holdout.purchases.sum():,.0f} purchases\n{holdout_table(holdout, fits).round(4).to_string()}\n")
    model = fits["BG/NBD"].model
    print(f"Repeat purchases in 39 weeks, customers\n{frequency_table(model, holdout).frame().round(1).to_string()}\n")
    print(f"Purchases in the holdout, mean\n{conditional_expectations(model, holdout).frame().round(3).to_string()}\n")
    tracking = track(model, holdout, period=13 * WEEK).frame().drop(columns="time")
    print(f"Repeat purchases quarter by quarter\n{tracking.to_string(float_format='%.1f')}\n")
    print(choose_model(holdout, models=MODELS.values()), "\n")


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
    published_tables()
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
