"""Times as time spans: the same answers as in days, and no mixing of units."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    GammaGamma,
    ParetoNBD,
    ShiftedBetaGeometric,
    discounted_value,
    predict_purchases,
    predict_value,
)

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
WEEKS = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
DAYS = BetaGeoNBD(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)
RECENCY, AGE = np.array([0.0, 210.0, 98.0]), np.array([270.0, 268.0, 100.5])
BARE = {"frequency": [0, 2, 9], "recency": RECENCY, "age": AGE}
FORMS = {
    "numpy days and hours": lambda days: (days * 24).astype("timedelta64[h]"),
    "numpy microseconds": lambda days: (days * 86_400e6).astype("timedelta64[us]"),
    "timedeltas": lambda days: [timedelta(days=day) for day in days.tolist()],
    "objects": lambda days: np.array([timedelta(days=day) for day in days.tolist()], dtype=object),
    "pandas column": lambda days: pd.Series(pd.to_timedelta(days, unit="D")),
    "pandas timedeltas": lambda days: [pd.Timedelta(days=day) for day in days.tolist()],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_time_spans_are_counted_in_days(form):
    spans = {"frequency": [0, 2, 9], "recency": form(RECENCY), "age": form(AGE)}
    horizon = timedelta(weeks=13)
    assert np.array_equal(DAYS.probability_alive(**spans), DAYS.probability_alive(**BARE))
    for method in (DAYS.expected_purchases, DAYS.probability_of_no_purchase):
        assert np.array_equal(method(horizon, **spans), method(91, **BARE))
    assert np.array_equal(
        DAYS.probability_of_purchases([0, 1, 2], horizon, **spans),
        DAYS.probability_of_purchases([0, 1, 2], 91, **BARE),
    )
    assert np.array_equal(predict_purchases(DAYS, horizon, **spans).pmf, predict_purchases(DAYS, 91, **BARE).pmf)
    assert np.array_equal(DAYS.log_likelihood(*spans.values()), DAYS.log_likelihood(*BARE.values()))
    assert DAYS.expected_purchases(horizon) == DAYS.expected_purchases(91)


def test_fits_to_time_spans_have_scales_in_days():
    x, end = np.array([0, 1, 4, 0, 2, 9.0]), np.array([100, 120, 90, 150, 200, 210.0])
    last = np.array([0, 20, 80, 0, 150, 200.0])
    weights = [50, 20, 5, 60, 9, 3]
    bare = ParetoNBD.fit(x, last, end, weights=weights)
    spans = ParetoNBD.fit(x, last.astype("timedelta64[D]"), end.astype("timedelta64[D]"), weights=weights)
    assert spans == bare
    simulated = DAYS.simulate([timedelta(weeks=4)] * 3, rng=np.random.default_rng(1))
    assert simulated.age.tolist() == [28.0] * 3


def test_where_a_time_unit_is_asked_for_spans_are_counted_in_it():
    spans = {"frequency": [0, 2, 9], "recency": RECENCY * DAY, "age": AGE * DAY}
    bare = {"frequency": [0, 2, 9], "recency": RECENCY / 7, "age": AGE / 7}
    money = {"time_unit": WEEK, "horizon": timedelta(days=365), "discount_rate": 0.1}
    assert discounted_value(WEEKS, **spans, expected_spend=30, **money) == pytest.approx(
        discounted_value(WEEKS, **bare, expected_spend=30, **money), rel=1e-12
    )
    residual = [
        WEEKS.discounted_residual_purchases(0.1, time_unit=WEEK, **spans),
        WEEKS.discounted_residual_purchases(0.1, time_unit=WEEK, **bare),
        DAYS.discounted_residual_purchases(0.1, time_unit=DAY, **spans),
    ]
    assert residual[0] == pytest.approx(residual[1], rel=1e-12)
    assert residual[0] == pytest.approx(residual[2], rel=1e-12)
    spend = GammaGamma(p=6.25, q=3.74, v=15.44)
    values = [
        predict_value(
            WEEKS, spend, **history, mean_spend=[0, 20, 30], **money, n_draws=50, rng=np.random.default_rng(1)
        )
        for history in (spans, bare)
    ]
    assert values[0].mean == pytest.approx(values[1].mean, rel=1e-9)


def test_a_missing_span_is_a_missing_time():
    found = DAYS.probability_alive(
        frequency=[2, 2, 2], recency=[timedelta(days=1)] * 3, age=[timedelta(days=9), None, np.timedelta64("NaT")]
    )
    assert np.isnan(found).tolist() == [False, True, True]
    with pytest.raises(InvalidValueError, match="horizon"):
        DAYS.expected_purchases(np.timedelta64("NaT", "D"), **BARE)


@pytest.mark.parametrize(
    "call",
    [
        lambda: DAYS.expected_purchases(timedelta(days=91), **BARE),
        lambda: DAYS.expected_purchases(91, frequency=2, recency=10 * DAY, age=20 * DAY),
        lambda: DAYS.expected_purchases_if_alive(91, frequency=2, age=20 * DAY),
        lambda: DAYS.probability_of_no_purchase(91, frequency=2, recency=10 * DAY, age=20 * DAY),
        lambda: DAYS.probability_of_purchases(1, 91, frequency=2, recency=10 * DAY, age=20 * DAY),
        lambda: DAYS.probability_alive(frequency=2, recency=10, age=20 * DAY),
        lambda: BetaGeoNBD.fit([2], [10], [20 * DAY]),
        lambda: predict_purchases(DAYS, 91, frequency=2, recency=10 * DAY, age=20 * DAY),
        lambda: DAYS.probability_alive(frequency=2, recency=[10 * DAY, 3.0], age=20 * DAY),
    ],
)
def test_spans_and_bare_numbers_are_not_mixed(call):
    with pytest.raises(InvalidValueError):
        call()


def test_the_refusal_says_what_is_mixed():
    with pytest.raises(InvalidValueError, match="horizon, age: time spans beside bare numbers"):
        DAYS.expected_purchases(91, frequency=2, recency=10 * DAY, age=20 * DAY)


def test_zero_has_no_unit():
    at_once = DAYS.probability_alive(frequency=0, recency=0, age=20 * DAY)
    assert at_once == DAYS.probability_alive(frequency=0, recency=0, age=20)


@pytest.mark.parametrize(
    "call",
    [
        lambda: DAYS.probability_alive(frequency=2 * DAY, recency=1, age=20),
        lambda: DAYS.probability_alive(frequency=2, recency=1, age=np.array([2], dtype="timedelta64[M]")),
        lambda: DAYS.probability_alive(frequency=2, recency=np.datetime64("2026-01-01"), age=20 * DAY),
        lambda: DAYS.expected_purchases(-DAY),
        lambda: ShiftedBetaGeometric(alpha=1, beta=1).survival(3 * DAY),
        lambda: BetaGeoBetaBinomial(alpha=1, beta=1, gamma=1, delta=1).expected_purchases(3 * DAY),
        lambda: GammaGamma(p=1, q=2, v=3).expected_spend(frequency=DAY, mean_spend=3),
    ],
)
def test_what_is_no_time_is_no_time_span(call):
    with pytest.raises(InvalidValueError):
        call()
