"""Segment a year of a real online shop: tiers that move for a reason, who migrates, and what each group is worth.

Data: UCI Online Retail (Chen, Sain & Guo 2012), invoice lines of 2010-12-01 to 2011-12-09, in pounds. Not shipped with
crmrisk: set CRMRISK_DATA to the folder that holds ``online_retail.parquet``. ``python segments.py plots`` also saves
the charts to the folder ``plots`` (extra ``plot``).

The ladder, the cuts and the entitlements are made up; the shop has none that are known.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

import crmrisk as cr
from crmrisk import segmentation as seg

if TYPE_CHECKING:
    from crmrisk.core.charts import Chart, FlowChart, PointChart

DATA = Path(os.environ.get("CRMRISK_DATA", Path(__file__).parents[2] / "shared" / "data"))
QUARTER, YEAR = timedelta(days=90), timedelta(days=365)
REVIEWS = [datetime(2011, month, 1) for month in range(3, 13)]  # noqa: DTZ001 - the shop's own clock
QUARTERS = {"Dec to Feb": REVIEWS[0], "Mar to May": REVIEWS[3], "Jun to Aug": REVIEWS[6], "Sep to Nov": REVIEWS[9]}
PRODUCT = "85123A"  # the white hanging heart, the most bought of all


class Report(NamedTuple):
    """What was found."""

    tiers: seg.PolicyBehaviour
    plain: seg.PolicyBehaviour
    migration: seg.Migration
    leaks: seg.MoneyLeaks
    alike: seg.MigrationTest
    momentum: seg.Momentum
    rfm: seg.FittedRfmSegmenter
    segments: cr.Segments
    moved: dict[str, float]
    clusters: seg.FittedClusterSegmenter
    more_clusters: seg.FittedClusterSegmenter
    concentration: seg.Concentration
    curve: seg.LorenzCurve
    rules: seg.AssociationRules
    names: dict[str, str]
    choice: seg.ForecastChoice
    forecast: seg.ForecastResult
    plan: seg.ContactPlan
    map: PointChart


def read() -> pd.DataFrame:
    """Read the invoice lines."""
    lines = pd.read_parquet(DATA / "online_retail.parquet")
    return lines.assign(amount=lines["Quantity"] * lines["UnitPrice"])


def facts(lines: pd.DataFrame) -> cr.Evidence:
    """Keep what is known of customers; lines without one are counted in the quality report."""
    names = {"CustomerID": "customer_id", "InvoiceDate": "at"}
    transactions = lines[["CustomerID", "InvoiceDate", "amount"]]
    return cr.Evidence(transactions=transactions, rename={"transactions": names}, unidentified="exclude")


def spending(lines: pd.DataFrame) -> seg.CustomerHistory:
    """Add up what each customer spent in the three months before each review, refunds taken off."""
    known = lines.dropna(subset="CustomerID")
    customer = known["CustomerID"].astype(int).astype(str)
    months = known["amount"].groupby([known["InvoiceDate"].dt.to_period("M"), customer]).sum().unstack()  # noqa: PD010 - of a series
    spent = months.fillna(0.0).rolling(3).sum().loc["2011-02":"2011-11"]
    first = known["InvoiceDate"].groupby(customer).min().reindex(months.columns)
    not_yet = first.to_numpy()[None, :] >= np.array(REVIEWS, dtype="datetime64[us]")[:, None]
    columns = {"spent": np.where(not_yet, np.nan, spent.to_numpy())}  # nobody is judged before the first purchase
    return seg.CustomerHistory(months.columns, REVIEWS, columns, since=first.to_numpy())


def ladder() -> seg.TierPolicy:
    """State the rules: what three months must bring, how far one may fall short, for how long, and what a tier gets."""
    visits = seg.ServiceEntitlements(12, "account manager", timedelta(hours=4), hours_per_contact=2)
    calls = seg.ServiceEntitlements(4, "telephone", timedelta(days=1), hours_per_contact=0.5)
    return seg.TierPolicy(
        name="three months of spending",
        tiers=[
            seg.Tier("bronze"),
            seg.Tier("silver", seg.Criterion("spent", ge=500), calls),
            seg.Tier("gold", seg.Criterion("spent", ge=1500), visits),
        ],
        demotion_band=0.2,
        bands="share",
        dwell=2,
        grace=QUARTER,
    )


def quarters(history: seg.CustomerHistory) -> tuple[seg.Migration, dict[str, float]]:
    """Count who went where from quarter to quarter by what they spent, and what a customer of each level spends."""
    levels = seg.ThresholdSegmenter(
        column="spent", cuts=[0.01, 500, 1500], names=["nothing", "below 500", "500 to 1,500", "1,500 and more"]
    )
    rows = [history.reviews.tolist().index(at) for at in QUARTERS.values()]
    books = []
    for at, spent in zip(QUARTERS.values(), history.columns["spent"][rows], strict=True):
        known = ~np.isnan(spent)
        books.append(cr.Portfolio(history.customer_id[known], at, {"spent": spent[known]}))
    segments = [levels.segment(book) for book in books]
    everyone = np.concatenate([book["spent"] for book in books])
    codes = np.concatenate([each.codes for each in segments])
    worth = {name: float(everyone[codes == place].mean()) for place, name in enumerate(levels.names)}
    return seg.transition_matrix(segments, periods=list(QUARTERS)), worth


def recency_frequency_monetary(evidence: cr.Evidence) -> tuple[seg.FittedRfmSegmenter, cr.Segments, dict[str, float]]:
    """Learn cuts in September and use them in December; count whom new cuts would move although nobody acted."""
    before, now = (evidence.portfolio(at) for at in (QUARTERS["Jun to Aug"], QUARTERS["Sep to Nov"]))
    stored, learnt_again = seg.RfmSegmenter().fit(before), seg.RfmSegmenter().fit(now)
    segments = stored.segment(now)
    other = learnt_again.segment(now).labels != segments.labels
    return stored, segments, {"by cuts learnt again": float(other[segments.rated].mean())}


def cluster(book: cr.Portfolio, k: int | range) -> seg.FittedClusterSegmenter:
    """Find customers who resemble each other in silence, frequency and spend."""
    inputs = (
        cr.Input("idle_days", "day", ge=0),
        cr.Input("frequency", "count", ge=0),
        cr.Input("total_spend", "money", ge=0),
    )
    return seg.ClusterSegmenter(inputs=inputs, k=k, log=True, starts=4, replicates=20, sample=500).fit(book)


def bought_together(lines: pd.DataFrame) -> seg.AssociationRules:
    """Find pairs of products that share baskets far more often than chance."""
    baskets = seg.Baskets.from_frame(
        lines, basket="InvoiceNo", item="StockCode", quantity="Quantity", cancelled_prefix="C"
    )
    return seg.association_rules(
        baskets, min_support=0.01, min_confidence=0.5, min_lift=2, max_q_value=0.01, max_length=2
    )


def demand(lines: pd.DataFrame) -> tuple[seg.ForecastChoice, seg.ForecastResult]:
    """Forecast the pieces of one product for four weeks, by the method that was least far off in the last eight."""
    names = {"InvoiceDate": "at", "Quantity": "amount", "StockCode": "product"}
    sold = lines.loc[lines["StockCode"] == PRODUCT, ["CustomerID", *names]].rename(columns=names)
    sold = sold.assign(customer_id="all").drop(columns="CustomerID")
    series = seg.demand_series(sold, as_of=datetime(2011, 12, 5), period="week", by="category")  # noqa: DTZ001 - as above
    methods = ["exponential smoothing", "holt", "holt-winters", "tsb", "naive"]  # one year is no two seasons
    choice = seg.choose_forecast(series, methods=methods, origins=8)
    return choice, seg.forecast_demand(series, method=choice.method, horizon=4)


def contacts(book: cr.Portfolio, tiers: seg.TierHistory) -> seg.ContactPlan:
    """Share each week of visits and calls out by what they avert: value at stake times the risk of a silent quarter.

    That a contact averts a tenth of the loss is an assumption; only a test with a control group can tell.
    """
    worth = cr.LifetimeValueScorer(currency="GBP", horizon=YEAR, discount_rate=0.10, margin=0.3)
    risk = cr.AttritionScorer(horizon=QUARTER)
    scores = {"value": worth.fit(book).score(book).values, "risk": risk.fit(book).score(book).values}
    customers = {"customer_id": book.customer_id, "tier": tiers.onto(book).label("tier")} | scores
    fortnight = timedelta(days=14)
    welcome = {
        "gold": seg.ContactEntitlement(1, 3, gap=fortnight, channel="visit"),
        "silver": seg.ContactEntitlement(0, 2, gap=fortnight, channel="telephone"),
        "bronze": seg.ContactEntitlement(0, 1, channel="telephone"),
    }
    return seg.contact_plan(
        customers,
        entitlements=welcome,
        capacity={"visit": 30, "telephone": 40},
        capacity_every=timedelta(days=7),
        period=QUARTER,
        effectiveness=0.1,
        as_of=book.as_of,
    )


def study() -> Report:
    """Run everything."""
    lines = read()
    evidence, history, policy = facts(lines), spending(lines), ladder()
    book = evidence.portfolio(QUARTERS["Sep to Nov"])
    tiers = seg.simulate_policy(policy, history)
    plain = policy.model_copy(update={"demotion_band": 0.0, "dwell": 1, "grace": timedelta(0), "demotion_steps": None})
    migration, worth = quarters(history)
    rfm, segments, moved = recency_frequency_monetary(evidence)
    net = book["total_spend"] - book["refunds"]
    choice, forecast = demand(lines)
    return Report(
        tiers=tiers,
        plain=seg.simulate_policy(plain, history),
        migration=migration,
        leaks=seg.money_leaks(migration, worth),
        alike=seg.stationarity_test(migration),
        momentum=seg.momentum_test(migration),
        rfm=rfm,
        segments=segments,
        moved=moved,
        clusters=cluster(book, range(2, 5)),
        more_clusters=cluster(book, 7),
        concentration=seg.concentration(net, replicates=300),
        curve=seg.lorenz_curve(net),
        rules=bought_together(lines),
        names=lines.dropna(subset="Description").groupby("StockCode")["Description"].first().str.lower().to_dict(),
        choice=choice,
        forecast=forecast,
        plan=contacts(book, tiers.tiers),
        map=rfm.chart(book),
    )


def charts(found: Report) -> dict[str, Chart | PointChart | FlowChart]:
    """Return the pictures, as data."""
    return {
        "migration": found.migration.chart(title="What customers spent [GBP] by quarter; grey: not yet customers"),
        "segment_map": found.map,
        "lorenz": found.curve.chart(label="share of spending, refunds taken off"),
        "tiers": found.tiers.tiers.chart(title="All who ever bought: autumn fills gold and silver"),
        "moves": found.tiers.chart(),
        "clusters": found.clusters.chart(),
    }


def tell_tiers(found: Report) -> None:
    """Print how tiers move, why, and what the promises cost."""
    print("Tiers month by month")
    print(found.tiers.tiers.sizes().to_string())
    print("\nShare of customers who move, and whose move is undone at the next review")
    for name in ("plain", "tiers"):
        tried = getattr(found, name)
        print(f"  {'with band, dwell and grace' if name == 'tiers' else 'cuts alone'}")
        print(f"    moves {tried.moves}\n    reversals {tried.reversals}")
    fell = found.tiers.tiers.moves().query("decision == 'demoted'")["customer_id"].iloc[0]
    print(f"\nWhy is customer {fell} where they are?")
    for review in found.tiers.tiers[fell]:
        print(f"  {review.at:%Y-%m-%d} {review.tier or 'none':7} {review.reason}")
    needed = found.tiers.capacity().groupby("at")[["contacts", "hours"]].sum().round(0)
    print(f"\nWhat the promises need until the next review\n{needed.to_string()}")


def tell_migration(found: Report) -> None:
    """Print who went where, and where the money leaks."""
    print("\nFrom quarter to quarter, each probability with its interval")
    print(found.migration.frame().round(3).to_string(index=False))
    print(f"mobility, 0 where nobody moves and 1 where the past says nothing: {found.migration.mobility()}")
    print(f"moves up for each one down: {found.migration.up_down_ratio()}")
    print(found.alike)
    print(found.momentum)
    print(f"\nWhere the money leaks [GBP], three moves together\n{found.leaks.frame().head(4).round(0).to_string()}")
    for name in ("lost", "gained"):
        total = getattr(found.leaks, name)
        print(f"{name} {total.value:,.0f}, with 95 % confidence {total.low:,.0f} to {total.high:,.0f}")


def tell_groups(found: Report) -> None:
    """Print named segments, clusters and how much hangs on how few."""
    print(f"\nNamed segments in December, by the cuts of September: {found.segments.sizes()}")
    print(f"  cuts learnt again would put {100 * found.moved['by cuts learnt again']:.0f} % into another segment")
    first = found.segments[found.segments.customer_id[0]]
    print(f"  {first.customer_id} is {first.label}: {first.reason}")
    print(f"\n{found.clusters}\n\nSeven, because somebody would like seven\n{found.more_clusters}")
    print(f"\nHow much hangs on how few?\n{found.concentration}")


def tell_products(found: Report) -> None:
    """Print what is bought together, what will be needed, and whom to contact."""
    print(f"\nBought together: {found.rules!r}")
    best = {frozenset(rule.antecedents + rule.consequents): rule for rule in reversed(list(found.rules.sort("lift")))}
    for rule in list(best.values())[:-6:-1]:
        sides = (" + ".join(found.names[item] for item in side) for side in (rule.antecedents, rule.consequents))
        print(f"  {' -> '.join(sides)}: lift {rule.lift:.0f}, in {rule.count:,} baskets")
    print(f"\nPieces of {found.names[PRODUCT]} by week: {found.choice.method}, {found.choice.verdict}")
    print(
        found.choice.errors.frame()[["method", "mae", "mae_vs_naive", "bias", "coverage"]]
        .round(2)
        .to_string(index=False)
    )
    for method, reason in found.choice.skipped.items():
        print(f"  {method} was left out: {reason}")
    print(found.forecast.frame().round(0).to_string(index=False))
    print(f"\nWhom to contact in the next quarter, if a contact averts a tenth of the loss\n{found.plan.summary()}")
    print(found.plan.workload().head(4).to_string(index=False))
    print(found.plan.frame().nlargest(3, "gain").to_string(index=False))


def main(folder: Path | None = None) -> Report:
    """Run the whole job, print it, and save the charts if there is a folder for them."""
    found = study()
    for tell in (tell_tiers, tell_migration, tell_groups, tell_products):
        tell(found)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, chart in charts(found).items():
            chart.plot().figure.savefig(folder / f"{name}.png", dpi=120)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
