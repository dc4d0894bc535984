"""BG/CNBD-k: BG/NBD at k = 1, sums in high-precision arithmetic at the others, and what regularity is good for."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ModifiedBetaGeoNBD, discounted_value
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD, ModifiedBetaGeoCNBD
from crmrisk.scoring.value.beta_geo_cnbd_fit import RegularFit
from crmrisk.scoring.value.value import MONTH

FOUR = {"r": 0.8, "alpha": 1.5, "a": 0.8, "b": 2.4}
HISTORIES = {
    "frequency": np.array([0.0, 1, 2, 8, 26, 300]),
    "recency": np.array([0.0, 3, 30.43, 30, 216 / 7, 38]),
    "age": np.array([12.0, 20, 38.86, 33, 31, 38.2]),
}
PAIRS = [(BetaGeoCNBD, BetaGeoNBD, 0), (ModifiedBetaGeoCNBD, ModifiedBetaGeoNBD, 1)]
REGULAR = BetaGeoCNBD(k=3, r=2.0, alpha=1.0, a=1.0, b=6.0)


@pytest.mark.parametrize(("regular", "plain", "_"), PAIRS)
def test_one_stage_is_buying_at_random_to_the_last_digits(regular, plain, _):
    ours, theirs = regular(k=1, **FOUR), plain(**FOUR)
    n = np.arange(6)
    for ask in (
        lambda model: model.log_likelihood(**HISTORIES),
        lambda model: model.probability_alive(**HISTORIES),
        lambda model: model.expected_purchases(13, **HISTORIES),
        lambda model: model.expected_purchases([0, 1, 52]),
        lambda model: model.probability_of_no_purchase(13, **HISTORIES),
        lambda model: model.probability_of_purchases(n, 13, **HISTORIES),
        lambda model: model.probability_of_purchases(n, 13),
        lambda model: _value(model, **HISTORIES),
        lambda model: np.stack(model.simulate(HISTORIES["age"], rng=np.random.default_rng(3))),
    ):
        assert ask(ours) == pytest.approx(ask(theirs), rel=2e-13, abs=1e-300)


@pytest.mark.parametrize(("regular", "plain", "_"), PAIRS)
def test_the_fit_at_one_stage_is_that_of_buying_at_random(regular, plain, _):
    columns = plain(**FOUR).simulate(np.random.default_rng(5).uniform(5, 40, 3_000), rng=np.random.default_rng(6))[:3]
    ours, theirs = regular.fit(*columns, regularity=1), plain.fit(*columns)
    assert ours.log_likelihood == pytest.approx(theirs.log_likelihood, rel=1e-13)
    assert {name: ours.estimates[name] for name in FOUR} == pytest.approx(dict(theirs.estimates), rel=1e-7)
    assert (ours.aic, ours.bic) == pytest.approx((theirs.aic, theirs.bic))
    assert ours.log_standard_errors["r"] == pytest.approx(theirs.log_standard_errors["r"], rel=1e-6)


def _value(model, **history):
    return discounted_value(model, **history, expected_spend=10, time_unit=MONTH, horizon=12 * MONTH, discount_rate=0.1)


class _Exact:
    """Everything from the definition: stages passed one by one, in 40 digits."""

    def __init__(self, k, four, history, time, early=0):
        r, alpha, self.a, b = (mp.mpf(float(value)) for value in four)
        x, last, end, time = (mp.mpf(float(value)) for value in (*history, time))
        self.k, self.never = k, x + early == 0
        self.shape, self.first_odds, self.b = (
            r + k * x,
            self.a / (b + x + early - 1) if x + early else mp.mpf(0),
            b + x + early,
        )
        self.past, self.ahead = (end - last) / (alpha + last), time / (alpha + end)
        self.share = (end - last) / (alpha + end)
        terms = [mp.rf(self.shape, j) * self.share**j / mp.factorial(j) for j in range(k)]
        self.passed = sum(terms)
        self.weights = [term / self.passed for term in terms]

    def alive(self):
        return 1 / (1 + self.first_odds * (1 + self.past) ** self.shape / self.passed)

    def stages(self):
        """Yield, step by step, how many stages have been passed since the last purchase, with the probabilities."""
        chances = [w * (1 + self.ahead) ** -(self.shape + j) for j, w in enumerate(self.weights)]
        q, n = self.ahead / (1 + self.ahead), 0
        while True:
            yield [(n + j, chance) for j, chance in enumerate(chances)]
            chances = [chance * (self.shape + j + n) / (n + 1) * q for j, chance in enumerate(chances)]
            n += 1

    def expected(self):
        bought, stays, happen, total = [mp.mpf(0)], mp.mpf(1), mp.mpf(0), mp.mpf(0)
        steps = self.stages()
        for n in range(10**6):
            step = next(steps)
            while len(bought) <= step[-1][0] // self.k:
                happen += stays
                stays *= (self.b + len(bought) - 1) / (self.a + self.b + len(bought) - 1)
                bought.append(happen)
            total += sum(chance * bought[passed // self.k] for passed, chance in step)
            falls = (self.shape + self.k + n) / (n + 1) * self.ahead / (1 + self.ahead)
            left = sum(chance for _, chance in step) * bought[-1]
            if falls < 1 and n > self.k and left / (1 - falls) ** 2 < total * mp.mpf(10) ** -16:
                break
        return total * self.alive()

    def count(self, n):
        exactly = fewer = mp.mpf(0)
        for step in self.stages():
            if step[0][0] >= (n + 1) * self.k:
                break
            exactly += sum(chance for passed, chance in step if passed // self.k == n)
            fewer += sum(chance for passed, chance in step if passed // self.k < n)
        rising = mp.rf(self.b, n) / mp.rf(self.a + self.b, n)
        if n == 0:
            return exactly * self.alive() + 1 - self.alive()
        before = mp.rf(self.b, n - 1) / mp.rf(self.a + self.b, n - 1)
        return self.alive() * (exactly * rising + (before - rising) * (1 - fewer))


def _random_customers(n):
    rng = np.random.default_rng(17)
    for _ in range(n):
        k = int(rng.choice([2, 3, 4, 7, 12]))
        r, a, b, alpha = np.exp(rng.uniform(np.log(1e-3), np.log(1e4), 4))
        x = float(rng.choice([0, 1, 2, 9, 90]))
        end = np.exp(rng.uniform(np.log(1e-2), np.log(1e5)))
        last = 0.0 if x == 0 else end * rng.choice([0.1, 0.3, 0.99, 1.0])
        time = np.exp(rng.uniform(np.log(1e-6), np.log(1e4)))
        if (r + k * x) * time / (alpha + end) + 40 * (1 + time / (alpha + end)) < 2_000:
            yield k, (r, alpha, a, b), (x, last, end), time


def test_random_and_extreme_customers_agree_with_high_precision_arithmetic():
    checked = 0
    for k, four, (x, last, end), time in _random_customers(24):
        model, history = (
            BetaGeoCNBD(k=k, **dict(zip(FOUR, four, strict=True))),
            {"frequency": x, "recency": last, "age": end},
        )
        with mp.workdps(330):
            exact = _Exact(k, four, (x, last, end), time)
            pairs = [
                (model.probability_alive(**history), exact.alive()),
                (model.expected_purchases(time, **history), exact.expected()),
                (model.probability_of_no_purchase(time, **history), exact.count(0)),
                (model.probability_of_purchases(0, time, **history), exact.count(0)),
                (model.probability_of_purchases(1, time, **history), exact.count(1)),
                (model.probability_of_purchases(5, time, **history), exact.count(5)),
            ]
        for ours, true in pairs:
            assert np.isfinite(ours)
            if true > 1e-300:
                checked += 1
                assert ours == pytest.approx(float(true), rel=1e-8, abs=0), (k, four, x, last, end, time)
    assert checked > 70


HEAVY = [
    (3, (0.8, 1.5, 0.8, 2.4), (5_000.0, 250.0, 250.1), 12.0),
    (12, (0.5, 0.2, 0.01, 40.0), (900.0, 300.0, 300.2), 60.0),
    (4, (2.0, 5.0, 1.0, 1e3), (60.0, 50.0, 50.5), 200.0),
    (2, (0.01, 0.5, 1e-3, 1e-3), (0.0, 0.0, 0.1), 60.0),
    (40, (9.0, 1.0, 0.2, 3.0), (4.0, 30.0, 31.0), 90.0),
]


@pytest.mark.parametrize(("k", "four", "history", "time"), HEAVY)
def test_where_many_purchases_may_come_the_integral_agrees_too(k, four, history, time):
    model = BetaGeoCNBD(k=k, **dict(zip(FOUR, four, strict=True)))
    with mp.workdps(40):
        true = _Exact(k, four, history, time).expected()
    ours = model.expected_purchases(time, **dict(zip(("frequency", "recency", "age"), history, strict=True)))
    assert ours == pytest.approx(float(true), rel=1e-8, abs=0)


@pytest.mark.parametrize(("regular", "_", "early"), PAIRS)
def test_the_likelihood_is_that_of_the_moments_it_says(regular, _, early):
    # exact by hand for one purchase: t_x is Erlang-k, then silence or dropout
    k, (r, alpha, a, b), last, end = 3, FOUR.values(), 4.0, 9.0
    with mp.workdps(30):

        def given(rate):
            seen = rate**k * last ** (k - 1) / mp.factorial(k - 1) * mp.exp(-rate * last)
            silent = sum((rate * (end - last)) ** j / mp.factorial(j) for j in range(k)) * mp.exp(-rate * (end - last))
            stays = [mp.beta(a, b + m) / mp.beta(a, b) for m in (early, 1 + early)]
            return seen * (stays[1] * silent + stays[0] - stays[1])

        def weighted(rate):
            return mp.mpf(alpha) ** r * rate ** (r - 1) * mp.exp(-alpha * rate) / mp.gamma(r) * given(rate)

        true = mp.log(mp.quad(weighted, [0, 0.2, 1, 3, 10, 60]))
    assert regular(k=k, **FOUR).log_likelihood(1, last, end) == pytest.approx(float(true), abs=1e-10)


@pytest.mark.parametrize("model", [REGULAR, ModifiedBetaGeoCNBD(k=5, r=2.0, alpha=1.0, a=1.0, b=4.0)])
def test_simulated_customers_do_what_the_formulas_say(model):
    rng, n = np.random.default_rng(11), 200_000
    seen = model.simulate(np.full(n, 30.0), rng=rng)
    for count in (0, 1, 4, 7):
        share, true = (seen.frequency == count).mean(), model.probability_of_purchases(count, 30)
        assert share == pytest.approx(true, abs=4.5 * np.sqrt(true / n))
    assert seen.frequency.mean() == pytest.approx(
        model.expected_purchases(30), abs=4.5 * seen.frequency.std() / np.sqrt(n)
    )
    alive = model.probability_alive(frequency=seen.frequency, recency=seen.recency, age=30)
    assert seen.alive.mean() == pytest.approx(alive.mean(), abs=4.5 / np.sqrt(n))
    for low, high in ((0.0, 0.2), (0.2, 0.6), (0.6, 0.9)):  # those who look alike are alive as often as they look
        part = (alive > low) & (alive <= high)
        assert seen.alive[part].mean() == pytest.approx(alive[part].mean(), abs=2.5 / np.sqrt(part.sum()))


def test_probabilities_of_counts_sum_to_one_and_to_the_expectation():
    n, history = np.arange(400), {"frequency": 8, "recency": 30, "age": 33}
    for known in ({}, history):
        probability = REGULAR.probability_of_purchases(n, 40, **known)
        assert probability.sum() == pytest.approx(1, rel=1e-11)
        assert probability @ n == pytest.approx(REGULAR.expected_purchases(40, **known), rel=1e-10)


def test_the_parameters_that_were_simulated_are_found_again():
    age = np.random.default_rng(1).uniform(10, 40, 8_000)
    seen = REGULAR.simulate(age, rng=np.random.default_rng(2))
    fit = BetaGeoCNBD.fit(seen.frequency, seen.recency, seen.age)
    assert isinstance(fit, RegularFit)
    assert fit.model.k == 3
    assert not fit.not_identified
    for name in FOUR:
        distance = np.log(fit.estimates[name] / getattr(REGULAR, name))
        assert abs(distance) < 3 * fit.log_standard_errors[name]
    assert fit.log_likelihood == max(fit.log_likelihood_by_k.values())
    assert fit.log_likelihood == pytest.approx(fit.model.log_likelihood(*seen[:3]).sum(), rel=1e-11)
    assert "k = 3 was chosen by profile" in fit.warnings[0]
    assert fit.interval(lambda model: model.expected_purchases(12)).taken_as_known == ("k",)
    again = RegularFit[BetaGeoCNBD].model_validate_json(fit.model_dump_json())
    assert again == fit


def test_regular_customers_are_foreseen_better_than_by_random_timing():
    rng, n = np.random.default_rng(8), 4_000
    whole = _histories_in_two_parts(rng, n)
    regular, plain = BetaGeoCNBD.fit(*whole[:3]).model, BetaGeoNBD.fit(*whole[:3]).model
    history = dict(zip(("frequency", "recency", "age"), whole[:3], strict=True))
    scores = [np.log(model.probability_of_purchases(whole[3], 10, **history)).sum() for model in (regular, plain)]
    assert regular.k == 3
    assert scores[0] > scores[1] + 100
    assert abs(regular.expected_purchases(10, **history).sum() / whole[3].sum() - 1) < 0.05


def _histories_in_two_parts(rng, n, k=3):
    """Simulate every gap, 20 units to be seen and 10 to come."""
    rates, dropouts = rng.gamma(2.0, 1.0, n), rng.beta(1.0, 6.0, n)
    moments = rng.gamma(k, 1 / rates[:, np.newaxis], (n, 120)).cumsum(axis=1)
    stays = np.cumprod(rng.random((n, 120)) >= dropouts[:, np.newaxis], axis=1)
    happen = np.concatenate([np.ones((n, 1)), stays[:, :-1]], axis=1) > 0
    seen, later = happen & (moments <= 20), happen & (moments > 20) & (moments <= 30)
    return seen.sum(axis=1), np.where(seen, moments, 0).max(axis=1), np.full(n, 20.0), later.sum(axis=1)


def test_single_gaps_say_more_about_regularity_than_the_last_purchase():
    rng, n = np.random.default_rng(9), 300
    gaps = rng.gamma(4, 1 / rng.gamma(3.0, 1.0, n)[:, np.newaxis], (n, 60))
    moments = gaps.cumsum(axis=1)
    seen = (moments <= 25) & (np.arange(60) < rng.geometric(rng.beta(1, 6, n))[:, np.newaxis])
    x, last = seen.sum(axis=1), np.where(seen, moments, 0).max(axis=1)
    sums = np.where(seen, np.log(gaps), 0).sum(axis=1)
    plain, exact = BetaGeoCNBD.fit(x, last, np.full(n, 25.0)), BetaGeoCNBD.fit(x, last, np.full(n, 25.0), log_gaps=sums)
    assert exact.model.k == 4
    lead = [fit.log_likelihood_by_k[4] - fit.log_likelihood_by_k[1] for fit in (plain, exact)]
    assert lead[1] > 3 * max(lead[0], 10)
    assert exact.log_likelihood_by_k[1] == pytest.approx(plain.log_likelihood_by_k[1], rel=1e-12)
    for wrong in (sums[:-1], sums + 5, np.full(n, np.nan)):
        with pytest.raises(InvalidValueError, match="log_gaps"):
            BetaGeoCNBD.fit(x, last, np.full(n, 25.0), log_gaps=wrong)


def test_purchases_at_recency_zero_are_no_regular_timing():
    columns, weights = ([1, 0, 3, 2], [0, 0, 8, 4], [10, 10, 10, 10]), [3, 40, 5, 5]
    fit = BetaGeoCNBD.fit(*columns, weights=weights)
    assert fit.model.k == 1
    assert any("3 customer(s) have repeat purchases at recency 0, which no regular" in text for text in fit.warnings)
    with pytest.raises(InvalidValueError, match="finer time unit"):
        BetaGeoCNBD.fit(*columns, weights=weights, regularity=2)
    assert REGULAR.log_likelihood(1, 0, 10) == -np.inf
    assert 0 < REGULAR.expected_purchases(5, frequency=1, recency=0, age=10) < 5


def test_without_repeat_purchases_nobody_knows_how_regular_they_are():
    fit = BetaGeoCNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31])
    assert fit.model.k == 1
    assert fit.not_identified == ("k", "r", "alpha", "a", "b")


@pytest.mark.parametrize("wrong", [0, 41, 2.5, True, "3"])
def test_the_number_of_stages_is_a_whole_number(wrong):
    with pytest.raises(InvalidValueError):
        BetaGeoCNBD.fit([1, 2], [3, 4], [5, 6], regularity=wrong)
    with pytest.raises(InvalidValueError):
        BetaGeoCNBD(k=wrong, **FOUR)


def test_recency_is_asked_for():
    with pytest.raises(InvalidValueError, match="recency"):
        REGULAR.expected_purchases_if_alive(3, frequency=2, age=9)
    with pytest.raises(InvalidValueError, match="above age"):
        REGULAR.expected_purchases_if_alive(3, frequency=2, age=9, recency=10)
    due = REGULAR.expected_purchases_if_alive(0.3, frequency=9, age=[9, 9.5, 10], recency=9)
    assert due[0] < due[1] < due[2]  # the longer ago, the sooner the next: buying at random knows nothing of it


def test_one_customer_alone_is_the_same_among_many():
    rng = np.random.default_rng(12)
    x = rng.integers(0, 60, 700).astype(float)
    end = rng.uniform(1, 50, 700)
    last = np.where(x == 0, 0, end * rng.random(700))
    time = rng.choice([0.1, 3.0, 400.0, 90_000.0], 700)
    history = {"frequency": x, "recency": last, "age": end}
    whole = [
        REGULAR.expected_purchases(time, **history),
        REGULAR.probability_of_purchases(2, time, **history),
        _value(REGULAR, **history),
    ]
    for row in range(0, 700, 97):
        one = {name: column[row] for name, column in history.items()}
        alone = [
            REGULAR.expected_purchases(time[row], **one),
            REGULAR.probability_of_purchases(2, time[row], **one),
            _value(REGULAR, **one),
        ]
        assert [column[row] for column in whole] == alone


def test_the_unrated_stay_unrated_and_nothing_is_certain_without_time():
    history = {"frequency": [2, np.nan, 2], "recency": [3, 3, np.nan], "age": [9, 9, 9]}
    for found in (
        REGULAR.probability_alive(**history),
        REGULAR.expected_purchases(5, **history),
        _value(REGULAR, **history),
    ):
        assert np.isnan(found).tolist() == [False, True, True]
    assert REGULAR.expected_purchases(0, frequency=2, recency=3, age=9) == 0
    assert REGULAR.probability_of_purchases([0, 1], 0).tolist() == [1, 0]


def test_value_is_the_discounted_sum_of_expectations():
    history = {"frequency": 8, "recency": 30, "age": 33}
    expected = REGULAR.expected_purchases(np.arange(13), **history)
    by_hand = 10 * np.diff(expected) @ 1.1 ** -(np.arange(1, 13) / 12)
    assert _value(REGULAR, **history) == pytest.approx(by_hand, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-4, 1e4), st.integers(1, 12), st.integers(0, 40), st.floats(0.01, 1), st.floats(0.01, 30))
def test_the_time_unit_does_not_matter(unit, k, x, share, time):
    last = 20 * share if x else 0.0
    ours = BetaGeoCNBD(k=k, **FOUR), {"frequency": x, "recency": last, "age": 20.0}
    theirs = (
        BetaGeoCNBD(k=k, **FOUR | {"alpha": 1.5 * unit}),
        {"frequency": x, "recency": last * unit, "age": 20 * unit},
    )
    for ask in (
        lambda model, history, unit: model.expected_purchases(time * unit, **history),
        lambda model, history, unit: model.probability_alive(**history),
        lambda model, history, unit: model.probability_of_purchases(2, time * unit, **history),
        lambda model, history, unit: model.log_likelihood(**history) + x * np.log(unit),
    ):
        assert ask(*theirs, unit) == pytest.approx(ask(*ours, 1.0), rel=1e-9, abs=1e-300)


def test_the_fit_does_not_depend_on_the_time_unit():
    columns = REGULAR.simulate(np.full(500, 20.0), rng=np.random.default_rng(4))[:3]
    ours, theirs = BetaGeoCNBD.fit(*columns), BetaGeoCNBD.fit(columns[0], columns[1] * 7, columns[2] * 7)
    assert ours.model.k == theirs.model.k
    assert theirs.model.alpha == pytest.approx(7 * ours.model.alpha, rel=1e-6)
    assert theirs.model.r == pytest.approx(ours.model.r, rel=1e-6)


@pytest.mark.realdata
@pytest.mark.parametrize(("regular", "_", "early"), PAIRS)
def test_impulse_buyers_are_not_regular(cdnow, regular, _, early):
    fit = regular.fit(cdnow.frequency, cdnow.weeks(cdnow.recency), cdnow.weeks(cdnow.age))
    assert fit.model.k == 1
    assert fit.log_likelihood_by_k[1] == pytest.approx([-9582.4292, -9582.1357][early], abs=1e-4)
    assert fit.log_likelihood_by_k[2] == pytest.approx([-9595.89, -9593.82][early], abs=0.01)
