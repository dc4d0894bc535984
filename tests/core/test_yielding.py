"""The error about a missing input names the summary to add, and no plugin stands in its way."""

from __future__ import annotations

from datetime import date

import pytest

from crmrisk import Input, Portfolio
from crmrisk.core import yielding
from crmrisk.core.errors import BrokenPluginError, MissingInputsError, Problem
from crmrisk.core.yielding import summaries_that_yield


@pytest.mark.parametrize(
    ("name", "summaries"),
    [
        ("nps_promoters", ("NetPromoterAnswers",)),
        ("food_quality_waves", ("SurveyTrend",)),
        ("nps_slope", ("SurveyTrend",)),
        ("spend_recent", ("PurchaseTrend",)),
        ("churn_probability", ()),
    ],
)
def test_built_in_summaries_are_found_by_what_they_yield(name, summaries):
    assert summaries_that_yield(name) == summaries


def test_the_remedy_names_the_summary_and_else_none():
    book = Portfolio(["C1"], date(2026, 1, 31), {})
    with pytest.raises(MissingInputsError) as caught:
        book.require((Input("spend_recent", "money"), Input("value", "EUR")))
    assert [problem.remedy for problem in caught.value.problems] == [
        "add the summary that yields it (PurchaseTrend), or the column itself",
        "add the summary that yields it, or the column itself",
    ]


def test_broken_plugins_and_summaries_that_need_settings_are_passed_over(monkeypatch):
    class Plain:  # no BaseSummary
        inputs = (Input("visits", "count"),)

    class Needy:
        def __init__(self, table):
            self.inputs = (Input("visits", "count"),)

    def load(kind):
        if kind == "broken":
            raise BrokenPluginError(Problem(what="cannot be imported", where=kind))
        return {"plain": Plain, "needy": Needy}[kind]

    monkeypatch.setattr(yielding, "component_names", lambda group: ("broken", "needy", "plain"))
    monkeypatch.setattr(yielding, "component_class", load)
    assert summaries_that_yield("visits") == ("Plain",)
