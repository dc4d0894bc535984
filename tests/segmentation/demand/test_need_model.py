import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoBetaBinomial
from crmrisk.segmentation.demand import NeedModel
from crmrisk.segmentation.demand.need_model import need_histories

HISTORY = {"frequency": [0, 1, 4, 2, 0], "recency": [0, 4, 4, 2, 0], "opportunities": [6, 7, 7, 9, 0]}


def test_it_is_bgbb_with_one_dropout_probability_for_all():
    # Beta(1e7 d, 1e7 (1-d)) is d but for 1e-7 of its variance
    ours = NeedModel(alpha=1.2, beta=2.5, ending=0.08)
    theirs = BetaGeoBetaBinomial(alpha=1.2, beta=2.5, gamma=1e7 * 0.08, delta=1e7 * 0.92)
    np.testing.assert_allclose(ours.probability_alive(**HISTORY), theirs.probability_alive(**HISTORY), rtol=1e-5)
    # with one period to come, the probability to buy is the expected number of purchases
    expected = theirs.expected_purchases(1, **HISTORY)
    np.testing.assert_allclose(ours.probability_bought(1, **HISTORY), expected, rtol=1e-5)


def simulated(model, n, length, rng):
    buys = rng.beta(model.alpha, model.beta, n)
    ends = rng.geometric(model.ending, n)  # the period before which it ends
    periods = np.arange(length + 1)
    hit = (rng.random((n, length + 1)) < buys[:, None]) & (periods < ends[:, None])
    hit[:, 0] = True
    return hit.astype(float)


def test_a_fit_finds_the_parameters_and_its_probabilities_come_true():
    truth, rng = NeedModel(alpha=1.5, beta=4.0, ending=0.06), np.random.default_rng(4)
    demand = simulated(truth, 4_000, 23, rng)
    history = need_histories(demand[:, :21])
    fit = NeedModel.fit(*history)
    assert fit.ending == pytest.approx(0.06, abs=0.01)
    assert fit.alpha / (fit.alpha + fit.beta) == pytest.approx(1.5 / 5.5, abs=0.02)
    chance = fit.probability_bought(3, **history._asdict())
    came = (demand[:, 21:] > 0).any(axis=1)
    for low, high in ((0.0, 0.1), (0.1, 0.4), (0.4, 1.0)):
        group = (chance >= low) & (chance < high)
        error = np.sqrt((chance[group] * (1 - chance[group])).sum()) / group.sum()
        assert abs(came[group].mean() - chance[group].mean()) < 4 * error + 0.01


def test_histories_that_cannot_be_are_refused():
    model = NeedModel(alpha=1, beta=1, ending=0.1)
    with pytest.raises(InvalidValueError, match="3 impossible histories"):
        model.probability_alive(frequency=[3, 0, -1, 1], recency=[2, 1, 0, 2], opportunities=[5, 5, 5, 2])
    with pytest.raises(InvalidValueError, match="whole numbers"):
        model.probability_alive(frequency=[0.5], recency=[1.0], opportunities=[2.0])
    with pytest.raises(InvalidValueError, match="3 problems"):
        NeedModel(alpha=0, beta=-1, ending=1)
