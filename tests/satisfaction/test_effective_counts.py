"""Tests of counts worth their effective number: they carry the error of the design they come from."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.answered import Design
from crmrisk.satisfaction.effective_counts import effective_counts, named_counts
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_counts import NpsCounts


@pytest.mark.parametrize(
    "design", [{}, {"weights": True}, {"strata": True}, {"weights": True, "clusters": True}, {"population": 500}]
)
def test_the_wald_error_of_the_counts_is_that_of_the_design(design):
    rng = np.random.default_rng(8)
    answers = rng.integers(0, 11, 120)
    columns = {"weights": rng.random(120) + 0.5, "strata": answers % 3, "clusters": np.arange(120) // 4}
    given = {name: columns[name] if part is True else part for name, part in design.items()}
    found, expected = effective_counts(answers, design=Design(**given)), net_promoter_score(answers, **given)
    carried = net_promoter_score(counts=found.counts).standard_error
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert carried == pytest.approx(expected.standard_error, rel=1e-9)
    assert (found.n, found.is_simple) == (120, not design)


def test_missing_answers_leave_with_their_weight():
    found = effective_counts([10, None, 3], design=Design(weights=[1, 5, 1]), missing="exclude")
    assert (found.value, found.n, found.warnings) == (0.0, 2, ("1 missing answer excluded",))


def test_counts_are_three_and_have_no_design():
    assert effective_counts(NpsCounts(0, 0, 0)).value is None
    with pytest.raises(CrmRiskError, match="belong to answers"):
        effective_counts(NpsCounts(1, 2, 3), design=Design(weights=[1]))
    with pytest.raises(CrmRiskError, match="detractors, passives, promoters"):
        named_counts((1, 2), "counts")
