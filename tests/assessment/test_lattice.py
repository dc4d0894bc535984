from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.lattice import Lattice, make_lattice, power


def test_splitting_keeps_the_mean():
    lattice = Lattice(step=0.7, first=0, n_points=64)
    losses = np.random.default_rng(1).uniform(0, 40, 500)
    below, part = lattice.split(losses)
    assert ((below + part) * 0.7).tolist() == pytest.approx(losses.tolist())
    assert ((part >= 0) & (part < 1)).all()


@pytest.mark.parametrize(
    ("losses", "step"),
    [([5.0, 10.0], 5.0), ([20.0, 30.0], 10.0), ([0.1, 0.3, 0.7], 0.1), ([1.0, 2.5], None), ([np.pi, 3.0], None)],
)
def test_a_common_unit_becomes_the_step(losses, step):
    total = float(sum(losses))
    lattice = make_lattice(np.array(losses), mean=total / 2, variance=1.0, upper=total, n_losses=2, n_points=1024)
    assert lattice.step == (step or pytest.approx(total / (1024 - 12)))


def test_a_large_sum_is_looked_at_around_its_mean():
    lattice = make_lattice(np.array([1.0]), mean=1e6, variance=1e4, upper=np.inf, n_losses=1e6, n_points=16384)
    assert lattice.step == 1.0
    assert 0 < lattice.losses[0] < 1e6 - 7 * 100
    assert lattice.losses[-1] > 1e6 + 7 * 100


@pytest.mark.parametrize("exponent", [1, 2, 3, 7, 64, 1000])
def test_powers(exponent):
    base = np.exp(1j * np.linspace(0, 3, 7)) * 0.99
    before = base.copy()
    assert np.allclose(power(base, exponent), before**exponent, rtol=1e-10)
    assert (base == before).all()
