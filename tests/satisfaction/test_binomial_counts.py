"""Counts that no share can have, and settings that are none, are refused in words by everything public."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest

import crmrisk.satisfaction as survey
from crmrisk.core.errors import InvalidValueError, SchemaError
from crmrisk.satisfaction.binomial_counts import binomial_counts, finite_column, finite_columns

INTERVALS = ["agresti_coull", "clopper_pearson", "jeffreys", "mid_p", "plus_four", "wald", "wilson"]
DIFFERENCES = ["mee", "miettinen_nurminen", "newcombe"]
IMPOSSIBLE = [(5, 4), (-1, 4), (1, -4), (1, np.inf), ("x", 4), (True, 4), (1, 10**400), ([1, 2], [3, 4, 5]), (1j, 4)]


@pytest.mark.parametrize("name", INTERVALS)
@pytest.mark.parametrize("counts", IMPOSSIBLE, ids=str)
def test_no_interval_of_a_share_takes_impossible_counts(name, counts):
    with pytest.raises(InvalidValueError, match=r"successes|n:"):
        getattr(survey, f"{name}_interval")(*counts)


@pytest.mark.parametrize("name", DIFFERENCES)
@pytest.mark.parametrize("counts", IMPOSSIBLE, ids=str)
def test_no_interval_of_a_difference_takes_impossible_counts(name, counts):
    with pytest.raises(InvalidValueError, match="2"):
        getattr(survey, f"{name}_interval")(3, 4, *counts)


@pytest.mark.parametrize("name", INTERVALS)
def test_a_share_of_nothing_or_of_unknown_counts_has_no_limits(name):
    low, high = getattr(survey, f"{name}_interval")([0, np.nan, 2, 2], [0, 4, np.nan, 4])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, True, False]


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_from_nothing_has_no_limits(name):
    low, high = getattr(survey, f"{name}_interval")([0, 2], [0, 4], 1, 4)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False]


def test_rounding_of_weighted_sums_is_no_impossible_share():
    x, n = binomial_counts(0.1 + 0.2, 0.3)
    assert (x, n) == (0.3, 0.3)


def test_every_impossible_pair_is_named_and_nothing_is_modified():
    given = np.array([5.0, 1.0, 7.0])
    with pytest.raises(InvalidValueError, match=r"5\.0 of 4\.0, 7\.0 of 4\.0"):
        binomial_counts(given, 4)
    assert given.tolist() == [5.0, 1.0, 7.0]


def test_numbers_are_read_from_any_column_and_text_is_not():
    assert finite_column([1, None, np.int8(3)], "x").tolist()[::2] == [1.0, 3.0]
    with pytest.raises(InvalidValueError, match="x: no numbers"):
        finite_column([1, "2"], "x")
    with pytest.raises(InvalidValueError, match="shapes do not fit"):
        finite_columns([1, 2], [1, 2, 3], where=("x", "y"))


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (partial(survey.proportion, "x", 4), "proportion"),
        (partial(survey.proportion, 1, None), "proportion"),
        (partial(survey.proportion, 1, 4, effective_n="x"), "effective_n"),
        (partial(survey.mean_of_counts, [1, 2], [3, 4, 5]), "values, counts"),
        (partial(survey.mean_of_counts, [1, np.nan], [3, 4]), "values"),
        (partial(survey.mean_of_counts, [1, 1e300], [3, 4]), "values"),
        (partial(survey.mean_of_counts, [1, 2], [3, -4]), "counts"),
        (partial(survey.mean_of_counts, [1, 2], [3, 4], effective_n=-1), "effective_n"),
        (partial(survey.feldt_interval, 11, 30, 7), "alpha"),
        (partial(survey.feldt_interval, 0.8, 1, 7), "n"),
        (partial(survey.feldt_interval, 0.8, 30, "x"), "items"),
        (partial(survey.categories_of_counts, [1, 2, 3]), "counts"),
        (partial(survey.categories_of_counts, [1, 2, 3, 4, 5, -6]), "counts"),
        (partial(survey.categories_of_counts, "x"), "counts"),
        (partial(survey.impact_asymmetry, [1, 2], [1, 2, 3]), "reward, penalty"),
        (partial(survey.impact_asymmetry, np.inf, 1), "reward"),
        (partial(survey.nps_counts, [9], breaks=None), "breaks"),
        (partial(survey.factor_coefficient, None), "model"),
        (partial(survey.requirement_from_pairs, "x", np.ones((5, 5)), missing=-1), "missing"),
        (partial(survey.by_segment, ["a"], None, [9]), "estimator"),
        (partial(survey.by_segment, ["a"], survey.csat, [5], simultaneous="holm", benchmark="x"), "benchmark"),
        (partial(survey.by_segment, ["a"], survey.csat, [5], simultaneous=np.array([1, 2])), "simultaneous"),
        (partial(survey.net_promoter_by_segment, {}, benchmark=np.nan), "benchmark"),
        (partial(survey.top_box, [5], lowest=1, highest=5, end=["top"]), "end"),
        (partial(survey.net_promoter_power, 100, difference=0.1, groups=[2]), "groups"),
        (partial(survey.key_drivers, [1, 2], {"x": [1, 2]}, names=5), "names"),
        (partial(survey.key_drivers, [1, 2], {"x": [1, 2]}, scale=5), "scale"),
        (partial(survey.ordinal_drivers, [1, 2], {"x": [1, 2]}, order=5), "order"),
        (partial(survey.penalty_reward, [1, 2], {"x": [1, 2]}, best=5, worst=1, cuts=5), "cuts"),
        (partial(survey.contractual_churn, {}, as_of=date(2026, 1, 1), window=timedelta(days=1), rename=5), "rename"),
        (partial(survey.KanoScorer.from_requirements, 5, {}), "requirements"),
        (partial(survey.KanoScorer.from_requirements, [], 5), "inputs"),
        (partial(survey.repeat_purchase_rate, {}, as_of=None, rename=[1]), "rename"),
    ],
)
def test_settings_that_are_none_are_refused_by_name(call, where):
    with pytest.raises(InvalidValueError) as caught:
        call()
    assert [problem.where for problem in caught.value.problems] == [where]


@pytest.mark.parametrize("role", ["answer", "segment", "weight"])
@pytest.mark.parametrize("name", [["nps"], {}, np.array([1, 2])], ids=str)
def test_a_name_of_a_column_that_is_none_is_a_missing_column(role, name):
    with pytest.raises(SchemaError, match="missing column"):
        survey.net_promoter_by_segment(pd.DataFrame({"answer": [9], "segment": ["a"], "w": [1.0]}), **{role: name})
