from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.assessment.loss_distribution import LossDistribution
from crmrisk.assessment.losses import poisson_compound, portfolio_loss, shortfall_contributions
from crmrisk.assessment.severities import LognormalLoss
from crmrisk.core.errors import InvalidValueError

SEVERITY = LossDistribution.from_atoms([1, 2, 3], [0.5, 0.3, 0.2])


def panjer(rate, chances, n):
    """Panjer's recursion for a Poisson count and losses 1, 2, ...: the independent way."""
    found = [np.exp(-rate)]
    for s in range(1, n):
        terms = [j * chances[j - 1] * found[s - j] for j in range(1, min(s, len(chances)) + 1)]
        found.append(rate / s * sum(terms))
    return np.array(found)


def test_reference_row_ag1():
    # source: the recursion agrees with the transform, and so do the moments
    loss = poisson_compound(2.0, SEVERITY)
    expected = [0.13533528, 0.13533528, 0.14886881, 0.15789116, 0.12473402, 0.09856920]
    assert loss.probabilities[:6].tolist() == pytest.approx(expected, abs=1e-7)
    assert loss.mean == pytest.approx(3.4, abs=1e-9)
    assert loss.standard_deviation**2 == pytest.approx(7.0, abs=1e-8)
    assert (loss.value_at_risk(0.95), loss.value_at_risk(0.99)) == (8, 11)


@pytest.mark.parametrize("rate", [0.01, 0.7, 5.0, 60.0])
def test_the_transform_equals_the_recursion(rate):
    loss = poisson_compound(rate, SEVERITY)
    recursion = panjer(rate, [0.5, 0.3, 0.2], int(loss.losses[-1]) + 1)
    assert loss.probabilities == pytest.approx(recursion[loss.losses.astype(int)], abs=1e-13)


def test_a_rate_too_large_for_the_recursion():
    # exp(-rate) underflows, the transform does not
    loss = poisson_compound(50_000.0, SEVERITY)
    assert loss.mean == pytest.approx(85_000, rel=1e-9)
    assert loss.standard_deviation == pytest.approx((50_000 * 3.5) ** 0.5, rel=1e-9)


def test_continuous_severities_keep_their_mean():
    severity = LognormalLoss.from_interval(10, 1000).discretised(500)
    loss = poisson_compound(1.5, severity)
    assert loss.mean == pytest.approx(1.5 * severity.mean, rel=1e-9)
    second = severity.standard_deviation**2 + severity.mean**2
    assert loss.standard_deviation == pytest.approx((1.5 * second) ** 0.5, rel=1e-3)
    assert loss.probability_of_zero == pytest.approx(np.exp(-1.5), rel=1e-2)


@pytest.mark.parametrize("rate", [0.0, -1.0, np.inf, np.nan])
def test_rates_are_positive(rate):
    with pytest.raises(InvalidValueError):
        poisson_compound(rate, SEVERITY)
    with pytest.raises(InvalidValueError):
        poisson_compound(1.0, LossDistribution.from_atoms([-1, 1], [0.5, 0.5]))


def test_losses_of_nothing_add_up_to_nothing():
    assert poisson_compound(3.0, LossDistribution.from_atoms([0], [1])).mean == 0.0


def test_zero_losses_thin_the_count():
    thinned = poisson_compound(4.0, LossDistribution.from_atoms([0, 1, 2, 3], [0.5, 0.25, 0.15, 0.1]))
    assert thinned.probabilities == pytest.approx(poisson_compound(2.0, SEVERITY).probabilities, abs=1e-12)


def test_reference_row_es3_by_simulation():
    # Bernoulli(.005) x lognormal 90 % (1e5, 1e6): VaR99 0, ES99 202000.6413 within 1 %
    rng = np.random.default_rng(12)
    severity = LognormalLoss.from_interval(1e5, 1e6)
    size = np.exp(severity.mu + severity.sigma * rng.standard_normal(4_000_000))
    loss = LossDistribution.from_samples(np.where(rng.random(4_000_000) < 0.005, size, 0.0))
    assert loss.value_at_risk(0.99) == 0.0
    assert loss.expected_shortfall(0.99) == pytest.approx(202000.6413, rel=0.01 * 2)
    assert abs(loss.expected_shortfall(0.99) - 202000.6413) < 4 * loss.expected_shortfall_error(0.99)


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(2)
    return rng.beta(1, 6, 150), rng.lognormal(5, 1, 150)


def test_the_three_methods_agree_where_all_apply():
    p, losses = [0.1, 0.5, 0.2, 0.05, 0.3], [10.0, 20.0, 30.0, 200.0, 50.0]
    exact = portfolio_loss(p, losses, method="exact")
    grid = portfolio_loss(p, losses, method="fourier")
    drawn = portfolio_loss(p, losses, method="simulation", n_simulations=40_000, rng=np.random.default_rng(1))
    assert grid.losses.tolist() == exact.losses.tolist()
    assert grid.probabilities == pytest.approx(exact.probabilities, abs=1e-13)
    for level in (0.9, 0.97):
        error = 4 * drawn.expected_shortfall_error(level)
        assert drawn.expected_shortfall(level) == pytest.approx(exact.expected_shortfall(level), abs=error)


def test_grid_and_simulation_agree_on_a_book(book):
    grid = portfolio_loss(*book)
    drawn = portfolio_loss(*book, method="simulation", n_simulations=5_000, rng=np.random.default_rng(1))
    for level in (0.9, 0.99):
        for name in ("value_at_risk", "expected_shortfall"):
            error = 4 * getattr(drawn, name + "_error")(level)
            assert getattr(drawn, name)(level) == pytest.approx(getattr(grid, name)(level), abs=error)


def test_a_common_shock_makes_the_tail_heavier_not_the_mean(book):
    alone = portfolio_loss(*book)
    shocked = portfolio_loss(*book, correlation=0.3, n_simulations=5_000, rng=np.random.default_rng(1))
    assert shocked.expected_shortfall(0.99) > 1.5 * alone.expected_shortfall(0.99)
    assert abs(shocked.mean - alone.mean) < 4 * shocked.mean_error()


def test_the_seed_decides(book):
    runs = [portfolio_loss(*book, correlation=0.1, n_simulations=500, rng=np.random.default_rng(s)) for s in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize("size", [5, 40])
@pytest.mark.parametrize("correlation", [0.0, 0.2])
def test_the_unrated_are_counted_and_change_nothing(size, correlation):
    p, losses = np.linspace(0.1, 0.9, size), np.arange(1.0, size + 1)
    plain = portfolio_loss(p, losses, correlation=correlation, n_simulations=300, rng=np.random.default_rng(1))
    more = portfolio_loss(
        np.append(p, [np.nan, 0.5, np.nan]),
        np.append(losses, [7.0, np.nan, np.nan]),
        correlation=correlation,
        n_simulations=300,
        rng=np.random.default_rng(1),
    )
    assert (plain.n_unrated, more.n_unrated) == (0, 3)
    assert plain.losses.tolist() == more.losses.tolist()
    assert plain.weights.tolist() == more.weights.tolist()


def test_an_empty_or_wholly_unrated_book_loses_nothing_and_says_how_many_it_left_out():
    assert portfolio_loss([], []).mean == 0.0
    found = portfolio_loss([np.nan], [5.0], correlation=0.5, rng=np.random.default_rng(1))
    assert (found.mean, found.n_unrated) == (0.0, 1)


def test_contributions_add_up_by_every_method(book):
    for settings_ in (
        {},
        {"correlation": 0.2, "n_simulations": 2_000, "rng": np.random.default_rng(1)},
    ):
        found = shortfall_contributions(*book, level=0.95, **settings_)
        assert found.by_customer.sum() == pytest.approx(found.expected_shortfall, rel=1e-12)
        assert (found.by_customer >= -1e-9 * found.expected_shortfall).all()
        assert (found.by_customer <= book[1] * (1 + 1e-9)).all()


def test_contributions_at_an_atom_by_hand():
    # worst 5 %: 1030 (.008), 1020 (.032) and .01 of the outcomes with 1010
    found = shortfall_contributions([0.2, 0.2, 0.2, np.nan], [10.0, 20.0, 1000.0, 1.0], level=0.95)
    assert found.by_customer[:3].tolist() == pytest.approx([3.6, 16.0, 1000.0])
    assert np.isnan(found.by_customer[3])
    assert (found.value_at_risk, found.n_unrated) == (1010.0, 1)


def test_contributions_of_nobody_at_risk_are_nothing():
    assert shortfall_contributions([0.0, 0.5], [5.0, 0.0], level=0.9).by_customer.tolist() == [0.0, 0.0]


def test_the_same_generator_gives_both_functions_the_same_outcomes(book):
    loss = portfolio_loss(*book, correlation=0.2, n_simulations=1_000, rng=np.random.default_rng(3))
    found = shortfall_contributions(
        *book, level=0.99, correlation=0.2, n_simulations=1_000, rng=np.random.default_rng(3)
    )
    assert found.expected_shortfall == loss.expected_shortfall(0.99)


def test_grouped_customers_of_a_large_book_stay_close_to_their_own_contributions():
    rng = np.random.default_rng(9)
    p, losses = rng.beta(1, 6, 20_000), rng.lognormal(5, 1, 20_000)
    found = shortfall_contributions(p, losses, level=0.99)
    assert found.by_customer.sum() == pytest.approx(found.expected_shortfall, rel=1e-12)
    # in a large book the tail tilts every customer by d p (1 - p) L: compare with that first order
    sd = np.sqrt(np.sum(p * (1 - p) * losses**2))
    slope = (found.expected_shortfall - np.sum(p * losses)) / sd**2
    tilted = p * losses + slope * p * (1 - p) * losses**2
    assert np.corrcoef(found.by_customer, tilted)[0, 1] > 0.999


def test_a_million_customers_at_once():
    rng = np.random.default_rng(9)
    p, losses = rng.beta(1, 6, 1_000_000), rng.lognormal(5, 1.5, 1_000_000)
    loss = portfolio_loss(p, losses)
    sd = np.sqrt(np.sum(p * (1 - p) * losses**2))
    assert loss.mean == pytest.approx(np.sum(p * losses), rel=1e-9)
    assert loss.standard_deviation == pytest.approx(sd, rel=2e-3)
    # nearly normal: the quantile is off by the skewness only
    assert loss.value_at_risk(0.99) == pytest.approx(loss.mean + 2.326 * sd, abs=0.1 * sd)


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"correlation": 0.1}, "rng"),
        ({"method": "simulation"}, "rng"),
        ({"correlation": 1.0}, "correlation"),
        ({"correlation": -0.1}, "correlation"),
        ({"correlation": float("nan")}, "correlation"),
        ({"correlation": 0.1, "method": "fourier"}, "fourier"),
        ({"method": "magic"}, "method"),
        ({"method": "simulation", "n_simulations": 0, "rng": np.random.default_rng(1)}, "n_simulations"),
    ],
)
def test_settings_that_do_not_fit_are_named(arguments, where):
    with pytest.raises(InvalidValueError) as caught:
        portfolio_loss([0.1], [1.0], **arguments)
    assert where in {problem.where for problem in caught.value.problems}


def test_too_many_outcomes_are_not_listed():
    with pytest.raises(InvalidValueError, match="too many outcomes"):
        portfolio_loss(np.full(15, 0.1), np.ones(15), method="exact")


@pytest.mark.parametrize(("p", "losses"), [([1.5], [1.0]), ([0.5], [-1.0]), ([0.5], [np.inf]), ([[0.5]], [[1.0]])])
def test_bad_customers_are_refused(p, losses):
    with pytest.raises(InvalidValueError):
        portfolio_loss(p, losses)


customers = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1e4)), min_size=1, max_size=8)


@settings(deadline=None, max_examples=50)
@given(customers, st.floats(0.05, 0.95), st.randoms())
def test_order_does_not_matter_and_contributions_add_up(pairs, level, random):
    shuffled = random.sample(pairs, len(pairs))
    one, other = (portfolio_loss(*np.array(x).T) for x in (pairs, shuffled))
    assert one.mean == pytest.approx(other.mean, rel=1e-9, abs=1e-9)
    assert one.expected_shortfall(level) == pytest.approx(other.expected_shortfall(level), rel=1e-6, abs=1e-6)
    found = shortfall_contributions(*np.array(pairs).T, level=level)
    assert found.by_customer.sum() == pytest.approx(found.expected_shortfall, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 1000), st.sampled_from([0.25, 8.0]))
def test_another_unit_of_money_scales_the_loss(seed, scale):
    rng = np.random.default_rng(seed)
    p, losses = rng.random(30), rng.lognormal(3, 1, 30)
    one, other = portfolio_loss(p, losses), portfolio_loss(p, losses * scale)
    assert other.expected_shortfall(0.9) == pytest.approx(scale * one.expected_shortfall(0.9), rel=1e-9)
