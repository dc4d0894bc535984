"""Priors: their density, what they do to a fit, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    BetaDiscreteWeibull,
    BetaGeoBetaBinomial,
    BetaGeoNBD,
    GammaGamma,
    LogNormal,
    ModelFit,
    ParetoNBD,
    Prior,
    ShiftedBetaGeometric,
    weakly_informative,
)

HISTORIES = [0, 2, 1, 0, 6, 3], [0, 20, 9, 0, 30, 11], [38, 38, 36, 35, 31, 30]
DATA = {
    BetaGeoNBD: HISTORIES,
    ParetoNBD: HISTORIES,
    GammaGamma: ([1, 3, 2, 5, 1, 2], [10.0, 20, 35, 35, 7, 12]),
    ShiftedBetaGeometric: ([1, 2, 3, 3, 1], [1, 1, 0, 0, 1]),
    BetaDiscreteWeibull: ([1, 2, 3, 3, 1], [1, 1, 0, 0, 1]),
    BetaGeoBetaBinomial: ([0, 1, 0, 3, 2], [0, 2, 0, 5, 4], [6, 6, 6, 5, 5]),
}


def test_the_density_is_that_of_the_logarithms_with_its_derivatives():
    prior = Prior((LogNormal("alpha", 2.0, 0.7), LogNormal("r", 0.5, 1.5)))
    names, at = ["r", "alpha", "a"], np.array([0.3, 5.0, 8.0])
    found = prior.log_density(names, at)
    expected = stats.norm.logpdf(np.log([0.3, 5.0]), np.log([0.5, 2.0]), [1.5, 0.7]).sum()
    assert found.value == pytest.approx(expected)
    for index, step in enumerate(np.eye(3) * at * 1e-5):
        ahead, behind = prior.log_density(names, at + step), prior.log_density(names, at - step)
        assert found.gradient[index] == pytest.approx((ahead.value - behind.value) / (2 * step[index]), abs=1e-8)
        assert found.hessian[index] == pytest.approx((ahead.gradient - behind.gradient) / (2 * step[index]), abs=1e-8)


@pytest.mark.parametrize("model", DATA)
def test_the_penalised_fit_is_at_the_top_of_likelihood_times_prior(model):
    prior, data = weakly_informative(model, log_sd=1.0), DATA[model]
    fit = model.fit(*data, prior=prior)
    mean = float(np.mean(data[-1]))
    units = {BetaGeoNBD: {"alpha": mean}, ParetoNBD: {"alpha": mean, "beta": mean}}.get(model, {})
    units = {"v": float(np.mean(data[-1]))} if model is GammaGamma else units
    scales = np.array([units.get(name, 1.0) for name in fit.parameters])

    def posterior(logs):
        here = model(**dict(zip(fit.parameters, np.exp(logs), strict=True)))
        return here.log_likelihood(*data).sum() + prior.log_density(fit.parameters, np.exp(logs) / scales).value

    top = np.log(list(fit.estimates.values()))
    assert posterior(top) == pytest.approx(fit.log_posterior, rel=1e-12)
    assert fit.model.log_likelihood(*data).sum() == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert optimize.approx_fprime(top, posterior, 1e-6) == pytest.approx(np.zeros(top.size), abs=1e-4)


@pytest.mark.parametrize("model", DATA)
def test_a_sure_prior_is_its_medians(model):
    fit = model.fit(*DATA[model], prior=weakly_informative(model, log_sd=0.002))
    free = np.array(list(fit.estimates.values())) / model._task(*DATA[model]).scales
    assert free == pytest.approx(np.ones(free.size), abs=1e-3)


def test_a_vague_prior_leaves_the_likelihood():
    rng = np.random.default_rng(2)
    x = 1 + rng.poisson(2, 400)
    data = x, GammaGamma(p=4, q=4, v=20).simulate(x, rng=rng)
    vague = GammaGamma.fit(*data, prior=weakly_informative(GammaGamma, log_sd=1e4))
    assert vague.estimates == pytest.approx(GammaGamma.fit(*data).estimates, rel=1e-6)


def test_the_fit_says_that_it_is_penalised_and_keeps_the_prior():
    prior = Prior((LogNormal("b", median=3.0, log_sd=0.5),))
    fit = BetaGeoNBD.fit(*HISTORIES, prior=prior)
    assert fit.prior == prior
    assert fit.log_posterior == fit.log_likelihood + fit.log_prior
    assert ModelFit[BetaGeoNBD].model_validate_json(fit.model_dump_json()) == fit
    plain = BetaGeoNBD.fit(*HISTORIES)
    assert (plain.prior, plain.log_prior) == (None, 0.0)
    assert plain.log_likelihood >= fit.log_likelihood


def test_a_prior_pulls_towards_its_median():
    fits = [BetaGeoNBD.fit(*HISTORIES, prior=Prior((LogNormal("r", 3.0, sd),))) for sd in (5.0, 1.0, 0.2)]
    distances = [abs(np.log(fit.model.r / 3.0)) for fit in fits]
    assert distances == sorted(distances, reverse=True)


@pytest.mark.parametrize(("median", "log_sd"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (np.nan, 1.0), (1.0, np.inf)])
def test_impossible_beliefs_are_refused(median, log_sd):
    with pytest.raises(InvalidValueError):
        LogNormal("r", median, log_sd)


def test_a_prior_speaks_once_of_parameters_that_exist():
    with pytest.raises(InvalidValueError, match="twice"):
        Prior((LogNormal("r", 1.0), LogNormal("r", 2.0)))
    with pytest.raises(InvalidValueError, match=r"no such parameter.*allowed: r, alpha, a, b"):
        BetaGeoNBD.fit(*HISTORIES, prior=Prior((LogNormal("beta", 1.0),)))


def test_the_default_covers_what_was_published():
    for model, published in {
        BetaGeoNBD: (0.243, 4.414 / 32, 0.793, 2.426),
        ParetoNBD: (0.553, 10.578 / 32, 0.606, 11.669 / 32),
        GammaGamma: (6.25, 3.74, 15.44 / 35),
        BetaGeoBetaBinomial: (1.204, 0.750, 0.657, 2.783),
        ShiftedBetaGeometric: (0.668, 3.806),
    }.items():
        prior = weakly_informative(model)
        assert all(
            abs(np.log(value / each.median)) < each.log_sd
            for value, each in zip(published, prior.parameters, strict=True)
        )
