"""Tests of what answers are worth under the design of a survey."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.design import design_effective_n
from crmrisk.satisfaction.kano.requirement import kano_requirements


def one(rows, **options):
    functional, dysfunctional = zip(*rows, strict=True)
    (found,) = kano_requirements(["x"] * len(rows), list(functional), list(dysfunctional), replicates=100, **options)
    return found


def test_clusters_strata_and_population_change_what_answers_are_worth():
    rows = [(2, 5), (2, 5), (3, 3), (3, 3), (2, 5), (2, 5), (3, 3), (3, 3)]
    twice = one(rows, clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    assert twice.counts.effective_n == pytest.approx(3.0)  # four clusters of one mind: p(1 - p)/(p(1 - p)/3)
    split = one(rows, strata=["m", "m", "i", "i", "m", "m", "i", "i"])
    assert split.counts.effective_n == 2.0**40  # strata that explain everything leave nothing to chance
    half = one(rows, population={"all": 16}, strata=["all"] * 8)
    assert half.counts.effective_n == pytest.approx(7 / (1 - 8 / 16))
    with pytest.raises(InvalidValueError, match="population"):
        one(rows, strata=["all"] * 8, population={"all": 7})
    assert design_effective_n(np.array([3])) == 1.0
