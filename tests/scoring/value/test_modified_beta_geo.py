"""MBG/NBD: the literature's numbers to the printed digits, and high-precision arithmetic."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from crmrisk.scoring.value import BetaGeoNBD, ModifiedBetaGeoNBD

PAPER = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
HISTORY = {"frequency": 2, "recency": 30.43, "age": 38.86}

# reference/value.md, table MBG/NBD: exact at those parameters (10 digits printed), with the source it names
ROWS = [
    ("log L(0,0,40)", lambda: ModifiedBetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5).log_likelihood(0, 0, 40), -0.417928262, "pymc-marketing"),
    ("E[Y(39)|2,30.43,38.86]", lambda: PAPER.expected_purchases(39, **HISTORY), 1.262960623, "exact"),
    ("P(X(39)=0)", lambda: PAPER.probability_of_purchases(0, 39), 0.5824731895, "closed form"),
]  # fmt: skip


@pytest.mark.parametrize(("compute", "exact"), [row[1:3] for row in ROWS], ids=[f"{row[0]} ({row[3]})" for row in ROWS])
def test_reference_rows(compute, exact):
    assert compute() == pytest.approx(exact, rel=6e-10, abs=0)


def _random_customers(rng, n):
    r, a, b, alpha = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), (4, n)))
    x = rng.choice([0, 1, 2, 9, 90, 900, 5_000], n).astype(float)
    end = np.exp(rng.uniform(np.log(1e-2), np.log(1e5), n))
    last = np.where(x == 0, 0.0, end * rng.choice([0.0, 0.3, 0.99, 1.0], n))
    time = np.exp(rng.uniform(np.log(1e-6), np.log(1e3), n))
    return zip(r, alpha, a, b, time, x, last, end, strict=True)


def _exact_values(r, alpha, a, b, time, x, last, end):  # noqa: PLR0917 - the formula's own arguments
    """P(alive), P(no purchase), ln L and P(X(t) = x) as Batislam et al. write them."""
    with mp.workdps(400):
        r, alpha, a, b, time, x, last, end = (mp.mpf(float(v)) for v in (r, alpha, a, b, time, x, last, end))
        odds = a / (b + x) * ((alpha + end) / (alpha + last)) ** (r + x)
        none = (odds + ((alpha + end) / (alpha + end + time)) ** (r + x)) / (1 + odds)
        rising = mp.loggamma(r + x) - mp.loggamma(r)
        likelihood = (
            rising + r * mp.log(alpha) + mp.log(mp.beta(a, b + x + 1) / mp.beta(a, b))
            + mp.log((alpha + end) ** -(r + x) + a / (b + x) * (alpha + last) ** -(r + x))
        )  # fmt: skip
        ahead = time / (alpha + time)
        term = mp.exp(rising - mp.loggamma(x + 1)) * (alpha / (alpha + time)) ** r * ahead**x
        reached = term * mp.hyp2f1(1, r + x, x + 1, ahead) if x else 1
        count = mp.beta(a, b + x + 1) / mp.beta(a, b) * term + mp.beta(a + 1, b + x) / mp.beta(a, b) * reached
        return 1 / (1 + odds), none, likelihood, count


def test_random_and_extreme_customers_agree_with_high_precision_arithmetic(exact):
    for r, alpha, a, b, time, x, last, end in _random_customers(np.random.default_rng(43), 60):
        model, history = ModifiedBetaGeoNBD(r=r, alpha=alpha, a=a, b=b), {"frequency": x, "recency": last, "age": end}
        alive, none, likelihood, count = _exact_values(r, alpha, a, b, time, x, last, end)
        pairs = [
            (model.probability_alive(**history), alive),
            (model.probability_of_no_purchase(time, **history), none),
            (model.probability_of_purchases(x, time), count),
            (np.exp(model.log_likelihood(**history) - float(likelihood)), mp.mpf(1)),
            (
                model.expected_purchases(time, **history),
                alive * exact.stopped(r + x, time / (alpha + end), a, b + x + 1),
            ),
        ]
        for ours, true in pairs:
            assert np.isfinite(ours)
            if true > 1e-300:
                assert ours == pytest.approx(float(true), rel=1e-8, abs=0), (r, alpha, a, b, time, x, last, end)


@pytest.mark.parametrize("time", [0.0, 1e-6, 5.0, 40.0])
def test_probabilities_of_counts_sum_to_one_and_to_the_expectation(time):
    n = np.arange(3_000)
    probability = PAPER.probability_of_purchases(n, time)
    assert probability.sum() == pytest.approx(1, rel=1e-10)
    assert probability @ n == pytest.approx(PAPER.expected_purchases(time), rel=1e-9)


def test_the_silence_of_one_time_buyers_counts():
    alive = PAPER.probability_alive(frequency=0, recency=0, age=[0.0, 10.0, 100.0, 1e4])
    assert alive[0] == pytest.approx(1.614 / (0.891 + 1.614))
    assert (np.diff(alive) < 0).all()
    assert alive[-1] < 0.05


def test_it_is_no_bg_nbd():
    # one peer passes because it looks for the BG/NBD's value with a tolerance of half of it
    other = BetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
    assert other != PAPER
    assert abs(PAPER.expected_purchases(39) / other.expected_purchases(39) - 1) > 0.1


# reference/value.md, table of estimates
@pytest.mark.realdata
def test_the_published_fit_is_reproduced_to_the_printed_digits(cdnow):
    rounded = [np.round(cdnow.weeks(days), 2) for days in (cdnow.recency, cdnow.age)]
    fit = ModifiedBetaGeoNBD.fit(cdnow.frequency, *rounded)
    estimates = (0.524837984, 6.18299202, 0.891356155, 1.61399933)
    assert tuple(fit.estimates.values()) == pytest.approx(estimates, rel=5e-9)
    assert fit.log_likelihood == pytest.approx(-9582.132685, abs=6e-7)
    assert fit.converged
    assert not fit.warnings
    assert PAPER.log_likelihood(cdnow.frequency, *rounded).sum() == pytest.approx(-9582.132795, abs=6e-7)


@pytest.mark.realdata
@pytest.mark.parametrize("per_week", [1, 7, 168])
def test_the_holdout_forecast_is_the_same_in_every_unit(cdnow, per_week):
    units = [cdnow.weeks(days) * per_week for days in (cdnow.recency, cdnow.age)]
    model = ModifiedBetaGeoNBD.fit(cdnow.frequency, *units).model
    expected = model.expected_purchases(39 * per_week, frequency=cdnow.frequency, recency=units[0], age=units[1])
    assert expected.sum() == pytest.approx(1576.7, abs=0.05)
    assert np.abs(expected - cdnow.holdout).mean() == pytest.approx(0.765, abs=0.0005)
