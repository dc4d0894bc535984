from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma
from crmrisk.scoring.value.checking import (
    Chart,
    Holdout,
    RepeatPurchases,
    conditional_expectations,
    frequency_table,
    hold_out,
    holdout_errors,
    track,
)

MODEL = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
SPEND = GammaGamma(p=6.25, q=3.74, v=15.44)
CHECKS = [frequency_table, conditional_expectations, track, holdout_errors]


def make(**changes):
    repeats = RepeatPurchases([-5.0, 3.0], [2.0, 4.0])
    values = {
        "purchases": [1, 3],
        "duration": 39,
        "repeats": repeats,
        "mean_spend": [np.nan, 9.0],
        "spend": [5.0, 20.0],
    }
    return Holdout([0, 2], [0, 20], [38, 35], **values | changes)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("model", ["fit", "BetaGeoNBD", 3, None, BetaGeoNBD])
def test_anything_but_a_model_is_refused_and_the_remedy_named(check, model):
    given = BetaGeoNBD.fit([0, 2, 1], [0, 20, 9], [38, 38, 36]) if model == "fit" else model
    with pytest.raises(InvalidValueError, match=r"^model: .*pass fit\.model"):
        check(given, make())


@pytest.mark.parametrize("check", CHECKS[1:])
def test_anything_but_a_holdout_is_refused(check):
    with pytest.raises(InvalidValueError, match=r"^holdout: .*hold_out"):
        check(MODEL, 3)


@pytest.mark.parametrize("number", [10**6, 1_001, 0, 2.0, "x", True, None])
@pytest.mark.parametrize(
    ("check", "arguments", "where"),
    [
        (frequency_table, {}, "most"),
        (conditional_expectations, {}, "most"),
        (conditional_expectations, {"by": "recency"}, "bins"),
    ],
)
def test_groups_are_few_and_the_argument_is_named(check, arguments, where, number):
    with pytest.raises(InvalidValueError, match=f"^{where}: number of groups; allowed: a whole number from 1 to 1,000"):
        check(MODEL, make(), **arguments, **{where: number})


@pytest.mark.parametrize("period", ["x", [1], True, np.nan])
def test_a_period_is_a_length_of_time(period):
    with pytest.raises(InvalidValueError, match="period: no length of time"):
        track(MODEL, make(), period=period)


@pytest.mark.parametrize(
    ("spend_model", "changes", "says"),
    [
        (3, {}, r"spend_model: .*pass fit\.model"),
        (GammaGamma(p=1, q=0.9, v=15), {}, "spend_model: spend has no mean; allowed: q > 1; got: q=0.9"),
        (SPEND, {"spend": [np.nan, 1]}, r"holdout\.spend: spend is not known; got: 1 customers"),
        (SPEND, {"mean_spend": [np.nan, np.nan]}, r"holdout\.mean_spend: spend is not known; got: 1 customers"),
    ],
)
def test_spend_that_cannot_be_compared_is_refused(spend_model, changes, says):
    with pytest.raises(InvalidValueError, match=says):
        holdout_errors(MODEL, make(**changes), spend_model=spend_model)


@pytest.mark.parametrize("purchases", [3, None, "x", {"a": 1}, make()])
def test_only_tables_are_split(purchases):
    with pytest.raises(InvalidValueError, match=r"^purchases: .*pass Evidence or a table"):
        hold_out(purchases, pd.Timestamp("2026-01-31"))


@pytest.mark.parametrize("rename", [3, "x", ["at"]])
def test_renaming_is_a_mapping(rename):
    with pytest.raises(InvalidValueError, match=r"^rename: .*Mapping"):
        hold_out(pd.DataFrame({"customer_id": ["A"], "at": [pd.Timestamp("2026-01-01")]}), None, rename=rename)


def test_a_chart_of_an_unknown_kind_is_refused():
    with pytest.raises(
        InvalidValueError, match=r"Chart\.kind: no such kind of chart; allowed: line, bar, wave, dot; got: 'pie'"
    ):
        Chart.of([1], {"a": [3]}, title="", x_label="", y_label="", kind="pie")
