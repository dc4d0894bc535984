from __future__ import annotations

from datetime import datetime, timedelta

import crmrisk as cr
from crmrisk.assessment.remembering import Remembering


class Counting:
    """Evidence that counts how often it is asked."""

    def __init__(self):
        self.asked = []

    def portfolio(self, as_of):
        self.asked.append(("portfolio", as_of))
        return cr.Portfolio(["C1"], as_of, {})

    def outcomes(self, event, as_of):
        self.asked.append((event.name, as_of))
        return cr.Outcomes(["C1"], [0], event=event.name, as_of=as_of, horizon=event.horizon)


def test_each_question_is_asked_once():
    counting = Counting()
    facts, first, second = Remembering(counting), datetime(2026, 1, 1), datetime(2026, 2, 1)
    churn, fraud = (cr.RiskEvent(name, "attrition", timedelta(days=30)) for name in ("churn", "fraud"))
    for _ in range(3):
        for as_of in (first, second):
            facts.portfolio(as_of)
            facts.outcomes(churn, as_of)
            facts.outcomes(fraud, as_of)
    assert len(counting.asked) == len(set(counting.asked)) == 6
