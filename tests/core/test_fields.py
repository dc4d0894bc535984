from __future__ import annotations

import pytest

from crmrisk.core.component import Component
from crmrisk.core.errors import CrmRiskError
from crmrisk.core.fields import AnyFittedScorer, AnyScorer
from crmrisk.core.measures import Measure
from crmrisk.scoring import ColumnScorer


class Both(Component, kind="acme.both"):
    scorer: AnyScorer
    fitted: AnyFittedScorer


def test_fields_hold_scorers_and_nothing_else():
    column = ColumnScorer(column="x", measure=Measure.share())
    assert Both(scorer=column, fitted=column).scorer is column
    with pytest.raises(CrmRiskError) as caught:
        Both(scorer=3, fitted="x")
    assert [problem.where for problem in caught.value.problems] == ["Both.scorer", "Both.fitted"]
