"""Days since the start, and moments."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from crmrisk.datasets.clock import Clock, arrivals, order_within


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2024, 1, 1), datetime(2026, 1, 1))


def test_moments_keep_the_order_of_days(clock):
    elapsed = np.sort(np.random.default_rng(1).random(1_000)) * clock.length
    moments = clock.moments(elapsed)
    assert (np.diff(moments) >= np.timedelta64(0)).all()
    assert (moments < np.datetime64(clock.end)).all()


@pytest.mark.parametrize("elapsed", [731.0, 1e9, np.inf, np.nan])
def test_what_the_book_cannot_know_is_missing(clock, elapsed):
    assert np.isnat(clock.moments(np.array([elapsed]))).all()


def test_there_and_back(clock):
    moment = clock.moments(np.array([45.25]))[0].item()
    assert clock.elapsed(moment) == 45.25


def test_arrivals_are_poisson_and_ordered():
    rate, since = np.full(2_000, 0.1), np.linspace(0, 50, 2_000)
    rows, times = arrivals(rate, since, 100.0, np.random.default_rng(3))
    expected = float((rate * (100 - since)).sum())
    assert abs(len(rows) - expected) < 5 * np.sqrt(expected)
    assert (np.diff(rows) >= 0).all()
    assert ((times >= since[rows]) & (times < 100)).all()
    assert (np.diff(times)[np.diff(rows) == 0] >= 0).all()


def test_nobody_has_arrivals_at_rate_zero():
    rows, times = arrivals(np.zeros(3), np.zeros(3), 10.0, np.random.default_rng(3))
    assert len(rows) == len(times) == 0


def test_order_within_nothing():
    assert len(order_within(np.array([], dtype=np.int64))) == 0
