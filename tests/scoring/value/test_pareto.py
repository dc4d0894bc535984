"""Pareto/NBD: the literature's numbers to the printed digits, and high-precision arithmetic of the textbook's forms."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from crmrisk.scoring.value import ParetoNBD

PAPER = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
BTYD = ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)
MANUAL = ParetoNBD(r=0.55, alpha=10.56, s=0.61, beta=11.64)
HEAVY = ParetoNBD(r=0.55, alpha=10.58, s=0.61, beta=11.67)
POLE = ParetoNBD(r=0.553, alpha=10.578, s=1, beta=11.669)
CUSTOMER_1516 = {"frequency": 26, "recency": 216 / 7, "age": 31}

# reference/value.md, table Pareto/NBD: exact at those parameters (10 digits printed), with the source it names
ROWS = [
    ("E[X(52)]", lambda: BTYD.expected_purchases(52), 1.473066992, "BTYD 2.4.3 walkthrough"),
    ("CE customer 1516", lambda: BTYD.expected_purchases(52, **CUSTOMER_1516), 25.45377863, "BTYD 2.4.3 walkthrough"),
    ("P(alive) customer 1516", lambda: BTYD.probability_alive(**CUSTOMER_1516), 0.9978732756, "BTYD 2.4.3 walkthrough"),
    ("P(alive) x=0 T=39", lambda: BTYD.probability_alive(frequency=0, recency=0, age=39), 0.2941422393, "BTYD manual"),
    ("CE x=15 tx=20 T=39", lambda: BTYD.expected_purchases(52, frequency=15, recency=20, age=39), 0.1441745353, "BTYD"),
    ("CE x=25 tx=20 T=39", lambda: BTYD.expected_purchases(52, frequency=25, recency=20, age=39), 0.003091499954, "BTYD"),
    ("E[X(1)]", lambda: MANUAL.expected_purchases(1), 0.05077820617, "BTYD manual"),
    ("E[X(2)]", lambda: MANUAL.expected_purchases(2), 0.09916088423, "BTYD manual"),
    ("E[X(4)]", lambda: MANUAL.expected_purchases(4), 0.1897992992, "BTYD manual"),
    ("E[X(5)]", lambda: MANUAL.expected_purchases(5), 0.2324746582, "BTYD manual"),
    ("E[X(7)]", lambda: MANUAL.expected_purchases(7), 0.3133515937, "BTYD manual"),
    ("E[X(8)]", lambda: MANUAL.expected_purchases(8), 0.3518102436, "BTYD manual"),
    ("CE x=132 tx=T=200", lambda: HEAVY.expected_purchases(10, frequency=132, recency=200, age=200), 6.206051789, "lifetimes underflow test"),
    # traps: where peers print NaN
    ("CE at s = 1", lambda: POLE.expected_purchases(39, frequency=2, recency=30.43, age=38.86), 1.1860522823, "limit"),
    ("E[X(52)] at s = 1", lambda: POLE.expected_purchases(52), 1.0350853140, "limit"),
    ("P(alive) x=300 tx=T", lambda: PAPER.probability_alive(frequency=300, recency=39, age=39), 1.0, "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("compute", "exact"), [row[1:3] for row in ROWS], ids=[f"{row[0]} ({row[3]})" for row in ROWS])
def test_reference_rows(compute, exact):
    assert compute() == pytest.approx(exact, rel=6e-10, abs=0)


def _textbook_odds(shape, alpha, s, beta, last, end):  # noqa: PLR0917 - the formula's own arguments
    """The odds of having dropped out by Gauss's forms, at a precision that twice the digits confirm."""

    def term(since):
        high, low, second = (alpha, beta, s + 1) if alpha >= beta else (beta, alpha, shape)
        hyper = mp.hyp2f1(shape + s, second, shape + s + 1, (high - low) / (high + since), maxterms=10**6)
        return hyper / (high + since) ** (shape + s)

    digits, before = 40, mp.mpf(-1)
    while digits < 3_000:
        with mp.workdps(digits):
            difference = term(last) - term(end)
            odds = s / (shape + s) * (alpha + end) ** shape * (beta + end) ** s * difference
        if abs(odds - before) <= abs(odds) * mp.mpf(10) ** -14:
            return odds
        digits, before = 2 * digits, odds
    raise AssertionError("no exact value")


def _moment_density(n, r, alpha, s, beta, time):  # noqa: PLR0917 - the formula's own arguments
    """P(dropped out by t after n purchases): 2,000 equal slices in ln y, extended precision, no knowledge of a mode."""
    end = np.log(np.longdouble(time))

    def log_density(z):
        y = np.exp(z)
        return (n + 1) * z - n * np.log(alpha + y) - r * np.log1p(y / alpha) - (s + 1) * np.log1p(y / beta)

    grid = end - np.arange(120_000, dtype=np.longdouble) / 2_000
    heights = log_density(grid)
    top, low = heights.max(), grid[heights > heights.max() - 60].min() - np.longdouble(1) / 2_000
    high = grid[heights > top - 60].max()
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = low + (high - low) * np.arange(2_001, dtype=np.longdouble) / 2_000
    width = np.diff(edges)[:, np.newaxis] / 2
    area = (np.exp(log_density(edges[:-1, np.newaxis] + width * (1 + nodes)) - top) * weights * width).sum()
    constant = mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1) + mp.log(s) - mp.log(beta)
    return mp.exp(constant + mp.mpf(float(top)) + mp.log(mp.mpf(float(area))))


def _exact(values):
    return [mp.mpf(float(value)) for value in values]


def _random_customers(rng, n, heaviest=900):
    r, alpha, s, beta = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), (4, n)))
    x = rng.choice([0, 1, 2, 9, 90, heaviest], n).astype(float)
    end = np.exp(rng.uniform(np.log(1e-2), np.log(1e5), n))
    last = np.where(x == 0, 0.0, end * rng.choice([0.0, 0.3, 0.99, 1.0], n))
    time = np.exp(rng.uniform(np.log(1e-6), np.log(1e4), n))
    return zip(r, alpha, s, beta, time, x, last, end, strict=True)


def _pairs(r, alpha, s, beta, time, x, last, end):  # noqa: PLR0917 - the formula's own arguments
    model, history = ParetoNBD(r=r, alpha=alpha, s=s, beta=beta), {"frequency": x, "recency": last, "age": end}
    with mp.workdps(60):
        r, alpha, s, beta, time, x, last, end = _exact((r, alpha, s, beta, time, x, last, end))
        odds = _textbook_odds(r + x, alpha, s, beta, last, end) if end > last else mp.mpf(0)
        alive = 1 / (1 + odds)
        stop = beta + end
        expected = (r + x) / (alpha + end) * stop / (s - 1) * -mp.expm1((1 - s) * mp.log1p(time / stop))
        lasting = (1 + time / (alpha + end)) ** -(r + x) * (1 + time / stop) ** -s
        vanish = lasting * _textbook_odds(r + x, alpha + end, s, stop, mp.mpf(0), time)
        log_likelihood = (
            mp.loggamma(r + x) - mp.loggamma(r) - r * mp.log1p(end / alpha) - x * mp.log(alpha + end)
            - s * mp.log1p(end / beta) + mp.log1p(odds)
        )  # fmt: skip
        horizon = float(time)
        return [
            (model.probability_alive(**history), alive),
            (model.expected_purchases(horizon, **history), alive * expected),
            (model.probability_of_no_purchase(horizon, **history), odds / (1 + odds) + alive * (lasting + vanish)),
            (np.exp(model.log_likelihood(**history) - float(log_likelihood)), mp.mpf(1)),
        ]


def _agree(pairs, where):
    for ours, true in pairs:
        assert np.isfinite(ours)
        if true > 1e-300:
            assert ours == pytest.approx(float(true), rel=1e-8, abs=0), where


def test_random_and_extreme_customers_agree_with_high_precision_arithmetic():
    for customer in _random_customers(np.random.default_rng(20261122), 50):
        _agree(_pairs(*customer), customer)


@pytest.mark.slow
def test_many_random_and_extreme_customers_agree_with_high_precision_arithmetic():
    for customer in _random_customers(np.random.default_rng(8), 40, heaviest=5_000):
        _agree(_pairs(*customer), customer)


def _counted(r, alpha, s, beta, time, n):  # noqa: PLR0917 - the formula's own arguments
    ours = ParetoNBD(r=r, alpha=alpha, s=s, beta=beta).probability_of_purchases(n, time)
    gone = _moment_density(n, r, alpha, s, beta, time)
    with mp.workdps(30):
        r, alpha, s, beta, time, n = _exact((r, alpha, s, beta, time, n))
        buying = mp.exp(mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1))
        buying *= (alpha / (alpha + time)) ** r * (time / (alpha + time)) ** n * (1 + time / beta) ** -s
        return [(ours, buying + gone)]


def test_counts_of_random_and_extreme_customers_agree_with_high_precision_arithmetic():
    for r, alpha, s, beta, time, n, *_ in _random_customers(np.random.default_rng(5), 30):
        _agree(_counted(r, alpha, s, beta, time, n), (r, alpha, s, beta, time, n))


@pytest.mark.slow
def test_counts_of_many_customers_agree_with_high_precision_arithmetic():
    for r, alpha, s, beta, time, n, *_ in _random_customers(np.random.default_rng(6), 40, heaviest=5_000):
        _agree(_counted(r, alpha, s, beta, time, n), (r, alpha, s, beta, time, n))


@pytest.mark.parametrize("model", [PAPER, ParetoNBD(r=3, alpha=2, s=1, beta=9), ParetoNBD(r=0.2, alpha=9, s=4, beta=1)])
@pytest.mark.parametrize("time", [0.0, 1e-6, 5.0, 40.0])
def test_probabilities_of_counts_sum_to_one_and_to_the_expectation(model, time):
    n = np.arange(4_000)
    probability = model.probability_of_purchases(n, time)
    assert probability.sum() == pytest.approx(1, rel=1e-10)
    assert probability @ n == pytest.approx(model.expected_purchases(time), rel=1e-9)
    none = model.probability_of_no_purchase(time, frequency=0, recency=0, age=0)
    assert probability[0] == pytest.approx(none, rel=1e-12)


@pytest.mark.parametrize("s", [1 - 1e-12, 1.0, 1 + 1e-12, 1 + 1e-6])
def test_around_the_pole_of_the_textbook_form(s):
    found = ParetoNBD(r=0.553, alpha=10.578, s=s, beta=11.669).expected_purchases(52)
    assert found == pytest.approx(1.0350853140, rel=1e-9 + abs(s - 1))


@pytest.mark.parametrize("x", [300, 5_000])
def test_heavy_buyers_are_alive_while_they_buy(x):
    # where peers print 0 or NaN
    assert PAPER.probability_alive(frequency=x, recency=38.86, age=38.86) == 1
    assert 0.5 * x < PAPER.expected_purchases(39, frequency=x, recency=38.86, age=38.86) < x


def test_equal_scales_join_both_branches_of_the_textbook():
    alike = [ParetoNBD(r=0.5, alpha=10, s=0.6, beta=10 + gap) for gap in (-1e-9, 0.0, 1e-9)]
    alive = [float(model.probability_alive(frequency=2, recency=20, age=39)) for model in alike]
    # at alpha = beta the integral is a power: odds = s/(r+s+x) [((α+T)/(α+t_x))^(r+s+x) - 1]
    assert alive[1] == pytest.approx(1 / (1 + 0.6 / 3.1 * ((49 / 30) ** 3.1 - 1)), rel=1e-14)
    assert alive == pytest.approx([alive[1]] * 3, rel=1e-9)


# reference/value.md, table of estimates
@pytest.mark.realdata
def test_the_published_fit_is_reproduced_to_the_printed_digits(cdnow):
    fit = ParetoNBD.fit(cdnow.frequency, cdnow.weeks(cdnow.recency), cdnow.weeks(cdnow.age))
    estimates = (0.553277047, 10.5776835, 0.606239989, 11.6687353)
    assert tuple(fit.estimates.values()) == pytest.approx(estimates, rel=5e-9)
    assert fit.log_likelihood == pytest.approx(-9594.976179, abs=6e-7)
    assert fit.converged
    assert not fit.not_identified
    assert not fit.warnings


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("model", "exact"),
    [(PAPER, -9594.97401), (ParetoNBD(r=0.553, alpha=10.580, s=0.606, beta=11.658), -9594.97419)],
)
def test_log_likelihood_at_published_parameters(cdnow, model, exact):
    rounded = [np.round(cdnow.weeks(days), 2) for days in (cdnow.recency, cdnow.age)]
    assert model.log_likelihood(cdnow.frequency, *rounded).sum() == pytest.approx(exact, abs=6e-6)


@pytest.mark.realdata
@pytest.mark.parametrize("per_week", [1, 7, 168])
def test_the_holdout_forecast_is_the_same_in_every_unit(cdnow, per_week):
    units = [cdnow.weeks(days) * per_week for days in (cdnow.recency, cdnow.age)]
    model = ParetoNBD.fit(cdnow.frequency, *units).model
    expected = model.expected_purchases(39 * per_week, frequency=cdnow.frequency, recency=units[0], age=units[1])
    assert expected.sum() == pytest.approx(1665.5, abs=0.05)
    assert np.abs(expected - cdnow.holdout).mean() == pytest.approx(0.755, abs=0.0005)
