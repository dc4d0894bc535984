"""How far on the way to the next purchase: against the definition, at the ends, row by row."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from crmrisk.scoring.value.stages import stages_passed


@pytest.mark.parametrize("k", [1, 2, 12, 40])
@pytest.mark.parametrize(("shape", "share"), [(0.001, 0.3), (60_000.0, 1.0), (3.0, 1e-12), (1e9, 0.7)])
def test_terms_are_rising_factorials(k, shape, share):
    found = stages_passed(np.array([shape]), np.array([share]), k)
    terms = [mp.rf(mp.mpf(shape), j) * mp.mpf(share) ** j / mp.factorial(j) for j in range(k)]
    assert found.log_total[0] == pytest.approx(float(mp.log(sum(terms))), rel=1e-13, abs=1e-15)
    assert found.weights[:, 0] == pytest.approx([float(term / sum(terms)) for term in terms], rel=1e-12)


def test_who_has_just_bought_has_passed_no_stage():
    assert stages_passed(np.array([5.0]), np.zeros(1), 3).weights[:, 0] == pytest.approx([1, 0, 0], abs=1e-290)


def test_a_row_does_not_depend_on_its_company():
    rng = np.random.default_rng(1)
    shape, share = rng.uniform(0.1, 90, 50), rng.random(50)
    whole = stages_passed(shape, share, 12)
    alone = stages_passed(shape[7:8], share[7:8], 12)
    assert alone.log_total[0] == whole.log_total[7]
    assert (alone.weights[:, 0] == whole.weights[:, 7]).all()
