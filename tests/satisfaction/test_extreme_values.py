"""Integers no float can hold, numbers whose squares overflow, and pandas.NA as an option: refused in words everywhere."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import crmrisk.satisfaction as survey
from crmrisk.core.errors import CrmRiskError

HUGE = 10**400
ANSWERS = [10, 9, 3, 7, 10, 0, 8, 9]
ITEMS = {"a": [1, 2, 3, 4, 5, 1, 2, 4], "b": [2, 2, 3, 5, 5, 1, 1, 4]}
ONCE = ["secure"] * 8
KANO = survey.kano_requirements(ONCE, ITEMS["a"], ITEMS["b"], replicates=10)

NUMBERS = {
    "answer": lambda x: survey.net_promoter_score([x, 3]),
    "count": lambda x: survey.net_promoter_score(counts=(x, 2, 3)),
    "shares": lambda x: survey.net_promoter_shares(counts=(x, 2, 3)),
    "stratum": lambda x: survey.net_promoter_score(ANSWERS, strata=list("aabbaabb"), population={"a": x, "b": 100}),
    "population": lambda x: survey.net_promoter_score(ANSWERS, population=x),
    "replicates": lambda x: survey.net_promoter_score(ANSWERS, method="bootstrap", replicates=x),
    "breaks": lambda x: survey.NpsBreaks(lowest=-x),
    "target": lambda x: survey.compare_net_promoter(ANSWERS, ANSWERS, target=x),
    "table": lambda x: survey.compare_paired_net_promoter(table=[[x, 1, 2], [1, 2, 3], [2, 3, 4]]),
    "mcnemar": lambda x: survey.mcnemar_test(table=[[x, 1], [2, 3]]),
    "margin": lambda x: survey.equivalence(survey.compare_net_promoter(ANSWERS, ANSWERS[::-1]), margin=x),
    "scale": lambda x: survey.csat([1, 2], lowest=-x),
    "drivers' scale": lambda x: survey.key_drivers(ANSWERS, ITEMS, scale=(1, x)),
    "index scale": lambda x: survey.satisfaction_index(ITEMS, lowest=-x, highest=5),
    "item weight": lambda x: survey.satisfaction_index(
        ITEMS, lowest=1, highest=5, item_weights={"a": float("inf") if x == 1e308 else x, "b": 1}
    ),
    "means": lambda x: survey.index_of_means([x, 2], lowest=1, highest=5),
    "answer of counts": lambda x: survey.csat(counts={1: 3, x: 4}),
    "count of answers": lambda x: survey.mean_score(counts={1: 3, 2: x}),
    "covariance": lambda x: survey.cronbach_alpha(covariance=[[x, 1], [1, 2]], n=20),
    "correlation": lambda x: survey.driver_importance([[1, x], [x, 1]]),
    "resamples of drivers": lambda x: survey.key_drivers(ANSWERS, ITEMS, replicates=x),
    "orders of drivers": lambda x: survey.key_drivers(ANSWERS, ITEMS, permutations=x, interval=None),
    "resamples of Kano": lambda x: survey.kano_requirements(ONCE, ITEMS["a"], ITEMS["b"], replicates=x),
    "cases": lambda x: survey.Dispositions(complete=x),
    "happened": lambda x: survey.kaplan_meier([1, 2], [1, x]),
    "survivors": lambda x: survey.retention_rates([[10, 8, x]]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_integers_no_float_can_hold_are_refused(name):
    with pytest.raises(CrmRiskError):
        NUMBERS[name](HUGE)


@pytest.mark.parametrize("name", sorted({*NUMBERS} - {"population", "stratum", "margin"}))
def test_numbers_whose_squares_overflow_are_refused(name):
    with pytest.raises(CrmRiskError):
        NUMBERS[name](1e308)


def test_a_population_without_end_needs_no_correction():
    endless = survey.net_promoter_score(ANSWERS, population=1e308)
    assert endless.standard_error == survey.net_promoter_score(ANSWERS, clusters=list(range(8))).standard_error


OPTIONS = {
    "reverse": lambda x: survey.kano_requirements(ONCE, ITEMS["a"], ITEMS["b"], reverse=x),
    "questionable": lambda x: survey.kano_requirements(ONCE, ITEMS["a"], ITEMS["b"], questionable=x),
    "map": lambda x: survey.kano_map(KANO, kind=x),
    "order": lambda x: survey.kano_priorities(KANO, order=x),
    "rate": lambda x: survey.response_rate(survey.Dispositions(complete=5), x),
    "method": lambda x: survey.net_promoter_score(ANSWERS, method=x),
    "missing": lambda x: survey.bowker_test(ITEMS["a"], ITEMS["b"], missing=x),
    "adjustment": lambda x: survey.compare_net_promoter_groups(ANSWERS, list("aabbaabb"), adjustment=x),
    "items": lambda x: survey.servperf(ITEMS, dimensions={"a": ["a"], "b": [x]}),
    "unidentified": lambda x: survey.purchase_history(["c"], ["2026-01-01"], as_of=date(2026, 2, 1), unidentified=x),
    "cohort of one": lambda x: survey.retention_rates([[10, x, 8]]),
}


@pytest.mark.parametrize("call", OPTIONS.values(), ids=OPTIONS)
def test_no_value_as_an_option_is_refused(call):
    with pytest.raises(CrmRiskError):
        call(pd.NA)


def test_what_was_not_observed_at_the_end_of_a_cohort_may_be_anything_missing():
    for absent in (pd.NA, None, float("nan")):
        assert survey.retention_rates([[10, 8, absent], [10, 7, 5]]).size.tolist() == [20, 10]


def test_flags_that_are_lists_are_refused():
    with pytest.raises(CrmRiskError, match="not one answer per row"):
        survey.kaplan_meier([1, 2], [1, [1]])
