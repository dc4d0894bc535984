"""Schedules: weights that sum to the discount, never negative, and the limit of short periods."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from crmrisk.scoring.value.discounting import YEAR, Schedule

DAY = timedelta(days=1)


def _terms(**changes):
    settings = {"horizon": YEAR, "period": YEAR / 12, "discount_rate": 0.1, "time_unit": DAY}
    return [(float(t), float(w)) for t, w in Schedule(**{**settings, **changes}).terms(np.array(30.0))]


def test_twelve_periods_end_on_the_year_and_discount_it_by_its_rate():
    terms = _terms()
    assert len(terms) == 12
    assert terms[-1] == pytest.approx((365.0, 1 / 1.1))
    assert sum(weight for _, weight in terms) == pytest.approx(1.1 ** (-1 / 12))
    assert all(weight > 0 for _, weight in terms)


def test_a_short_last_period_ends_at_the_horizon():
    assert [time for time, _ in _terms(horizon=timedelta(days=70), period=timedelta(days=30))] == [30, 60, 70]


@pytest.mark.parametrize("period", [YEAR / 12, None])
def test_without_a_rate_only_the_horizon_counts(period):
    assert _terms(discount_rate=0.0, period=period) == [(pytest.approx(365.0), 1.0)]


def test_weeks_are_sevenths():
    assert _terms(time_unit=timedelta(weeks=1))[-1][0] == pytest.approx(365 / 7)


def test_the_continuous_schedule_integrates_exactly():
    # expectations growing like t: ∫ exp(-δt) dt = (1 - exp(-δh)) / δ
    force = np.log(1.1) / 365
    total = sum(weight * time for time, weight in _terms(period=None))
    assert total == pytest.approx(-np.expm1(-force * 365) / force, rel=1e-12)


def test_no_horizon_has_no_terms_worth_anything():
    assert sum(time for time, _ in _terms(horizon=timedelta(0))) == 0
    assert sum(time for time, _ in _terms(horizon=timedelta(0), period=None)) == 0
