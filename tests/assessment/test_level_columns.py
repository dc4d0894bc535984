from __future__ import annotations

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.assessment.controls import Remaining
from crmrisk.assessment.level_columns import LevelColumns, Span

CRITERIA = cr.RiskCriteria("EUR", moderate=50, high=200)
LIKELIHOOD = np.array([0.5, np.nan, 0.9])
CONSEQUENCE = np.array([300.0, 10.0, np.nan])


def test_rows_say_what_columns_say():
    columns = LevelColumns(LIKELIHOOD, CONSEQUENCE, CRITERIA)
    for row in range(3):
        level = columns.row(row)
        assert level.level.code == columns.codes[row]
        assert (level.expected_loss is None) == bool(np.isnan(columns.expected_loss[row]))


def test_backing_out_controls_never_exceeds_certainty():
    span = Span(np.array([0.4, np.nan, 0.8]), np.array([0.6, np.nan, 1.0]))
    scaled = LevelColumns(LIKELIHOOD, CONSEQUENCE, CRITERIA, span).scaled(Remaining(2.0, 1.0))
    np.testing.assert_array_equal(scaled.likelihood, [1.0, np.nan, 1.0])
    assert scaled.likelihood_span is not None
    assert scaled.likelihood_span.row(0).high == 1.0
    assert scaled.likelihood_span.row(1) is None


def test_scaling_leaves_the_original_alone():
    columns = LevelColumns(LIKELIHOOD, CONSEQUENCE, CRITERIA)
    columns.scaled(Remaining(0.1, 0.1))
    assert columns.row(0).expected_loss == pytest.approx(150.0)
