from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.loss_distribution import LossDistribution
from crmrisk.assessment.tolerance import ToleranceComparison, ToleranceCurve
from crmrisk.core.errors import InvalidValueError

CURVE = ToleranceCurve(100.0, 0.1, 10_000.0, 0.001)


def test_the_curve_is_a_power_of_the_loss():
    assert CURVE.tolerated([100, 1000, 10_000]).tolist() == pytest.approx([0.1, 0.01, 0.001])
    assert np.isnan(CURVE.tolerated([99, 10_001])).all()


@pytest.mark.parametrize(
    ("losses", "probabilities", "met", "worst"),
    [
        ([0, 50], [0.5, 0.5], True, 10_000.0),
        ([0, 1000], [0.99, 0.01], True, 1000.0),
        ([0, 1000], [0.98, 0.02], False, 1000.0),
        ([0, 20_000], [0.995, 0.005], False, 10_000.0),
        ([0, 100, 10_000], [0.5, 0.499, 0.001], True, 10_000.0),
        ([0, 200, 9_000], [0.949, 0.05, 0.001], False, 200.0),
    ],
)
def test_exceedance_is_compared_where_it_is_closest(losses, probabilities, met, worst):
    found = CURVE.compare(LossDistribution.from_atoms(losses, probabilities))
    assert found.met is met
    assert found.loss == worst
    assert (found.ratio <= 1 + 1e-9) is met


def test_comparing_at_the_atoms_equals_comparing_everywhere():
    rng = np.random.default_rng(6)
    for _ in range(50):
        loss = LossDistribution.from_samples(np.append(rng.lognormal(4, 1.5, 30), np.zeros(300)))
        grid = np.geomspace(100, 10_000, 20_001)
        ratio = np.max(loss.exceedance(grid) / CURVE.tolerated(grid))
        assert CURVE.compare(loss).ratio == pytest.approx(ratio, rel=2e-3)


@pytest.mark.parametrize(
    "points", [(100, 0.1, 100, 0.01), (100, 0.01, 1000, 0.1), (0, 0.1, 10, 0.01), (1, 1.1, 2, 0.5)]
)
def test_points_must_fall(points):
    with pytest.raises(InvalidValueError):
        ToleranceCurve(*points)


def test_json_round_trip():
    assert ToleranceCurve.from_json(CURVE.to_json()) == CURVE
    comparison = CURVE.compare(LossDistribution.from_atoms([0, 1000], [0.9, 0.1]))
    assert ToleranceComparison.from_json(comparison.to_json()) == comparison
