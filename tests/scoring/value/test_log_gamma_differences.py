"""Second differences of ln Γ: value against high-precision arithmetic, derivatives against mpmath's polygammas."""

from __future__ import annotations

import mpmath as mp
import numpy as np

from crmrisk.scoring.value.log_gamma_differences import second_difference


def _exact(b, alpha, delta):
    with mp.workdps(80):
        b, a, d = (mp.mpf(float(value)) for value in (b, alpha, delta))

        def corner(order):
            return mp.loggamma if order == 0 else lambda z: mp.psi(order - 1, z)

        log, psi, bend = (corner(order) for order in range(3))
        value = log(b + a + d) + log(b) - log(b + a) - log(b + d)
        gradient = [psi(b + a + d) + psi(b) - psi(b + a) - psi(b + d), psi(b + a + d) - psi(b + a)]
        gradient.append(psi(b + a + d) - psi(b + d))
        curves = [bend(b + a + d) + bend(b) - bend(b + a) - bend(b + d), bend(b + a + d) - bend(b + a)]
        return [value, *gradient, *curves, bend(b + a + d) - bend(b + d), bend(b + a + d)]


def test_values_and_derivatives_keep_their_digits_where_the_differences_lose_them():
    rng = np.random.default_rng(3)
    b, alpha, delta = np.exp(rng.uniform(np.log(1e-6), np.log(1e8), (3, 60)))
    value, gradient, hessian = second_difference(b, alpha, delta)
    ours = np.array([value, *gradient, hessian[0, 0], hessian[0, 1], hessian[0, 2], hessian[1, 2]])
    for row in range(60):
        for got, true in zip(ours[:, row], _exact(b[row], alpha[row], delta[row]), strict=True):
            assert abs(mp.mpf(got) / true - 1) < 1e-10
    assert (hessian == hessian.transpose(1, 0, 2)).all()


def test_a_row_alone_equals_the_same_among_many_to_the_last_bit():
    rows = np.exp(np.random.default_rng(4).uniform(-9, 9, (3, 700)))
    together = second_difference(*rows)
    for row in (0, 255, 256, 699):
        alone = second_difference(*rows[:, row : row + 1])
        for one, many in zip(alone, together, strict=True):
            assert np.array_equal(one[..., 0], many[..., row])
