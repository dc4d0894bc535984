from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import CompositionError, InvalidValueError
from crmrisk.satisfaction import KanoNeed, kano_requirements

AS_OF = datetime(2026, 1, 31)
COUNT = cr.Input("complaints_delivery", "count", ge=0)


def need(name="delivery", share=0.8, source=COUNT, **changes) -> KanoNeed:
    return KanoNeed(requirement=name, category="must_be", dissatisfaction=share, input=source, **changes)


def test_unmet_needs_combine_as_independent_shares():
    quality = need("quality", 0.5, cr.Input("defects", "share", ge=0))
    scorer = cr.KanoScorer(needs=(need(), quality))
    book = cr.Portfolio(
        ["a", "b", "c", "d"], AS_OF, {"complaints_delivery": [0, 1, 3, 1], "defects": [0, 1, 0.5, None]}
    )
    np.testing.assert_allclose(scorer.score(book).values, [0, 1 - 0.2 * 0.5, 1 - 0.2 * 0.75, np.nan])


def test_explanation_adds_up_on_the_log_of_the_share_kept():
    scorer = cr.KanoScorer(needs=(need(), need("quality", 0.5, cr.Input("defects", "share", ge=0))))
    book = cr.Portfolio(["a"], AS_OF, {"complaints_delivery": [1], "defects": [0.4]})
    assert -np.log(1 - scorer.score(book).values) == pytest.approx(scorer.explain(book).total)


def test_survey_coefficients_and_their_intervals_are_taken_over():
    survey = kano_requirements(["delivery"] * 40, [2] * 30 + [1] * 10, [5] * 30 + [3] * 10)
    scorer = cr.KanoScorer.from_requirements(survey, {"delivery": COUNT})
    assert scorer.needs[0].dissatisfaction == pytest.approx(0.75)
    score = scorer.score(cr.Portfolio(["a"], AS_OF, {"complaints_delivery": [1]}))
    assert score.low[0] < score.values[0] < score.high[0]


def test_a_requirement_without_coefficient_is_refused():
    survey = kano_requirements(["rust"] * 3, [5] * 3, [2] * 3)  # everybody reverse
    with pytest.raises(CompositionError) as caught:
        cr.KanoScorer.from_requirements(survey, {"rust": COUNT, "paint": COUNT})
    assert [problem.where for problem in caught.value.problems] == ["rust", "paint"]


def test_requirements_of_several_segments_are_refused():
    survey = kano_requirements(["late"] * 2, [2, 1], [5, 5], by=["new", "old"])
    with pytest.raises(CompositionError, match="one segment"):
        cr.KanoScorer.from_requirements(survey, {"late": COUNT})
    one = [requirement for requirement in survey if requirement.segment == "new"]
    assert cr.KanoScorer.from_requirements(one, {"late": COUNT}).needs[0].dissatisfaction == 1.0


@pytest.mark.parametrize(
    "changes",
    [
        {"source": cr.Input("x", "count")},
        {"source": cr.Input("x", "count", ge=0, optional=True)},
        {"share": 1.2},
        {"dissatisfaction_low": 0.9},
        {"unmet_at": 0},
    ],
)
def test_needs_that_make_no_sense_are_refused(changes):
    with pytest.raises(InvalidValueError):
        need(**changes)


def test_needs_are_distinct_and_at_least_one():
    with pytest.raises(CompositionError):
        cr.KanoScorer(needs=())
    with pytest.raises(CompositionError):
        cr.KanoScorer(needs=(need(), need()))
