"""The integrals of the Pareto/NBD, against closed forms, their own limits, and their company."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.vanishing import log_vanishing, log_vanishing_after


@pytest.mark.parametrize("shape", [1e-3, 0.5, 7.0, 5e3])
@pytest.mark.parametrize("stop", [1e-3, 1.0, 30.0, 1e4])
@pytest.mark.parametrize("time", [1e-9, 0.1, 3.0, 1e4, 1e8])
def test_equal_scales_make_it_a_power(shape, stop, time):
    found = log_vanishing(np.array([shape]), np.array([2.5]), stop, np.array([2.5]), np.array([time]))[0]
    falls = shape + stop
    assert found == pytest.approx(np.log(stop / falls) + np.log(-np.expm1(-falls * np.log1p(time / 2.5))), abs=2e-13)


@pytest.mark.parametrize("time", [1e-6, 2.0, 1e5])
def test_without_purchases_everybody_vanishes_as_the_pareto_says(time):
    found = log_vanishing(np.array([1e-300]), np.array([1.0]), 0.7, np.array([3.0]), np.array([time]))[0]
    assert found == pytest.approx(np.log(-np.expm1(-0.7 * np.log1p(time / 3))), abs=1e-13)


@pytest.mark.parametrize(
    ("shape", "rate", "stop_shape", "stop_rate"),
    [(1e100, 1e-100, 1e-100, 1e100), (1e-100, 1e100, 1e100, 1e-100), (1e-100,) * 4, (1e100,) * 4],
)
def test_absurd_parameters_are_answered_without_a_warning(shape, rate, stop_shape, stop_rate):
    found = log_vanishing(np.array([shape]), np.array([rate]), stop_shape, np.array([stop_rate]), np.array([30.0]))
    assert found[0] <= 1e-12


@pytest.mark.parametrize("count", [0.0, 3.0, 90.0])
def test_the_count_of_nobody_is_the_plain_integral(count):
    rates, stops = (0.6, 8.0), (1.4, 11.0)
    total = log_vanishing_after(np.arange(4_000.0), np.full(4_000, 20.0), rates=rates, stops=stops)
    assert np.exp(total).sum() == pytest.approx(-np.expm1(-1.4 * np.log1p(20 / 11)), rel=1e-11)
    none = log_vanishing(np.array([0.6]), np.array([8.0]), 1.4, np.array([11.0]), np.array([20.0]))
    assert total[0] == pytest.approx(none[0], abs=1e-13)
    alone = log_vanishing_after(np.array([count]), np.array([20.0]), rates=rates, stops=stops)
    assert alone[0] == total[int(count)]


@pytest.mark.parametrize("size", [1, 2, 127, 2_049])
def test_a_row_does_not_depend_on_its_company_to_the_last_bit(size):
    rng = np.random.default_rng(3)
    shape, rate, stop, time = np.exp(rng.uniform(-7, 9, (4, 5_000)))
    time[::7] = 0.0
    together = log_vanishing(shape, rate, 0.6, stop, time)
    for start in range(0, 5_000 - size, 613):
        part = slice(start, start + size)
        alone = log_vanishing(shape[part].copy(), rate[part].copy(), 0.6, stop[part].copy(), time[part].copy())
        assert np.array_equal(alone, together[part])
