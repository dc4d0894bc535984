"""The parametric bootstrap: near the delta method where that is right, honest where refits fail, the same again."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import (
    BetaDiscreteWeibull,
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    Bootstrap,
    GammaGamma,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    ShiftedBetaGeometric,
    bootstrap,
    bootstrap_interval,
)

ENDS = np.repeat(np.arange(27.0, 40.0), 80)
QUANTITIES = {
    BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426): (ENDS, lambda model: model.expected_purchases([13, 52])),
    ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614): (
        ENDS,
        lambda model: model.expected_purchases([13, 52]),
    ),
    ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669): (
        np.repeat(ENDS, 3),
        lambda model: model.expected_purchases([13, 52]),
    ),
    BetaGeoBetaBinomial(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783): (
        np.full(2_000, 6.0),
        lambda model: model.expected_purchases([1, 5]),
    ),
    GammaGamma(p=6.25, q=3.74, v=15.44): (
        np.tile([0.0, 1.0, 1.0, 3.0, 8.0], 200),
        lambda model: model.expected_spend(frequency=[0, 3], mean_spend=[0, 20]),
    ),
    ShiftedBetaGeometric(alpha=0.704, beta=1.182): (np.full(2_000, 7.0), lambda model: model.survival([2, 10])),
    BetaDiscreteWeibull(alpha=0.7, beta=2.0, c=0.9): (np.full(2_000, 7.0), lambda model: model.survival([2, 7])),
}


def _fit(model, observed, rng):
    simulated = model.simulate(observed, rng=rng)
    if isinstance(model, GammaGamma):
        return GammaGamma.fit(observed, np.nan_to_num(simulated))
    return type(model).fit(*(values for name, values in simulated._asdict().items() if name != "alive"))


@pytest.mark.parametrize("model", QUANTITIES, ids=lambda model: type(model).__name__)
def test_it_agrees_with_the_delta_method_on_large_samples(model):
    observed, quantity = QUANTITIES[model]
    rng = np.random.default_rng(20261122)
    fit = _fit(model, observed, rng)
    found = bootstrap_interval(fit, quantity, observed=observed, n_replicates=39, rng=rng)
    delta = fit.interval(quantity)
    assert found.standard_error == pytest.approx(delta.standard_error, rel=0.45)  # 39 of them: 11 % each, 4 times
    assert (found.low < found.value).all()
    assert (found.value < found.high).all()
    assert (found.value == delta.value).all()
    assert (found.n_replicates, found.n_failed) == (39, 0)


def test_one_bootstrap_serves_every_quantity_and_comes_out_again():
    model = ShiftedBetaGeometric(alpha=0.704, beta=1.182)
    fit = _fit(model, np.full(500, 7.0), np.random.default_rng(1))
    seen = []
    found, again = (
        bootstrap(fit, observed=[7], weights=[500], n_replicates=45, rng=np.random.default_rng(2), progress=report)
        for report in (lambda done, all_: seen.append((done, all_)), None)
    )
    assert seen == [(done, 45) for done in range(1, 46)]
    assert found.replicates == again.replicates
    churn = found.interval(lambda model: model.probability_of_churn([1, 2]))
    kept = found.interval(lambda model: model.survival([1]))
    assert churn.low[0] == pytest.approx(1 - kept.high[0], rel=1e-12)
    assert churn.standard_error[0] == pytest.approx(kept.standard_error[0], rel=1e-9)
    values = np.array([one.survival([1])[0] for one in found.replicates])
    assert kept.low[0] == np.quantile(values, 0.025, method="weibull")
    assert kept.standard_error[0] == pytest.approx(values.std(ddof=1), rel=1e-12)


def test_refits_that_identify_nothing_are_counted_and_make_no_interval():
    fit = BetaGeoNBD.fit([0, 1, 0, 2, 0], [0, 5, 0, 9, 0], [30, 31, 25, 40, 22])
    found = bootstrap_interval(
        fit,
        lambda model: model.expected_purchases(9.0),
        observed=[30] * 5,
        n_replicates=8,
        level=0.5,
        rng=np.random.default_rng(4),
    )
    assert found.n_not_identified >= 6
    assert found.n_replicates == 8 - found.n_failed
    if found.n_not_identified < found.n_replicates:
        assert 0 <= found.low <= found.high
    else:
        assert np.isnan([found.low, found.high, found.standard_error]).all()


def test_samples_that_cannot_be_fitted_are_counted():
    fit = GammaGamma.fit([1, 2, 3, 1, 5, 2] * 20, np.random.default_rng(1).uniform(10, 60, 120))
    calls = iter(range(100))

    def refit(frequency, mean):
        if next(calls) % 4 == 0:
            raise FitError
        return GammaGamma.fit(frequency, mean)

    found = bootstrap(fit, observed=[1, 2] * 60, n_replicates=40, rng=np.random.default_rng(4), refit=refit)
    assert (len(found.replicates), found.n_failed) == (30, 10)
    with pytest.raises(InvalidValueError, match="too few"):
        found.interval(lambda model: np.array(model.p), level=0.95)
    with pytest.raises(FitError):
        bootstrap(fit, observed=[0] * 120, n_replicates=3, rng=np.random.default_rng(4))


@pytest.mark.parametrize(
    "options",
    [
        {"n_replicates": 0},
        {"n_replicates": 38},
        {"level": 1.5},
        {"weights": [0.5, 0.5, 1.0, 2.0]},
        {"observed": [1.0, 1.0, 1.0, np.nan]},
        {"observed": [1.0, 1.0, -1.0, 2.0]},
        {"observed": 3.0},
        {"observed": [3] * 5},
        {"observed": [3], "weights": [7]},
        {"n_replicates": "x"},
        {"n_replicates": 40.5},
        {"rng": 1},
        {"rng": None},
        {"fit": ShiftedBetaGeometric(alpha=1, beta=1)},
        {"fit": None},
    ],
)
def test_wrong_input_is_refused(options):
    fit = ShiftedBetaGeometric.fit([1, 2, 3, 3], [1, 1, 1, 0])
    asked = {"fit": fit, "observed": [3] * 4, "n_replicates": 40, "rng": np.random.default_rng(1)} | options
    with pytest.raises(InvalidValueError):
        bootstrap_interval(quantity=lambda model: model.survival([1]), **asked)


def test_one_value_for_many_customers_names_the_remedy():
    fit = ShiftedBetaGeometric.fit([1, 2, 3, 3], [1, 1, 1, 0])
    rng = np.random.default_rng(1)
    with pytest.raises(InvalidValueError, match=r"4 customers.*got: 1.*one value per customer"):
        bootstrap(fit, observed=3, rng=rng)
    with pytest.raises(InvalidValueError, match="pass the fit itself"):
        bootstrap(fit.model, observed=[3] * 4, rng=rng)
    assert len(bootstrap(fit, observed=3, rng=rng, n_replicates=1, refit=lambda *_: fit).replicates) == 1


def test_refits_that_all_leave_parameters_open_are_no_point():
    model = ShiftedBetaGeometric(alpha=1, beta=2)
    found = Bootstrap(model=model, replicates=(model,) * 40, n_not_identified=40).interval(lambda one: one.survival(3))
    assert found.value == model.survival(3)
    assert np.isnan([found.low, found.high, found.standard_error]).all()
