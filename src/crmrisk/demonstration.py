"""The main job end to end on a simulated book: three risks, one back-test, the manager's summary, files to work with.

`crmrisk demo` runs it. The risks use the four scorers the library is named after: NPS feeds a stacked likelihood of
churn, lifetime value is what churn costs, Kano says which share of it a complaint puts at stake, and a risk matrix
grades the complaints.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

import crmrisk as cr
from crmrisk.datasets import simulate_book
from crmrisk.evidence import Complaints, NetPromoterAnswers, Payments, Purchases, PurchaseTrend
from crmrisk.satisfaction import KanoCategory, KanoNeed

if TYPE_CHECKING:
    from pathlib import Path

    from crmrisk.assessment import ProgrammeAssessments
    from crmrisk.evidence import Evidence
    from crmrisk.proof import BackTest

__all__ = ["Demonstration", "programme", "run_demonstration", "write_assessments"]

QUARTER = timedelta(days=90)
YEAR = timedelta(days=365)
START, AS_OF = date(2024, 1, 1), date(2026, 1, 1)
CURRENCY = "EUR"
DISSATISFACTION = {"delivery": ("must_be", 0.83), "quality": ("one_dimensional", 0.62), "service": ("attractive", 0.21)}
"""What the survey of a made-up company says of three requirements: category and dissatisfaction coefficient."""


@dataclass(frozen=True)
class Demonstration:
    """Hold what the demonstration found.

    Parameters
    ----------
    evidence
        The simulated tables.
    assessed
        Three risks of every customer.
    proof
        The back-test of churn.

    Examples
    --------
    See `run_demonstration`.
    """

    evidence: Evidence
    assessed: ProgrammeAssessments
    proof: BackTest


def run_demonstration(*, n_customers: int = 3_000, seed: int = 1) -> Demonstration:
    """Simulate a book, assess three risks and back-test one.

    Parameters
    ----------
    n_customers
        How many customers to simulate.
    seed
        Makes the book reproducible.

    Raises
    ------
    InvalidValueError
        If there are no customers.

    Examples
    --------
    >>> found = run_demonstration(n_customers=600)
    >>> found.assessed.events
    ('churn', 'complaint', 'default')
    """
    book = simulate_book(n_customers=n_customers, start=START, end=AS_OF, rng=np.random.default_rng(seed))
    evidence = cr.Evidence(
        **book.tables(),
        summaries=(
            Purchases(),
            PurchaseTrend(),
            Complaints(topics=tuple(DISSATISFACTION)),
            NetPromoterAnswers(),
            Payments(),
        ),
        observed_until=AS_OF,
    )
    risks = programme()
    cutoffs = [AS_OF - 3 * QUARTER, AS_OF - 2 * QUARTER, AS_OF - QUARTER]
    return Demonstration(
        evidence=evidence,
        assessed=risks.fit(evidence, AS_OF).assess(evidence, AS_OF),
        proof=cr.backtest(risks.pipelines[0], evidence, cutoffs),
    )


def programme() -> cr.RiskProgramme:
    """Specify the three risks of the demonstration.

    Examples
    --------
    >>> [pipeline.name for pipeline in programme().pipelines]
    ['churn', 'complaint', 'default']
    """
    return cr.RiskProgramme((_churn(), _complaint(), _default()))


def _value() -> cr.LifetimeValueScorer:
    return cr.LifetimeValueScorer(currency=CURRENCY, horizon=YEAR, discount_rate=0.10, margin=0.3)


def _churn() -> cr.AssessmentPipeline:
    """Specify no purchase for a quarter: purchase model and NPS stacked, at the price of the lifetime value."""
    stacked = cr.StackedScorer(
        members={"attrition": cr.AttritionScorer(horizon=QUARTER), "nps": cr.NpsScorer()},
        final=cr.LogisticScorer(
            inputs=(cr.Input("attrition", ge=0, le=1), cr.Input("nps", ge=-100, le=100, optional=True)),
            horizon=QUARTER,
        ),
    )
    return cr.AssessmentPipeline(
        name="churn",
        event=cr.RiskEvent("churn", "attrition", QUARTER, outcome=cr.NoActivity("transactions")),
        likelihood=stacked,
        consequence=_value(),
        criteria=cr.RiskCriteria(CURRENCY, moderate=10, high=30, extreme=80),
        controls=(cr.Control("call within 48 h", likelihood_remaining=0.7),),
        owner="head of customer success",
        review_every=QUARTER,
    )


def _complaint() -> cr.AssessmentPipeline:
    """Specify a further complaint: Kano's share of the lifetime value, graded by a matrix."""
    needs = tuple(
        KanoNeed(
            requirement=topic,
            category=KanoCategory(category),
            dissatisfaction=share,
            input=cr.Input(f"complaints_{topic}", "count", ge=0),
        )
        for topic, (category, share) in DISSATISFACTION.items()
    )
    return cr.AssessmentPipeline(
        name="complaint",
        event=cr.RiskEvent("complaint", "complaint", QUARTER, outcome=cr.Occurs("complaints")),
        likelihood=cr.LogisticScorer(
            inputs=(
                cr.Input("complaint_count", "count", ge=0),
                cr.Input("complaints_recent", "count", ge=0),
                cr.Input("idle_days", "day", ge=0),
                cr.Input("frequency", "count", ge=0),
            ),
            horizon=QUARTER,
        ),
        consequence=cr.ProductScorer(scorers=(cr.KanoScorer(needs=needs), _value())),
        criteria=cr.RiskMatrix.preset("5x5", currency=CURRENCY),
        controls=(cr.Control("repair within a week", likelihood_remaining=0.8, consequence_remaining=0.6),),
        owner="head of service",
        review_every=QUARTER,
    )


def _default() -> cr.AssessmentPipeline:
    """Specify an invoice 30 days overdue: what was bought lately is the exposure."""
    return cr.AssessmentPipeline(
        name="default",
        event=cr.RiskEvent("default", "credit", QUARTER, outcome=cr.Overdue("payments", days=30)),
        likelihood=cr.LogisticScorer(
            inputs=(
                cr.Input("late_payment_share", "share", ge=0, le=1, optional=True),
                cr.Input("days_past_due", "day", ge=0, optional=True),
                cr.Input("purchases_recent", "count", ge=0),
            ),
            horizon=QUARTER,
        ),
        consequence=cr.ColumnScorer(column="spend_recent", measure=cr.Measure.money(CURRENCY), unit="money"),
        criteria=cr.RiskCriteria(CURRENCY, moderate=5, high=20, extreme=60),
        controls=(cr.Control("payment in advance", likelihood_remaining=0.2),),
        owner="head of finance",
        review_every=QUARTER,
    )


def write_assessments(assessed: ProgrammeAssessments, folder: Path) -> tuple[Path, Path]:
    """Write every assessment of every customer: a table to compute with, and rows to exchange.

    Parameters
    ----------
    assessed
        The assessments.
    folder
        Where to; made if it is not there.

    Returns
    -------
    The parquet file (one row per customer and risk) and the JSON lines file (one assessment per line).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> found = run_demonstration(n_customers=600)
    >>> [path.name for path in write_assessments(found.assessed, pathlib.Path(tempfile.mkdtemp()))]
    ['assessments.parquet', 'assessments.jsonl']
    """
    folder.mkdir(parents=True, exist_ok=True)
    table, lines = folder / "assessments.parquet", folder / "assessments.jsonl"
    assessed.frame().to_parquet(table, index=False)
    with lines.open("w", encoding="utf-8") as file:
        for risk in assessed:
            file.writelines(f"{line}\n" for line in risk.json_lines())
    return table, lines
