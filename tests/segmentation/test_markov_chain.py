"""Markov chains: published chains, identities, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.segmentation.markov_chain import MarkovChain, numbers_by_state, stationary_distribution

OZ = [[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]]  # Grinstead & Snell (1997), example 11.1: rain, nice, snow


def test_land_of_oz():
    """S4: Grinstead & Snell, examples 11.1 and 11.19."""
    chain = MarkovChain(OZ, ("rain", "nice", "snow"))
    assert chain.stationary() == pytest.approx([0.4, 0.2, 0.4], abs=1e-12)
    assert stationary_distribution(OZ) == pytest.approx([0.4, 0.2, 0.4], abs=1e-12)
    assert chain.mobility == pytest.approx(1.0, abs=1e-12)
    assert np.abs(chain.steps(6).probabilities - [0.4, 0.2, 0.4]).max() < 3e-4
    assert np.array_equal(np.asarray(chain), OZ)
    assert chain.frame().loc["nice", "snow"] == chain.probability("nice", "snow") == 0.5


matrices = st.integers(2, 5).flatmap(
    lambda k: st.lists(st.lists(st.integers(1, 20), min_size=k, max_size=k), min_size=k, max_size=k)
).map(lambda rows: np.array(rows, dtype=float) / np.sum(rows, axis=1, keepdims=True))  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(matrices)
def test_the_long_run_stays_as_it_is_and_is_reached(matrix):
    chain = MarkovChain(matrix)
    shares = chain.stationary()
    assert shares @ chain.probabilities == pytest.approx(shares, abs=1e-12)
    assert chain.steps(200).probabilities == pytest.approx(np.tile(shares, (len(chain), 1)), abs=1e-6)
    order = np.arange(len(chain))[::-1]
    assert MarkovChain(matrix[np.ix_(order, order)]).stationary() == pytest.approx(shares[order], abs=1e-12)
    assert chain.steps(0) == MarkovChain(np.eye(len(chain)))


def test_the_long_run_of_rhythm_is_the_mean_over_time_and_transient_states_empty():
    assert stationary_distribution([[0, 1], [1, 0]]) == pytest.approx([0.5, 0.5])
    assert stationary_distribution([[0.5, 0.5], [0, 1]]) == pytest.approx([0.0, 1.0])


def test_two_closed_sets_have_no_single_long_run():
    with pytest.raises(InvalidValueError, match="several sets of states that are never left"):
        MarkovChain(np.eye(2)).stationary()


def test_mobility_bounds():
    assert MarkovChain(np.eye(3)).mobility == 0.0
    assert MarkovChain(np.full((4, 4), 0.25)).mobility == pytest.approx(1.0)


@pytest.mark.parametrize(
    "wrong",
    [[[0.5, 0.4], [0, 1]], [[1.5, -0.5], [0, 1]], [[0.5, 0.5]], [[np.nan, 1], [0, 1]], [], 3, "abc", [["a", "b"]] * 2],
    ids=str,
)
def test_no_transition_matrix(wrong):
    with pytest.raises(CrmRiskError):
        MarkovChain(wrong)


@pytest.mark.parametrize(
    "names", [("a",), ("a", "a"), (1, 2), "ab", ("a", ""), 3, pytest.param({"a", "b"}, id="a set")], ids=str
)
def test_no_names(names):
    with pytest.raises(InvalidValueError, match="no names"):
        MarkovChain(np.eye(2), names)


@pytest.mark.parametrize("k", [-1, 1.5, True, None, "2"])
def test_no_number_of_steps(k):
    with pytest.raises(InvalidValueError, match="not a number of steps"):
        MarkovChain(np.eye(2)).steps(k)


def test_numbers_by_name_or_in_order():
    names = ("gold", "silver")
    for values in ({"silver": 1, "gold": 5}, [5, 1], (5.0, 1.0), pd.Series({"silver": 1, "gold": 5})):
        assert numbers_by_state(values, names, where="values").tolist() == [5.0, 1.0]
    for wrong in ({"gold": 5}, {"gold": 5, "silver": None}, [5], [5, np.nan], ["5", "1"], 5, None, [5, np.inf]):
        with pytest.raises(InvalidValueError):
            numbers_by_state(wrong, names, where="values")
