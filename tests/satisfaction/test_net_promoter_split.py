"""Tests of surveys split into parts: rows keep their design, labels their order."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_split import split_survey


def test_each_part_is_a_survey_of_its_own():
    rng = np.random.default_rng(9)
    answers, weights, labels = rng.integers(0, 11, 90), rng.random(90) + 0.5, rng.choice(["b", "a", "c"], 90)
    parts = split_survey(answers, labels, design=Design(weights=weights), method="adjusted wald")
    assert [part.name for part in parts] == ["a", "b", "c"]
    for part in parts:
        rows = labels == part.name
        assert part.estimate == net_promoter_score(answers[rows], weights=weights[rows], method="adjusted wald")
        assert part.counts.value == pytest.approx(part.estimate.value, abs=1e-12)


def test_bad_answers_are_named_by_their_row_of_the_survey():
    with pytest.raises(CrmRiskError, match="row 2"):
        split_survey([9, 9, 12], ["a", "b", "b"])
