"""The integral behind every expectation, against high-precision arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.special import average_over_dropout, expected_stopped_count, log_rising, log_rising_slope


def _one(shape, odds, a, b):
    return float(expected_stopped_count(*(np.array([float(value)]) for value in (shape, odds, a, b)))[0])


def _random(rng, n, heaviest=5_000):
    shape, a, b = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), (3, n)))
    odds = np.exp(rng.uniform(np.log(1e-10), np.log(1e9), n))
    heavy = rng.choice([0, 0, 1, 7, 60, 700, heaviest], n)
    return shape + heavy, odds, a, b + heavy


def _worst(exact, columns):
    ours = expected_stopped_count(*columns)
    assert np.isfinite(ours).all()
    return max(
        abs(float(ours[row] / exact.stopped(*values)) - 1) for row, values in enumerate(zip(*columns, strict=True))
    )


def test_random_parameters_agree_with_high_precision_arithmetic(exact):
    assert _worst(exact, _random(np.random.default_rng(20261122), 120, heaviest=30)) < 1e-12


@pytest.mark.slow
def test_many_random_parameters_agree_with_high_precision_arithmetic(exact):
    assert _worst(exact, _random(np.random.default_rng(7), 120)) < 1e-12


@pytest.mark.parametrize("a", [1e-3, 0.5, 1.0, 1 + 1e-9, 2.0])
@pytest.mark.parametrize("b", [1e-3, 0.5, 1.0, 2426.0])
def test_around_the_poles_of_the_textbook_form(exact, a, b):
    # a = 1 is 0 / 0 there, a + b = 1 and below are outside the domain of its function
    near = 1 + 1e-9 if a + b == 1 else b / b
    for odds in (1e-6, 0.9, 30.0):
        assert _one(0.11, odds, a, b * near) == pytest.approx(float(exact.stopped(0.11, odds, a, b * near)), rel=1e-12)


def test_certain_dropout_and_none_bracket_it():
    rate = np.array([3.0])
    one_purchase = -np.expm1(-2.0 * np.log1p(rate))  # p = 1: at most one
    assert expected_stopped_count(np.array([2.0]), rate, np.array([1e9]), np.array([1e-9])) == pytest.approx(
        one_purchase
    )
    assert _one(2.0, 3.0, 1e-9, 1e9) == pytest.approx(6.0)  # p = 0: all of s u


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ((1.0, 1.0, 1e14, 1e14), 2 * (1 - 1 / 1.5)),  # p = 1/2 for everybody
        ((1.0, 1.0, 1e300, 1.0), 0.5),
        ((1.0, 1.0, 1.0, 1e300), 1.0),
        ((1e300, 1e-10, 1.0, 1.0), np.log(1e290) + np.euler_gamma),
        ((2.0, 1e-300, 1.0, 1.0), 2e-300),
        ((2.0, 0.0, 1.0, 1.0), 0.0),
    ],
)
def test_limits_far_outside_any_data(values, limit):
    assert _one(*values) == pytest.approx(limit, rel=1e-9, abs=0)


@pytest.mark.parametrize("size", [1, 2, 127, 129])
def test_a_row_does_not_depend_on_its_company_to_the_last_bit(size):
    columns = _random(np.random.default_rng(3), 1_031)
    together = expected_stopped_count(*columns)
    for start in range(0, 1_031 - size, 113):
        part = slice(start, start + size)
        alone = expected_stopped_count(*(column[part].copy() for column in columns))
        assert np.array_equal(alone, together[part])


@pytest.mark.parametrize("base", [1e-3, 0.5, 19.9, 20.0, 99.9, 100.0, 1e4, 1e6])
def test_rising_factorials_and_their_slopes_keep_their_digits(base):
    import mpmath as mp

    count = np.array([0.0, 1.0, 3.0, 5_000.0])
    with mp.workdps(40):
        values = [float(mp.loggamma(mp.mpf(base) + int(k)) - mp.loggamma(mp.mpf(base))) for k in count]
        slopes = [float(mp.digamma(mp.mpf(base) + int(k)) - mp.digamma(mp.mpf(base))) for k in count]
    assert log_rising(base, count) == pytest.approx(values, rel=1e-13, abs=1e-13)
    assert log_rising_slope(base, count) == pytest.approx(slopes, rel=1e-12, abs=0)
    assert log_rising(base, count)[0] == 0


def test_averages_over_dropout_are_those_of_the_beta_distribution():
    rng = np.random.default_rng(6)
    shape, odds, (a, b) = np.ones(60), np.ones(60), np.exp(rng.uniform(np.log(0.05), np.log(1e4), (2, 60)))
    mean = average_over_dropout(lambda rows, p, log_q: p, shape, odds, a, b)
    assert mean == pytest.approx(a / (a + b), rel=1e-10)
    stays = average_over_dropout(lambda rows, p, log_q: np.exp(log_q), shape, odds, a, b)
    assert stays == pytest.approx(b / (a + b), rel=1e-10)
    assert average_over_dropout(lambda rows, p, log_q: p, shape, 0 * odds, a, b).tolist() == [0] * 60
