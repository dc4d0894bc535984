"""Value for ever: the literature's closed form, extended precision at random and extreme parameters, and its refusals."""

from __future__ import annotations

from datetime import timedelta

import mpmath as mp
import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoNBD,
    ModifiedBetaGeoNBD,
    ParetoNBD,
    discounted_value,
)
from crmrisk.scoring.value.forever import at_once_for_ever, by_period_for_ever

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
BETA_GEO = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MODIFIED = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
MODELS = pytest.mark.parametrize("model", [BETA_GEO, MODIFIED, PARETO], ids=["beta-geo", "modified", "pareto"])
HISTORIES = [(0, 0.0, 38.86), (2, 30.43, 38.86), (7, 35.0, 78.0), (26, 216 / 7, 31.0), (1, 3.0, 39.0)]


def _published(model, history, rate):
    """DERT of Fader, Hardie and Lee (2005, equation 5), with Tricomi's function Ψ and the likelihood L."""
    x, _, end = (mp.mpf(value) for value in history)
    r, alpha, s, beta = (mp.mpf(value) for value in model.model_dump().values())
    with mp.workdps(40):
        force = mp.log(1 + mp.mpf(rate)) * 7 / 365
        likelihood = mp.exp(mp.mpf(float(model.log_likelihood(*history))))
        psi = mp.hyperu(s, s, force * (beta + end))
        top = alpha**r * beta**s * force ** (s - 1) * mp.gamma(r + x + 1) * psi
        return top / (mp.gamma(r) * (alpha + end) ** (r + x + 1) * likelihood)


@pytest.mark.parametrize("history", HISTORIES, ids=str)
@pytest.mark.parametrize("rate", [0.01, 0.15, 2.0])
def test_the_closed_form_of_the_pareto_is_reproduced(history, rate):
    columns = dict(zip(("frequency", "recency", "age"), history, strict=True))
    found = PARETO.discounted_residual_purchases(rate, time_unit=WEEK, **columns)
    assert found == pytest.approx(float(_published(PARETO, history, rate)), rel=1e-11)


# ∫ (1+d)^-t dE[Y(t)] at 15 % a year (δ = .00268 a week), by the closed form at 40 digits
def test_cdnow_customers_at_fifteen_per_cent():
    found = PARETO.discounted_residual_purchases(
        0.15, time_unit=WEEK, frequency=[0, 2, 7], recency=[0, 30.43, 35], age=[38.86, 38.86, 78]
    )
    exact = [float(_published(PARETO, history, 0.15)) for history in HISTORIES[:3]]
    assert found == pytest.approx(exact, rel=1e-11)


def _pareto(model, x, end, force):
    """(r+x)/(α+T) (β+T) ∫ exp(-zu) (1+u)^-s du with z = δ(β+T), by a fine trapezoidal rule in ln u."""
    stop, step = np.longdouble(model.beta) + end, np.longdouble("0.02")
    z = np.longdouble(force) * stop
    y = np.log(80 / z) - np.arange(6_000, dtype=np.longdouble) * step
    area = np.exp(y - z * np.exp(y) - np.longdouble(model.s) * np.log1p(np.exp(y))).sum() * step
    return (np.longdouble(model.r) + x) / (np.longdouble(model.alpha) + end) * stop * area


def _beta_geometric(model, x, end, force):
    """E[λ / (δ + λp)] over both mixing distributions, by two fine trapezoidal rules."""
    shape = np.longdouble(model.r) + x
    rate = np.longdouble(force) * (np.longdouble(model.alpha) + end)
    a, b = np.longdouble(model.a), np.longdouble(model.b) + x + isinstance(model, ModifiedBetaGeoNBD)
    width = 1 / np.sqrt(shape + 1)
    low = -75 / min(float(shape + 1), 75.0) - 12 * width
    y = np.arange(low, min(14 * float(width), 6.0), min(0.15 * float(width), 0.1), dtype=np.longdouble)
    tilted = np.exp((shape + 1) * (y - np.expm1(y)))
    odds = (shape + 1) / rate * np.exp(y)
    middle, spread = np.log(a / b), np.minimum(np.sqrt(1 / a + 1 / b), 1) / 2
    stretch = np.arcsinh((max(80 / a, 80 / b, 1) + abs(middle)) / spread)
    t = np.linspace(-1, 1, 10_001).astype(np.longdouble) * stretch
    q = middle + spread * np.sinh(t)
    log_p, log_rest = (np.minimum(end, 0) - np.log1p(np.exp(-abs(q))) for end in (q, -q))
    log_density = a * log_p + b * log_rest
    mass = np.exp(log_density - log_density.max()) * np.cosh(t)
    some = mass > 1e-25 * mass.max()
    p, mass = np.exp(log_p[some]), mass[some] / mass.sum()
    falls = np.array([(mass / (1 + one * p)).sum() for one in odds])
    return shape / rate * (tilted * falls).sum() / tilted.sum()


@pytest.mark.parametrize(("kind", "exact", "count"), [
    (ParetoNBD, _pareto, 60),
    (BetaGeoNBD, _beta_geometric, 5),
    (ModifiedBetaGeoNBD, _beta_geometric, 5),
])  # fmt: skip
def test_random_and_extreme_customers_agree_with_extended_precision(kind, exact, count):
    rng = np.random.default_rng(20261122)
    for _ in range(count):
        values = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4))
        model = kind(**dict(zip(kind.model_fields, values, strict=True)))
        x, end = float(rng.choice([0, 1, 9, 900, 5_000])), float(np.exp(rng.uniform(np.log(1e-2), np.log(1e5))))
        rate = float(rng.choice([1e-4, 0.01, 0.15, 50.0]))
        history = {"frequency": x, "recency": end if x else 0.0, "age": end}
        alive = model.probability_alive(**history)
        found = model.discounted_residual_purchases(rate, time_unit=DAY, **history)
        force = np.log1p(rate) / 365
        assert np.isfinite(found)
        if alive > 1e-200:
            assert found == pytest.approx(float(alive * exact(model, x, end, force)), rel=1e-10), (model, history, rate)


@MODELS
@pytest.mark.parametrize("period", [WEEK * 4, None])
def test_value_for_ever_is_the_limit_of_long_horizons(model, period):
    history = {"frequency": [0, 2, 26], "recency": [0, 30.43, 30.9], "age": [38.86, 38.86, 31]}
    terms = {"expected_spend": 30.0, "time_unit": WEEK, "discount_rate": 0.25, "period": period}
    for_ever = discounted_value(model, **history, **terms, horizon=None)
    # a hundred and fifty years at 25 % leave 3e-15 of it
    assert for_ever == pytest.approx(discounted_value(model, **history, **terms, horizon=150 * 365), rel=1e-10)


@MODELS
def test_value_at_once_for_ever_is_residual_purchases_times_spend(model):
    history = {"frequency": [0, 2, 26], "recency": [0, 30.43, 30.9], "age": [38.86, 38.86, 31]}
    value = discounted_value(
        model, **history, expected_spend=30.0, margin=0.5, time_unit=WEEK, discount_rate=0.1, horizon=None, period=None
    )
    purchases = model.discounted_residual_purchases(0.1, time_unit=WEEK, **history)
    assert value == pytest.approx(15 * purchases, rel=1e-10)


@MODELS
def test_residual_purchases_are_asked_like_everything_else(model):
    rng = np.random.default_rng(4)
    x, end = rng.choice([0.0, 1.0, 300.0], 600), rng.uniform(1, 60, 600)
    history = {"frequency": x, "recency": np.where(x > 0, end * rng.random(600), 0.0), "age": end}
    together = model.discounted_residual_purchases(0.1, time_unit=WEEK, **history)
    for row in range(0, 600, 97):
        one = {name: column[row] for name, column in history.items()}
        assert model.discounted_residual_purchases(0.1, time_unit=WEEK, **one) == together[row]
    new = model.discounted_residual_purchases(0.1, time_unit=WEEK)
    assert new == model.discounted_residual_purchases(0.1, time_unit=WEEK, frequency=0, recency=0, age=0)
    assert np.isnan(model.discounted_residual_purchases(0.1, time_unit=WEEK, frequency=2, recency=np.nan, age=9))
    days = {name: value * 7 if name in {"alpha", "beta"} else value for name, value in model.model_dump().items()}
    assert type(model)(**days).discounted_residual_purchases(0.1, time_unit=DAY) == pytest.approx(new, rel=1e-12)


@pytest.mark.parametrize("rate", [0.0, -0.1, np.nan, np.inf])
def test_without_discounting_there_is_no_value_for_ever(rate):
    with pytest.raises(InvalidValueError, match="discount_rate"):
        PARETO.discounted_residual_purchases(rate, time_unit=WEEK)
    history = {"frequency": 2, "recency": 3, "age": 9}
    with pytest.raises(InvalidValueError, match="discount_rate"):
        discounted_value(PARETO, **history, expected_spend=1, time_unit=WEEK, horizon=None, discount_rate=rate)


def test_the_refusal_says_why_and_what_to_do():
    with pytest.raises(InvalidValueError, match=r"infinite without discounting.*a rate above 0, or a horizon"):
        PARETO.discounted_residual_purchases(0, time_unit=WEEK)


def test_half_a_history_or_a_strange_unit_is_refused():
    with pytest.raises(InvalidValueError, match="half a history"):
        PARETO.discounted_residual_purchases(0.1, time_unit=WEEK, frequency=2)
    with pytest.raises(InvalidValueError, match="time_unit"):
        PARETO.discounted_residual_purchases(0.1, time_unit=timedelta(0))


@pytest.mark.parametrize("force", [1e-9, 1e-3, 0.5, 40.0])
def test_terms_at_once_integrate_what_is_smooth_in_the_logarithm(force):
    # growth like t^c: ∫ δ exp(-δt) t^c dt = Γ(c+1) / δ^c
    for power in (0.0, 0.3, 1.0):
        total = sum(weight * time**power for time, weight in at_once_for_ever(force))
        assert total == pytest.approx(float(mp.gamma(power + 1)) / force**power, rel=1e-12 if power else 1e-14 * 1e3)


@pytest.mark.parametrize("force", [1e-4, 0.003, 0.2, 60.0])
def test_terms_by_period_sum_what_is_smooth(force):
    for power in (0.0, 0.3, 1.0):
        total = sum(weight * time**power for time, weight in by_period_for_ever(2.0, force / 2))
        k = np.arange(1.0, np.ceil(60 / force) + 2)
        direct = (np.exp(-force * k) * -np.expm1(-force) * (2 * k) ** power).sum()
        assert total == pytest.approx(direct, rel=1e-11)


def test_too_many_periods_are_refused_with_the_remedy():
    with pytest.raises(InvalidValueError, match="period=None"):
        list(by_period_for_ever(1.0, 1e-12))
