"""Every answer at random and extreme parameters and histories, horizons from a second to decades: a number in range.

How near the numbers are to high-precision arithmetic is in the tests of each model; that none is NaN, infinite or out
of range, and that nothing warns, is here for all answers at once.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from crmrisk.scoring.value import (
    BetaGeoNBD,
    GammaGamma,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    discounted_value,
    predict_value,
)

DAY = timedelta(days=1)
HORIZONS = [1 / 86_400, 1 / 24, 1.0, 30.0, 365.0, 20_000.0]
ANSWERS = {
    "probability alive": lambda model, history: model.probability_alive(**history),
    "probability of no purchase": lambda model, history: model.probability_of_no_purchase(HORIZONS, **history),
    "probability of n": lambda model, history: model.probability_of_purchases([[0], [1], [50]], HORIZONS, **history),
    "probability of n, new": lambda model, _: model.probability_of_purchases([[0], [1], [50]], HORIZONS),
    "expected": lambda model, history: model.expected_purchases(HORIZONS, **history),
    "expected, new": lambda model, _: model.expected_purchases(HORIZONS),
    "discounted": lambda model, history: model.discounted_residual_purchases(0.1, time_unit=DAY, **history),
    "value": lambda model, history: discounted_value(
        model, **history, expected_spend=30.0, time_unit=DAY, horizon=365, discount_rate=0.1
    ),
    "value for ever": lambda model, history: discounted_value(
        model, **history, expected_spend=30.0, time_unit=DAY, horizon=None, discount_rate=0.1
    ),
}


def _customers(kind, rng, n):
    for _ in range(n):
        values = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4))
        model = kind(**dict(zip(kind.model_fields, values.tolist(), strict=True)))
        x, end = float(rng.choice([0, 1, 2, 9, 900, 5_000])), float(np.exp(rng.uniform(np.log(1e-5), np.log(2e4))))
        last = end * float(rng.choice([0.0, 0.3, 0.99, 1.0])) if x else 0.0
        yield model, {"frequency": x, "recency": last, "age": end}


@pytest.mark.parametrize("kind", [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD])
def test_every_answer_is_a_number_in_range(kind):
    for model, history in _customers(kind, np.random.default_rng(20261122), 25):
        for name, answer in ANSWERS.items():
            found = np.asarray(answer(model, history))
            where = f"{name} of {model!r} with {history}"
            assert np.isfinite(found).all(), where
            assert (found >= 0).all(), where
            if name.startswith("probability"):
                assert (found <= 1).all(), where
        assert np.isfinite(model.log_likelihood(**history))


@pytest.mark.parametrize("kind", [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD])
def test_answers_agree_with_each_other(kind):
    for model, history in _customers(kind, np.random.default_rng(7), 40):
        none = model.probability_of_no_purchase(HORIZONS, **history)
        assert model.probability_of_purchases(0, HORIZONS, **history) == pytest.approx(none, rel=1e-10, abs=1e-300)
        gone = model.probability_of_purchases(0, 0.0, **history)
        assert gone == pytest.approx(1.0, rel=1e-12)
        later = model.discounted_residual_purchases(0.1, time_unit=DAY, **history)
        assert later >= model.discounted_residual_purchases(1.0, time_unit=DAY, **history)


@pytest.mark.parametrize("kind", [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD])
def test_simulated_values_are_numbers(kind):
    rng = np.random.default_rng(3)
    for model, history in _customers(kind, rng, 12):
        p, q, v = np.exp(rng.uniform(np.log(1e-3), np.log(1e3), 3)).tolist()
        q += 1  # below, spend may have no mean and customers stay unrated
        found = predict_value(
            model, GammaGamma(p=p, q=q, v=v), **history, mean_spend=30.0, time_unit=DAY, horizon=timedelta(hours=1),
            discount_rate=0.1, n_draws=20, rng=rng,
        )  # fmt: skip
        assert np.isfinite(found.mean).all()
        assert (found.quantiles >= 0).all()
