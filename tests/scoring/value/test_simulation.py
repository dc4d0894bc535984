"""Simulated histories: who drops out when, and when the last purchase falls."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.simulation import simulate_histories


def _simulate(rate, dropout, age, n=20_000):
    columns = (np.full(n, float(value)) for value in (rate, dropout, age))
    return simulate_histories(*columns, rng=np.random.default_rng(31))


def test_without_dropout_purchases_are_poisson_and_everybody_lives():
    found = _simulate(0.5, 0.0, 10)
    assert found.alive.all()
    assert found.frequency.mean() == pytest.approx(5, abs=4 * np.sqrt(5 / 20_000))
    assert found.frequency.var() == pytest.approx(5, rel=0.05)


def test_certain_dropout_leaves_one_purchase_at_most():
    found = _simulate(0.5, 1.0, 10)
    assert set(found.frequency) == {0.0, 1.0}
    assert np.array_equal(found.alive, found.frequency == 0)
    # the first arrival of a Poisson process, given that it falls within the observation
    waits = found.recency[found.frequency == 1]
    mean = 2 - 10 / np.expm1(5)
    assert waits.mean() == pytest.approx(mean, abs=4 * waits.std() / np.sqrt(waits.size))


def test_the_last_of_many_purchases_is_where_order_statistics_put_it():
    found = _simulate(2.0, 0.0, 10)
    gap = (found.age - found.recency) * (found.frequency + 1) / found.age
    assert gap.mean() == pytest.approx(1, abs=4 * gap.std() / np.sqrt(20_000))


def test_nobody_buys_in_no_time():
    found = _simulate(2.0, 0.3, 0, n=5)
    assert found.frequency.sum() == found.recency.sum() == 0


def test_more_stages_make_gaps_more_regular():
    rng, n = np.random.default_rng(7), 20_000
    seen = simulate_histories(np.full(n, 4.0), np.zeros(n), np.full(n, 50.0), rng=rng, stages=4)
    # a renewal process of Erlang-4 gaps with mean 1: 50 less 3/8 purchases, of a variance near 50/4
    assert seen.frequency.mean() == pytest.approx(50 - 3 / 8, abs=4 * np.sqrt(12.5 / n))
    assert seen.frequency.var() == pytest.approx(12.5, rel=0.06)
    # the time since the last purchase is the mean age of a renewal process, (1 + 1/4)/2
    assert (seen.age - seen.recency).mean() == pytest.approx(0.625, abs=0.02)
