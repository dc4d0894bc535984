from __future__ import annotations

from datetime import timedelta

import pytest

import crmrisk as cr
from crmrisk.assessment.composition import check_pipeline
from crmrisk.core.errors import CompositionError

MONTH = timedelta(days=30)
EVENT = cr.RiskEvent("churn", "attrition", MONTH)


def test_the_events_probability_and_the_criterias_money_fit():
    check_pipeline(EVENT, cr.Measure.probability(horizon=MONTH), cr.Measure.money("EUR"), "EUR")


@pytest.mark.parametrize(
    ("likelihood", "consequence", "wrong"),
    [
        (cr.Measure.share(), cr.Measure.money("EUR"), ["likelihood"]),
        (cr.Measure.probability(horizon=2 * MONTH), cr.Measure.money("EUR"), ["likelihood"]),
        (cr.Measure.probability(horizon=MONTH), cr.Measure.money("GBP"), ["consequence"]),
        (cr.Measure.probability(horizon=MONTH), cr.Measure.share(), ["consequence"]),
        (cr.Measure.index(-100, 100), cr.Measure.share(), ["likelihood", "consequence"]),
    ],
)
def test_every_misfit_is_named_with_its_remedy(likelihood, consequence, wrong):
    with pytest.raises(CompositionError) as caught:
        check_pipeline(EVENT, likelihood, consequence, "EUR")
    assert [problem.where for problem in caught.value.problems] == wrong
    assert all(problem.got for problem in caught.value.problems)
