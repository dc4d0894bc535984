"""What any segmenter says, at work: the register by segment, and a model per segment."""

from datetime import date, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk import segmentation as seg
from crmrisk.core.errors import CrmRiskError, PortfolioError

MONTH = timedelta(days=30)
COLUMNS = {"idle_days": 200, "frequency": 9, "total_spend": 900}
SEGMENTERS = {
    "thresholds": seg.ThresholdSegmenter(column="total_spend", cuts=[300, 600], names=["small", "medium", "large"]),
    "rfm": seg.RfmSegmenter(frequency="frequency", monetary="total_spend"),
    "tiers": seg.TierSegmenter(policy=seg.TierPolicy.from_cuts("total_spend", {"gold": 500}), current=None),
    "tags": seg.TagSegmenter(rules=[seg.TagRule("silent", seg.Criterion("idle_days", gt=90))], otherwise="others"),
    "clusters": seg.ClusterSegmenter(inputs=("idle_days", "total_spend"), k=2, replicates=0),
}


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(4)
    columns = {name: rng.integers(1, top, 40).astype(float) for name, top in COLUMNS.items()}
    columns["total_spend"][0] = np.nan
    chance, value = rng.random(40) * 0.3, rng.integers(10, 500, 40)
    return cr.Portfolio([f"C{n}" for n in range(40)], date(2026, 1, 31), columns | {"churn": chance, "value": value})


@pytest.fixture(scope="module")
def programme():
    return cr.RiskProgramme(
        [
            cr.AssessmentPipeline(
                name="churn",
                event=cr.RiskEvent("churn", category="attrition", horizon=MONTH),
                likelihood=cr.ColumnScorer(column="churn", measure=cr.Measure.probability(horizon=MONTH)),
                consequence=cr.ColumnScorer(column="value", measure=cr.Measure.money("EUR")),
                criteria=cr.RiskCriteria("EUR", moderate=5, high=20, extreme=60),
            )
        ]
    )


@pytest.mark.parametrize("kind", SEGMENTERS)
def test_segments_split_the_register_as_a_label_or_as_they_are(kind, book, programme):
    segments = SEGMENTERS[kind].fit(book).segment(book)
    expected = {name: n for name, n in segments.sizes().items() if n}
    if not segments.rated.all():
        expected["unrated segment"] = int((~segments.rated).sum())
    fitted = programme.fit_portfolio(book)
    registers = (
        fitted.assess_portfolio(segments.onto(book, label="group")).register(label="group"),
        fitted.assess_portfolio(book).register(segments=segments),
    )
    for register in registers:
        assert {line.segment: line.customers for line in register} == expected
        assert sum(line.expected_loss for line in register) == pytest.approx((book["churn"] * book["value"]).sum())
    assert registers[0] == registers[1]


def test_segments_of_other_customers_split_nothing(book, programme):
    segments = SEGMENTERS["thresholds"].segment(book)
    assessed = programme.fit_portfolio(book).assess_portfolio(book.take(np.arange(40)[::-1]))
    with pytest.raises(PortfolioError, match="another order"):
        assessed.register(segments=segments)
    with pytest.raises(CrmRiskError, match="segments"):
        assessed.register(segments="tier")


def test_a_tier_picks_the_model_that_rates_its_customers(book):
    rate = cr.Measure.probability(horizon=MONTH)
    half = cr.SegmentedScorer(
        scorers={"gold": cr.ColumnScorer(column="churn", measure=rate)}, segmenter=SEGMENTERS["tiers"]
    )
    scores = half.fit(book).score(book)
    gold = SEGMENTERS["tiers"].segment(book).labels == "gold"
    np.testing.assert_array_equal(scores.values, np.where(gold, book["churn"], np.nan))
