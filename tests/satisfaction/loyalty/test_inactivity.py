"""The return curve: by hand, against a known truth, and on CDNOW."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.loyalty import inactivity_threshold, purchase_history, return_curve

WHO = ["a", "a", "a", "b"]
WHEN = ["2026-01-01", "2026-01-11", "2026-01-31", "2026-01-15"]
AS_OF = date(2026, 3, 1)  # gaps 10 and 20; silences 29 of a and 45 of b
CURVE = return_curve(WHO, WHEN, as_of=AS_OF)


def leavers(customers, *, rng, days=600, mean_gap=20.0, leave=0.3):
    """Simulate customers who buy every so many days and leave for good after each purchase with a fixed chance."""
    day = rng.integers(0, 100, customers).astype(float)
    who, when, still = np.arange(customers), [], np.ones(customers, dtype=bool)
    while still.any():
        when.append((who[still], day[still]))
        still &= rng.random(customers) >= leave
        day = day + np.ceil(rng.exponential(mean_gap, customers))
        still &= day <= days
    ids, at = (np.concatenate(column) for column in zip(*when, strict=True))
    return purchase_history(
        ids, np.datetime64("2024-01-01") + at.astype(int), as_of=date(2024, 1, 1) + timedelta(days=days)
    )


def true_return(q, mean_gap=20.0, leave=0.3):
    silent = (1 - leave) * np.exp(-q / mean_gap)
    return silent / (silent + leave)


def test_by_hand():
    assert CURVE.horizon == 45
    assert CURVE.at_risk[[0, 9, 10, 20, 29]].tolist() == [4, 4, 3, 2, 1]
    assert CURVE.probability[[0, 9]] == pytest.approx(1 - (3 / 4) * (2 / 3))
    assert CURVE.probability[[10, 19]] == pytest.approx(1 / 3)
    assert CURVE.probability[20:].tolist() == [0.0] * 25
    assert CURVE.threshold().value == 20.0
    assert return_curve(WHO, WHEN, as_of=AS_OF, horizon=timedelta(days=15)).probability[0] == pytest.approx(0.25)


def test_it_is_the_curve_of_the_gaps():
    left = np.array([CURVE.gaps.survival_at(q).value for q in CURVE.days])
    assert CURVE.probability == pytest.approx(1 - CURVE.gaps.survival_at(45).value / left, abs=1e-12)


def test_silences_that_last_are_not_forgotten():
    history = leavers(2000, rng=np.random.default_rng(5))
    curve = return_curve(history, as_of=history.as_of)
    found = curve.threshold()
    truth = -20.0 * np.log(0.05 * 0.3 / (0.95 * 0.7))  # 75.8 days
    assert found.low - 1 <= truth <= found.high + 1
    assert found.value == pytest.approx(truth, abs=8)
    assert not found.warnings  # 600 days are more than twice as long
    gaps = np.diff(history.day)[np.diff(history.customer) == 0]
    assert np.quantile(gaps, 0.95) < 0.9 * truth  # what looking at those who returned alone would say


def test_intervals_hold_what_they_say():
    rng, held = np.random.default_rng(6), []
    for _ in range(60):
        history = leavers(100, rng=rng, days=300)
        found = return_curve(history, as_of=history.as_of).return_probability(30)
        held.append(found.low <= true_return(30) <= found.high)
    assert np.mean(held) > 0.95 - 3 * (0.95 * 0.05 / 60) ** 0.5


def test_too_short_a_record_says_so():
    short = return_curve(["a", "a", "b"], ["2026-01-01", "2026-01-31", "2026-01-10"], as_of=date(2026, 2, 15))
    assert "36 days only" in short.threshold().warnings[0]


def test_nobody_ever_returned():
    never = return_curve(["a", "b"], ["2026-01-01", "2026-01-05"], as_of=AS_OF)
    assert never.threshold().value is None
    assert never.threshold().warnings == ("nobody ever returned: no threshold",)


def test_shown_and_compared():
    assert inactivity_threshold(WHO, WHEN, as_of=AS_OF) == CURVE.threshold()
    assert return_curve(WHO[::-1], WHEN[::-1], as_of=AS_OF) == CURVE
    assert CURVE.frame().shape == (45, 5)
    assert str(CURVE.threshold()).endswith("of 2 customers who bought, up to 2026-03-01")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: CURVE.return_probability(45),
        lambda: CURVE.return_probability(1.5),
        lambda: CURVE.return_probability("a"),
        lambda: CURVE.threshold(0.0),
        lambda: CURVE.threshold("5 %"),
        lambda: return_curve(WHO, WHEN, as_of=AS_OF, horizon=timedelta(days=46)),
        lambda: return_curve(WHO, WHEN, as_of=AS_OF, horizon=30),
        lambda: return_curve(["a"], ["2026-03-01"], as_of=AS_OF),
    ],
)
def test_bad_questions_are_refused(ask):
    with pytest.raises(InvalidValueError):
        ask()


@pytest.mark.realdata
def test_cdnow_again_by_pandas(data_folder):
    sales = pd.read_parquet(data_folder / "cdnow_sample.parquet").rename(columns={"date": "at", "spend": "amount"})
    curve = return_curve(sales, as_of=date(1998, 6, 30))
    days = sales[sales.amount > 0].drop_duplicates(["customer_id", "at"]).sort_values(["customer_id", "at"])
    following = days.groupby("customer_id")["at"].shift(-1)
    gap = (following.fillna(pd.Timestamp("1998-06-30")) - days["at"]).dt.days
    assert curve.at_risk[[0, 30, 180]].tolist() == [(gap > q).sum() for q in (0, 30, 180)]
    assert curve.gaps.events.sum() == following.notna().sum()
    assert 300 < curve.threshold().value < 450
    drawn = curve.chart()
    assert drawn.frame()["y"].to_numpy() == pytest.approx(curve.probability, nan_ok=True)
    assert drawn.marks["no more than 5 % return"] == curve.threshold().value
