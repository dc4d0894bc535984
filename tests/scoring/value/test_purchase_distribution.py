"""Distributions of purchases: sums, means and futures simulated purchase by purchase; rows, widths, refusals."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD, predict_purchases

PAPER = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MODIFIED = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
MODELS = pytest.mark.parametrize("model", [PAPER, MODIFIED, PARETO], ids=["beta-geo", "modified", "pareto"])
HISTORY = {
    "frequency": np.array([0.0, 2.0, 26.0, 300.0, 1.0, 9.0]),
    "recency": np.array([0.0, 30.43, 30.857, 38.0, 1.0, 20.0]),
    "age": np.array([38.86, 38.86, 31.0, 38.86, 39.0, 39.0]),
}


@MODELS
def test_a_distribution_sums_to_one_and_to_the_expectation(model):
    found = predict_purchases(model, 52.0, **HISTORY)
    expected = model.expected_purchases(52.0, **HISTORY)
    n = np.arange(found.n_max + 1)
    assert (found.mean == expected).all()
    assert found.beyond.max() < 1e-9
    assert found.pmf.sum(axis=1) == pytest.approx(np.ones(6), abs=1e-9)
    assert (found.pmf * n).sum(axis=1) == pytest.approx(expected, rel=1e-6)
    assert found.pmf[:, 0] == pytest.approx(model.probability_of_no_purchase(52.0, **HISTORY), rel=1e-12)
    assert (found.pmf >= 0).all()


@MODELS
def test_a_new_customer_is_one_with_an_empty_history(model):
    new = predict_purchases(model, [13.0, 52.0])
    empty = predict_purchases(model, [13.0, 52.0], frequency=0, recency=0, age=0)
    assert np.array_equal(new.pmf, empty.pmf)
    assert new.mean.tolist() == model.expected_purchases([13.0, 52.0]).tolist()


@MODELS
def test_two_periods_are_one(model):
    """P(X(t1 + t2) = 0, ..., n) of a new customer: nothing in the first and so many in the second is a history."""
    n = np.arange(6)
    silent = model.probability_of_purchases(0, 20.0)
    after = model.probability_of_purchases(n, 30.0, frequency=0, recency=0, age=20.0)
    assert silent * after[0] == pytest.approx(model.probability_of_purchases(0, 50.0), rel=1e-12)
    assert after.sum() < 1


def _two_periods(model, first, second, rng, n=24_000):
    """Simulate customers purchase by purchase: what they did at first, and what they did then."""
    rates = rng.gamma(model.r, 1 / model.alpha, n)
    pareto = isinstance(model, ParetoNBD)
    stops = rng.standard_exponential(n) / rng.gamma(model.s, 1 / model.beta, n) if pareto else np.full(n, np.inf)
    leaves = np.zeros(n) if pareto else rng.beta(model.a, model.b, n)
    alive = rng.random(n) >= (leaves if isinstance(model, ModifiedBetaGeoNBD) else 0.0)
    now, frequency, recency, later = np.zeros((4, n))
    while alive.any():
        now = now + rng.standard_exponential(n) / rates
        alive &= now <= np.minimum(stops, first + second)
        early = alive & (now <= first)
        frequency[early] += 1
        recency[early] = now[early]
        later[alive & ~early] += 1
        alive &= rng.random(n) >= leaves
    return frequency, recency, later


@MODELS
def test_simulated_customers_go_on_as_predicted(model):
    x, last, later = _two_periods(model, 26.0, 26.0, np.random.default_rng(20261122))
    found = predict_purchases(model, 26.0, frequency=x, recency=np.round(last, 2), age=26.0, n_max=60)
    for n in (0, 1, 2, 5):
        said, happened = found.pmf[:, n], later == n
        for some in (x == 0, x == 1, x >= 5, (x > 0) & (last < 13)):
            error = np.sqrt((said * (1 - said))[some].sum())
            assert abs(happened[some].sum() - said[some].sum()) < 4.5 * error, (n, some.sum())
    low, high = found.interval(0.9)
    inside = (low <= later) & (later <= high)
    numbers = np.arange(found.n_max + 1)
    covers = (found.pmf * ((numbers >= low[:, np.newaxis]) & (numbers <= high[:, np.newaxis]))).sum(axis=1)
    assert (covers >= 0.9 - 1e-9).all()
    assert inside.mean() == pytest.approx(covers.mean(), abs=4.5 * np.sqrt(0.1 / later.size))


@MODELS
@pytest.mark.parametrize("size", [1, 3, 700])
def test_a_row_does_not_depend_on_its_company(model, size):
    rng = np.random.default_rng(1)
    x = rng.choice([0.0, 1.0, 40.0], size)
    end = rng.uniform(1, 60, size)
    history = {"frequency": x, "recency": np.where(x > 0, end * rng.random(size), 0.0), "age": end}
    together = predict_purchases(model, 13.0, **history, n_max=20)
    for row in range(0, size, 1 + size // 5):
        alone = predict_purchases(model, 13.0, **{name: column[row] for name, column in history.items()}, n_max=20)
        assert np.array_equal(alone.pmf[0], together.pmf[row])
        assert np.array_equal(alone.cdf[0], together.cdf[row])


def test_the_unrated_have_no_distribution():
    found = predict_purchases(PAPER, 13.0, frequency=[2, np.nan], recency=[1, 1], age=[9, 9])
    assert np.isnan(found.pmf[1]).all()
    assert np.isnan([found.mean[1], found.quantile(0.5)[1], found.interval()[1][1]]).all()
    assert found.pmf[0].sum() == pytest.approx(1, abs=1e-9)
    nobody = predict_purchases(PAPER, 13.0, frequency=[], recency=[], age=[])
    assert nobody.pmf.shape == (0, 17)
    assert nobody.quantile(0.5).shape == (0,)


def test_heavy_buyers_widen_the_table_and_results_are_read_only():
    found = predict_purchases(PAPER, 39.0, frequency=[5_000], recency=[38.8], age=[38.86])
    assert found.n_max > 4_000
    assert found.interval(0.9)[1][0] > 4_000
    assert not found.pmf.flags.writeable
    assert not found.mean.flags.writeable


@pytest.mark.parametrize(
    "call",
    [
        lambda: predict_purchases(PAPER, -1.0),
        lambda: predict_purchases(PAPER, np.nan),
        lambda: predict_purchases(PAPER, 1.0, frequency=2),
        lambda: predict_purchases(PAPER, [[1.0]]),
        lambda: predict_purchases(PAPER, np.ones(30_000), n_max=10_000),
        lambda: predict_purchases(PAPER, 39.0, n_max=0).quantile(0.99),
        lambda: predict_purchases(PAPER, 39.0).quantile(1.0),
        lambda: predict_purchases(PAPER, 39.0).interval(0.0),
        lambda: predict_purchases(PAPER, 39.0, n_max=-1),
    ],
)
def test_wrong_input_is_refused(call):
    with pytest.raises(InvalidValueError):
        call()


def _exact(model, n, time, x, end):
    """P(n purchases of one alive) at 50 digits: what the textbook says of a new customer, at the posterior."""
    with mp.workdps(50):
        r, alpha, time = mp.mpf(float(model.r)) + x, mp.mpf(float(model.alpha)) + end, mp.mpf(time)
        ahead = time / (alpha + time)
        ways = mp.exp(mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1)) * ahead**n
        a, b = mp.mpf(float(model.a)), mp.mpf(float(model.b)) + x + isinstance(model, ModifiedBetaGeoNBD)
        arrivals = ways * (1 - ahead) ** r
        stays = mp.exp(mp.loggamma(b + n) - mp.loggamma(a + b + n) - mp.loggamma(b) + mp.loggamma(a + b))
        if not n:
            return arrivals
        reached = arrivals * mp.hyp2f1(1, r + n, n + 1, ahead)
        return arrivals * stays + mp.beta(a + 1, b + n - 1) / mp.beta(a, b) * reached


def _exact_pareto(model, n, time, x, end):
    """As above: alive throughout, or stopped at y after n purchases, integrated in ln y by a fine trapezoidal rule."""
    r, alpha, s, beta = (np.longdouble(value) for value in model.model_dump().values())
    r, alpha, beta = r + x, alpha + end, beta + end
    step = np.longdouble(1) / 400

    def log_density(z):
        y = np.exp(z)
        return (n + 1) * z - n * np.log(alpha + y) - r * np.log1p(y / alpha) - (s + 1) * np.log1p(y / beta)

    # y = t / (1 + exp(-w)): decays at both ends, so that the rule converges exponentially
    w = np.arange(-60, 60, step, dtype=np.longdouble)
    z = np.log(np.longdouble(time)) - np.log1p(np.exp(-w))
    logs = log_density(z) - np.log1p(np.exp(w))
    area = mp.mpf(float(np.exp(logs - logs.max()).sum() * step)) * mp.exp(mp.mpf(float(logs.max())))
    with mp.workdps(40):
        ways = mp.exp(mp.loggamma(float(r) + n) - mp.loggamma(float(r)) - mp.loggamma(n + 1))
        time, alpha, beta = mp.mpf(time), mp.mpf(float(alpha)), mp.mpf(float(beta))
        lasting = (time / (alpha + time)) ** n * (1 + time / alpha) ** -mp.mpf(float(r))
        return ways * (lasting * (1 + time / beta) ** -mp.mpf(float(s)) + mp.mpf(float(s)) / beta * area)


@pytest.mark.parametrize("kind", [BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD])
def test_random_and_extreme_customers_agree_with_high_precision_arithmetic(kind):
    rng, compared = np.random.default_rng(20261122), 0
    for _ in range(60):
        values = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4))
        model = kind(**dict(zip(kind.model_fields, values, strict=True)))
        x, end = float(rng.choice([0, 1, 9, 90, 5_000])), float(np.exp(rng.uniform(np.log(1e-2), np.log(1e5))))
        time = float(np.exp(rng.uniform(np.log(1e-6), np.log(1e4))))
        typical = min((model.r + x) * time / (model.alpha + end), 5_000)
        n = int(rng.choice([0, 1, 3, typical, 2 * typical]))
        found = model._count_if_alive(*(np.array([value]) for value in (float(n), time, x, end)))[0]
        true = (_exact_pareto if kind is ParetoNBD else _exact)(model, n, time, x, end)
        assert np.isfinite(found)
        if true > 1e-300:
            compared += 1
            assert found == pytest.approx(float(true), rel=1e-8, abs=0), (model, n, time, x, end)
    assert compared > 40
