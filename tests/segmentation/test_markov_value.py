"""Markov customer lifetime value: the published example, identities, and intervals."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, FitError
from crmrisk.segmentation.markov_chain import MarkovChain
from crmrisk.segmentation.markov_value import markov_lifetime_value
from crmrisk.segmentation.multiples import margin_multiple
from crmrisk.segmentation.transitions import transition_matrix

CHAIN = [[0.3, 0.7, 0, 0, 0], [0.2, 0, 0.8, 0, 0], [0.15, 0, 0, 0.85, 0], [0.05, 0, 0, 0, 0.95], [0, 0, 0, 0, 1]]
FLOWS = (36, -4, -4, -4, 0)
PUBLISHED = {"S3a": (None, [52.320, 5.554, 1.251, -1.820, 0]), "S3c": (4, [50.115, 4.220, 0.592, -1.980, 0])}


@pytest.mark.parametrize(("horizon", "values"), PUBLISHED.values(), ids=PUBLISHED)
def test_pfeifer_and_carraway(horizon, values):
    """Pfeifer & Carraway (2000), Journal of Interactive Marketing 14(2); printed to three decimals."""
    found = markov_lifetime_value(CHAIN, FLOWS, discount_rate=0.2, horizon=horizon)
    assert found.values == pytest.approx(values, abs=6e-4)
    assert found.low is None
    assert found["state 1"].value == found.values[0]


def test_horizon_is_the_sum_and_reaches_for_ever():
    matrix, flows = np.array(CHAIN), np.array(FLOWS)
    summed = sum(np.linalg.matrix_power(matrix, t) @ flows / 1.2**t for t in range(8))
    assert markov_lifetime_value(CHAIN, FLOWS, discount_rate=0.2, horizon=7).values == pytest.approx(summed)
    assert markov_lifetime_value(CHAIN, FLOWS, discount_rate=0.2, horizon=0).values.tolist() == list(FLOWS)
    ever, long = (markov_lifetime_value(CHAIN, FLOWS, discount_rate=0.2, horizon=h).values for h in (None, 300))
    assert long == pytest.approx(ever, abs=1e-9)
    assert markov_lifetime_value(CHAIN, FLOWS, discount_rate=0, horizon=2).values[4] == 0.0


def test_two_segments_are_the_margin_multiple():
    found = markov_lifetime_value([[0.8, 0.2], [0, 1]], [1, 0], discount_rate=0.12)
    assert found.values[0] == pytest.approx(1 + margin_multiple(0.8, 0.12))  # the first flow is now


def test_units_and_order_of_segments():
    chain = MarkovChain(CHAIN, tuple("abcde"))
    plain = markov_lifetime_value(chain, FLOWS, discount_rate=0.2).values
    named = dict(zip("edcba", np.array(FLOWS[::-1]) * 8.0, strict=True))
    assert markov_lifetime_value(chain, named, discount_rate=0.2).values == pytest.approx(8 * plain)


@pytest.mark.parametrize("method", ["dirichlet", "bootstrap"])
def test_intervals_hold_what_they_say(method):
    rng, truth = np.random.default_rng(6), np.array([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0.0, 0.0, 1.0]])
    flows = [10, 50, 0]
    value = markov_lifetime_value(truth, flows, discount_rate=0.1).values
    held = []
    for _ in range(150):
        counts = rng.multinomial(200, truth)
        moved = transition_matrix(counts=counts, names=("a", "b", "gone"), absorbing=("gone",))
        found = markov_lifetime_value(moved, flows, discount_rate=0.1, method=method, draws=300, rng=rng)
        held.append((found.low <= value) & (value <= found.high))
        assert (found.low <= found.values).all()
    assert (np.mean(held, axis=0)[:2] > 0.95 - 3 * (0.95 * 0.05 / 150) ** 0.5).all()


def test_same_seed_same_interval():
    moved = transition_matrix(counts=[[8, 2], [1, 9]], names=("basic", "gold"))
    first, second = (markov_lifetime_value(moved, [1, 5], discount_rate=0.1, draws=50) for _ in range(2))
    assert np.array_equal(first.low, second.low)
    assert first.frame().columns.tolist() == ["segment", "lifetime_value", "low", "high"]
    assert first["gold"].n == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"cash_flows": [1, 2]},
        {"cash_flows": {"a": 1}},
        {"discount_rate": -0.1},
        {"discount_rate": 0},
        {"discount_rate": None},
        {"discount_rate": np.inf},
        {"discount_rate": 1e-300},
        {"horizon": 1.5},
        {"horizon": -1},
        {"transitions": [[0.5, 0.4], [0, 1]]},
        {"transitions": "chain"},
        {"method": "guess"},
        {"draws": 1},
        {"level": 0},
        {"rng": 3},
    ],
    ids=str,
)
def test_bad_input(wrong):
    plain = {"transitions": CHAIN, "cash_flows": FLOWS, "discount_rate": 0.2}
    given = plain | wrong
    with pytest.raises(CrmRiskError):
        markov_lifetime_value(given.pop("transitions"), given.pop("cash_flows"), **given)


def test_a_segment_nobody_was_seen_in():
    with pytest.raises(FitError):
        markov_lifetime_value(transition_matrix(counts=[[8, 2], [0, 0]]), [1, 0], discount_rate=0.1)
