from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmrisk.assessment.loss_distribution import LossDistribution
from crmrisk.core.errors import InvalidValueError

atoms = st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 50)), min_size=1, max_size=12)
levels = st.floats(0.01, 0.99)


def built(pairs):
    losses, weights = np.array(pairs, dtype=float).T
    return LossDistribution.from_atoms(losses, weights / weights.sum())


@pytest.mark.parametrize(
    ("level", "at_risk", "shortfall"),
    [pytest.param(0.95, 10, 82, id="ES4-95"), pytest.param(0.90, 0, 46, id="ES4-90")],
)
def test_reference_row_es4(level, at_risk, shortfall):
    # L = 0 / 10 / 100 with .90 / .06 / .04: by hand and by the tail integral
    loss = LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04])
    assert loss.value_at_risk(level) == at_risk
    assert loss.expected_shortfall(level) == pytest.approx(shortfall, abs=1e-9)


def test_shortfall_is_no_conditional_mean_at_atoms():
    # mean(L | L >= VaR) = 46 and mean(L | L > VaR) = 100 are both wrong at .95 (row ES4)
    loss = LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04])
    at_least = loss.losses >= loss.value_at_risk(0.95)
    naive = np.average(loss.losses[at_least], weights=loss.probabilities[at_least])
    assert naive == pytest.approx(46)
    assert loss.expected_shortfall(0.95) != pytest.approx(naive)


def test_value_at_risk_is_the_order_statistic():
    loss = LossDistribution.from_samples(np.arange(1, 101))
    assert [loss.value_at_risk(level) for level in (0.005, 0.01, 0.5, 0.95, 0.951, 0.999)] == [1, 1, 50, 95, 96, 100]


def test_a_level_reached_by_rounding_is_reached():
    loss = LossDistribution.from_atoms(np.arange(10), np.full(10, 0.1))
    assert loss.value_at_risk(0.9) == 8
    assert loss.value_at_risk(0.3) == 2


def test_moments_and_zero():
    loss = LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04])
    assert loss.mean == pytest.approx(4.6)
    assert loss.standard_deviation == pytest.approx((0.06 * 100 + 0.04 * 10_000 - 4.6**2) ** 0.5)
    assert loss.probability_of_zero == pytest.approx(0.9)


def test_equal_losses_become_one_atom_and_impossible_ones_none():
    loss = LossDistribution.from_atoms([5, 1, 5, 9], [0.25, 0.5, 0.25, 0.0])
    assert loss.losses.tolist() == [1, 5]
    assert loss.probabilities.tolist() == [0.5, 0.5]


def test_exceedance_falls_from_one_to_zero():
    loss = LossDistribution.from_atoms([0, 10, 100], [0.90, 0.06, 0.04])
    found = loss.exceedance([-1, 0, 9.99, 10, 100, 1e9])
    assert found.tolist() == pytest.approx([1, 0.1, 0.1, 0.04, 0, 0])
    assert loss.exceedance([0, 10, 100], inclusive=True).tolist() == pytest.approx([1, 0.1, 0.04])
    assert np.isnan(loss.exceedance(np.nan))


@pytest.mark.parametrize(
    ("losses", "probabilities"),
    [
        ([], []),
        ([1, 2], [0.5]),
        ([1, 2], [0.5, 0.6]),
        ([1, 2], [1.5, -0.5]),
        ([1, np.nan], [0.5, 0.5]),
        ([1, np.inf], [0.5, 0.5]),
        ([[1, 2]], [[0.5, 0.5]]),
        (1, 1),
    ],
)
def test_what_is_no_distribution_is_refused(losses, probabilities):
    with pytest.raises(InvalidValueError):
        LossDistribution.from_atoms(losses, probabilities)


@pytest.mark.parametrize("samples", [[], [np.nan], [np.inf, 1.0], "abc"])
def test_samples_must_be_numbers(samples):
    with pytest.raises(InvalidValueError):
        LossDistribution.from_samples(samples)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5, np.nan])
def test_levels_are_strictly_inside(level):
    loss = LossDistribution.from_samples([1, 2, 3])
    for method in (
        loss.value_at_risk,
        loss.expected_shortfall,
        loss.value_at_risk_error,
        loss.expected_shortfall_error,
    ):
        with pytest.raises(InvalidValueError):
            method(level)


@pytest.mark.parametrize(("losses", "weights"), [([2.0, 1.0], [0.5, 0.5]), ([1.0], [0.0]), ([np.nan], [1.0])])
def test_the_constructor_checks_too(losses, weights):
    with pytest.raises(InvalidValueError):
        LossDistribution(np.array(losses), np.array(weights))


def test_arrays_are_copied_and_read_only():
    losses = np.array([1.0, 2.0])
    loss = LossDistribution(losses, np.array([0.5, 0.5]))
    losses[0] = 99
    assert loss.losses[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        loss.losses[0] = 5.0


def test_standard_errors_agree_with_repeating_the_simulation():
    rng = np.random.default_rng(8)
    runs = [LossDistribution.from_samples(rng.exponential(size=4000)) for _ in range(300)]
    for name in ("value_at_risk", "expected_shortfall"):
        spread = np.std([getattr(run, name)(0.95) for run in runs])
        claimed = np.mean([getattr(run, name + "_error")(0.95) for run in runs])
        # the standard deviation of 300 runs is itself known to 1 / sqrt(600) = 4 %; the claims vary too
        assert claimed == pytest.approx(spread, rel=0.15)
    assert np.mean([run.mean_error() for run in runs]) == pytest.approx(np.std([r.mean for r in runs]), rel=0.15)


def test_computed_distributions_have_no_simulation_error():
    loss = LossDistribution.from_atoms([0, 1], [0.5, 0.5])
    assert loss.mean_error() is loss.value_at_risk_error(0.9) is loss.expected_shortfall_error(0.9) is None


def test_equality_is_by_content():
    loss = LossDistribution.from_samples([1, 2, 2])
    assert loss == LossDistribution.from_samples([2, 1, 2])
    assert loss != LossDistribution.from_samples([1, 2, 3])
    assert "3 simulations" in repr(loss)


@settings(deadline=None, max_examples=100)
@given(atoms, levels)
def test_shortfall_is_at_least_value_at_risk_and_mean(pairs, level):
    loss = built(pairs)
    shortfall = loss.expected_shortfall(level)
    slack = 1e-9 * (1 + abs(shortfall))
    assert shortfall >= loss.value_at_risk(level) - slack
    assert shortfall >= loss.mean - slack
    assert shortfall <= loss.losses[-1] + slack
    # the weights that contributions use reproduce it
    weighed = np.sum(loss.losses * loss.probabilities * loss.shortfall_weight(loss.losses, level))
    assert weighed == pytest.approx(shortfall, rel=1e-9, abs=1e-6)


@settings(deadline=None, max_examples=100)
@given(atoms, levels, st.floats(0.01, 100))
def test_shortfall_is_the_integral_of_the_quantile_and_scales_with_money(pairs, level, scale):
    loss = built(pairs)
    reached = np.concatenate([[0.0], np.cumsum(loss.probabilities)])
    assume(np.min(np.abs(reached - level)) > 1e-6)
    share = np.diff(np.clip(reached, level, 1.0))
    expected = np.sum(share * loss.losses) / share.sum()
    assert loss.expected_shortfall(level) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    scaled = built([(value * scale, weight) for value, weight in pairs])
    assert scaled.expected_shortfall(level) == pytest.approx(scale * loss.expected_shortfall(level), rel=1e-9, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=30), levels)
def test_shortfall_of_a_sum_is_at_most_the_sum_of_shortfalls(pairs, level):
    left, right = np.array(pairs).T
    both, one, other = (LossDistribution.from_samples(x).expected_shortfall(level) for x in (left + right, left, right))
    assert both <= one + other + 1e-6
