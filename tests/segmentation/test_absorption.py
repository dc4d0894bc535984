"""Absorbing chains: the drunkard's walk, and what cannot be absorbed."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.absorption import fundamental_matrix, recurrent_classes
from crmrisk.segmentation.markov_chain import MarkovChain

WALK = [[1, 0, 0, 0, 0], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0.5, 0], [0, 0, 0.5, 0, 0.5], [0, 0, 0, 0, 1]]
VISITS = [[1.5, 1, 0.5], [1, 2, 1], [0.5, 1, 1.5]]


def test_drunkards_walk():
    """S5: Grinstead & Snell (1997), examples 11.13 to 11.15."""
    assert fundamental_matrix([[0, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0]]) == pytest.approx(np.array(VISITS), abs=1e-12)
    found = MarkovChain(WALK, ("home", "1", "2", "3", "bar")).absorption()
    assert found.transient == ("1", "2", "3")
    assert found.absorbing == ("home", "bar")
    assert found.fundamental == pytest.approx(np.array(VISITS), abs=1e-12)
    assert found.steps == pytest.approx([3, 4, 3], abs=1e-12)
    assert found.probabilities == pytest.approx(np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]), abs=1e-12)
    assert found.frame().loc["2"].tolist() == pytest.approx([4, 0.5, 0.5])


def test_it_is_what_walking_gives():
    chain = MarkovChain(WALK)
    found = chain.absorption()
    far = chain.steps(200).probabilities
    assert far[np.ix_([1, 2, 3], [0, 4])] == pytest.approx(found.probabilities, abs=1e-12)
    still = [far_k.probabilities[1:4, 1:4].sum(axis=1) for far_k in map(chain.steps, range(200))]
    assert np.sum(still, axis=0) == pytest.approx(found.steps)


def test_classes_that_are_never_left():
    matrix = np.array([[0.5, 0.25, 0.25, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    assert [each.nonzero()[0].tolist() for each in recurrent_classes(matrix)] == [[1, 2], [3]]


@pytest.mark.parametrize(
    ("matrix", "said"),
    [([[0.5, 0.5], [0.5, 0.5]], "no absorbing state"), ([[0, 1, 0], [1, 0, 0], [0, 0, 1]], "states never absorbed")],
)
def test_never_absorbed(matrix, said):
    with pytest.raises(InvalidValueError, match=said):
        MarkovChain(matrix).absorption()


@pytest.mark.parametrize(
    "within", [[[1.0]], [[0.5, 0.6], [0, 0.5]], [[0.5, 0]], [[-0.1]], "x", [[np.nan]], []], ids=str
)
def test_nothing_to_invert(within):
    with pytest.raises(InvalidValueError):
        fundamental_matrix(within)


def test_everybody_absorbed_already():
    assert MarkovChain(np.eye(2)).absorption().steps.size == 0
