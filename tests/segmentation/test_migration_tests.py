"""Tests of the Markov assumptions: against statsmodels and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.migration_tests import MigrationTest, Momentum, momentum_test, stationarity_test
from crmrisk.segmentation.transitions import migration_history, transition_matrix

COUNTS = np.array([[[70, 20, 10], [10, 80, 10], [3, 20, 30]], [[60, 30, 10], [20, 70, 10], [5, 15, 30]]])


def walked(steps, customers, *, seed=0, stickiness=0.0):
    """Walk a chain of three states; with stickiness, who moved goes on in the same direction."""
    rng = np.random.default_rng(seed)
    matrix = np.array([[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])
    rows = [rng.integers(0, 3, customers)]
    for step in range(steps):
        drawn = (rng.random((customers, 1)) > matrix[rows[-1]].cumsum(axis=1)).sum(axis=1)
        if step and stickiness:
            on = np.clip(2 * rows[-1] - rows[-2], 0, 2)
            drawn = np.where(rng.random(customers) < stickiness, on, drawn)
        rows.append(drawn)
    codes = np.array(rows)
    who, when = np.tile(np.arange(customers), steps + 1), np.repeat(np.arange(steps + 1), customers)
    names = ("a", "b", "c")
    return migration_history(who, when, np.array(names)[codes.ravel()], names=names, ordered=True)


def test_homogeneity_is_one_contingency_table_per_segment():
    found = stationarity_test(transition_matrix(counts=COUNTS))
    parts = [chi2_contingency(COUNTS[:, segment], lambda_="log-likelihood") for segment in range(3)]
    assert found.statistic == pytest.approx(sum(part.statistic for part in parts))
    assert found.degrees_of_freedom == sum(part.dof for part in parts) == 6
    assert MigrationTest.from_json(found.to_json()) == found


def test_momentum_is_one_contingency_table_per_present_segment():
    moved = walked(3, 300)
    found = momentum_test(moved)
    parts = [chi2_contingency(moved.triples[:, segment], lambda_="log-likelihood") for segment in range(3)]
    assert found.test.statistic == pytest.approx(sum(part.statistic for part in parts))
    assert found.test.degrees_of_freedom == 12


def test_shares_count_who_could_move_and_stand_beside_what_the_present_alone_gives():
    moved = walked(3, 300)
    found = momentum_test(moved)
    first, now, after = np.indices((3, 3, 3))
    rose = moved.triples * (now > first) * (now > 0)
    assert found.down_after_up.value == pytest.approx(rose[after < now].sum() / rose.sum())
    here, all_here = rose.sum(axis=(0, 2)), moved.triples.sum(axis=(0, 2))
    falls = (moved.triples * (after < now)).sum(axis=(0, 2)) / all_here
    assert found.expected["down_after_up"] == pytest.approx((here * falls).sum() / here.sum())
    rose_and_can = (moved.triples * (now > first) * (now < 2)).sum()
    assert found.up_after_up.n == rose_and_can < rose.sum()  # who is at the top already cannot rise


def test_where_the_past_says_nothing_the_shares_are_as_expected():
    """The shares alone mislead: of those who just fell many more rise, because they are lower."""
    found = momentum_test(walked(4, 6_000))
    assert found.up_after_down.value > found.up_after_up.value + 0.03
    for name, expected in found.expected.items():
        share = getattr(found, name)
        assert abs(share.value - expected) < 3.5 * (expected * (1 - expected) / share.n) ** 0.5
    assert list(found.expected) == ["up_after_up", "down_after_up", "up_after_down", "down_after_down"]
    assert "up after down: 0." in str(found)
    again = Momentum.from_json(found.to_json())
    assert (again, hash(again)) == (found, hash(found))


def test_p_values_are_uniform_where_the_chain_holds():
    p = [
        (stationarity_test(m).p_value, momentum_test(m).test.p_value)
        for m in (walked(4, 400, seed=s) for s in range(120))
    ]
    rejected = (np.array(p) < 0.1).mean(axis=0)
    assert (rejected < 0.1 + 3 * (0.1 * 0.9 / 120) ** 0.5).all()
    assert (np.array(p) > 0.5).mean(axis=0) == pytest.approx(0.5, abs=3 * (0.25 / 120) ** 0.5)


def test_momentum_and_change_are_found():
    sticky = momentum_test(walked(3, 500, stickiness=0.3))
    assert sticky.test.verdict == "rejected"
    assert sticky.up_after_up.low > sticky.expected["up_after_up"]
    assert stationarity_test(walked(3, 500, stickiness=0.6)).verdict == "rejected"  # the first step is another


def test_nothing_to_test():
    still = stationarity_test(transition_matrix(counts=[np.eye(2) * 9] * 2))
    assert (still.p_value, still.verdict) == (None, "not testable")
    few = stationarity_test(transition_matrix(counts=[[[2, 1], [1, 2]], [[1, 2], [2, 1]]]))
    assert "the p value is rough" in few.warnings[0]
    one = transition_matrix(counts=COUNTS[0])
    for wrong in (one, COUNTS, None):
        for test in (stationarity_test, momentum_test):
            with pytest.raises(CrmRiskError):
                test(wrong)
    with pytest.raises(CrmRiskError):
        stationarity_test(transition_matrix(counts=COUNTS), significance=5)
    unordered = migration_history([1, 1, 1, 2, 2, 2], [1, 2, 3] * 2, ["a", "b", "a", "b", "b", "a"])
    assert momentum_test(unordered).up_after_up is None
