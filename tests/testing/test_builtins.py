"""Every built-in scorer passes the conformance kit; a registered one without an example here fails the suite."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest

from crmrisk.assessment import RiskMatrix, RiskMatrixScorer
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.registry import SCORERS, component_class, component_names
from crmrisk.satisfaction import KanoScorer, NpsScorer
from crmrisk.satisfaction.decline_scorer import SatisfactionDeclineScorer
from crmrisk.satisfaction.detractor_scorer import DetractorScorer
from crmrisk.satisfaction.kano_scorer import KanoNeed
from crmrisk.scoring import (
    AttritionScorer,
    BetaGeoNBD,
    BlendedScorer,
    CalibratedScorer,
    ColumnScorer,
    ContractAttritionScorer,
    ContractValueScorer,
    ContributionScorer,
    GammaGamma,
    LifetimeValueScorer,
    LogisticScorer,
    PointsScorer,
    ProductScorer,
    SegmentedScorer,
    StackedScorer,
)
from crmrisk.scoring.points import Characteristic
from crmrisk.scoring.value import ShiftedBetaGeometric
from crmrisk.scoring.value.names import PURCHASES
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.testing import ScorerCase, example_portfolio, scorer_checks

MONTH, QUARTER, YEAR = timedelta(days=30), timedelta(days=90), timedelta(days=365)
IDLE, COMPLAINTS = Input("idle_days", "day", ge=0), Input("complaints", "count", ge=0)
PUBLISHED = BetaGeoNBD(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)


@cache
def histories() -> Portfolio:
    """Coherent purchase histories: recency within age, none without a repeat purchase; at the bounds, tied, missing."""
    rng = np.random.default_rng(7)
    n = 120
    frequency = rng.poisson(rng.gamma(0.8, 2.5, n)).astype(float)
    age = rng.integers(30, 400, n).astype(float)
    recency = np.where(frequency > 0, np.minimum(np.round(age * rng.beta(2, 1.2, n)), age), 0.0)
    recency = np.where((frequency > 0) & (recency < frequency), np.minimum(frequency, age), recency)
    mean_spend = np.where(frequency > 0, np.round(rng.gamma(4, 8, n), 2) + 0.01, np.nan)
    frequency[:2], recency[:2], mean_spend[:2] = (0, 300), (0, age[1]), (np.nan, 12.0)
    age[1] = recency[1] = 399.0
    for column in (frequency, recency, age, mean_spend):
        column[4] = column[3]
    for row, column in ((10, frequency), (11, recency), (12, age)):
        column[row] = np.nan
    margin = np.where(rng.random(n) < 0.8, np.round(1 - rng.gamma(2, 0.4, n), 2), np.nan)
    columns = {"frequency": frequency, "recency": recency, "age": age, "mean_spend": mean_spend}
    columns["contribution_margin"] = margin
    return Portfolio([f"C{row:03d}" for row in range(n)], example_portfolio((IDLE,)).as_of, columns)


def few_histories() -> Portfolio:
    return histories().take(slice(0, 40))


def _soon(**changes) -> LifetimeValueScorer:
    return LIFETIME.model_copy(update={"horizon": QUARTER, **changes})


def contracts() -> Portfolio:
    """Contracts of all lengths, running and ended, some of unknown length or price."""
    rng = np.random.default_rng(7)
    drawn = ShiftedBetaGeometric(alpha=0.7, beta=3).simulate(rng.integers(0, 12, 60), rng=rng)
    churned = drawn.churned.astype(float)
    columns = {
        "renewals": drawn.duration - churned,
        "churned": churned,
        "spend_per_period": rng.gamma(4, 8, 60).round(2),
    }
    for column in columns.values():
        column[4] = column[3]
    for row, name in zip((10, 11, 12), columns, strict=True):
        columns[name][row] = np.nan
    return Portfolio([f"C{row:03d}" for row in range(60)], histories().as_of, columns)


def waves() -> Portfolio:
    """Answers of waves that fit together: one wave has no slope, two have no scatter; none, the lowest, twins."""
    rng = np.random.default_rng(7)
    n = 60
    count = rng.integers(1, 6, n).astype(float)
    mean = np.round(rng.normal(7.5, 1.6, n).clip(0, 10) * count) / count
    columns = {
        "nps_waves": count,
        "nps_wave_mean": mean,
        "nps_latest_wave": np.round(mean + rng.normal(0, 1, n)).clip(0, 10),
        "nps_mean_age": rng.integers(1, 700, n).astype(float),
        "nps_age_variance": np.where(count > 1, rng.gamma(2, 10_000, n), 0.0),
        "nps_slope": np.where(count > 1, rng.normal(0, 1, n), np.nan),
        "nps_scatter": np.where(count > 2, rng.gamma(2, 0.5, n), np.nan),
    }
    columns["nps_latest_wave"][5:8] = (0, 1, 2)
    for column in columns.values():
        column[4] = column[3]
    for row, name in enumerate(columns, start=10):
        columns[name][row] = np.nan
    segment = rng.choice(np.array(["gold", "basic", None], dtype=object), n)
    segment[4] = segment[3]
    return Portfolio([f"C{row:03d}" for row in range(n)], histories().as_of, columns, {"segment": segment})


def _column(name: str, measure: Measure) -> ColumnScorer:
    return ColumnScorer(column=name, measure=measure)


def _logistic(*inputs: Input) -> LogisticScorer:
    return LogisticScorer(inputs=inputs, horizon=QUARTER)


HEALTH = _column("health", Measure.index(0, 100))
SILENCE, ANGER = (_column(name, Measure.share()) for name in ("silence", "anger"))
VALUE = _column("value", Measure.money("EUR"))
DEFAULT = _column("default", Measure.probability(horizon=YEAR))
CARD = PointsScorer(
    characteristics=(
        Characteristic(IDLE, bins=(5, 20), points=(0, 10, 25)),
        Characteristic(COMPLAINTS, bins=(1,), points=(0, 20), missing=5),
    )
)
RFM = RfmSegmenter(groups=2, frequency="orders", monetary="revenue")
LIFETIME = LifetimeValueScorer(currency="GBP", horizon=YEAR, discount_rate=0.10, margin=0.3)
NEEDS = (
    KanoNeed(requirement="delivery", category="must_be", dissatisfaction=0.8, input=Input("late", "share", ge=0, le=1)),
    KanoNeed(requirement="gift", category="attractive", dissatisfaction=0.1, input=Input("no_gift", "share", ge=0)),
)

EXAMPLES: MappingProxyType[str, tuple[ScorerCase, ...]] = MappingProxyType(
    {
        "crmrisk.column": (
            ScorerCase(HEALTH),
            ScorerCase(DEFAULT),
            ScorerCase(_column("x", Measure.index(None, None))),
        ),
        "crmrisk.points": (ScorerCase(CARD),),
        "crmrisk.logistic": (
            ScorerCase(_logistic(IDLE, COMPLAINTS)),
            ScorerCase(LogisticScorer(inputs=(IDLE,), horizon=QUARTER, transforms={"idle_days": "log1p"}, ridge=0.0)),
            ScorerCase(_logistic(IDLE, Input("nps", "", ge=-100, le=100, optional=True))),
        ),
        "crmrisk.attrition": (
            ScorerCase(AttritionScorer(horizon=QUARTER), histories()),
            ScorerCase(AttritionScorer(horizon=QUARTER, model=PUBLISHED), histories()),
            *(
                ScorerCase(AttritionScorer(horizon=QUARTER, model=name), few_histories())
                for name in PURCHASES.names[1:]
            ),
            ScorerCase(AttritionScorer(horizon=QUARTER, interval=0.9), few_histories()),
        ),
        "crmrisk.lifetime_value": (
            ScorerCase(LIFETIME, histories()),
            ScorerCase(LIFETIME.model_copy(update={"purchases": PUBLISHED, "spend": SPEND}), histories()),
            *(ScorerCase(_soon(purchases=name), few_histories()) for name in PURCHASES.names[1:]),
            ScorerCase(_soon(interval=0.9), few_histories()),
            ScorerCase(_soon(margin="evidence"), few_histories()),
        ),
        "crmrisk.contribution": (ScorerCase(ContributionScorer(currency="EUR", margin=0.3)),),
        "crmrisk.contract_attrition": (
            ScorerCase(ContractAttritionScorer(horizon=QUARTER, period=MONTH), contracts()),
            ScorerCase(
                ContractAttritionScorer(horizon=QUARTER, period=MONTH, model="BetaDiscreteWeibull", interval=0.9),
                contracts(),
            ),
        ),
        "crmrisk.contract_value": (
            ScorerCase(ContractValueScorer(currency="GBP", period=MONTH, discount_rate=0.1), contracts()),
            ScorerCase(
                ContractValueScorer(
                    currency="GBP", period=MONTH, discount_rate=0.0, horizon=QUARTER, model="BetaDiscreteWeibull"
                ),
                contracts(),
            ),
            ScorerCase(
                ContractValueScorer(
                    currency="GBP",
                    period=MONTH,
                    discount_rate=0.1,
                    interval=0.9,
                    model=ShiftedBetaGeometric(alpha=1, beta=3),
                ),
                contracts(),
            ),
        ),
        "crmrisk.calibrated": tuple(
            ScorerCase(CalibratedScorer(scorer=scorer, horizon=QUARTER, method=method))
            for scorer in (HEALTH, _logistic(IDLE))
            for method in ("isotonic", "platt", "beta")
            if not (scorer is HEALTH and method == "beta")
        ),
        "crmrisk.blended": (
            ScorerCase(BlendedScorer(scorers=(SILENCE, ANGER), weights=(3, 1))),
            ScorerCase(BlendedScorer(scorers=(SILENCE, ANGER), missing="renormalise")),
            ScorerCase(BlendedScorer(scorers=(_logistic(IDLE), _logistic(COMPLAINTS)))),
        ),
        "crmrisk.segmented": (
            ScorerCase(SegmentedScorer(scorers={"alpha": SILENCE, "beta": ANGER})),
            ScorerCase(SegmentedScorer(scorers={"alpha": SILENCE}, default=ANGER, label="region")),
            ScorerCase(SegmentedScorer(scorers={"alpha": _logistic(IDLE)}, default=_logistic(COMPLAINTS))),
            ScorerCase(SegmentedScorer(scorers={"Champions": SILENCE, "Lost": ANGER}, segmenter=RFM)),
            ScorerCase(SegmentedScorer(scorers={"Champions": SILENCE}, default=ANGER, segmenter=RFM)),
        ),
        "crmrisk.stacked": (
            ScorerCase(StackedScorer(members={"loyalty": HEALTH}, final=_logistic(Input("loyalty"), IDLE))),
            ScorerCase(
                StackedScorer(
                    members={"churn": _logistic(IDLE), "loyalty": HEALTH},
                    final=_logistic(Input("churn"), Input("loyalty")),
                )
            ),
        ),
        "crmrisk.product": (
            ScorerCase(ProductScorer(scorers=(SILENCE, VALUE))),
            ScorerCase(ProductScorer(scorers=(SILENCE, ANGER, DEFAULT))),
        ),
        "crmrisk.nps": (ScorerCase(NpsScorer()), ScorerCase(NpsScorer(when_unanswered="segment", prior_answers=5))),
        "crmrisk.detractor": (
            ScorerCase(DetractorScorer(horizon=QUARTER)),
            ScorerCase(DetractorScorer(horizon=QUARTER, prior_answers=3, when_unanswered="segment", level=None)),
            ScorerCase(DetractorScorer(horizon=QUARTER, model="levels"), waves()),
        ),
        "crmrisk.satisfaction_decline": (
            ScorerCase(SatisfactionDeclineScorer(horizon=QUARTER), waves()),
            ScorerCase(SatisfactionDeclineScorer(horizon=YEAR, drop=3.5, lowest=-2, level=None), waves()),
        ),
        "crmrisk.kano": (ScorerCase(KanoScorer(needs=NEEDS)),),
        "crmrisk.risk_matrix": (
            ScorerCase(
                RiskMatrixScorer(matrix=RiskMatrix.preset("3x3", currency="EUR"), likelihood=DEFAULT, consequence=VALUE)
            ),
        ),
    }
)
CASES = [
    pytest.param(case, id=f"{kind.removeprefix('crmrisk.')}-{place}")
    for kind, cases in EXAMPLES.items()
    for place, case in enumerate(cases)
]


def builtin_kinds() -> list[str]:
    return [name for name in component_names(SCORERS) if name.startswith("crmrisk.")]


@pytest.mark.parametrize("kind", builtin_kinds())
def test_every_registered_builtin_has_an_example(kind):
    assert EXAMPLES.get(kind), f"add an example of {kind} to EXAMPLES"
    assert {type(case.scorer) for case in EXAMPLES[kind]} == {component_class(kind)}
    assert component_class(kind).kind == kind


def test_builtins_are_registered_at_all():
    assert set(builtin_kinds()) == set(EXAMPLES)


NOT_FOR_EVERY_SCORER = {
    "explanations_add_up",
    "monotone_where_declared",
    "unrated_customers_stay_unrated",  # where every input may be missing
    "values_out_of_range_are_refused",
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("check", scorer_checks(), ids=str)
def test_builtin_keeps_its_promises(case, check):
    does_not_apply = check(case)
    assert not does_not_apply or check.name in NOT_FOR_EVERY_SCORER
