"""Rules with as few nodes as a stretch needs: every row once, and thirteen digits."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.quadrature import NODES_AT_ONCE, rows_by_rule


@pytest.mark.parametrize("length", [1e-9, 0.05, 0.3, 0.8, 1.2, 1.9, 2.8, 3.7, 4.6, 6.0, 11.0, 40.0])
def test_what_is_analytic_beside_the_axis_is_integrated_to_thirteen_digits(length):
    ((rows, rule),) = rows_by_rule(np.array([length]))
    q = rule.nodes * length
    assert rows.tolist() == [0]
    assert (rule.weights / (1 + q**2 / 4)).sum() * length == pytest.approx(2 * np.arctan(length / 2), rel=2e-13)
    assert (rule.weights * np.exp(-q)).sum() * length == pytest.approx(-np.expm1(-length), rel=2e-13)


def test_every_row_comes_once_in_blocks_that_fit_the_cache():
    lengths = np.random.default_rng(1).exponential(3, 20_000)
    blocks = list(rows_by_rule(lengths))
    assert np.array_equal(np.sort(np.concatenate([rows for rows, _ in blocks])), np.arange(20_000))
    assert max(rows.size * rule.nodes.size for rows, rule in blocks) <= NODES_AT_ONCE


def test_nothing_gives_nothing():
    assert not list(rows_by_rule(np.empty(0)))
