"""Every general scorer and composite keeps the promises of the conformance kit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crmrisk.core.measures import Input, Measure
from crmrisk.scoring import (
    BlendedScorer,
    CalibratedScorer,
    Characteristic,
    ColumnScorer,
    LogisticScorer,
    PointsScorer,
    ProductScorer,
    SegmentedScorer,
    StackedScorer,
)
from crmrisk.testing import ScorerCase, run_scorer_checks

QUARTER = timedelta(days=90)
IDLE, AGE = Input("idle_days", "day", ge=0), Input("age", "day", ge=0)
SHARE, NPS = Input("share", "", 0, 1), Input("nps", "", -100, 100, optional=True)

SHARE_COLUMN = ColumnScorer(column="share", measure=Measure.share())
VALUE_COLUMN = ColumnScorer(column="value", measure=Measure.money("EUR"))
CARD = PointsScorer(
    characteristics=(
        Characteristic(IDLE, (5, 15), (0, 10, 20), monotone="increasing"),
        Characteristic(SHARE, (0.3,), (5, 0), missing=3),
    )
)
WIDE = LogisticScorer(inputs=(IDLE, SHARE, NPS), horizon=QUARTER, transforms={"idle_days": "log1p"})
NARROW = LogisticScorer(inputs=(IDLE, AGE), horizon=QUARTER)
CALIBRATED_CARD = CalibratedScorer(scorer=CARD, horizon=QUARTER)
PROBABILITY_COLUMN = ColumnScorer(column="p", measure=Measure.probability(horizon=QUARTER))
STACK = StackedScorer(
    members={"risk": NARROW, "card": CARD},
    final=LogisticScorer(inputs=(Input("risk"), Input("card", "point"), NPS), horizon=QUARTER),
)
BY_SEGMENT = SegmentedScorer(scorers={"alpha": NARROW, "beta": NARROW})

SCORERS = {
    "column": SHARE_COLUMN,
    "points": CARD,
    "logistic": WIDE,
    "isotonic": CALIBRATED_CARD,
    "platt": CalibratedScorer(scorer=VALUE_COLUMN, horizon=QUARTER, method="platt"),
    "platt declared": CalibratedScorer(scorer=CARD, horizon=QUARTER, method="platt", increasing=False),
    "beta": CalibratedScorer(scorer=SHARE_COLUMN, horizon=QUARTER, method="beta"),
    "cross-fitted": CalibratedScorer(scorer=WIDE, horizon=QUARTER, folds=3),
    "blend": BlendedScorer(scorers=(WIDE, NARROW), weights=(1, 3)),
    "blend renormalised": BlendedScorer(scorers=(WIDE, NARROW, CALIBRATED_CARD), missing="renormalise"),
    "segments": SegmentedScorer(scorers={"alpha": WIDE, "beta": NARROW}, default=WIDE),
    "segments, no default": SegmentedScorer(scorers={"alpha": NARROW, "beta": CALIBRATED_CARD}),
    "segments, one interval": SegmentedScorer(scorers={"alpha": CALIBRATED_CARD, "beta": PROBABILITY_COLUMN}),
    "segments alike": SegmentedScorer.same(CARD, segments=("alpha", "gamma")),
    "segments in segments": SegmentedScorer(scorers={"beta": BY_SEGMENT}, label="tier", default=NARROW),
    "stack": STACK,
    "stack, members optional": StackedScorer(
        members={"risk": NARROW, "card": CARD},
        final=LogisticScorer(
            inputs=(Input("risk", optional=True), Input("card", "point", optional=True)), horizon=QUARTER
        ),
    ),
    "stack under a rule": StackedScorer(
        members={"risk": NARROW},
        final=PointsScorer(characteristics=(Characteristic(Input("risk", "", 0, 1), (0.3,), (0, 1)),)),
    ),
    "calibrated stack": CalibratedScorer(scorer=STACK, horizon=QUARTER, folds=2),
    "share x money": ProductScorer(scorers=(SHARE_COLUMN, VALUE_COLUMN)),
    "probability x share": ProductScorer(scorers=(WIDE, SHARE_COLUMN)),
    "probability x money x share": ProductScorer(scorers=(NARROW, VALUE_COLUMN, SHARE_COLUMN)),
}


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_keeps_the_contract(name):
    assert run_scorer_checks(ScorerCase(SCORERS[name])) >= 15


@pytest.mark.parametrize("name", SCORERS)
def test_specifications_are_hashable_and_equal_to_their_likes(name):
    scorer = SCORERS[name]
    twin = type(scorer).model_validate(scorer.model_dump())
    assert twin == scorer
    assert hash(twin) == hash(scorer)
