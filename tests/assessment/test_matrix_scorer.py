from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import CompositionError

MATRIX = cr.RiskMatrix.preset("5x5", currency="EUR")


def scorer(**changes) -> cr.RiskMatrixScorer:
    settings = {
        "matrix": MATRIX,
        "likelihood": cr.ColumnScorer(column="churn", measure=cr.Measure.probability(horizon=timedelta(days=30))),
        "consequence": cr.ColumnScorer(column="value", measure=cr.Measure.money("EUR")),
    }
    return cr.RiskMatrixScorer(**settings | changes)


def test_scores_are_the_grades_of_the_matrix_and_unrated_stays_unrated(book):
    scores = scorer().fit(book).score(book)
    codes = MATRIX.codes(book["churn"], book["value"])
    np.testing.assert_array_equal(scores.values, np.where(codes > 0, codes, np.nan))
    assert scores.measure == cr.Measure.index(1, 4, "risk level")


def test_axes_that_mean_something_else_are_refused():
    with pytest.raises(CompositionError) as caught:
        scorer(
            likelihood=cr.ColumnScorer(column="churn", measure=cr.Measure.share()),
            consequence=cr.ColumnScorer(column="value", measure=cr.Measure.money("GBP")),
        )
    assert [problem.where for problem in caught.value.problems] == ["likelihood", "consequence"]
