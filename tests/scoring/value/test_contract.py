"""Contractual lifetimes, sBG and BdW: published numbers, high-precision arithmetic, invariants and degenerate data."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaDiscreteWeibull, ModelFit, ShiftedBetaGeometric
from crmrisk.scoring.value.beta_discrete_weibull import _Likelihood as WeibullLikelihood
from crmrisk.scoring.value.contract import counted_lifetimes, lifetimes_of_survivors
from crmrisk.scoring.value.shifted_beta_geometric import _Likelihood as GeometricLikelihood

# Fader and Hardie 2007, table 1, percent surviving: years 0-7 are fitted, 8-12 projected
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]
PAPER = ShiftedBetaGeometric(alpha=0.704, beta=1.182)
MODELS = [PAPER, BetaDiscreteWeibull(alpha=0.6, beta=2.0, c=1.4)]
FAMILY = [ShiftedBetaGeometric, BetaDiscreteWeibull]
BOTH = pytest.mark.parametrize("model", MODELS, ids=["sBG", "BdW"])
EITHER = pytest.mark.parametrize("kind", FAMILY, ids=["sBG", "BdW"])


def _thousand(percentages):
    return [10 * share for share in percentages[:8]]


def test_the_published_fit_is_reproduced_to_the_printed_digits():
    regular = ShiftedBetaGeometric.fit_survivors(_thousand(REGULAR))
    assert tuple(regular.estimates.values()) == pytest.approx((0.704077, 1.182043), abs=6e-7)
    assert regular.log_likelihood == pytest.approx(-1680.265188, abs=6e-7)
    high_end = ShiftedBetaGeometric.fit_survivors(_thousand(HIGH_END))
    assert tuple(round(value, 3) for value in high_end.estimates.values()) == (0.668, 3.806)
    for fit in (regular, high_end):
        assert fit.converged
        assert not fit.warnings
        assert fit.n == pytest.approx(1_000)


def test_log_likelihood_at_the_published_parameters():
    duration, churned, weight = lifetimes_of_survivors(_thousand(REGULAR))
    assert PAPER.log_likelihood(duration, churned) @ weight == pytest.approx(-1680.265191, abs=6e-7)


# reference/value.md, sBG residual lifetime (Fader and Hardie 2010, table 3): its n counts contract periods, the first
# of which has seen no renewal
DERL = [
    (3.80, 15.20, 1, 3.309818421), (3.80, 15.20, 2, 3.451000329), (3.80, 15.20, 4, 3.716811539),
    (0.067, 0.267, 1, 7.670835461), (0.067, 0.267, 3, 9.85083377), (0.067, 0.267, 5, 10.18864001),
]  # fmt: skip


@pytest.mark.parametrize(("alpha", "beta", "period", "exact"), DERL)
def test_discounted_expected_residual_lifetime_rows(alpha, beta, period, exact):
    for model in (ShiftedBetaGeometric(alpha=alpha, beta=beta), BetaDiscreteWeibull(alpha=alpha, beta=beta, c=1)):
        value = model.discounted_expected_residual_lifetime(0.1, renewals=period - 1)
        assert value == pytest.approx(exact, rel=6e-10)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("column", "percentages"), [("high_end_alive_pct", HIGH_END), ("regular_alive_pct", REGULAR)], ids=["high end", "regular"]
)  # fmt: skip
def test_projections_of_the_published_cohorts(data_folder, column, percentages):
    table = np.genfromtxt(data_folder / "sbg_fader_hardie_2007_table1.csv", delimiter=",", names=True)
    assert table[column].tolist() == percentages
    shares = table[column] / 100
    later = table["year"][8:]
    errors = [np.abs(kind.fit_survivors(shares[:8] * 1_000).model.survival(later) - shares[8:]) for kind in FAMILY]
    assert errors[0].max() < 0.02  # five years ahead, from seven
    assert errors[1].max() < 0.04


def _exact(model, start, end):
    """Give S(end) / S(start) and its complement."""
    alpha, beta, c = mp.mpf(model.alpha), mp.mpf(model.beta), mp.mpf(getattr(model, "c", 1))

    def level(time):
        z = beta + (mp.mpf(time) ** c if time else 0)
        if z > mp.mpf(10) ** 100:
            return alpha * mp.log(z)
        with mp.workdps(150):
            return mp.loggamma(z + alpha) - mp.loggamma(z)

    fall = level(start) - level(end)
    return mp.exp(fall), -mp.expm1(fall)


def _close(ours, true):
    assert np.isfinite(ours)
    return bool(true < 1e-300 or abs(mp.mpf(float(ours)) / true - 1) < 1e-8)


@pytest.mark.parametrize("kind", ["sBG", "BdW", "BdW, ordinary c"])
def test_random_and_extreme_customers_agree_with_high_precision_arithmetic(kind):
    rng = np.random.default_rng(2007)
    for _ in range(60):
        alpha, beta, c = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 3)).tolist()
        c = float(np.exp(rng.uniform(-3, 2))) if kind == "BdW, ordinary c" else c
        model = (
            ShiftedBetaGeometric(alpha=alpha, beta=beta)
            if kind == "sBG"
            else BetaDiscreteWeibull(alpha=alpha, beta=beta, c=c)
        )
        t, n = int(rng.choice([1, 2, 3, 10, 100, 5_000])), int(rng.choice([0, 0, 1, 4, 50, 5_000]))
        with mp.workdps(50):
            kept, (before, _), (rate, lost) = (
                _exact(model, n, n + t)[0],
                _exact(model, n, n + t - 1),
                _exact(model, n + t - 1, n + t),
            )
            churn = before * lost
        assert _close(model.survival(t, renewals=n), kept), (model, t, n)
        assert _close(model.retention_rate(n + t), rate), (model, t, n)
        assert _close(model.probability_of_churn(t, renewals=n), churn), (model, t, n)


@pytest.mark.parametrize("rate", [1e-6, 1e-3, 0.1, 2.0])
@pytest.mark.parametrize(("alpha", "beta", "n"), [(0.704, 1.182, 0), (3.8, 15.2, 7), (1e-3, 1e4, 0), (1e4, 1e-3, 3)])
def test_discounted_lifetimes_are_gausss_hypergeometric_function(rate, alpha, beta, n):
    with mp.workdps(40):
        a, b, z = mp.mpf(alpha), mp.mpf(beta) + n, 1 / (1 + mp.mpf(rate))
        true = float(b / (a + b) * mp.hyp2f1(1, b + 1, a + b + 1, z, maxterms=10**6))
    geometric = ShiftedBetaGeometric(alpha=alpha, beta=beta)
    assert geometric.discounted_expected_residual_lifetime(rate, renewals=n) == pytest.approx(true, rel=1e-10)
    if rate > 5e-5:
        same = BetaDiscreteWeibull(alpha=alpha, beta=beta, c=1)
        assert same.discounted_expected_residual_lifetime(rate, renewals=n) == pytest.approx(true, rel=1e-9)


def test_the_mean_lifetime_is_the_limit_of_long_horizons():
    model = ShiftedBetaGeometric(alpha=4.0, beta=6.0)
    assert model.mean_lifetime == pytest.approx(3.0)
    assert model.expected_lifetime(100_000) == pytest.approx(3.0, rel=1e-9)
    assert PAPER.mean_lifetime is None


shapes = st.floats(1e-2, 1e3)
any_model = st.one_of(
    st.builds(ShiftedBetaGeometric, alpha=shapes, beta=shapes),
    st.builds(BetaDiscreteWeibull, alpha=shapes, beta=shapes, c=st.floats(0.05, 20)),
)


@given(model=any_model, t=st.integers(1, 60), n=st.integers(0, 60))
@settings(deadline=None, max_examples=60)
def test_the_quantities_agree_with_each_other(model, t, n):
    periods = np.arange(1, t + 1)
    survival = model.survival(periods, renewals=n)
    assert (np.diff(survival) <= 1e-12 * survival[:-1]).all()
    assert survival == pytest.approx(np.cumprod(model.retention_rate(n + periods)), rel=1e-8, abs=1e-290)
    churn = model.probability_of_churn(periods, renewals=n)
    assert churn.sum() + survival[-1] == pytest.approx(1, rel=1e-9)
    assert model.expected_lifetime(t, renewals=n) == pytest.approx(1 + survival[:-1].sum(), rel=1e-9)
    one = np.ones(t, dtype=bool)
    assert np.exp(model.log_likelihood(periods, one)) == pytest.approx(
        model.probability_of_churn(periods), rel=1e-9, abs=1e-300
    )
    assert np.exp(model.log_likelihood(periods, ~one)) == pytest.approx(model.survival(periods), rel=1e-9, abs=1e-300)
    assert 0 <= model.discounted_expected_residual_lifetime(0.2, renewals=n) <= 6 * (1 + 1e-9)


@given(alpha=shapes, beta=shapes, n=st.integers(0, 60))
@settings(deadline=None, max_examples=40)
def test_without_duration_dependence_the_models_are_one(alpha, beta, n):
    geometric, weibull = ShiftedBetaGeometric(alpha=alpha, beta=beta), BetaDiscreteWeibull(alpha=alpha, beta=beta, c=1)
    for name in ("survival", "probability_of_churn", "expected_lifetime"):
        ours, theirs = (getattr(model, name)([1, 7, 30], renewals=n) for model in (geometric, weibull))
        assert ours == pytest.approx(theirs, rel=1e-10, abs=1e-290)


@BOTH
def test_a_customer_alone_equals_the_same_among_many_to_the_last_bit(model):
    rng = np.random.default_rng(5)
    ahead, done = rng.integers(1, 50, 2_000), rng.integers(0, 300, 2_000)
    for name in ("survival", "probability_of_churn", "expected_lifetime"):
        together = getattr(model, name)(ahead, renewals=done)
        for row in range(0, 2_000, 100):
            assert getattr(model, name)(ahead[row], renewals=done[row]) == together[row]
    few = done[:30]
    together = model.discounted_expected_residual_lifetime(0.1, renewals=few)
    assert [model.discounted_expected_residual_lifetime(0.1, renewals=n) for n in few] == together.tolist()


@BOTH
def test_a_missing_number_of_renewals_is_unrated(model):
    for call in (model.survival, model.probability_of_churn, model.expected_lifetime):
        assert np.isnan(call(2, renewals=[1, np.nan])).tolist() == [False, True]
    assert np.isnan(model.discounted_expected_residual_lifetime(0.1, renewals=np.nan))
    assert np.ndim(model.survival(3)) == 0
    assert model.survival([]).shape == (0,)


@BOTH
def test_a_model_is_its_parameters(model):
    assert type(model).model_validate_json(model.model_dump_json()) == model
    assert hash(model) == hash(model.model_copy())


@BOTH
@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.survival(-1),
        lambda model: model.survival(1.5),
        lambda model: model.survival(np.nan),
        lambda model: model.survival(1, renewals=0.5),
        lambda model: model.survival(1, renewals=1e6),
        lambda model: model.retention_rate(0),
        lambda model: model.probability_of_churn(0),
        lambda model: model.probability_of_churn([[1], [2]], renewals=[1, 2, np.inf]),
        lambda model: model.discounted_expected_residual_lifetime(0),
        lambda model: model.discounted_expected_residual_lifetime(-0.1),
        lambda model: model.discounted_expected_residual_lifetime(0.1, renewals=0.5),
        lambda model: model.log_likelihood([0], [True]),
        lambda model: model.log_likelihood([1], [2]),
        lambda model: model.log_likelihood([1.5], [True]),
        lambda model: model.simulate([1.5], rng=np.random.default_rng(0)),
        lambda model: model.fit([1, np.nan], [1, 0]),
        lambda model: model.fit([1, 2], [1]),
        lambda model: model.fit([1, 2], [1, 0], weights=[1, -1]),
        lambda model: model.fit_survivors([100, 120]),
        lambda model: model.fit_survivors([100, np.nan, 80]),
        lambda model: model.fit_survivors([[np.nan, np.nan], [3, 2]]),
        lambda model: model.fit_survivors([]),
        lambda model: model.fit_survivors([[[3, 2]]]),
        lambda model: type(model)(**{**model.model_dump(), "alpha": 0}),
    ],
)
def test_wrong_input_is_refused(model, call):
    with pytest.raises(InvalidValueError):
        call(model)


def test_a_rate_too_small_to_add_up_is_refused():
    with pytest.raises(InvalidValueError, match="closed form"):
        MODELS[1].discounted_expected_residual_lifetime(1e-6)


@pytest.fixture(scope="module", params=MODELS, ids=["sBG", "BdW"])
def simulated(request):
    rng = np.random.default_rng(8)
    faced = rng.integers(0, 15, 40_000)
    return request.param, faced, request.param.simulate(faced, rng=rng)


def test_simulated_contracts_follow_the_model(simulated):
    model, faced, (duration, churned) = simulated
    assert (duration[~churned] == faced[~churned]).all()
    assert (duration[churned] >= 1).all()
    for chance, seen in (
        (1 - model.survival(faced), churned),
        (np.where(faced >= 2, model.probability_of_churn(2), 0), churned & (duration == 2)),
        (np.where(faced >= 9, model.probability_of_churn(9), 0), churned & (duration == 9)),
    ):
        error = seen - chance
        assert abs(error.mean()) < 4 * error.std() / 200


def test_a_fit_recovers_the_truth_and_does_not_depend_on_order_or_counting(simulated):
    model, faced, (duration, churned) = simulated
    fit = type(model).fit(duration, churned)
    assert fit.converged
    assert not fit.not_identified
    assert fit.n_left_out == (faced == 0).sum()
    for name, true in model.model_dump().items():
        assert abs(np.log(fit.estimates[name] / true)) < 4 * fit.log_standard_errors[name] < 1
    order = np.random.default_rng(0).permutation(40_000)
    again = type(model).fit(duration[order], churned[order], weights=np.full(40_000, 2.0))
    assert list(again.estimates.values()) == pytest.approx(list(fit.estimates.values()), rel=1e-8)
    assert again.log_likelihood == pytest.approx(2 * fit.log_likelihood, rel=1e-12)
    assert fit.model.log_likelihood(duration, churned).sum() == pytest.approx(fit.log_likelihood, rel=1e-11)


@EITHER
def test_a_triangle_of_cohorts_is_fitted_like_its_customers(kind):
    survivors = [[500, 400, 350, 320], [300, 250, 210, np.nan], [200, 150, np.nan, np.nan]]
    duration = [1, 2, 3, 3, 1, 2, 2, 1, 1]
    churned = [1, 1, 1, 0, 1, 1, 0, 1, 0]
    weights = [100, 50, 30, 320, 50, 40, 210, 50, 150]
    fit = kind.fit_survivors(survivors)
    assert fit.n == 1_000
    same = kind.fit(duration, churned, weights=weights)
    assert fit.log_likelihood == pytest.approx(same.log_likelihood, rel=1e-12)
    assert list(fit.estimates.values()) == pytest.approx(list(same.estimates.values()), rel=1e-6)


def test_duration_dependence_is_worth_its_parameter_on_the_high_end_cohort():
    geometric, weibull = (kind.fit_survivors(_thousand(HIGH_END)) for kind in FAMILY)
    assert weibull.model.c > 1
    assert weibull.bic < geometric.bic


POINTS = [
    (0.7, 1.2, 1.3),
    (5.0, 0.01, 0.05),
    (0.01, 3.0, 40.0),
    (100.0, 2000.0, 2.0),
    (0.5, 1.0, 38.0),
    (0.1, 1.0, 200.0),
]


@pytest.mark.parametrize("point", POINTS)
def test_derivatives_are_the_differences_of_the_values(point):
    data = counted_lifetimes(*lifetimes_of_survivors(_thousand(HIGH_END)))
    for likelihood, at in (
        (WeibullLikelihood.of(data), np.array(point)),
        (GeometricLikelihood(data), np.array(point[:2])),
    ):
        here = likelihood(at)
        for index, step in enumerate(np.eye(at.size) * at * 1e-5):
            ahead, behind = likelihood(at + step), likelihood(at - step)
            slope = (ahead.value - behind.value) / (2 * step[index])
            bend = (ahead.gradient - behind.gradient) / (2 * step[index])
            assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-4)
            assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-4)


DEGENERATE = {
    "no churn": ([5] * 300, [0] * 300),
    "everybody lost at once": ([1] * 300, [1] * 300),
    "everybody lost at the third": ([3] * 300, [1] * 300),
    "one renewal": ([1, 1, 1], [1, 0, 0]),
    "one customer": ([4], [1]),
    "one that stays": ([4], [0]),
    "one rate": ([1, 2, 3, 4, 4], [1, 1, 1, 1, 0], [512, 256, 128, 64, 64]),
    "weights of almost nothing": ([1, 2, 3], [1, 1, 0], [1e-12] * 3),
}


@EITHER
@pytest.mark.parametrize("data", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_data_give_a_fit_that_names_what_it_cannot_say(kind, data):
    fit = kind.fit(*data)
    assert fit.converged
    assert fit.not_identified
    for name in fit.parameters:
        unknown = name in fit.not_identified
        assert np.isnan(fit.log_standard_errors[name]) == unknown
        assert any(text.startswith(f"{name} is not identified") for text in fit.warnings) == unknown
    weights = np.asarray(data[2]) if len(data) > 2 else np.ones(len(data[0]))
    total = fit.model.log_likelihood(*data[:2]) @ weights
    assert total == pytest.approx(fit.log_likelihood, rel=1e-9, abs=1e-8)
    assert ModelFit[kind].model_validate_json(fit.model_dump_json()) == fit
    assert np.isfinite(fit.model.survival(3, renewals=2))


@EITHER
def test_thousands_of_renewals_are_fitted(kind):
    fit = kind.fit([100, 5_000, 4_000, 90_000], [1, 1, 1, 0], weights=[30, 20, 10, 40])
    assert fit.converged
    assert fit.model.survival(90_000) == pytest.approx(0.4, abs=0.1)


@EITHER
def test_nobody_who_has_faced_a_renewal_is_nobody_to_fit(kind):
    for data in (([], []), ([0, 0], [0, 0]), ([1], [1], [0])):
        with pytest.raises(FitError):
            kind.fit(*data)
    with pytest.raises(FitError):
        kind.fit_survivors([100])
