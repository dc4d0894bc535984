"""Intervals of predictions: derivatives with known answers, ranges, rows, refusals, and how often they are right."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoNBD,
    GammaGamma,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ShiftedBetaGeometric,
    delta_interval,
)

PAPER = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
COVARIANCE = np.diag([0.01, 0.04, 0.09, 0.0225])
Z95 = 1.959963984540054


def test_the_logarithm_of_a_product_has_the_summed_variance():
    # ln(r / alpha) has the variance .01 + .04 - 2 cov, whatever the parameters
    covariance = COVARIANCE.copy()
    covariance[0, 1] = covariance[1, 0] = 0.015
    found = delta_interval(PAPER, covariance, lambda model: np.array([model.r / model.alpha]))
    error = np.sqrt(0.01 + 0.04 - 0.03)
    assert found.value[0] == 0.243 / 4.414
    assert found.standard_error[0] == pytest.approx(found.value[0] * error, rel=1e-8)
    assert found.low[0] == pytest.approx(found.value[0] * np.exp(-Z95 * error), rel=1e-8)
    assert found.high[0] == pytest.approx(found.value[0] * np.exp(Z95 * error), rel=1e-8)


def test_scales_map_back_what_they_are_made_on():
    def share(model):
        return np.array([model.a / (model.a + model.b)])

    p = share(PAPER)[0]
    error = p * (1 - p) * np.sqrt(0.09 + 0.0225)  # the logit of a / (a + b) is ln a - ln b
    found = delta_interval(PAPER, COVARIANCE, share, scale="logit", level=0.9)
    assert found.standard_error[0] == pytest.approx(error, rel=1e-8)
    place, reach = np.log(p / (1 - p)), 1.6448536269514722 * np.sqrt(0.1125)
    assert found.high[0] == pytest.approx(1 / (1 + np.exp(-place - reach)), rel=1e-8)
    plain = delta_interval(PAPER, COVARIANCE, share, scale="identity", level=0.9)
    assert plain.low[0] == pytest.approx(p - 1.6448536269514722 * error, rel=1e-8)


@pytest.mark.parametrize("scale", ["log", "logit", "identity"])
def test_intervals_contain_their_value_and_stay_in_range(scale):
    history = {"frequency": [0, 2, 20, 300], "recency": [0, 30.43, 20, 38.8], "age": [39, 38.86, 39, 38.86]}
    wide = COVARIANCE * 50
    found = delta_interval(PAPER, wide, lambda model: model.probability_alive(**history), scale=scale)
    assert (found.low <= found.value).all()
    assert (found.value <= found.high).all()
    if scale != "identity":
        assert (found.low >= 0).all()
    if scale == "logit":
        assert (found.high <= 1).all()
    assert found.low[0] == found.value[0] == found.high[0] == 1  # by construction, whatever the parameters


def test_a_parameter_that_is_not_identified_is_taken_as_known_and_named():
    table = [[0.01, None, 0.0, 0.0], [None] * 4, [0.0, None, 0.09, 0.0], [0.0, None, 0.0, 0.0225]]
    found = delta_interval(PAPER, table, lambda model: np.array([model.r * model.alpha, model.alpha]))
    assert found.taken_as_known == ("alpha",)
    assert found.standard_error == pytest.approx([found.value[0] * 0.1, 0.0], rel=1e-8)
    nothing = BetaGeoNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31]).interval(lambda model: model.expected_purchases(9))
    assert nothing.taken_as_known == ("r", "alpha", "a", "b")
    assert np.isnan([nothing.standard_error, nothing.low, nothing.high]).all()
    assert nothing.value >= 0


def test_unrated_rows_have_no_interval():
    found = delta_interval(
        PAPER, COVARIANCE, lambda model: model.probability_alive(frequency=[2, np.nan], recency=1, age=9), scale="logit"
    )
    assert np.isnan([found.value[1], found.low[1], found.high[1], found.standard_error[1]]).all()
    assert np.isfinite([found.value[0], found.low[0], found.high[0]]).all()


def test_nothing_is_expected_at_once_and_that_is_certain():
    found = delta_interval(PAPER, COVARIANCE, lambda model: model.expected_purchases(0.0))
    assert found.value == found.low == found.high == found.standard_error == 0


@pytest.mark.parametrize(
    "model",
    [
        PAPER,
        ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614),
        ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669),
    ],
    ids=["beta-geo", "modified", "pareto"],
)
def test_a_row_alone_equals_the_same_among_many_to_the_last_bit(model):
    rng = np.random.default_rng(3)
    x, end = rng.choice([0.0, 1.0, 7.0], 3_000), rng.uniform(1, 60, 3_000)
    last = np.where(x > 0, end * rng.random(3_000), 0.0)

    def interval(rows):
        return delta_interval(
            model,
            COVARIANCE,
            lambda one: one.expected_purchases(26.0, frequency=x[rows], recency=last[rows], age=end[rows]),
        )

    together = interval(slice(None))
    for row in range(0, 3_000, 300):
        alone = interval(row)
        for name in ("value", "standard_error", "low", "high"):
            assert getattr(alone, name) == getattr(together, name)[row]


def test_results_are_read_only_and_shaped_like_the_quantity():
    found = delta_interval(PAPER, COVARIANCE, lambda model: model.expected_purchases([[1.0, 2.0, 3.0]]))
    assert found.low.shape == found.high.shape == found.standard_error.shape == (1, 3)
    assert not any(array.flags.writeable for array in (found.value, found.standard_error, found.low, found.high))
    assert (found.level, found.method) == (0.95, "delta")


@pytest.mark.parametrize(
    ("table", "options"),
    [
        (COVARIANCE, {"level": 1.0}),
        (COVARIANCE, {"level": 0.0}),
        (COVARIANCE, {"level": np.nan}),
        (COVARIANCE, {"scale": "square root"}),
        (np.eye(3), {}),
        (-np.eye(4), {}),
        (np.triu(np.full((4, 4), 0.01)), {}),
        (np.where(np.eye(4) > 0, 1.0, np.nan), {}),
    ],
)
def test_wrong_input_is_refused(table, options):
    with pytest.raises(InvalidValueError):
        delta_interval(PAPER, table, lambda model: model.expected_purchases(9.0), **options)


def test_values_outside_a_scale_are_refused_with_the_remedy():
    with pytest.raises(InvalidValueError, match="identity"):
        delta_interval(PAPER, COVARIANCE, lambda model: model.log_likelihood([0], [0], [40]))
    with pytest.raises(InvalidValueError, match="0 to 1"):
        delta_interval(PAPER, COVARIANCE, lambda model: model.expected_purchases([520]), scale="logit")


# 200 simulated data sets of 1,000 customers each: a coverage of 95 % is then found within .95 ± .035 (2.3 standard
# errors). Standard errors wrong by a quarter to either side give .86 or .985. The full table is benchmarks/coverage.py.
COVERED = {
    "E[X(52)]": (lambda model: model.expected_purchases(52.0), "log"),
    "E[Y(39)], x=2": (lambda model: model.expected_purchases(39.0, frequency=2, recency=30.0, age=38.0), "log"),
    "P(alive), x=2": (lambda model: model.probability_alive(frequency=2, recency=20.0, age=38.0), "logit"),
}


def test_nineteen_of_twenty_intervals_contain_the_truth():
    rng = np.random.default_rng(20261122)
    end = np.repeat(np.arange(27.0, 40.0), 80)
    hits = dict.fromkeys(COVERED, 0)
    for _ in range(200):
        simulated = PAPER.simulate(end, rng=rng)
        fit = BetaGeoNBD.fit(simulated.frequency, np.ceil(simulated.recency * 7) / 7, end)
        for name, (quantity, scale) in COVERED.items():
            found = fit.interval(quantity, scale=scale)
            hits[name] += bool(found.low <= quantity(PAPER) <= found.high)
    assert all(0.915 <= count / 200 <= 0.985 for count in hits.values()), hits


def test_spend_and_contracts_have_intervals_too():
    rng = np.random.default_rng(5)
    spend, contract = GammaGamma(p=6.25, q=3.74, v=15.44), ShiftedBetaGeometric(alpha=0.704, beta=1.182)
    x = rng.poisson(2.0, 600).astype(float)
    amounts = [np.nan_to_num(spend.simulate(x, rng=rng)) for _ in range(60)]
    lasted = [contract.simulate(np.full(600, 7), rng=rng) for _ in range(60)]
    fits = [GammaGamma.fit(x, amount) for amount in amounts]
    truth = spend.population_mean
    found = [fit.interval(lambda model: np.array(model.population_mean)) for fit in fits]
    assert sum(bool(one.low <= truth <= one.high) for one in found) >= 52
    kept = [
        ShiftedBetaGeometric.fit(*one).interval(lambda model: model.survival([3, 9]), scale="logit") for one in lasted
    ]
    inside = np.array(
        [(one.low <= contract.survival([3, 9])) & (contract.survival([3, 9]) <= one.high) for one in kept]
    )
    assert (inside.sum(axis=0) >= 52).all()
