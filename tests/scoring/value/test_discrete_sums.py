"""Sums over whole numbers: right, and the same in whatever company and blocks."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import discrete_sums
from crmrisk.scoring.value.discrete_sums import log_sums


def _terms(row, k):
    return -k * (0.1 + row / 1_000)


def test_geometric_series_are_added_to_every_digit():
    first, count = np.array([0.0, 5.0, 2.0, 7.0]), np.array([10.0, 0.0, 1.0, 900.0])
    rate = 0.1 + np.arange(4) / 1_000
    exact = np.exp(-rate * first) * np.expm1(-rate * count) / np.expm1(-rate)
    assert np.exp(log_sums(_terms, first, count)) == pytest.approx(exact, rel=1e-13, abs=0)


def test_blocks_do_not_change_a_bit(monkeypatch):
    count = np.random.default_rng(6).integers(0, 60, 200).astype(float)
    whole = log_sums(_terms, np.zeros(200), count)
    for block in (1, 50, 333):
        monkeypatch.setattr(discrete_sums, "BLOCK", block)
        assert np.array_equal(log_sums(_terms, np.zeros(200), count), whole)


def test_terms_beyond_the_range_of_floats_are_added_in_logarithms():
    value = log_sums(lambda _, k: -5_000.0 - k * np.log(2), np.zeros(1), np.array([60.0]))
    assert value[0] == pytest.approx(-5_000 + np.log(2), rel=1e-15)
