"""BG/BB: the literature's numbers to the printed digits, high-precision arithmetic, invariants and degenerate data."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoBetaBinomial, ModelFit
from crmrisk.scoring.value.beta_geo_beta_binomial_likelihood import BetaGeoBetaBinomialLikelihood

PAPER = BetaGeoBetaBinomial(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
BTYD = BetaGeoBetaBinomial(alpha=1.203528, beta=0.7497260, gamma=0.6567808, delta=2.783796)
NOTE = "Hardie note 010"
NAMES = ("alpha", "beta", "gamma", "delta")

# reference/value.md, table BG/BB: exact at those parameters (10 digits printed), with the source it names
LIKELIHOODS = {
    (6, 6): -2.182248448, (5, 6): -4.295124765, (3, 6): -5.809372079, (1, 6): -4.884145542, (5, 5): -3.716999307,
    (3, 5): -5.615894746, (1, 5): -4.767622683, (4, 4): -3.848303519, (2, 4): -5.195697601, (2, 3): -4.51606663,
    (1, 3): -4.224770872, (2, 2): -3.011787922, (1, 1): -2.288531686,
}  # fmt: skip
MEANS = {
    1: 0.4984902764, 2: 0.9232174645, 4: 1.631984463, 5: 1.937707208, 7: 2.481934372, 8: 2.727730353, 10: 3.178854326,
}  # fmt: skip
ROWS = [
    *((f"log L{x, t}", lambda x=x, t=t: PAPER.log_likelihood(x, t, 6), exact, NOTE) for (x, t), exact in LIKELIHOODS.items()),
    *((f"E[X({n})]", lambda n=n: PAPER.expected_purchases(n), exact, NOTE) for n, exact in MEANS.items()),
    ("customer A", lambda: BTYD.expected_purchases(10, frequency=0, recency=0, opportunities=6), 0.1302168678, "BTYD"),
    ("P(alive) 0, 0", lambda: PAPER.probability_alive(frequency=0, recency=0, opportunities=6), 0.1080165842, "FHS 2010"),
    ("P(alive) 6, 6", lambda: PAPER.probability_alive(frequency=6, recency=6, opportunities=6), 0.9304025424, "FHS 2010"),
    ("donors with x = 6", lambda: 11_104 * PAPER.probability_of_purchases(6, 6), 1252.394046, NOTE),
]  # fmt: skip


@pytest.mark.parametrize(("compute", "exact"), [row[1:3] for row in ROWS], ids=[f"{row[0]} ({row[3]})" for row in ROWS])
def test_reference_rows(compute, exact):
    assert compute() == pytest.approx(exact, rel=6e-10, abs=0)


def test_the_walkthrough_row():
    # the row's 3.179805911 belongs to the walkthrough's parameters, whatever it says of those with three digits
    assert BTYD.expected_purchases(10) == pytest.approx(3.179805911, rel=6e-10)


def _exact(model, x, last, n):
    """Give L and the part of it where the customer is there at n + 1, by recursions of positive terms."""
    alpha, beta, gamma, delta = (mp.mpf(getattr(model, name)) for name in NAMES)
    way = mp.rf(alpha, x) * mp.rf(beta, last - x) / mp.rf(alpha + beta, last)
    way *= mp.rf(delta, last) / mp.rf(gamma + delta, last)
    total = mp.mpf(0)
    for j in range(last, n):
        total += way * gamma / (gamma + delta + j)
        way *= (beta + j - x) / (alpha + beta + j) * (delta + j) / (gamma + delta + j)
    there = way * (delta + n) / (gamma + delta + n)
    return total + way * gamma / (gamma + delta + n) + there, there


def _exact_mean(model, x, n, time):
    alpha, beta, gamma, delta = (mp.mpf(getattr(model, name)) for name in NAMES)
    delta += n + 1
    there, total = mp.mpf(1), mp.mpf(0)
    for i in range(time):
        total += there
        there *= (delta + i) / (gamma + delta + i)
    return (alpha + x) / (alpha + beta + n) * total


def _exact_count(model, x, n):
    alpha, beta, gamma, delta = (mp.mpf(getattr(model, name)) for name in NAMES)
    way = mp.rf(alpha, x) / mp.rf(alpha + beta, x) * mp.rf(delta, x) / mp.rf(gamma + delta, x)
    total = mp.mpf(0)
    for j in range(x, n):
        total += way * gamma / (gamma + delta + j)
        way *= (beta + j - x) / (alpha + beta + j) * (delta + j) / (gamma + delta + j) * (j + 1) / (j + 1 - x)
    return total + way


def _random(rng):
    model = BetaGeoBetaBinomial(**dict(zip(NAMES, np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4)), strict=True)))
    n = int(rng.choice([1, 6, 60, 400, 5_000], p=[0.2, 0.25, 0.3, 0.2, 0.05]))
    x = int(n * rng.choice([0, 0.1, 0.5, 1]))
    last = int(rng.choice([x, (x + n) // 2, n])) if x else 0
    return model, x, last, n, int(rng.choice([1, 3, 60, 500]))


def _close(ours, true, tolerance=1e-8):
    assert np.isfinite(ours)
    return bool(true < 1e-300 or abs(mp.mpf(float(ours)) / true - 1) < tolerance)


def test_random_and_extreme_customers_agree_with_high_precision_arithmetic():
    rng = np.random.default_rng(2010)
    for _ in range(60):
        model, x, last, n, time = _random(rng)
        history = {"frequency": x, "recency": last, "opportunities": n}
        with mp.workdps(40):
            likelihood, there = _exact(model, x, last, n)
            alive = there / likelihood
            mean = _exact_mean(model, x, n, time)
            silent = _exact(model, x, last, n + time)[0] / likelihood
            count, log = _exact_count(model, x, n), mp.log(likelihood)
        row = (model, history, time)
        assert _close(model.probability_alive(**history), alive), row
        assert _close(model.expected_purchases(time, **history), alive * mean), row
        assert _close(model.probability_of_no_purchase(time, **history), silent), row
        assert _close(model.probability_of_purchases(x, n), count), row
        assert model.log_likelihood(x, last, n) == pytest.approx(float(log), rel=1e-11, abs=1e-9)
        if x == 0:
            with mp.workdps(40):
                new = mp.mpf(model.delta) / (mp.mpf(model.gamma) + mp.mpf(model.delta)) * _exact_mean(model, 0, 0, n)
            assert _close(model.expected_purchases(n), new), row


def test_sixty_opportunities_meet_no_floor():
    # where a peer's floor of 1e-15 prints 1.3e-5
    histories = [(x, last) for x in (1, 20, 40, 55) for last in (55, 58, 60)]
    for x, last in histories:
        with mp.workdps(40):
            likelihood, there = _exact(PAPER, x, last, 60)
        alive = PAPER.probability_alive(frequency=x, recency=last, opportunities=60)
        assert alive == pytest.approx(float(there / likelihood), rel=1e-12)
    assert PAPER.probability_alive(frequency=20, recency=60, opportunities=60) > 0.98


@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.1, 3.0])
@pytest.mark.parametrize("history", [(0, 0, 0), (3, 5, 6), (60, 60, 60)])
def test_discounted_residual_purchases_are_gausss_hypergeometric_function(rate, history):
    x, last, n = history
    with mp.workdps(40):
        likelihood, there = _exact(PAPER, x, last, n)
        delta = mp.mpf(PAPER.delta) + n + 1
        mean = (mp.mpf(PAPER.alpha) + x) / (mp.mpf(PAPER.alpha) + mp.mpf(PAPER.beta) + n)
        z = 1 / (1 + mp.mpf(rate))
        true = there / likelihood * mean * z * mp.hyp2f1(1, delta, mp.mpf(PAPER.gamma) + delta, z)
    ours = PAPER.discounted_expected_residual_purchases(rate, frequency=x, recency=last, opportunities=n)
    assert ours == pytest.approx(float(true), rel=1e-11)


shapes = st.floats(1e-2, 1e3)
models = st.builds(BetaGeoBetaBinomial, alpha=shapes, beta=shapes, gamma=shapes, delta=shapes)


@given(model=models, n=st.integers(0, 40))
@settings(deadline=None, max_examples=40)
def test_counts_sum_to_one_and_to_the_expectation(model, n):
    counts = np.arange(n + 3)
    chances = model.probability_of_purchases(counts, n)
    assert chances.sum() == pytest.approx(1, rel=1e-10)
    assert (chances[n + 1 :] == 0).all()
    assert chances @ counts == pytest.approx(model.expected_purchases(n), rel=1e-9)


@given(model=models, x=st.integers(0, 30), gap=st.integers(0, 20), misses=st.integers(0, 9), time=st.integers(0, 50))
@settings(deadline=None, max_examples=60)
def test_bounds_and_directions(model, x, gap, misses, time):
    last = x + misses if x else 0
    history = {"frequency": x, "recency": last, "opportunities": last + gap}
    alive = model.probability_alive(**history)
    longer = model.probability_alive(**{**history, "opportunities": last + gap + 1})
    none = model.probability_of_no_purchase([0, time, time + 1], **history)
    expected = model.expected_purchases([0, time, time + 1], **history)
    assert 0 <= longer <= alive * (1 + 1e-9) <= 1 + 1e-9
    assert none[0] == 1
    assert 1 - alive <= none[2] + 1e-9
    assert none[2] <= none[1] * (1 + 1e-9)
    assert expected[0] == 0
    assert 1 - none[1] - 1e-9 <= expected[1] <= expected[2] * (1 + 1e-12) <= (time + 1) * alive * (1 + 1e-9)


@pytest.mark.parametrize("size", [1, 2, 3_000])
def test_a_customer_alone_equals_the_same_among_many_to_the_last_bit(size):
    rng = np.random.default_rng(size)
    n = rng.integers(1, 80, size)
    x = np.minimum(rng.integers(0, 30, size), n)
    last = np.where(x > 0, (x + n) // 2, 0)
    history = {"frequency": x, "recency": last, "opportunities": n}
    for name in ("expected_purchases", "probability_of_no_purchase", "discounted_expected_residual_purchases"):
        ahead = np.where(n % 2, 5, 9) / (10 if name.startswith("disc") else 1)
        together = getattr(PAPER, name)(ahead, **history)
        for row in range(0, size, max(1, size // 20)):
            alone = getattr(PAPER, name)(ahead[row], **{key: column[row] for key, column in history.items()})
            assert alone == together[row]


def test_a_missing_number_is_unrated_and_scalars_stay_scalars():
    alive = PAPER.probability_alive(frequency=[1, np.nan, 2], recency=[1, 1, np.nan], opportunities=6)
    assert np.isnan(alive).tolist() == [False, True, True]
    assert np.ndim(PAPER.expected_purchases(3)) == 0
    assert PAPER.probability_alive(frequency=[], recency=[], opportunities=[]).shape == (0,)


@pytest.mark.parametrize(
    "call",
    [
        lambda: PAPER.log_likelihood(2, 1, 6),
        lambda: PAPER.log_likelihood(2, 7, 6),
        lambda: PAPER.log_likelihood(0, 3, 6),
        lambda: PAPER.log_likelihood(1.5, 3, 6),
        lambda: PAPER.log_likelihood(1, 2.5, 6),
        lambda: PAPER.log_likelihood(1, 2, 6.5),
        lambda: PAPER.log_likelihood(1, 2, 1e7),
        lambda: PAPER.log_likelihood(-1, 2, 6),
        lambda: PAPER.log_likelihood(1, np.inf, 6),
        lambda: PAPER.log_likelihood("1", 1, 6),
        lambda: PAPER.expected_purchases(1.5),
        lambda: PAPER.expected_purchases(-1),
        lambda: PAPER.expected_purchases(np.nan),
        lambda: PAPER.expected_purchases(3, frequency=1),
        lambda: PAPER.discounted_expected_residual_purchases(0, frequency=1, recency=1, opportunities=2),
        lambda: PAPER.probability_of_purchases(-1, 3),
        lambda: PAPER.simulate([-1], rng=np.random.default_rng(0)),
        lambda: BetaGeoBetaBinomial(alpha=0, beta=1, gamma=1, delta=1),
        lambda: BetaGeoBetaBinomial.fit([1, np.nan], [1, 2], [3, 3]),
        lambda: BetaGeoBetaBinomial.fit([1, 2], [1, 2], [3]),
        lambda: BetaGeoBetaBinomial.fit([1, 2], [1, 2], [3, 3], weights=[1]),
    ],
)
def test_wrong_input_is_refused(call):
    with pytest.raises(InvalidValueError):
        call()


def test_a_model_is_its_parameters():
    assert BetaGeoBetaBinomial.model_validate_json(PAPER.model_dump_json()) == PAPER
    assert hash(PAPER) == hash(PAPER.model_copy())
    with pytest.raises(InvalidValueError):
        BetaGeoBetaBinomial.model_validate_json("{}")


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(77)
    return PAPER.simulate(rng.integers(0, 13, 40_000), rng=rng)


def test_simulated_customers_follow_the_model(simulated):
    x, last, n, alive = simulated
    assert (last <= n).all()
    assert (x <= last).all()
    assert ((x > 0) == (last > 0)).all()
    assert x.mean() == pytest.approx(PAPER.expected_purchases(n).mean(), abs=4 * x.std() / 200)
    assert (x == 3).mean() == pytest.approx(PAPER.probability_of_purchases(3, n).mean(), abs=4 * 0.5 / 200)
    error = alive - PAPER.probability_alive(frequency=x, recency=last, opportunities=n)
    for some in (n > 0, n == 12, (n == 12) & (last < 6)):
        assert abs(error[some].mean()) < 4 * error[some].std() / np.sqrt(some.sum())


def test_a_fit_recovers_the_truth_and_does_not_depend_on_order_or_counting(simulated):
    fit = BetaGeoBetaBinomial.fit(*simulated[:3])
    assert fit.converged
    assert not fit.not_identified
    for name, true in PAPER.model_dump().items():
        assert abs(np.log(fit.estimates[name] / true)) < 4 * fit.log_standard_errors[name] < 1
    order = np.random.default_rng(0).permutation(40_000)
    again = BetaGeoBetaBinomial.fit(*(column[order] for column in simulated[:3]), weights=np.full(40_000, 2.0))
    assert list(again.estimates.values()) == pytest.approx(list(fit.estimates.values()), rel=1e-8)
    assert again.log_likelihood == pytest.approx(2 * fit.log_likelihood, rel=1e-12)
    total = fit.model.log_likelihood(*simulated[:3]).sum()
    assert total == pytest.approx(fit.log_likelihood, rel=1e-11)


@pytest.mark.parametrize("point", [(1.2, 0.75, 0.66, 2.8), (30.0, 0.02, 4.0, 0.3), (0.01, 700.0, 0.05, 40.0)])
def test_derivatives_are_the_differences_of_the_values(simulated, point):
    x, last, n = (column[:60] for column in simulated[:3])
    likelihood, at = BetaGeoBetaBinomialLikelihood(x, last, n, np.linspace(0.1, 3, 60)), np.array(point)
    here = likelihood(at)
    for index, step in enumerate(np.eye(4) * at * 1e-5):
        ahead, behind = likelihood(at + step), likelihood(at - step)
        slope = (ahead.value - behind.value) / (2 * step[index])
        bend = (ahead.gradient - behind.gradient) / (2 * step[index])
        assert here.gradient[index] == pytest.approx(slope, rel=1e-5, abs=1e-5)
        assert here.hessian[index] == pytest.approx(bend, rel=1e-5, abs=1e-5)


DEGENERATE = {
    "five customers": ([0, 1, 3, 0, 2], [0, 2, 4, 0, 3], [6, 6, 5, 6, 4]),
    "identical rows": ([3] * 300, [4] * 300, [6] * 300),
    "nobody ever buys": ([0] * 300, [0] * 300, [6] * 300),
    "everybody always buys": ([6] * 300, [6] * 300, [6] * 300),
    "no dropout": ([1, 2, 3, 4, 5], [6] * 5, [6] * 5),
    "single opportunity": ([0, 1, 1], [0, 1, 1], [1, 1, 1]),
    "no opportunity so far": ([0, 0], [0, 0], [0, 0]),
    "one customer": ([2], [3], [6]),
    "weights of almost nothing": ([0, 1, 2], [0, 2, 2], [6, 6, 6], [1e-12] * 3),
}


@pytest.mark.parametrize("data", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_data_give_a_fit_that_names_what_it_cannot_say(data):
    fit = BetaGeoBetaBinomial.fit(*data)
    assert fit.converged
    assert fit.not_identified
    for name in NAMES:
        unknown = name in fit.not_identified
        assert np.isnan(fit.log_standard_errors[name]) == unknown
        assert any(text.startswith(f"{name} is not identified") for text in fit.warnings) == unknown
    weights = np.asarray(data[3]) if len(data) > 3 else np.ones(len(data[0]))
    total = fit.model.log_likelihood(*data[:3]) @ weights
    assert total == pytest.approx(fit.log_likelihood, rel=1e-9, abs=1e-8)
    assert ModelFit[BetaGeoBetaBinomial].model_validate_json(fit.model_dump_json()) == fit


def test_thousands_of_opportunities_are_fitted():
    fit = BetaGeoBetaBinomial.fit([0, 1, 40, 900], [0, 1, 3_000, 5_000], [5_000] * 4, weights=[90, 60, 30, 20])
    assert fit.converged
    assert not fit.not_identified


def test_without_customers_there_is_no_fit():
    for data in (([], [], []), ([1], [1], [2], [0])):
        with pytest.raises(FitError):
            BetaGeoBetaBinomial.fit(*data)


@pytest.fixture(scope="module")
def donations(data_folder):
    return np.loadtxt(data_folder / "donations.csv", delimiter=",", skiprows=1).T


@pytest.mark.realdata
def test_the_published_fit_is_reproduced_to_the_printed_digits(donations):
    fit = BetaGeoBetaBinomial.fit(*donations)
    exact = (1.20352235, 0.749716358, 0.656718208, 2.78344223)
    assert tuple(fit.estimates.values()) == pytest.approx(exact, rel=3e-9)
    assert fit.log_likelihood == pytest.approx(-33225.581274, abs=6e-7)
    assert fit.n == 11_104
    assert fit.converged
    assert not fit.warnings


@pytest.mark.realdata
@pytest.mark.parametrize(("model", "exact"), [(PAPER, -33225.58175), (BTYD, -33225.58128)], ids=["FHS 2010", "BTYD"])
def test_log_likelihood_at_published_parameters(donations, model, exact):
    x, last, n, weight = donations
    assert model.log_likelihood(x, last, n) @ weight == pytest.approx(exact, abs=6e-6)


@pytest.mark.realdata
def test_the_five_periods_to_come(donations):
    x, last, n, weight = donations
    total = PAPER.expected_purchases(5, frequency=x, recency=last, opportunities=n) @ weight
    assert total == pytest.approx(12882.26849, abs=6e-6)
