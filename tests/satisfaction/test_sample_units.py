"""Tests of the units and strata of a sample."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.sample_units import drawn_sample, sample_units


def test_without_a_design_every_answer_is_a_unit():
    units = sample_units(3)
    assert units.unit.tolist() == [0, 1, 2]
    assert (units.drawn.tolist(), units.fraction.tolist()) == ([3], [0.0])


def test_clusters_are_units_of_their_stratum():
    units = sample_units(5, strata=["n", "n", "s", "s", "s"], clusters=[7, 7, 8, 9, 9], population={"n": 4, "s": 10})
    assert units.unit.tolist() == [0, 0, 1, 2, 2]
    assert units.stratum.tolist() == [0, 1, 1]
    assert units.fraction.tolist() == [0.25, 0.2]
    assert units.names == ("n", "s")


def test_a_population_weighs_answers_by_what_they_stand_for():
    _, weights, _ = drawn_sample(np.ones(3), strata=["a", "b", "b"], population={"a": 10, "b": 10})
    assert weights.tolist() == [1.0, 0.5, 0.5]


def test_answers_of_weight_zero_leave_with_their_units():
    values, weights, units = drawn_sample(
        np.array([1.0, 2.0, 3.0]), weights=[1, 0, 2], clusters=["x", "y", "z"], population=6
    )
    assert (values.tolist(), weights.tolist()) == ([1.0, 3.0], [0.5, 1.0])
    assert (units.drawn.tolist(), units.fraction.tolist()) == ([2], [pytest.approx(2 / 6)])


def test_a_population_names_more_strata_than_were_drawn():
    assert sample_units(1, strata=["a"], population={"a": 5, "b": 9}).fraction.tolist() == [0.2]


def test_everything_wrong_is_named():
    with pytest.raises(RecordError) as caught:
        sample_units(3, strata=["a", None])
    assert len(caught.value.problems) == 2
    with pytest.raises(InvalidValueError) as refused:
        sample_units(3, strata=["a", "a", "b"], population={"a": 1})
    assert len(refused.value.problems) == 2
