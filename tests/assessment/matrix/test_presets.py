from __future__ import annotations

from itertools import pairwise

import pytest

from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.assessment.matrix.presets import PRESETS
from crmrisk.core.errors import InvalidValueError


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_square_labelled_and_consistent(name):
    matrix = RiskMatrix.preset(name, currency="EUR")
    n = int(name[0])
    assert (len(matrix.grades), len(matrix.grades[0])) == (n, n)
    assert (len(matrix.likelihood_labels), len(matrix.consequence_labels)) == (n, n)
    assert matrix.currency == "EUR"
    report = matrix.check()
    assert report.consistent
    assert report.monotone
    assert report.theorem_one.holds


@pytest.mark.parametrize("name", PRESETS)
def test_steps_grow_by_factors_not_by_equal_amounts(name):
    for edges in (PRESETS[name].likelihood_edges[1:], PRESETS[name].consequence_edges[1:]):
        assert all(2.9 <= high / low <= 5.1 for low, high in pairwise(edges))


def test_own_edges_replace_the_presets():
    matrix = RiskMatrix.preset("3x3", consequence_edges=[0, 1, 5, 20])
    assert matrix.consequence_edges == (0.0, 1.0, 5.0, 20.0)
    with pytest.raises(InvalidValueError, match="do not fit"):
        RiskMatrix.preset("3x3", consequence_edges=[0, 1, 5])


def test_an_unknown_preset_is_named_with_the_known_ones():
    with pytest.raises(InvalidValueError, match="3x3, 4x4, 5x5"):
        RiskMatrix.preset("7x7")
