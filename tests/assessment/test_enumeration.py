from __future__ import annotations

import numpy as np
import pytest

from crmrisk.assessment.enumeration import LIMIT, Enumeration
from crmrisk.assessment.exposures import group_exposures


def test_every_outcome_is_listed_with_its_probability():
    loss = Enumeration(group_exposures([0.1, 0.2], [10.0, 20.0], max_groups=1024)).distribution()
    assert loss.losses.tolist() == [0, 10, 20, 30]
    assert loss.probabilities.tolist() == pytest.approx([0.72, 0.08, 0.18, 0.02])


def test_the_largest_listed_portfolio_keeps_its_moments():
    rng = np.random.default_rng(3)
    p, losses = rng.random(LIMIT), rng.lognormal(3, 1, LIMIT)
    loss = Enumeration(group_exposures(p, losses, max_groups=1024)).distribution()
    assert loss.mean == pytest.approx(np.sum(p * losses))
    assert loss.standard_deviation**2 == pytest.approx(np.sum(p * (1 - p) * losses**2))


def test_nobody_at_risk_loses_nothing():
    loss = Enumeration(group_exposures([0.0], [5.0], max_groups=1024)).distribution()
    assert (loss.losses.tolist(), loss.probability_of_zero) == ([0.0], 1.0)
